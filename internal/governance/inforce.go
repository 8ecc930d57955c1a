package governance

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/regulation"
)

// lapsed is what remains of a regulation after the day on which it ends.
//
//go:embed verlopen.md
var lapsed []byte

// A stretch is a time in which nothing changes about what is in force: from
// an instant to the next stretch. What holds in it is put together when it is
// first asked for, and then stays.
type stretch struct {
	from time.Time
	law  func() *regulation.Regulation
}

// InForce returns what is in force at t, or nil if that is no regulation: the
// statutes, the regulation with its choices, the orders and what is set aside.
// After the day on which a regulation says that it ends, it is that regulation
// still, under which nothing is allowed any more but to erase what is due and
// to adopt another: footage doesn't outlive its term because the law did not.
func (b *Board) InForce(t time.Time) *regulation.Regulation {
	stretches := b.state.Load().stretches
	for i := len(stretches) - 1; i >= 0; i-- {
		if !t.Before(stretches[i].from) {
			return stretches[i].law()
		}
	}
	return nil
}

// put makes s what is so.
func (b *Board) put(s *state) {
	s.stretches = nil
	for _, at := range s.boundaries() {
		s.stretches = append(s.stretches, stretch{at, sync.OnceValue(func() *regulation.Regulation { return b.compose(s, at) })})
	}
	b.state.Store(s)
}

// boundaries are the instants at which something begins or ends, in order.
func (s *state) boundaries() []time.Time {
	var all []time.Time
	for _, v := range slices.Concat(s.versions, s.orders) {
		all = append(all, v.From, v.Until)
		if says := v.Law.Terms.Validity; says.From != 0 {
			all = append(all, start(says.From))
		}
		if says := v.Law.Terms.Validity; says.Until != 0 {
			all = append(all, start(says.Until+1))
		}
	}
	for _, d := range s.derogations {
		all = append(all, d.From, d.To, d.Ended)
	}
	all = slices.DeleteFunc(all, time.Time.IsZero)
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// versionAt is the last that was adopted of those that hold at t.
func (s *state) versionAt(t time.Time) (Version, bool) {
	for _, v := range slices.Backward(s.versions) {
		if v.in(t) {
			return v, true
		}
	}
	return Version{}, false
}

// lapsedAt is the last that nobody ended, but that says itself that it is over
// at t.
func (s *state) lapsedAt(t time.Time) (Version, bool) {
	for _, v := range slices.Backward(s.versions) {
		says := v.Law.Terms.Validity
		if !t.Before(v.From) && (v.Until.IsZero() || t.Before(v.Until)) && says.Until != 0 && t.After(says.Until.Last()) {
			return v, true
		}
	}
	return Version{}, false
}

// compose puts together what is in force at t.
func (b *Board) compose(s *state, t time.Time) *regulation.Regulation {
	var over []regulation.Layered
	v, ok := s.versionAt(t)
	if !ok {
		if v, ok = s.lapsedAt(t); !ok {
			return nil
		}
		rest, err := regulation.Parse("verlopen.md", lapsed)
		if err != nil {
			return nil // a test reads it: then nothing is allowed at all
		}
		over = append(over, regulation.Layered{Law: rest})
	}
	if b.Statutes != nil {
		over = append(over, regulation.Layered{Law: b.Statutes})
	}
	for _, o := range s.orders {
		if o.in(t) {
			over = append(over, regulation.Layered{Law: o.Law, Scope: o.Scope})
		}
	}
	law := v.Law
	if len(over) > 0 {
		law = regulation.Stack(law, over...)
	}
	var asides []regulation.Aside
	for _, d := range s.derogations {
		if d.Kind != Unforeseen && d.in(t) && s.stillFrom(d, v) {
			asides = append(asides, regulation.Aside{Article: d.Article, Scope: d.Scope, All: d.Kind == Suspension})
		}
	}
	if len(asides) > 0 {
		law = law.SetAside(asides...)
	}
	return law
}

// stillFrom reports whether d is about what v says. A deviation is from a text:
// in another version its article may be another one, from which nobody may
// deviate. A judge's suspension stays until it is ended.
func (s *state) stillFrom(d Derogation, v Version) bool {
	then, ok := s.versionAt(d.From)
	if !ok || then.ID == v.ID || d.Kind == Suspension {
		return true
	}
	return slices.Equal(parts(then.Law, d.Article), parts(v.Law, d.Article))
}

// parts are what stands under an article, rules and terms included; not where
// in the document, nor its scenarios.
func parts(law *regulation.Regulation, number string) (all []string) {
	for _, s := range law.Sections {
		if s.Number != number && !strings.HasPrefix(s.Number, number+".") {
			continue
		}
		all = append(all, s.Number, s.Text)
		for _, f := range s.Fences {
			if f.Language != "gherkin" {
				all = append(all, f.Language, f.Text)
			}
		}
	}
	return all
}

// start is the first instant of a day in Amsterdam.
func start(d calendar.Date) time.Time { return (d - 1).Last().Add(time.Microsecond) }
