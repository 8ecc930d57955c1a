package viewing

import (
	"math/rand/v2"
	"testing"
	"time"

	"oogmerk/internal/footage"
)

var nine = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// between is a span in seconds after nine.
func between(from, to float64) footage.Span {
	return footage.Span{From: nine.Add(seconds(from)), To: nine.Add(seconds(to))}
}

func TestSeen(t *testing.T) {
	for _, c := range []struct {
		name string
		add  []footage.Span
		want []footage.Span
	}{
		{"one", []footage.Span{between(1, 2)}, []footage.Span{between(1, 2)}},
		{"the next", []footage.Span{between(1, 2), between(2.04, 3)}, []footage.Span{between(1, 3)}},
		{"apart", []footage.Span{between(1, 2), between(3, 4)}, []footage.Span{between(1, 2), between(3, 4)}},
		{"before", []footage.Span{between(3, 4), between(1, 2)}, []footage.Span{between(1, 2), between(3, 4)}},
		{"again", []footage.Span{between(1, 4), between(2, 3)}, []footage.Span{between(1, 4)}},
		{"bridge", []footage.Span{between(1, 2), between(3, 4), between(5, 6), between(1.5, 5)}, []footage.Span{between(1, 6)}},
		{"around", []footage.Span{between(2, 3), between(1, 4)}, []footage.Span{between(1, 4)}},
	} {
		var s seen
		for _, span := range c.add {
			s = s.add(span)
		}
		if len(s) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.name, s, c.want)
			continue
		}
		for i := range s {
			if s[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.name, s, c.want)
			}
		}
	}
}

// However much is reported, the list stays short and in order, and leaves
// nothing out.
func TestSeenIsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var s seen
	var all []footage.Span
	for range 5000 {
		from := random.Float64() * 7200
		span := between(from, from+random.Float64()/5)
		all = append(all, span)
		s = s.add(span)
	}
	if len(s) > maxSeen {
		t.Errorf("%d stretches, want at most %d", len(s), maxSeen)
	}
	for i := 1; i < len(s); i++ {
		if s[i].From.Sub(s[i-1].To) <= joint {
			t.Fatalf("%v and %v are out of order or one", s[i-1], s[i])
		}
	}
	for _, span := range all {
		covered := false
		for _, have := range s {
			covered = covered || !span.From.Before(have.From) && !span.To.After(have.To)
		}
		if !covered {
			t.Fatalf("%v was left out", span)
		}
	}
}
