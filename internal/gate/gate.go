// Package gate is the only way in. Every act a regulation has a say in passes
// here: the gate hears the witnesses, lets the regulation rule, writes the
// ruling in the logbook, and only then hands out a permit. Packages that can
// touch footage, people or premises ask for that permit.
package gate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Gate rules by the regulation in force.
type Gate struct {
	book      *logbook.Book
	reads     db.Querier // where facts are read outside a transaction
	inForce   func(time.Time) *regulation.Regulation
	now       func() time.Time
	patience  time.Duration
	witnesses []Witness

	patrolling sync.Mutex // held during Patrol
	turn       int64      // of Patrol, under patrolling

	mu     sync.Mutex
	open   map[*Permit]struct{} // permits that can still be withdrawn
	rounds int                  // how often Reconsider began
	owed   []logbook.Entry      // withdrawals that aren't in the logbook yet

	tally tally // see tally.go
}

// New returns a gate that rules by what inForce returns. A nil regulation
// allows nothing. Witnesses are called in with [Gate.Hear].
func New(book *logbook.Book, reads db.Querier, inForce func(time.Time) *regulation.Regulation, now func() time.Time) *Gate {
	return &Gate{book: book, reads: reads, inForce: inForce, now: now, patience: patience, open: map[*Permit]struct{}{}}
}

// Hear adds witnesses. All must be there before the first request.
func (g *Gate) Hear(w ...Witness) { g.witnesses = append(g.witnesses, w...) }

// A Request says who wants to do what to which thing, and on what ground.
type Request struct {
	Act   regulation.Act
	Who   regulation.Entity
	With  []regulation.Entity // who else is at the seat; witnesses count only who is really there
	Where regulation.Entity   // the seat
	On    Subject
	For   regulation.Purpose
	Under regulation.Entity // the incident this rests on, if any
	Note  map[string]any    // further words for the logbook; no persons

	// Details is what the deed itself says: the role to appoint to. What it says
	// about the world comes from a register, not from a form, and whoever says it
	// sees to it that it is still so when the deed is done.
	Details regulation.Context
}

// A Witness testifies to the facts a regulation may ask about, as they are in
// q at the time of the ruling.
type Witness interface {
	Testify(ctx context.Context, q db.Querier, r Request, at time.Time, t *Testimony) error
}

// A Testimony is what the witnesses said.
type Testimony struct {
	Facts   regulation.Facts
	Context regulation.Context
	Present []regulation.Entity // who is at the seat, the one who acts included

	// Own is what of the context differs by person: a grant is of who has it,
	// and helps nobody who sits beside them.
	Own map[regulation.Entity]regulation.Context
}

// Say adds what a witness knows of e to what others said.
func (t *Testimony) Say(e regulation.Entity, in []regulation.Entity, attributes regulation.Context) {
	t.Facts[e] = regulation.Merge(t.Facts[e], regulation.NewFact(e, in, attributes))
}

// SayOwn adds what of the context is different for e than for the one who acts.
func (t *Testimony) SayOwn(e regulation.Entity, own regulation.Context) {
	if t.Own == nil {
		t.Own = map[regulation.Entity]regulation.Context{}
	}
	t.Own[e] = own
}

// Enter asks for permission to do r. The ruling is in the logbook before
// Enter returns. If the regulation says no, the error is a [*Refusal]. The
// caller must Close the permit, saying what came of it.
func (g *Gate) Enter(ctx context.Context, r Request) (*Permit, error) {
	before := g.round()
	var permit *Permit
	var refusal *Refusal
	err := g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) (err error) {
		permit, refusal, err = g.rule(ctx, tx, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't rule on %s: %w", r.Act, err)
	}
	if refusal != nil {
		return nil, refusal
	}
	if g.admit(permit) == before {
		return permit, nil
	}
	// What changed while the ruling was being written, a Reconsider that didn't
	// know of the permit yet has missed.
	err = g.review(ctx, permit)
	if why := permit.Withdrawn(); why != nil {
		return nil, errors.Join(why, err, g.writeOwed(ctx), permit.Close(context.WithoutCancel(ctx), "beëindigd", nil))
	}
	return permit, nil
}

// Pass does a deed that is over when do returns, in one transaction with its
// ruling: all or nothing. The permit is good inside do only.
func (g *Gate) Pass(ctx context.Context, r Request, do func(context.Context, *logbook.Tx, *Permit) error) error {
	var refusal *Refusal
	var failure error
	err := g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		permit, no, err := g.rule(ctx, tx, r)
		if err != nil {
			return err
		}
		if refusal = no; refusal != nil {
			return nil
		}
		defer permit.end(nil) // also when do panics
		if failure = do(ctx, tx, permit); failure != nil {
			return failure
		}
		_, err = tx.Append(ctx, permit.outcome(g.now(), "gedaan", nil))
		return err
	})
	switch {
	case refusal != nil && err == nil:
		return refusal
	case failure != nil:
		// Who goes away while it is tried has still tried it.
		return errors.Join(failure, g.failed(context.WithoutCancel(ctx), r, failure))
	case err != nil:
		return fmt.Errorf("couldn't rule on %s: %w", r.Act, err)
	}
	return nil
}

// A Memo is something that is written down but not ruled on: a sign-in.
type Memo struct {
	Act, Object, Result string
	Header, Person      any
}

// Note writes m in the logbook in one transaction with do, which may be nil.
func (g *Gate) Note(ctx context.Context, m Memo, do func(context.Context, *logbook.Tx) error) error {
	return g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		if do != nil {
			if err := do(ctx, tx); err != nil {
				return err
			}
		}
		_, err := tx.Append(ctx, logbook.Entry{At: g.now(), Kind: logbook.Note,
			Act: m.Act, Object: m.Object, Result: m.Result, Header: m.Header, Person: m.Person})
		return err
	})
}

// rule hears the witnesses, lets the law rule and appends the ruling.
func (g *Gate) rule(ctx context.Context, tx *logbook.Tx, r Request) (*Permit, *Refusal, error) {
	now := g.now()
	law := g.inForce(now)
	ruling, present, err := g.judge(ctx, tx, r, now, law)
	if err != nil {
		return nil, nil, err
	}
	e := g.entry(r, now, law, ruling)
	entry, err := tx.Append(ctx, e)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't write the ruling: %w", err)
	}
	g.tally.add(r.Act, e.Result)
	if !ruling.Allowed {
		return nil, &Refusal{Request: r, Articles: against(ruling), At: now, Seq: entry.Seq}, nil
	}
	permit := &Permit{gate: g, request: r, seq: entry.Seq, since: now, done: make(chan struct{})}
	permit.self = permit
	permit.present.Store(present)
	return permit, nil, nil
}

// judge asks the law, and changes nothing. It says too how many of those
// present count.
func (g *Gate) judge(ctx context.Context, q db.Querier, r Request, now time.Time, law *regulation.Regulation) (regulation.Ruling, int64, error) {
	if law == nil {
		return regulation.Ruling{}, 0, nil
	}
	question, err := g.question(ctx, q, r, now, law)
	if err != nil {
		return regulation.Ruling{}, 0, err
	}
	present, _ := question.Context["aanwezigen"].(regulation.Long)
	return law.Rule(question), int64(present), nil
}

// Ask puts to the law in force what it would say to r, with the facts as they
// are now. It changes nothing and isn't written down; law is nil, and the
// question empty, if nothing is in force.
func (g *Gate) Ask(ctx context.Context, r Request) (law *regulation.Regulation, q regulation.Question, err error) {
	now := g.now()
	if law = g.inForce(now); law == nil {
		return nil, q, nil
	}
	q, err = g.question(ctx, g.reads, r, now, law)
	return law, q, err
}

// question hears the witnesses.
func (g *Gate) question(ctx context.Context, q db.Querier, r Request, now time.Time, law *regulation.Regulation) (regulation.Question, error) {
	said := &Testimony{Facts: regulation.Facts{},
		Context: regulation.Context{"zittingen": regulation.Set(), "in_dienst": regulation.Set(), "gemachtigd": regulation.Boolean(false)}}
	maps.Copy(said.Context, r.Details)
	if r.For != "" {
		said.Context["doel"] = regulation.String(r.For)
	}
	for _, w := range g.witnesses {
		if err := w.Testify(ctx, q, r, now, said); err != nil {
			return regulation.Question{}, fmt.Errorf("couldn't establish the facts for %s: %w", r.Act, err)
		}
	}
	question := regulation.Question{Who: r.Who, Act: r.Act, On: r.On.Entity, Facts: said.Facts, Context: said.Context}
	said.Context["samenstelling"] = regulation.Roles(said.Facts, said.Present, r.On.Entity)
	said.Context["vensters"] = regulation.Strings(law.Windows(now)...)
	said.Context["aanwezigen"] = regulation.Long(authorised(law, question, said))
	return question, nil
}

// authorised counts who of those present the law itself would let do this if
// enough others were there too. A bystander without authority counts for
// nobody, and so does one whose authority is somebody else's.
func authorised(law *regulation.Regulation, q regulation.Question, said *Testimony) int {
	n, actor := 0, q.Who
	for _, q.Who = range said.Present {
		q.Context = maps.Clone(said.Context)
		q.Context["aanwezigen"] = regulation.Long(len(said.Present))
		if q.Who != actor {
			q.Context["in_dienst"], q.Context["gemachtigd"] = regulation.Set(), regulation.Boolean(false)
		}
		maps.Copy(q.Context, said.Own[q.Who])
		if law.Rule(q).Allowed {
			n++
		}
	}
	return n
}
