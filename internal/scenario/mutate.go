package scenario

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"oogmerk/internal/regulation"
)

// A Verdict says which mutants of a document no scenario noticed.
type Verdict struct {
	File      string
	Mutants   int
	Played    int // scenarios, all mutants together
	Survivors []regulation.Mutant
}

// Mutate changes one thing in a document at a time, and plays its scenarios
// until one notices. The scenarios must all be green without a change.
func Mutate(ctx context.Context, docs ...Document) ([]*Verdict, error) {
	books, err := open(docs)
	if err != nil {
		return nil, err
	}
	var out []*Verdict
	for _, b := range books {
		v, err := b.mutate(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (b *book) mutate(ctx context.Context) (*Verdict, error) {
	p, err := newPlayer(ctx, b)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(slices.Clone(b.scenarios), func(s *Scenario) bool { return s.Waits })
	for _, r := range p.all(ctx, all) {
		if r.State == Red {
			return nil, fmt.Errorf("a scenario doesn't hold as it is: %s", r)
		}
	}
	mutants, err := regulation.Mutants(b.doc.File, b.doc.Text)
	if err != nil {
		return nil, err
	}
	v := &Verdict{File: b.doc.File, Mutants: len(mutants)}
	var mu sync.Mutex
	each(len(mutants), func(i int) {
		noticed, played, failed := b.survives(ctx, p, mutants[i], all)
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

// survives plays scenarios on a mutant until one notices: first those that
// are the likeliest to.
func (b *book) survives(ctx context.Context, p *player, m regulation.Mutant, all []*Scenario) (noticed bool, played int, err error) {
	law, err := regulation.Parse(b.doc.File, m.Document)
	if err != nil {
		return false, 0, fmt.Errorf("couldn't read the document in which %s: %w", m.What, err)
	}
	mutant := *p
	mutant.read = reader()
	if b.law.Terms.Layer != "" {
		mutant.statutes = law
	} else {
		mutant.doc.Text = m.Document
	}
	order := slices.Clone(all)
	words := changedWords(b.law, m)
	slices.SortStableFunc(order, func(a, b *Scenario) int { return near(b, m.Article, words) - near(a, m.Article, words) })
	for _, s := range order {
		played++
		if mutant.play(ctx, s).State == Red {
			return true, played, nil
		}
		if ctx.Err() != nil {
			return false, played, ctx.Err()
		}
	}
	return false, played, nil
}

// near is how likely a scenario is to notice a change in an article: it
// stands under it, cites it, or names what was changed.
func near(s *Scenario, article string, words []string) int {
	score := 0
	if s.Article == article {
		score += 8
	}
	named := 0
	for _, step := range s.Steps {
		for i, h := range step.phrase.holes {
			if h == "artikel" && slices.Contains(numbers(step.args[i]), article) {
				score += 4
			}
		}
		text := strings.ToLower(step.Text)
		named += len(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.Contains(text, w) }))
	}
	return score + min(named, 3)
}

var inQuotes = regexp.MustCompile(`"([a-z_ ]{2,})"|([a-z]+_[a-z_]+|[a-z]{4,})`)

// changedWords are the keys a mutant is about, and what people call them.
func changedWords(law *regulation.Regulation, m regulation.Mutant) []string {
	var out []string
	for _, g := range inQuotes.FindAllStringSubmatch(m.What, -1) {
		word := g[1] + g[2]
		out = append(out, word)
		for _, r := range law.Terms.Roles {
			if r.Key == word {
				out = append(out, strings.ToLower(r.Title))
			}
		}
	}
	return out
}
