package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
)

// A fact is one that must be so.
type fact struct {
	Fact   string   `json:"fact"`
	Values []string `json:"values"`
}

func facts(dims []regulation.Dimension) []fact {
	out := []fact{}
	for _, d := range dims {
		out = append(out, fact{d.Name, d.Values})
	}
	return out
}

func (f fact) String() string { return f.Fact + " " + strings.Join(f.Values, "|") }

func joinFacts(list []fact) string {
	var out []string
	for _, f := range list {
		out = append(out, f.String())
	}
	return strings.Join(out, "; ")
}

// situationFlag reads fact=value, any number of times.
type situationFlag regulation.Situation

func (s situationFlag) String() string { return "" }

func (s situationFlag) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("write it as fact=value, like aanwezigen=1")
	}
	s[name] = value
	return nil
}

// regulationMay says who may do what, or answers one question.
func regulationMay(_ context.Context, args []string, out io.Writer) error {
	set, asJSON := toolFlags("may")
	act := set.String("act", "", "one question: may this `act` be done")
	s := situationFlag{}
	set.Var(s, "with", "`fact=value` of that question, any number of times: rol=beheerder; what you leave out is in order")
	docs, err := documents(set, args, out)
	if err != nil {
		return err
	}
	if len(docs) != 1 {
		return fmt.Errorf("%d regulations: ask about one", len(docs))
	}
	law, err := regulation.Parse(docs[0].File, docs[0].Text)
	if err != nil {
		return err
	}
	if *act == "" {
		return printMatrix(out, law.May(), *asJSON)
	}
	return answer(out, law, regulation.Act(*act), regulation.Situation(s), *asJSON)
}

func printMatrix(out io.Writer, all []regulation.Answer, asJSON bool) error {
	type row struct {
		Role  string `json:"role"`
		Act   string `json:"act"`
		May   bool   `json:"may"`
		Needs []fact `json:"needs"`
	}
	rows := []row{}
	for _, a := range all {
		rows = append(rows, row{a.Role, string(a.Act), a.May, facts(a.Needs)})
	}
	if asJSON {
		return printJSON(out, map[string]any{"matrix": rows})
	}
	before := ""
	for _, r := range rows {
		if !r.May {
			continue
		}
		if r.Act != before {
			fmt.Fprintln(out, r.Act)
			before = r.Act
		}
		fmt.Fprintf(out, "  %-34s %s\n", r.Role, joinFacts(r.Needs))
	}
	fmt.Fprintln(out, "Who isn't listed under an act may never do it.")
	return nil
}

// A reason is an article that an answer rests on.
type reason struct {
	Article string `json:"article"`
	Why     string `json:"why"`
}

// An answered question is what may prints of it.
type answered struct {
	Allowed   bool                 `json:"allowed"`
	Situation regulation.Situation `json:"situation"`
	Reasons   []reason             `json:"reasons"`
	Warnings  []reason             `json:"warnings"`
	Lift      []lifted             `json:"lift"` // together these facts, made otherwise, would make it allowed
}

type lifted struct {
	Of   string `json:"of"` // "" for the circumstances
	Fact string `json:"fact"`
	From string `json:"from"`
	To   string `json:"to"`
}

// answer answers one question, with its reasons, and for a refusal with what
// would lift it.
func answer(out io.Writer, law *regulation.Regulation, act regulation.Act, s regulation.Situation, asJSON bool) error {
	if !slices.Contains(regulation.Acts(), act) {
		return fmt.Errorf("there is no act %q: known are %v", act, regulation.Acts())
	}
	dims := regulation.Dimensions(act, law)
	if err := s.Check(dims); err != nil {
		return err
	}
	s = law.Complete(act, s)
	q := law.Question(act, s)
	ruling := law.Rule(q)
	a := answered{ruling.Allowed, s, reasons(ruling.Articles), reasons(ruling.Warnings), lifts(law.Lift(q))}
	if asJSON {
		return printJSON(out, a)
	}
	fmt.Fprintf(out, "%s: %s\n", act, map[bool]string{true: "mag", false: "mag niet"}[ruling.Allowed])
	for _, d := range dims {
		fmt.Fprintf(out, "  %s: %s\n", d.Name, orElse(s[d.Name], "-"))
	}
	for _, r := range a.Reasons {
		fmt.Fprintf(out, "artikel %s: %s\n", r.Article, r.Why)
	}
	for _, r := range a.Warnings {
		fmt.Fprintf(out, "let op, artikel %s: %s\n", r.Article, r.Why)
	}
	printLift(out, ruling.Allowed, law.Lift(q))
	return nil
}

func printLift(out io.Writer, allowed bool, changes []regulation.Change) {
	if len(changes) > 0 {
		fmt.Fprintln(out, "het mag wel met:")
	} else if !allowed {
		fmt.Fprintln(out, "niets wat hier te veranderen is, helpt")
	}
	for _, c := range changes {
		fmt.Fprintf(out, "  %s\n", c)
	}
}

func reasons(articles []regulation.Article) []reason {
	out := []reason{}
	for _, a := range articles {
		out = append(out, reason{a.Number, a.Why})
	}
	return out
}

func lifts(changes []regulation.Change) []lifted {
	out := []lifted{}
	for _, c := range changes {
		out = append(out, lifted{string(c.Of.Type), c.Fact, c.From, c.To})
	}
	return out
}

// regulationDiff says what changes for whom from one regulation to another.
func regulationDiff(_ context.Context, args []string, out io.Writer) error {
	set, asJSON := toolFlags("diff")
	docs, err := documents(set, args, out)
	if err != nil {
		return err
	}
	if len(docs) != 2 {
		return fmt.Errorf("%d regulations: name the old one and the new one", len(docs))
	}
	before, err := regulation.Parse(docs[0].File, docs[0].Text)
	if err != nil {
		return err
	}
	after, err := regulation.Parse(docs[1].File, docs[1].Text)
	if err != nil {
		return err
	}
	lost, gained := regulation.Compare(before, after)
	terms := regulation.CompareTerms(before, after)
	if *asJSON {
		return printJSON(out, map[string]any{"lost": differences(lost), "gained": differences(gained), "terms": terms})
	}
	for _, t := range terms {
		fmt.Fprintf(out, "%s: %s, was %s\n", t.Term, orNone(t.After), orNone(t.Before))
	}
	printDifferences(out, "mag niet meer", differences(lost))
	printDifferences(out, "mag nu wel", differences(gained))
	return nil
}

func printDifferences(out io.Writer, what string, list []difference) {
	for _, d := range list {
		fmt.Fprintf(out, "%s %s: %s (%s)\n", d.Role, d.Act, what, orElse(joinFacts(d.When), "altijd"))
	}
}

type difference struct {
	Role       string `json:"role"`
	Act        string `json:"act"`
	Situations int    `json:"situations"`
	When       []fact `json:"when"`
}

func differences(list []regulation.Difference) []difference {
	out := []difference{}
	for _, d := range list {
		out = append(out, difference{d.Role, string(d.Act), d.Situations, facts(d.When)})
	}
	return out
}

// orNone is a term, or that there is none.
func orNone(text string) string { return orElse(text, "niet geregeld") }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
