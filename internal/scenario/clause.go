package scenario

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
	"oogmerk/regulations"
)

const clausesFile = "clausules.csv"

// A ClauseRow is a clause, the article that deals with it in the document
// that works its source out ("" if there is no such document yet), and the
// casework it waits for ("" if it needs none).
type ClauseRow struct {
	Clause
	Article string
	Case    string
}

// Clauses returns all clauses of all sources, in order.
func Clauses() ([]ClauseRow, error) {
	text, err := regulations.Files.ReadFile(clausesFile)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("couldn't read %s: %w", clausesFile, err)
	}
	var out []ClauseRow
	for _, row := range rows[1:] {
		if len(row) != 4 {
			return nil, fmt.Errorf("couldn't read %s: a row of %d fields, want seed, clause, article and zaak", clausesFile, len(row))
		}
		out = append(out, ClauseRow{Clause{row[0], row[1]}, row[2], row[3]})
	}
	return out, nil
}

// The states of a clause.
const (
	Honoured = "honoured"
	Missing  = "missing"
)

// An Account says how a clause is honoured.
type Account struct {
	Clause
	State   string   // Honoured, Waiting or Missing
	By      []string // rule, term, step, register, evidence
	Results []Result
}

// account accounts for every clause by what came of the scenarios of all
// documents.
func (f *Findings) account(books []*book, rows []ClauseRow) {
	shown := map[Clause][]Result{}
	for _, r := range f.Reports {
		for _, x := range r.Results {
			for _, c := range x.Scenario.Clauses {
				shown[c] = append(shown[c], x)
			}
		}
	}
	sources := map[string]*regulation.Regulation{}
	for _, b := range books {
		sources[b.law.Terms.Source] = b.law
	}
	for _, row := range rows {
		a := Account{Clause: row.Clause, State: Missing, Results: shown[row.Clause]}
		if law := sources[row.Seed]; law != nil {
			a.judge(law, row.Article)
		}
		f.Accounts = append(f.Accounts, a)
	}
}

// judge says what a document and the scenarios make of a clause. It is
// honoured if at least one scenario shows it and all do; it waits if one of
// them waits for a part of the program that isn't there.
func (a *Account) judge(law *regulation.Regulation, article string) {
	is := func(state string) func(Result) bool { return func(r Result) bool { return r.State == state } }
	switch by := means(law, article, a.Results); {
	case len(a.Results) == 0 || slices.ContainsFunc(a.Results, is(Red)):
	case slices.ContainsFunc(a.Results, is(Waiting)):
		a.State = Waiting
	case slices.Contains(by, "evidence") && !slices.ContainsFunc(a.Results, func(r Result) bool { return keeps(r.Scenario) }):
		// What can't be enforced leaves something behind, or it is nothing.
	default:
		a.State, a.By = Honoured, by
	}
}

// means is by what a clause is honoured: what stands under its article, or
// under the parts of it; if nothing does, what its scenarios show the program
// to do or to keep.
func means(law *regulation.Regulation, article string, results []Result) []string {
	by := kinds(fencesOf(law, article, false))
	if len(by) == 0 {
		by = kinds(fencesOf(law, article, true))
	}
	if len(by) > 0 {
		return by
	}
	if slices.ContainsFunc(results, func(r Result) bool { return refuses(r.Scenario) }) {
		return []string{"step"}
	}
	return []string{"register"}
}

// kinds says of fences what they are: rule, term or evidence.
func kinds(fences []regulation.Fence) []string {
	var by []string
	for _, f := range fences {
		what := map[string]string{"cedar": "rule", "yaml": "term", "onuitvoerbaar": "evidence"}[f.Language]
		if what != "" && !onlySource(f) && !slices.Contains(by, what) {
			by = append(by, what)
		}
	}
	return by
}

// onlySource reports whether a fence says nothing but whose text this is.
func onlySource(f regulation.Fence) bool {
	return f.Language == "yaml" && strings.HasPrefix(f.Text, "bron:") && !strings.Contains(strings.TrimSpace(f.Text), "\n")
}

// refuses reports whether a scenario shows that the program stops someone.
func refuses(s *Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return step.phrase != nil && step.phrase.refuses() })
}

// keeps reports whether a scenario shows that something is there, or is done:
// more than that the program stops someone.
func keeps(s *Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool {
		return step.phrase != nil && step.phrase.kind == outcome && !step.phrase.refuses()
	})
}
