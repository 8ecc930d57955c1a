package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
	"oogmerk/internal/scenario"
)

// runRegulation is the workbench of who writes a regulation.
func runRegulation(ctx context.Context, args []string, out io.Writer) error {
	tools := map[string]func(context.Context, []string, io.Writer) error{
		"check": regulationCheck, "mutate": regulationMutate, "may": regulationMay, "diff": regulationDiff, "render": regulationRender}
	if len(args) == 0 || tools[args[0]] == nil {
		return errors.New("say what to do: check, mutate, may, diff or render, and then the files of the regulations")
	}
	return tools[args[0]](ctx, args[1:], out)
}

// toolFlags are those of a tool on documents.
func toolFlags(name string) (set *flag.FlagSet, asJSON *bool) {
	set = flag.NewFlagSet("regulation "+name, flag.ContinueOnError)
	return set, set.Bool("json", false, "print JSON")
}

// documents reads the regulations named after the flags. A vocabulary among
// them, as regulations/*.md has one, is no regulation.
func documents(set *flag.FlagSet, args []string, out io.Writer) ([]scenario.Document, error) {
	set.SetOutput(out)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	var docs []scenario.Document
	for _, path := range set.Args() {
		text, err := document(path)
		if err != nil {
			return nil, err
		}
		if !bytes.Contains(text, []byte("\n```cedarschema\n")) {
			docs = append(docs, scenario.Document{File: path, Text: text})
		}
	}
	if len(docs) == 0 {
		return nil, fmt.Errorf("no regulation to look at: name its file after oogmerk %s", set.Name())
	}
	return docs, nil
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// What check prints as JSON.
type (
	checked struct {
		Clauses []checkedClause `json:"clauses"`
		Faults  []string        `json:"faults"`
	}
	checkedClause struct {
		Seed      string            `json:"seed"`
		Clause    string            `json:"clause"`
		State     string            `json:"state"`
		By        []string          `json:"by"`
		Scenarios []checkedScenario `json:"scenarios"`
	}
	checkedScenario struct {
		Name   string `json:"name"`
		Line   int    `json:"line"`
		Result string `json:"result"`
	}
)

// regulationCheck plays the scenarios of regulations, and says of each clause
// of all sources how it is honoured. What isn't honoured yet is listed, and
// is no fault; a document that can't be read or doesn't hold is.
func regulationCheck(ctx context.Context, args []string, out io.Writer) error {
	set, asJSON := toolFlags("check")
	docs, err := documents(set, args, out)
	if err != nil {
		return err
	}
	found, err := scenario.Check(ctx, docs...)
	if err != nil {
		return err
	}
	all := account(found)
	if *asJSON {
		err = printJSON(out, all)
	} else {
		printFindings(out, found, all.Faults)
	}
	if err == nil && len(all.Faults) > 0 {
		err = errFaults
	}
	return err
}

// account is what was found, as JSON has it.
func account(found *scenario.Findings) checked {
	all := checked{Clauses: []checkedClause{}, Faults: append([]string{}, found.Faults...)}
	for _, r := range found.Reports {
		all.Faults = append(all.Faults, r.Faults...)
	}
	for _, a := range found.Accounts {
		clause := checkedClause{a.Seed, a.ID, a.State, append([]string{}, a.By...), []checkedScenario{}}
		for _, x := range a.Results {
			clause.Scenarios = append(clause.Scenarios, checkedScenario{x.Scenario.Name, x.Scenario.Line, x.State})
		}
		all.Clauses = append(all.Clauses, clause)
	}
	return all
}

// printFindings prints what was found, document by document and source by
// source, and last what is wrong.
func printFindings(out io.Writer, found *scenario.Findings, faults []string) {
	given := map[string]bool{}
	for _, r := range found.Reports {
		given[r.Source] = true
		n := map[string]int{}
		for _, x := range r.Results {
			n[x.State]++
		}
		fmt.Fprintf(out, "%s: %d scenarios: %d green, %d red, %d waiting\n", r.File, len(r.Results), n[scenario.Green], n[scenario.Red], n[scenario.Waiting])
	}
	for rest := found.Accounts; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(a scenario.Account) bool { return a.Seed != rest[0].Seed })
		if n < 0 {
			n = len(rest)
		}
		printSource(out, rest[:n], given[rest[0].Seed])
		rest = rest[n:]
	}
	for _, f := range faults {
		fmt.Fprintln(out, f)
	}
}

// printSource prints the clauses of one source; of one that no document works
// out, only how many there are.
func printSource(out io.Writer, accounts []scenario.Account, given bool) {
	seed := accounts[0].Seed
	if !given {
		fmt.Fprintf(out, "%d clauses of %s: all missing: no document with bron: %s was given\n", len(accounts), seed, seed)
		return
	}
	n := map[string]int{}
	for _, a := range accounts {
		n[a.State]++
		fmt.Fprintf(out, "  %-9s %-8s %s\n", a.State, a.ID, strings.Join(a.By, ", "))
		for _, x := range a.Results {
			fmt.Fprintf(out, "      %-8s %s:%d %s\n", x.State, x.Scenario.File, x.Scenario.Line, x.Scenario.Name)
		}
	}
	fmt.Fprintf(out, "%d clauses of %s: %d honoured, %d waiting, %d missing\n", len(accounts), seed,
		n[scenario.Honoured], n[scenario.Waiting], n[scenario.Missing])
}

// What mutate prints as JSON.
type (
	mutated struct {
		Mutants   int        `json:"mutants"`
		Survivors []survivor `json:"survivors"`
	}
	survivor struct {
		File string `json:"file"`
		Line int    `json:"line"`
		What string `json:"what"`
	}
)

// regulationMutate changes one thing in a regulation at a time, and says
// which changes no scenario notices.
func regulationMutate(ctx context.Context, args []string, out io.Writer) error {
	set, asJSON := toolFlags("mutate")
	docs, err := documents(set, args, out)
	if err != nil {
		return err
	}
	verdicts, err := scenario.Mutate(ctx, docs...)
	if err != nil {
		return err
	}
	all := mutated{Survivors: []survivor{}}
	for _, v := range verdicts {
		all.Mutants += v.Mutants
		for _, m := range v.Survivors {
			all.Survivors = append(all.Survivors, survivor{v.File, m.Line, m.What})
		}
	}
	if *asJSON {
		err = printJSON(out, all)
	} else {
		for _, s := range all.Survivors {
			fmt.Fprintf(out, "%s:%d: %s, and no scenario notices: write one that does\n", s.File, s.Line, s.What)
		}
		fmt.Fprintf(out, "%d mutants, %d survivors\n", all.Mutants, len(all.Survivors))
	}
	if err == nil && len(all.Survivors) > 0 {
		err = errFaults
	}
	return err
}

// regulationRender prints a regulation as people read it: the text, under
// each article what the program makes of it, and examples.
func regulationRender(_ context.Context, args []string, out io.Writer) error {
	set, _ := toolFlags("render")
	docs, err := documents(set, args, out)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		law, err := regulation.Parse(doc.File, doc.Text)
		if err != nil {
			return err
		}
		examples, err := scenario.Parse(law)
		if err != nil {
			return err
		}
		for _, s := range law.Sections {
			renderSection(out, law, s, slices.DeleteFunc(slices.Clone(examples), func(e *scenario.Scenario) bool { return e.Article != s.Number }))
		}
	}
	return nil
}

func renderSection(out io.Writer, law *regulation.Regulation, s regulation.Section, examples []*scenario.Scenario) {
	fmt.Fprintf(out, "%s %s\n\n", strings.Repeat("#", s.Level), s.Heading)
	if s.Text != "" {
		fmt.Fprintf(out, "%s\n\n", s.Text)
	}
	if a, ok := law.Article(s.Number); ok && a.Why != "" {
		fmt.Fprintf(out, "> **Zo past het programma dit toe.** %s\n\n", a.Why)
	}
	for _, e := range examples {
		what := "Voorbeeld"
		if e.Waits {
			what = "Voorbeeld van wat het programma nog niet kan"
		}
		fmt.Fprintf(out, "**%s: %s**\n\n", what, e.Name)
		for _, step := range e.Steps {
			fmt.Fprintf(out, "- %s %s\n", step.Keyword, step.Text)
		}
		fmt.Fprintln(out)
	}
}
