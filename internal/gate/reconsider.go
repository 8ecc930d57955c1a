package gate

import (
	"context"
	"errors"
	"fmt"

	"oogmerk/internal/logbook"
)

// Reconsider rules anew on every open permit, and withdraws those that the
// regulation no longer allows: a colleague left, a term ended. The withdrawal
// is in the logbook, and the permit's Done is closed before it is written, so
// that a slow disk keeps no picture on a screen.
func (g *Gate) Reconsider(ctx context.Context) error {
	g.mu.Lock()
	var open []*Permit
	for p := range g.open {
		open = append(open, p)
	}
	g.mu.Unlock()

	var failed []error
	for _, p := range open {
		if err := g.reconsider(ctx, p); err != nil {
			failed = append(failed, fmt.Errorf("couldn't reconsider %s (entry %d): %w", p.request.Act, p.seq, err))
		}
	}
	return errors.Join(failed...)
}

func (g *Gate) reconsider(ctx context.Context, p *Permit) error {
	now := g.now()
	law := g.inForce(now)
	ruling, err := g.judge(ctx, g.reads, p.request, now, law)
	if err == nil && ruling.Allowed {
		return nil
	}
	if err != nil && ctx.Err() != nil {
		return nil // the program is stopping: nothing was found out
	}
	// Facts that can't be established allow nothing.
	why := &Refusal{Request: p.request, Articles: against(ruling), At: now, Seq: p.seq}
	if !p.end(why) {
		return err
	}
	return errors.Join(err, g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		e := g.entry(p.request, now, law, ruling)
		e.Kind, e.Result = logbook.Withdrawal, "beëindigd"
		e.Header.(map[string]any)["van"] = p.seq
		_, err := tx.Append(ctx, e)
		return err
	}))
}
