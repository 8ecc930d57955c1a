package recorder

import "time"

const (
	// late is how long after something moved a camera may still say so, and
	// have it recorded with all that belongs before it.
	late = 5 * time.Second
	// What a camera said is remembered for so long, and so often.
	remembered = 2 * time.Minute
	maxTold    = 256
	// instant is how long a motion lasts that is over as soon as it began.
	instant = time.Millisecond
)

// A told is what a camera itself says of motion. It may say so late, of what
// was seen already.
type told struct {
	hears bool // it says so at all
	said  []stir
}

// A stir is when something moved, as far as a camera said.
type stir struct {
	from, to time.Time // to is zero while it lasts
	judged   time.Time // until when it was taken into account; zero if it wasn't
}

// event says that from at on something moves, or nothing any more. It returns
// when a motion ended; zero if none did.
func (t *told) event(at time.Time, on bool) (ended time.Time) {
	t.hears = true
	last := len(t.said) - 1
	lasts := last >= 0 && t.said[last].to.IsZero()
	switch {
	case on && !lasts:
		if len(t.said) == maxTold {
			t.said = t.said[:copy(t.said, t.said[1:])]
		}
		t.said = append(t.said, stir{from: at})
	case !on && lasts:
		s := &t.said[last]
		s.to = s.from.Add(instant)
		if at.After(s.to) {
			s.to = at
		}
		return s.to
	}
	return time.Time{}
}

// deaf says that it isn't known any more what the camera says.
func (t *told) deaf() {
	t.hears = false
	last := len(t.said) - 1
	if last < 0 || !t.said[last].to.IsZero() {
		return
	}
	if s := &t.said[last]; s.judged.IsZero() {
		t.said = t.said[:last]
	} else {
		s.to = s.judged
	}
}

// moved reports whether something moved between two moments.
func (t *told) moved(from, to time.Time) bool {
	for _, s := range t.said {
		if s.from.Before(to) && (s.to.IsZero() || s.to.After(from)) {
			return true
		}
	}
	return false
}

// news is when something moved, before `to`, that wasn't news before: from the
// first moment to the last.
func (t *told) news(to time.Time) (first, last time.Time, ok bool) {
	for i := range t.said {
		s := &t.said[i]
		from, end := s.from, s.to
		if end.IsZero() {
			if s.from.After(to.Add(late)) { // our clock was put back
				s.from, s.judged, from = to.Add(-instant), time.Time{}, to.Add(-instant)
			}
			end = to
		}
		if s.judged.After(from) {
			from = s.judged
		}
		if end.After(to) {
			end = to
		}
		if !from.Before(end) {
			continue
		}
		s.judged = end
		if !ok || from.Before(first) {
			first = from
		}
		if end.After(last) {
			last = end
		}
		ok = true
	}
	t.prune(to)
	return first, last, ok
}

// prune forgets what is over for long, or, after the clock was put back, what
// isn't to come.
func (t *told) prune(now time.Time) {
	kept := t.said[:0]
	for _, s := range t.said {
		if s.to.IsZero() || s.to.After(now.Add(-remembered)) && !s.from.After(now.Add(remembered)) {
			kept = append(kept, s)
		}
	}
	t.said = kept
}
