package web

import (
	"fmt"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/viewing"
)

// How a strip is drawn, and written out as a table.

// There reports whether p is footage: it can be played.
func (p piece) There() bool { return p.Kind == recorded || p.Kind == held }

// plays makes the strip say of what is played that it is there. A film begins
// at the key picture before what was held, a moment outside the hold.
func (s *strip) plays(all []viewing.Stretch) {
	for _, m := range all {
		length := time.Duration((m.To - m.From) * float64(time.Second))
		from, to := m.Shows, m.Shows.Add(length)
		for i := 1; i < len(s.Pieces); i++ {
			a, b := &s.Pieces[i-1], &s.Pieces[i]
			edge := b.Span.From
			if !a.There() && b.There() && from.Before(edge) && to.After(edge) {
				edge = latest(from, a.Span.From)
			}
			if a.There() && !b.There() && from.Before(edge) && to.After(edge) {
				edge = earliest(to, b.Span.To)
			}
			a.Span.To, b.Span.From = edge, edge
		}
	}
}

// A row is a line of the strip as a table: a piece, or a run of pieces that
// were recorded and are erased hour by hour.
type row struct {
	piece
	Last time.Time // when the last of a run is erased; zero for one piece
	Ends string    // the time on which it ends
	Late bool      // the term is over, and the sweep is about to come by
	// Times is how often there is no footage in a mixed one.
	Times int
}

// longestRun is how many hours are told of one by one.
const longestRun = 3

// Rows are the lines of the table.
func (s strip) Rows() []row {
	var out []row
	for i := 0; i < len(s.Pieces); {
		n := s.run(i)
		r := row{piece: s.Pieces[i]}
		if n > longestRun {
			last := s.Pieces[i+n-1]
			r.Span.To, r.Last = last.Span.To, last.Until
		} else {
			n = 1
		}
		i += n
		if len(s.Pieces) > 1 && r.Span.To.Sub(r.Span.From) < time.Second {
			continue // rounding: it would begin and end on the same second
		}
		r.Ends = ends(r.Span.To)
		r.Late = !r.Until.IsZero() && !r.Until.After(s.now)
		out = append(out, r)
	}
	return out
}

// run counts the pieces from i on that were recorded and follow each other.
func (s strip) run(i int) int {
	n := 0
	for i+n < len(s.Pieces) && s.Pieces[i+n].Kind == recorded {
		n++
	}
	return max(1, n)
}

// ends is the time on which something ends: midnight is the end of a day.
func ends(t time.Time) string {
	if t = t.In(calendar.Amsterdam); t.Hour()+t.Minute()+t.Second() == 0 {
		return "24:00:00"
	}
	return exact(t)
}

// Has reports whether something of a kind is in the strip.
func (s strip) Has(kind string) bool {
	for _, p := range s.Pieces {
		if p.Kind == kind {
			return true
		}
	}
	return false
}

// Left and Width say where in the strip a piece is drawn: "12.5%".
func (s strip) Left(p piece) string  { return s.percent(p.Span.From.Sub(s.Span.From)) }
func (s strip) Width(p piece) string { return s.percent(p.Span.To.Sub(p.Span.From)) }

func (s strip) percent(d time.Duration) string { return fmt.Sprintf("%.3f%%", 100*s.part(d)) }

// part is d as a part of the whole strip.
func (s strip) part(d time.Duration) float64 {
	return float64(d) / float64(max(1, s.Span.To.Sub(s.Span.From)))
}

// Short reports whether the strip is so short that its times need seconds.
func (s strip) Short() bool { return s.Span.To.Sub(s.Span.From) < 10*time.Minute }

// A tick is a time written under a strip.
type tick struct {
	At    time.Time
	X     string
	Side  string // near an end of the strip: "first" or "last"
	Minor bool   // left out on a small screen
}

const (
	mostTicks = 6
	nearEnd   = 0.1 // of the strip
)

// Ticks are times to write under the strip.
func (s strip) Ticks() []tick {
	long := s.Span.To.Sub(s.Span.From)
	step := time.Minute
	for _, step = range []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour} {
		if long/step <= mostTicks {
			break
		}
	}
	var out []tick
	// Whole hours of Amsterdam are whole hours of UTC; steps longer than that
	// count from the strip's own beginning.
	at := s.Span.From.Truncate(min(step, time.Hour))
	for ; at.Before(s.Span.To); at = at.Add(step) {
		if at.Before(s.Span.From) {
			continue
		}
		t := tick{At: at, X: s.percent(at.Sub(s.Span.From)), Minor: len(out)%2 == 1}
		switch part := s.part(at.Sub(s.Span.From)); {
		case part < nearEnd:
			t.Side = "first"
		case part > 1-nearEnd:
			t.Side = "last"
		}
		out = append(out, t)
	}
	return out
}
