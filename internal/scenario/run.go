package scenario

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"oogmerk/internal/regulation"
)

// A Report is what was found out about a document.
type Report struct {
	File     string
	Source   string // whose clauses it works out, "" if nobody's
	Results  []Result
	Accounts []Account
}

// Check reads a document, plays its scenarios and accounts for the clauses of
// its source. The error says what is wrong with the document, a line each.
func Check(ctx context.Context, doc Document) (*Report, error) {
	law, all, err := open(doc)
	if err != nil {
		return nil, err
	}
	r := &Report{File: doc.File, Source: law.Terms.Source, Results: Play(ctx, doc, law, all)}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := Clauses()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Seed == law.Terms.Source {
			r.Accounts = append(r.Accounts, account(law, row, r.Results))
		}
	}
	if law.Terms.Source != "" && len(r.Accounts) == 0 {
		return nil, fmt.Errorf("%s: nobody knows the bron %q: the clauses are in clausules.csv", doc.File, law.Terms.Source)
	}
	return r, nil
}

func open(doc Document) (*regulation.Regulation, []*Scenario, error) {
	law, err := regulation.Parse(doc.File, doc.Text)
	if err != nil {
		return nil, nil, err
	}
	all, err := Parse(law)
	return law, all, err
}

// Play plays scenarios on a program that runs under doc, as many at a time as
// there are processors, and returns what came of each, in order.
func Play(ctx context.Context, doc Document, law *regulation.Regulation, all []*Scenario) []Result {
	under := memory()
	out := make([]Result, len(all))
	each(len(all), func(i int) {
		out[i] = play(ctx, under, doc, law, all[i])
	})
	return out
}

// each does n things, as many at a time as there are processors.
func each(n int, do func(int)) {
	turn := make(chan int)
	var working sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		working.Go(func() {
			for i := range turn {
				do(i)
			}
		})
	}
	for i := range n {
		turn <- i
	}
	close(turn)
	working.Wait()
}

// A Verdict says which mutants of a document no scenario noticed.
type Verdict struct {
	Mutants   int
	Played    int // scenarios, all mutants together
	Survivors []regulation.Mutant
}

// Mutate changes one thing in a document at a time, and plays its scenarios
// until one notices. The scenarios must all be green without a change.
func Mutate(ctx context.Context, doc Document) (*Verdict, error) {
	law, all, err := open(doc)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s *Scenario) bool { return s.Waits })
	for _, r := range Play(ctx, doc, law, all) {
		if r.State == Red {
			return nil, fmt.Errorf("a scenario doesn't hold as it is: %s", r)
		}
	}
	mutants, err := regulation.Mutants(doc.File, doc.Text)
	if err != nil {
		return nil, err
	}
	under, v := memory(), &Verdict{Mutants: len(mutants)}
	var mu sync.Mutex
	each(len(mutants), func(i int) {
		noticed, played, failed := survives(ctx, under, doc.File, law, mutants[i], all)
		mu.Lock()
		defer mu.Unlock()
		v.Played += played
		if failed != nil && err == nil {
			err = failed
		}
		if !noticed {
			v.Survivors = append(v.Survivors, mutants[i])
		}
	})
	slices.SortFunc(v.Survivors, func(a, b regulation.Mutant) int { return a.Line - b.Line })
	if err == nil {
		err = ctx.Err()
	}
	return v, err
}

// survives plays scenarios on a mutant until one notices. Those under the
// article that was changed are the likeliest to.
func survives(ctx context.Context, under, file string, law *regulation.Regulation, m regulation.Mutant, all []*Scenario) (noticed bool, played int, err error) {
	if _, err := regulation.Parse(file, m.Document); err != nil {
		return false, 0, fmt.Errorf("couldn't read the document in which %s: %w", m.What, err)
	}
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b *Scenario) int { return far(a, m.Article) - far(b, m.Article) })
	for _, s := range order {
		played++
		if play(ctx, under, Document{file, m.Document}, law, s).State == Red {
			return true, played, nil
		}
		if ctx.Err() != nil {
			return false, played, ctx.Err()
		}
	}
	return false, played, nil
}

func far(s *Scenario, article string) int {
	if s.Article == article {
		return 0
	}
	return 1
}
