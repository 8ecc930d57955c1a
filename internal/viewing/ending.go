package viewing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
)

// Shown reports what the screen really showed since the last report: a
// stretch of the movie in seconds, of no length while it is paused. What was
// never sent to the browser isn't believed.
func (p *Playback) Shown(ctx context.Context, from, to float64) error {
	if !(from >= 0 && from <= to) || math.IsInf(to, 0) || math.IsNaN(to) {
		return Invalid("Dit stuk film bestaat niet: het begin is niet 0 of later, of het einde komt voor het begin.")
	}
	if p.movie == nil {
		return gate.ErrNoPermit
	}
	length := p.movie.Length()
	a, b := min(seconds(min(from, length.Seconds())), length), min(seconds(min(to, length.Seconds())), length)
	if err := p.report(a, b); err != nil {
		return err
	}
	p.together(ctx)
	return nil
}

// report notes that a stretch of the movie was shown just now.
func (p *Playback) report(from, to time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.why != nil:
		return p.why
	case p.how != "":
		return ErrOver
	}
	p.last = p.room.now()
	if d := p.last.Add(patience); d.After(p.deadline) {
		p.deadline = d
	}
	p.believe(from, to)
	return nil
}

// believe adds what was shown of parts that were sent.
func (p *Playback) believe(from, to time.Duration) {
	two := p.permit.Present() >= 2
	for i := range p.parts {
		start := p.movie.Start(i)
		a, b := max(from, start), min(to, p.movie.Start(i+1))
		if !p.sent[i] || a >= b {
			continue
		}
		real := p.parts[i].Span.From.Add(-start)
		shown := footage.Span{From: real.Add(a), To: real.Add(b)}
		p.seen = p.seen.add(shown)
		if two {
			p.shared = p.shared.add(shown)
		}
		p.played += b - a
	}
}

func (p *Playback) running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.how == ""
}

// abandoned reports whether nobody has reported anything for too long.
func (p *Playback) abandoned(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.how == "" && !now.Before(p.deadline)
}

// past reports whether p ended so long ago that nobody will ask any more.
func (p *Playback) past(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.how != "" && now.Sub(p.last) > keepEnded
}

// watchPermit ends the playback at once when its permit is withdrawn. An
// outcome that can't be written then is written by [Room.Run].
func (p *Playback) watchPermit(ctx context.Context) {
	<-p.permit.Done()
	if why := p.permit.Withdrawn(); why != nil {
		p.room.report(p.end(ctx, withdrawn, why))
	}
}

// End ends the session and writes down what was seen. Called again, it says
// whether that was written.
func (p *Playback) End(ctx context.Context) error {
	if p.permit == nil {
		return gate.ErrNoPermit
	}
	return p.end(context.WithoutCancel(ctx), ended, nil)
}

// end ends the session, if it hadn't ended, and writes down what came of it.
func (p *Playback) end(ctx context.Context, how string, why *gate.Refusal) error {
	d, first := p.finish(how, why)
	if first {
		p.room.owe(d)
		p.mu.Lock()
		film := p.film
		p.film = nil
		p.mu.Unlock()
		if err := film.Close(); err != nil {
			return errors.Join(fmt.Errorf("couldn't close the film: %w", err), p.room.pay(ctx, d))
		}
	}
	return p.room.pay(ctx, d)
}

// finish decides, once, how the session ended.
func (p *Playback) finish(how string, why *gate.Refusal) (d *debt, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.how != "" {
		return p.debt, false
	}
	p.how, p.why, p.last = how, why, p.room.now()
	p.debt = &debt{permit: p.permit, result: "beëindigd", outcome: p.outcome()}
	if how == ended {
		p.debt.result = "gedaan"
	}
	close(p.over)
	return p.debt, true
}

// outcome is what the logbook says was seen.
func (p *Playback) outcome() map[string]any {
	said := map[string]any{
		"getoond":         p.seen.written(),
		"seconden":        rounded(p.played),
		"verstrekt_bytes": p.bytes,
		"einde":           p.how,
	}
	if p.faults > 0 {
		said["onleesbaar"] = p.faults
	}
	return said
}
