package scenario

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
	"oogmerk/regulations"
)

// A ClauseRow is a clause and the article that deals with it in the document
// that works its source out; "" if there is no such document yet.
type ClauseRow struct {
	Clause
	Article string
}

// Clauses returns all clauses of all sources, in order.
func Clauses() ([]ClauseRow, error) {
	const file = "clausules.csv"
	text, err := regulations.Files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("couldn't read %s: %w", file, err)
	}
	var out []ClauseRow
	for _, row := range rows[1:] {
		if len(row) != 3 {
			return nil, fmt.Errorf("couldn't read %s: a row of %d fields, want seed, clause and article", file, len(row))
		}
		out = append(out, ClauseRow{Clause{row[0], row[1]}, row[2]})
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

// account says what a document and its scenarios make of a clause. It is
// honoured if at least one scenario shows it and all do; it waits if one of
// them waits for a part of the program that isn't there.
func account(law *regulation.Regulation, row ClauseRow, results []Result) Account {
	a := Account{Clause: row.Clause, State: Missing}
	red, waiting := false, false
	for _, r := range results {
		if !slices.Contains(r.Scenario.Clauses, row.Clause) {
			continue
		}
		a.Results = append(a.Results, r)
		red = red || r.State == Red
		waiting = waiting || r.State == Waiting
	}
	switch {
	case red || len(a.Results) == 0:
	case waiting:
		a.State = Waiting
	default:
		a.State, a.By = Honoured, means(law, row.Article, a.Results)
	}
	return a
}

// means is by what a clause is honoured: what stands under its article; if
// nothing does, what its scenarios show the program to do or to keep.
func means(law *regulation.Regulation, article string, results []Result) []string {
	var by []string
	add := func(what string) {
		if !slices.Contains(by, what) {
			by = append(by, what)
		}
	}
	for _, s := range law.Sections {
		if s.Number != article {
			continue
		}
		for _, f := range s.Fences {
			switch f.Language {
			case "cedar":
				add("rule")
			case "yaml":
				if !onlySource(f) {
					add("term")
				}
			case "onuitvoerbaar":
				add("evidence")
			}
		}
	}
	if len(by) > 0 {
		return by
	}
	for _, r := range results {
		if refuses(r.Scenario) {
			add("step")
		}
	}
	if len(by) == 0 {
		add("register")
	}
	return by
}

// onlySource reports whether a fence says nothing but whose text this is.
func onlySource(f regulation.Fence) bool {
	return strings.HasPrefix(f.Text, "bron:") && !strings.Contains(strings.TrimSpace(f.Text), "\n")
}

// refuses reports whether a scenario shows that the program stops someone.
func refuses(s *Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool {
		return strings.HasPrefix(step.Text, "mag het niet") || step.Text == "kan het niet"
	})
}
