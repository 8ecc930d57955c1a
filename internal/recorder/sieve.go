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
	return s.mode.how == regulation.OnMotion && s.motion.seesNothing()
}

// take lets f through, or keeps it back, or neither.
func (s *sieve) take(ctx context.Context, f *media.Fragment, lost uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost += lost
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
	s.tape.take(ctx, f, lost)
}

// watch judges f, and what waited for that.
func (s *sieve) watch(ctx context.Context, f *media.Fragment) {
	s.motion.learn(f)
	if !s.motion.ready() {
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
	ends := f.Start.Add(f.Length()).Add(s.mode.after)
	if s.motion.in(f) || s.until.After(ends) { // or the clock was put back
		s.until = ends
	}
	if !f.Start.Before(s.until) {
		s.keep(f, &s.held)
		s.trim(f)
		return
	}
	s.trim(f)
	for _, h := range s.held {
		s.pass(ctx, h)
		s.bytes -= len(h.Data)
	}
	s.held = nil
	s.pass(ctx, f)
}

// keep keeps a copy of f in a list. If nothing was recorded for another reason
// until now, what is kept of before that goes.
func (s *sieve) keep(f *media.Fragment, list *[]*media.Fragment) {
	if s.tape.idle(f.Start, causeStill) || s.bytes+len(f.Data) > maxHeld {
		s.forget()
	}
	own := *f
	own.Samples, own.Data = slices.Clone(f.Samples), bytes.Clone(f.Data)
	*list = append(*list, &own)
	s.bytes += len(own.Data)
}

// trim drops what would not be recorded if something moves from f on: what
// comes before the last key picture from which all that belongs before it can
// be decoded.
func (s *sieve) trim(f *media.Fragment) {
	first := f.Start.Add(-s.mode.before)
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
