package scenario

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
)

// A Document is a regulation as it is adopted.
type Document struct {
	File string
	Text []byte
}

// A book is a document that was read, with its scenarios.
type book struct {
	doc       Document
	law       *regulation.Regulation // doc
	whole     *regulation.Regulation // law and what stands above it: the articles that can be cited
	adopted   Document               // what its scenarios run under: doc, or ground if doc only forbids
	statutes  *regulation.Regulation // above that: those given, or those compiled in
	scenarios []*Scenario
}

// ground is what the scenarios of a document that only forbids stand on: a
// regulation that allows everything to somebody.
//
//go:embed grond.md
var ground []byte

const groundFile = "grond.md"

// open reads documents together: a statute among them stands above the
// others. The errors say what is wrong with each.
func open(docs []Document) ([]*book, error) {
	var books []*book
	var faults []error
	var statutes *regulation.Regulation
	for _, doc := range docs {
		law, err := regulation.Parse(doc.File, doc.Text)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if law.Terms.Layer == regulation.Statute {
			statutes = law
		}
		books = append(books, &book{doc: doc, law: law, adopted: doc})
	}
	for _, b := range books {
		if err := b.settle(statutes); err != nil {
			faults = append(faults, err)
		}
	}
	return books, errors.Join(faults...)
}

// settle finds what b stands on and under, and reads its scenarios.
func (b *book) settle(statutes *regulation.Regulation) error {
	base := b.law
	b.statutes = statutes
	if b.law.Terms.Layer != "" {
		var err error
		if base, err = regulation.Parse(groundFile, ground); err != nil {
			return err
		}
		b.adopted, b.statutes = Document{groundFile, ground}, b.law
	}
	var err error
	if b.statutes == nil {
		if b.statutes, err = regulation.Statutes(); err != nil {
			return err
		}
	}
	b.whole = regulation.Stack(base, regulation.Layered{Law: b.statutes})
	b.scenarios, err = parse(b.law, b.whole)
	return err
}

// A Report is what was found out about a document.
type Report struct {
	File    string
	Source  string // whose clauses it works out, "" if nobody's
	Results []Result
	Faults  []string // what is wrong with what it says, a line each
}

// A Findings is what was found out about documents together.
type Findings struct {
	Reports  []*Report
	Accounts []Account // of every clause of every source
	Faults   []string  // of documents that can't be read, a line each
}

// Check reads documents, plays their scenarios and accounts for each clause
// there is.
func Check(ctx context.Context, docs ...Document) (*Findings, error) {
	books, err := open(docs)
	f := &Findings{}
	if err != nil {
		f.Faults = strings.Split(err.Error(), "\n")
	}
	rows, err := Clauses()
	if err != nil {
		return nil, err
	}
	for _, b := range books {
		if b.scenarios == nil && b.whole == nil {
			continue
		}
		p, err := newPlayer(ctx, b)
		if err != nil {
			return nil, err
		}
		r := &Report{File: b.doc.File, Source: b.law.Terms.Source, Results: p.all(ctx, b.scenarios)}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.Faults = slices.Concat(r.red(), silences(b.law, rows), unknownSource(b, rows))
		f.Reports = append(f.Reports, r)
	}
	f.account(books, rows)
	return f, nil
}

// red are the scenarios that don't hold.
func (r *Report) red() []string {
	var out []string
	for _, x := range r.Results {
		if x.State == Red {
			out = append(out, x.String())
		}
	}
	return out
}

func unknownSource(b *book, rows []ClauseRow) []string {
	source := b.law.Terms.Source
	if source == "" || slices.ContainsFunc(rows, func(r ClauseRow) bool { return r.Seed == source }) {
		return nil
	}
	return []string{fmt.Sprintf("%s: nobody knows the bron %q: the clauses are in %s", b.doc.File, source, clausesFile)}
}

// silences are the articles of which the program makes nothing, and which no
// clause leads to either: a duty with no fence at all is an error.
func silences(law *regulation.Regulation, rows []ClauseRow) []string {
	var out []string
	for _, s := range law.Sections {
		if s.Number == "" || strings.TrimSpace(s.Text) == "" || len(fencesOf(law, s.Number, true)) > 0 {
			continue
		}
		if slices.ContainsFunc(rows, func(r ClauseRow) bool { return r.Seed == law.Terms.Source && r.Article == s.Number }) {
			continue
		}
		out = append(out, fmt.Sprintf("%s:%d: niets staat hier: article %s has no fence, and no clause in %s leads to it: "+
			"add a rule, a term, an example, or a fence onuitvoerbaar that says why not", law.File, s.Line, s.Number, clausesFile))
	}
	return out
}

// fencesOf are the fences under an article, and maybe those under its parts.
func fencesOf(law *regulation.Regulation, number string, parts bool) []regulation.Fence {
	var out []regulation.Fence
	for _, s := range law.Sections {
		if s.Number == number || parts && strings.HasPrefix(s.Number, number+".") {
			out = append(out, s.Fences...)
		}
	}
	return out
}
