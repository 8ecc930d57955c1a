package recorder

import (
	"context"
	"errors"
	"slices"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

const (
	permitSpan = 24 * time.Hour
	renewAhead = time.Minute // the next permit is asked for this long before the last one ends

	// Each question is a line in the logbook, so what was refused isn't asked
	// again and again.
	askSoon    = time.Minute
	askLater   = 10 * time.Minute
	askSoonFor = 5               // times
	askBroken  = 5 * time.Second // when the gate couldn't rule at all

	// In between, the law is asked what it would say, which nobody writes down:
	// a window opens, a document is put on file.
	wonder = 5 * time.Second
)

// asking is how one camera asks for permission to record.
type asking struct {
	gate    *gate.Gate
	camera  premises.CameraID
	now     func() time.Time
	span    time.Duration // that a permit is for
	ahead   time.Duration // that the next is asked for before the last one ends
	refused *gate.Refusal // the last answer, if that was no
	times   int           // it was the same
}

// ask asks for permission from now on.
func (a *asking) ask(ctx context.Context) (*gate.Permit, error) {
	permit, err := a.gate.Enter(ctx, a.request())
	var no *gate.Refusal
	switch {
	case err == nil:
		a.forget()
	case errors.As(err, &no):
		if a.refused == nil || !slices.Equal(articles(a.refused), articles(no)) {
			a.times = 0
		}
		a.refused = no
		a.times++
	}
	return permit, err
}

func (a *asking) request() gate.Request {
	now := a.now()
	return gate.Request{Act: regulation.Record, Who: people.System.Entity(),
		On: footage.Subject(a.camera, footage.Span{From: now, To: now.Add(a.span)})}
}

// mayNow reports whether what was refused would be allowed now. Not knowing
// it is no reason to ask.
func (a *asking) mayNow(ctx context.Context) bool {
	law, q, err := a.gate.Ask(ctx, a.request())
	return err == nil && law != nil && law.Rule(q).Allowed
}

// pause is how long to wait before the same question, unless something
// changes.
func (a *asking) pause() time.Duration {
	switch {
	case a.refused == nil:
		return askBroken
	case a.times <= askSoonFor:
		return askSoon
	}
	return askLater
}

// forget makes the next refusal a new one.
func (a *asking) forget() { a.refused, a.times = nil, 0 }

// articles are the numbers of the articles that forbid.
func articles(r *gate.Refusal) []string {
	var out []string
	for _, a := range r.Articles {
		out = append(out, a.Number)
	}
	return out
}

// ending reports whether p must be followed by another soon: it ended, or
// time left its span, or nearly did.
func (a *asking) ending(p *gate.Permit, now time.Time) bool {
	on := p.Request().On
	return over(p, now) || now.After(on.To.Add(-a.ahead))
}

// over reports whether p is good for nothing at now.
func over(p *gate.Permit, now time.Time) bool {
	select {
	case <-p.Done():
		return true
	default:
	}
	on := p.Request().On
	return now.Before(on.From) || !now.Before(on.To)
}
