package recorder

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
)

// maxHeld is how many bytes a sieve keeps back, whatever the regulation asks:
// a minute of 8 Mbit/s.
const maxHeld = 64 << 20

// A sieve lets through what is to be recorded, of what a camera sees. What it
// keeps back is in memory only, for no longer than it may still be needed.
//
// Fragments come in on the goroutine that reads the connection, everything
// else on the camera's own.
type sieve struct {
	tape *tape

	mu      sync.Mutex
	mode    mode
	motion  motion
	told    told
	waiting []*media.Fragment // until there can be judged, oldest first
	held    []*media.Fragment // in which nothing moves, oldest first
	bytes   int               // of both
	lost    uint64            // packets, of which the tape doesn't know yet
	until   time.Time         // what begins earlier is recorded
}

// set changes what is let through from now on.
func (s *sieve) set(m mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mode != m {
		s.mode = m
		s.forget()
	}
}

// drop forgets what is kept back: the connection, or the permit, ended.
func (s *sieve) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
}

func (s *sieve) forget() {
	if len(s.held)+len(s.waiting) > 0 {
		s.tape.skip()
	}
	s.held, s.waiting, s.bytes, s.until = nil, nil, 0, time.Time{}
}

// blind reports whether it can't be told if something moves.
func (s *sieve) blind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode.how == regulation.OnMotion && !s.told.hears && s.motion.seesNothing()
}

// motionEvent says that from `at` on the camera itself sees something move, or
// nothing any more. From then on that alone decides what is recorded, and no
// longer the pictures, until [sieve.deaf].
func (s *sieve) motionEvent(at time.Time, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := s.told.event(at, on)
	if until := ended.Add(s.mode.after); !ended.IsZero() && until.Before(s.until) {
		s.until = until // it was over before we knew
	}
}

// deaf says that the camera isn't heard any more.
func (s *sieve) deaf() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told.deaf()
}

// take lets f through, or keeps it back, or neither.
func (s *sieve) take(ctx context.Context, f *media.Fragment, lost uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost += lost
	s.motion.learn(f)
	switch s.mode.how {
	case regulation.LiveOnly:
		s.tape.idle(f.Start, causeLiveOnly)
		s.tape.skip()
	case regulation.OnMotion:
		s.watch(ctx, f)
	default:
		s.pass(ctx, f)
	}
}

func (s *sieve) pass(ctx context.Context, f *media.Fragment) {
	lost := s.lost
	s.lost = 0
	f.Activity, f.Motion = s.motion.activity(f), s.told.moved(f.Start, f.Start.Add(f.Length()))
	s.tape.take(ctx, f, lost)
}

// watch judges f, and what waited for that.
func (s *sieve) watch(ctx context.Context, f *media.Fragment) {
	if !s.motion.ready() && !s.told.hears {
		s.keep(f, &s.waiting)
		return
	}
	waited := s.waiting
	s.waiting = nil
	for _, w := range waited {
		s.bytes -= len(w.Data)
		s.judge(ctx, w)
	}
	s.judge(ctx, f)
}

// judge lets f through, and what belongs before it, if something moves in it
// or did not long ago.
func (s *sieve) judge(ctx context.Context, f *media.Fragment) {
	first := s.moves(f)
	if f.Start.Before(s.until) || !first.IsZero() {
		if first.IsZero() || f.Start.Before(first) {
			first = f.Start
		}
		s.trim(f, first.Add(-s.mode.before))
		s.release(ctx, f.Start)
	}
	if len(s.held) == 0 && f.Start.Before(s.until) {
		s.pass(ctx, f)
		return
	}
	s.keep(f, &s.held)
	s.trim(f, f.Start.Add(-s.mode.before-s.patience()))
}

// moves is since when something moves that is news with f; zero if nothing
// does. It sees to it that what comes until long enough after is recorded.
func (s *sieve) moves(f *media.Fragment) (first time.Time) {
	ends := f.Start.Add(f.Length())
	last := ends
	if s.told.hears {
		var ok bool
		if first, last, ok = s.told.news(ends); !ok {
			first = time.Time{}
		}
	} else if s.motion.in(f) {
		first = f.Start
	}
	if s.until.After(ends.Add(s.mode.after)) { // the clock was put back
		first, last, s.until = f.Start, ends, time.Time{}
	}
	if until := last.Add(s.mode.after); !first.IsZero() && until.After(s.until) {
		s.until = until
	}
	return first
}

// patience is how long is waited for what the camera has to say.
func (s *sieve) patience() time.Duration {
	if s.told.hears {
		return late
	}
	return 0
}

// release lets through what was kept back before now and is to be recorded, and
// all that was kept back before the clock was put back to now.
func (s *sieve) release(ctx context.Context, now time.Time) {
	n := 0
	for ; n < len(s.held) && (s.held[n].Start.Before(s.until) || !s.held[n].Start.Before(now)); n++ {
		s.pass(ctx, s.held[n])
		s.bytes -= len(s.held[n].Data)
	}
	if s.held = slices.Delete(s.held, 0, n); len(s.held) == 0 {
		s.held = nil
	}
}

// keep keeps a copy of f in a list. If nothing was recorded for another reason
// until now, what is kept of before that goes.
func (s *sieve) keep(f *media.Fragment, list *[]*media.Fragment) {
	if s.tape.idle(f.Start, causeStill) || s.bytes+len(f.Data) > maxHeld {
		s.forget()
	}
	own := *f
	own.Samples, own.Data, own.Padded = slices.Clone(f.Samples), bytes.Clone(f.Data), nil
	*list = append(*list, &own)
	s.bytes += len(own.Data)
}

// trim drops what comes before the last key picture from which all can be
// decoded that was seen from first on. f is the fragment in hand, kept back or
// not yet.
func (s *sieve) trim(f *media.Fragment, first time.Time) {
	cut := 0
	for i, h := range s.held {
		if h.Key() && !h.Start.After(first) {
			cut = i
		}
	}
	if f.Key() && !f.Start.After(first) && len(s.held) > 0 && s.held[len(s.held)-1].Start.Before(f.Start) {
		cut = len(s.held)
	}
	for _, h := range s.held[:cut] {
		s.bytes -= len(h.Data)
	}
	if cut > 0 {
		s.tape.skip()
	}
	s.held = slices.Delete(s.held, 0, cut)
}
