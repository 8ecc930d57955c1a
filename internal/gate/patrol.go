package gate

import (
	"context"
	"errors"
	"time"

	"oogmerk/internal/regulation"
)

// How far ahead the law is asked. What it allows then, it allows until then,
// unless a fact changes. What a camera records is seen by nobody at that moment,
// and there is a permit for each camera; of what people do it is asked sooner.
const (
	certain = 30 * time.Second
	glance  = 2 * time.Second
	// shares is over how many calls of Patrol the permits to record are spread
	// that must be ruled on again because a fact may have changed.
	shares = 3
)

// ahead is how far ahead the law is asked about p, and how long before that has
// passed it is asked again.
func (p *Permit) ahead() (far, sooner time.Duration) {
	if p.request.Act == regulation.Record {
		return certain, 3 * time.Second
	}
	return glance, glance / 4
}

// A checkup is what Patrol knows of a permit.
type checkup struct {
	at      time.Time // when it was last ruled on,
	until   time.Time // until when it is allowed if no fact changes,
	entries int64     // and how long the logbook was when it was ruled on
}

// Patrol sees to it, if it is called twice a second, that no permit outlives by
// two seconds what it rests on, and costs little while nothing changes. It rules
// anew on permits when something was written in the logbook, as is done with every
// act that changes a fact: on those to record within three calls, on all others at
// once. And it asks beforehand what the law will say in a while, if no fact changes.
// Who changes a fact calls [Gate.Reconsider] besides, that rules on all at once.
func (g *Gate) Patrol(ctx context.Context) error {
	g.patrolling.Lock()
	defer g.patrolling.Unlock()
	asking, hurry := g.hurried(ctx)
	defer hurry.stop()
	entries, err := g.book.Size(asking)
	if err != nil && ctx.Err() != nil {
		return nil // whoever asked stops
	}
	failed := []error{err}
	open := g.begin()
	look := func(p *Permit) error { return g.review(asking, p) }
	if err == nil {
		open = g.due(open, entries)
		look = func(p *Permit) error { return g.check(asking, p, entries) }
	}
	for _, p := range open {
		failed = append(failed, look(p))
		hurry.reset()
	}
	return errors.Join(errors.Join(failed...), g.writeOwed(ctx))
}

// due returns which of these permits it is time for: those about which time
// decides, and those for which a fact may have changed; of those to record each
// third one at a time.
func (g *Gate) due(open []*Permit, entries int64) (due []*Permit) {
	now := g.now()
	g.turn++
	for _, p := range open {
		c := &p.checkup
		stale := c.entries != entries || c.at.After(now)
		turn := p.request.Act != regulation.Record || (p.seq+g.turn)%shares == 0
		_, sooner := p.ahead()
		if stale && turn || !stale && !now.Add(sooner).Before(c.until) {
			due = append(due, p)
		}
	}
	return due
}

// check asks what the law will say about a permit. If a fact may have changed, or
// it will no longer be allowed, it is ruled on as things are now.
func (g *Gate) check(ctx context.Context, p *Permit, entries int64) error {
	now := g.now()
	c := &p.checkup
	far, sooner := p.ahead()
	known := c.entries == entries && !c.at.After(now) && now.Before(c.until.Add(sooner))
	c.at, c.until, c.entries = now, now, entries
	if known && g.allowedAt(ctx, p, now.Add(far)) {
		c.until = now.Add(far)
		return nil
	}
	return g.review(ctx, p)
}

// allowedAt reports whether the law will allow at a later instant what p is for,
// if no fact changes. Not knowing it is no: then it is ruled on as things are.
func (g *Gate) allowedAt(ctx context.Context, p *Permit, at time.Time) bool {
	law := g.inForce(at)
	ruling, _, err := g.judge(ctx, g.reads, p.request, at, law)
	return err == nil && ruling.Allowed
}
