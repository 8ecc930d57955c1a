package viewing

import (
	"math"
	"slices"
	"sort"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/media"
)

const (
	// joint is how far two stretches may lie apart and count as one: less
	// than a picture lasts, more than rounding and a camera's jitter.
	joint = 100 * time.Millisecond
	// maxSeen is how many separate stretches an outcome can name. Beyond it
	// those nearest to each other count as one: that says too much was seen,
	// never too little.
	maxSeen = 500
)

// A Stretch of the movie, in seconds from its beginning, and the time it shows.
type Stretch struct {
	From, To float64
	Shows    time.Time
}

// mapOf says which stretch of a movie shows which stretch of time.
func mapOf(parts []footage.Part, movie *media.Movie) []Stretch {
	var all []Stretch
	for i, p := range parts {
		from, to := movie.Start(i), movie.Start(i+1)
		if n := len(all); n > 0 {
			last := &all[n-1]
			expected := last.Shows.Add(from - seconds(last.From))
			if d := p.Span.From.Sub(expected); d.Abs() <= joint {
				last.To = to.Seconds()
				continue
			}
		}
		all = append(all, Stretch{From: from.Seconds(), To: to.Seconds(), Shows: p.Span.From})
	}
	return all
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }

// seen is which stretches of time were on the screen, in order, none
// overlapping.
type seen []footage.Span

// add notes one more.
func (s seen) add(span footage.Span) seen {
	i := sort.Search(len(s), func(i int) bool { return !s[i].To.Add(joint).Before(span.From) })
	k := i
	for k < len(s) && !s[k].From.After(span.To.Add(joint)) {
		span = hull(span, s[k])
		k++
	}
	s = slices.Replace(s, i, k, span)
	if len(s) > maxSeen {
		s = s.coarser()
	}
	return s
}

// coarser joins the two stretches that are nearest to each other.
func (s seen) coarser() seen {
	best := 1
	for i := 2; i < len(s); i++ {
		if s[i].From.Sub(s[i-1].To) < s[best].From.Sub(s[best-1].To) {
			best = i
		}
	}
	return slices.Replace(s, best-1, best+1, hull(s[best-1], s[best]))
}

func hull(a, b footage.Span) footage.Span {
	if b.From.Before(a.From) {
		a.From = b.From
	}
	if b.To.After(a.To) {
		a.To = b.To
	}
	return a
}

// written is s as the logbook has it.
func (s seen) written() [][2]string {
	out := make([][2]string, 0, len(s))
	for _, span := range s {
		out = append(out, [2]string{stamp(span.From), stamp(span.To)})
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano) }

// rounded is d in seconds, to the millisecond.
func rounded(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
