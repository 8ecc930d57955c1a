// Package scenario answers whether what a regulation says holds in the real
// program. It reads the scenarios that stand under the articles, plays each on
// a program built for it alone (real database, logbook, vault and footage, a
// clock moved by hand), and accounts for each clause of the source: honoured,
// waiting or missing.
package scenario

import (
	"fmt"
	"strings"
)

// A Scenario is one example under an article: docs/formats/scenario.md.
type Scenario struct {
	Name    string
	File    string
	Line    int    // of its name
	Article string // it stands under
	Clauses []Clause
	Waits   bool // for a part of the program that isn't there yet: not played
	Steps   []Step
}

// A Step is one sentence.
type Step struct {
	Keyword, Text string // as written: "En", "Samira komt erbij zitten"
	Line          int

	phrase *phrase
	args   []string
}

// A Clause is one duty that a source lays on somebody.
type Clause struct{ Seed, ID string }

func (c Clause) String() string { return c.Seed + "-" + c.ID }

// clauseOf reads a tag: @, source, -, number.
func clauseOf(tag string) (Clause, bool) {
	seed, id, ok := strings.Cut(strings.TrimPrefix(tag, "@"), "-")
	return Clause{seed, id}, ok && seed != "" && id != ""
}

// The results of playing a scenario.
const (
	Green   = "green"
	Red     = "red"
	Waiting = "waiting"
)

// A Result is what came of a scenario.
type Result struct {
	Scenario *Scenario
	State    string // Green, Red or Waiting
	Line     int    // of the sentence that didn't hold
	Why      string // "" unless red
}

func (r Result) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", r.Scenario.File, r.Line, r.Scenario.Name, r.Why)
}
