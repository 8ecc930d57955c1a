package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Permit is proof that one act on one subject was ruled on, allowed, and
// written down. Only a [Gate] makes permits; the zero Permit allows nothing.
// It is good until closed or withdrawn.
type Permit struct {
	self    *Permit // a copy of a permit isn't one: it would outlive a withdrawal
	gate    *Gate
	request Request
	seq     int64
	since   time.Time
	checkup checkup // of Patrol alone

	present atomic.Int64 // see Present
	ended   atomic.Bool
	once    sync.Once
	done    chan struct{}
	refusal *Refusal // why it was withdrawn; written before done closes

	closing sync.Mutex // held while the outcome is being written
	closed  bool       // the outcome is in the logbook
}

// A Subject is what an act touches: a thing and, for footage, a stretch of
// time. Zero times mean: whenever.
type Subject struct {
	Entity   regulation.Entity
	From, To time.Time
}

// covers reports whether o is all of s, or part of it.
func (s Subject) covers(o Subject) bool {
	if s.Entity != o.Entity {
		return false
	}
	if s.From.IsZero() && s.To.IsZero() {
		return true
	}
	return !o.From.Before(s.From) && !o.To.After(s.To) && !o.To.IsZero()
}

// ErrNoPermit is returned by whoever was asked to do something the permit
// shown doesn't allow.
var ErrNoPermit = errors.New("no permit for this")

// Allows returns nil if p is good for one of acts on subject.
func (p *Permit) Allows(subject Subject, acts ...regulation.Act) error {
	if !p.genuine() || p.ended.Load() ||
		!slices.Contains(acts, p.request.Act) || !p.request.On.covers(subject) {
		return fmt.Errorf("%w: %v on %v", ErrNoPermit, acts, subject.Entity)
	}
	return nil
}

// genuine reports whether a gate made p.
func (p *Permit) genuine() bool { return p != nil && p.gate != nil && p.self == p }

// Seq is where in the logbook the ruling is.
func (p *Permit) Seq() int64 { return p.seq }

// Present is how many who may do this themselves were at the seat when p was
// last ruled on, the one who acts included.
func (p *Permit) Present() int { return int(p.present.Load()) }

// Request returns what was permitted.
func (p *Permit) Request() Request { return p.request }

// Done is closed when p ends, for whatever reason.
func (p *Permit) Done() <-chan struct{} { return p.done }

// Withdrawn returns why p was withdrawn, or nil if it wasn't.
func (p *Permit) Withdrawn() *Refusal {
	if !p.ended.Load() {
		return nil
	}
	<-p.done
	return p.refusal
}

// end makes p good for nothing any more. It reports whether it still was.
func (p *Permit) end(why *Refusal) bool {
	first := false
	p.once.Do(func() {
		first = true
		p.ended.Store(true)
		p.refusal = why
		close(p.done)
	})
	p.gate.mu.Lock()
	delete(p.gate.open, p)
	p.gate.mu.Unlock()
	return first
}

// Close ends p and writes in the logbook what came of it. After a withdrawal
// it still writes the outcome: what was seen until then. It is written once:
// Close can be called again after it failed, and does nothing after it didn't.
func (p *Permit) Close(ctx context.Context, result string, outcome any) error {
	if !p.genuine() {
		return ErrNoPermit
	}
	p.end(nil)
	p.closing.Lock()
	defer p.closing.Unlock()
	if p.closed {
		return nil
	}
	err := p.gate.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.Append(ctx, p.outcome(p.gate.now(), result, outcome))
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't write what came of %s (entry %d): %w", p.request.Act, p.seq, err)
	}
	p.closed = true
	return nil
}
