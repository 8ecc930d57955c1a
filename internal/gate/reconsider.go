package gate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/logbook"
)

// patience is how long the database may take to tell the facts about one
// permit, or to take in what was withdrawn: far more than either needs.
const patience = 5 * time.Second

var errSlow = errors.New("the database doesn't answer")

// Reconsider rules anew on every open permit, and withdraws those that the
// regulation no longer allows: a colleague left, a term ended. Facts that can't
// be established allow nothing. All permits that must end do so before the
// first withdrawal is written, so that a slow disk keeps no picture on a
// screen; what can't be written then, a later Reconsider writes.
func (g *Gate) Reconsider(ctx context.Context) error {
	asking, hurry := g.hurried(ctx)
	defer hurry.stop()
	var failed []error
	for _, p := range g.begin() {
		failed = append(failed, g.review(asking, p))
		hurry.reset()
	}
	return errors.Join(errors.Join(failed...), g.writeOwed(ctx))
}

// A hurry ends questions to a database that doesn't answer.
type hurry struct {
	timer    *time.Timer
	patience time.Duration
	cancel   context.CancelCauseFunc
}

// hurried returns a context that ends because of errSlow, unless the hurry is
// reset in time.
func (g *Gate) hurried(ctx context.Context) (context.Context, hurry) {
	asking, cancel := context.WithCancelCause(ctx)
	return asking, hurry{time.AfterFunc(g.patience, func() { cancel(errSlow) }), g.patience, cancel}
}

func (h hurry) reset() { h.timer.Reset(h.patience) }

func (h hurry) stop() {
	h.timer.Stop()
	h.cancel(nil)
}

// begin begins a round, and returns the permits it is about.
func (g *Gate) begin() []*Permit {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rounds++
	var open []*Permit
	for p := range g.open {
		open = append(open, p)
	}
	return open
}

// round is how many of them began.
func (g *Gate) round() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rounds
}

// admit has p reconsidered from the next round on, and returns which was the
// last.
func (g *Gate) admit(p *Permit) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[p] = struct{}{}
	return g.rounds
}

// review rules anew on one permit. If that ends it, the withdrawal is owed to
// the logbook.
func (g *Gate) review(ctx context.Context, p *Permit) error {
	now := g.now()
	law := g.inForce(now)
	ruling, present, err := g.judge(ctx, g.reads, p.request, now, law)
	switch {
	case err == nil && ruling.Allowed:
		p.present.Store(present)
		return nil
	case err != nil && ctx.Err() != nil && context.Cause(ctx) != errSlow:
		return nil // whoever asked stops: nothing was found out
	}
	if p.end(&Refusal{Request: p.request, Articles: against(ruling), At: now, Seq: p.seq}) {
		e := g.entry(p.request, now, law, ruling)
		e.Kind, e.Result = logbook.Withdrawal, "beëindigd"
		e.Header.(map[string]any)["van"] = p.seq
		g.owe(e)
		g.tally.add(p.request.Act, e.Result)
	}
	if err != nil {
		return fmt.Errorf("couldn't reconsider %s (entry %d): %w", p.request.Act, p.seq, err)
	}
	return nil
}

func (g *Gate) owe(e ...logbook.Entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owed = append(g.owed, e...)
}

// writeOwed writes the withdrawals that aren't in the logbook yet. They have
// happened, so it isn't cut short by who asked.
func (g *Gate) writeOwed(ctx context.Context) error {
	g.mu.Lock()
	owed := g.owed
	g.owed = nil
	g.mu.Unlock()
	if len(owed) == 0 {
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), g.patience)
	defer stop()
	err := g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		for _, e := range owed {
			if _, err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.owe(owed...)
		return fmt.Errorf("couldn't write what was withdrawn: %w", err)
	}
	return nil
}
