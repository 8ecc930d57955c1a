package gate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// A watchman is a witness of who may record until when, and counts how often
// somebody asks.
type watchman struct {
	until time.Time // what cameras may do; zero: for ever
	never bool
	asked int
	fails error
}

func (w *watchman) Testify(_ context.Context, _ db.Querier, r gate.Request, at time.Time, t *gate.Testimony) error {
	w.asked++
	if w.fails != nil {
		return w.fails
	}
	var roles []regulation.Entity
	if !w.never && (w.until.IsZero() || at.Before(w.until)) {
		roles = append(roles, regulation.NewEntity(regulation.Role, "systeem"))
	}
	t.Facts[r.Who] = regulation.NewFact(r.Who, roles, regulation.Context{})
	t.Present = append(t.Present, r.Who)
	return nil
}

const recordingLaw = "# Opnemen\n\n## Artikel 1 – Opnemen\n\n### Lid 1\n\nHet programma neemt op, en wie wil kijkt.\n\n" +
	"```cedar\npermit (principal in Rol::\"systeem\", action in [Action::\"opnemen\", Action::\"uitkijken\"], resource);\n```\n"

// A patrol is a gate with permits to record, whose clock is ours.
type patrol struct {
	*testing.T
	fixture
	*watchman
	now     time.Time
	permits []*gate.Permit
}

func newPatrol(t *testing.T, d *db.DB, cameras int) *patrol {
	t.Helper()
	p := &patrol{T: t, fixture: setup(t, d), watchman: &watchman{}, now: ten}
	law, err := regulation.Parse("proef.md", []byte(recordingLaw))
	must(t, err)
	p.Gate = gate.New(p.book, d, func(time.Time) *regulation.Regulation { return law }, func() time.Time { return p.now })
	p.Hear(p.watchman)
	for i := range cameras {
		p.enter(regulation.Record, fmt.Sprint("c", i))
	}
	return p
}

func (p *patrol) enter(act regulation.Act, camera string) {
	p.Helper()
	permit, err := p.Enter(p.Context(), gate.Request{Act: act, Who: regulation.NewEntity(regulation.Person, "systeem"),
		On: gate.Subject{Entity: regulation.NewEntity(regulation.Camera, camera)}})
	must(p.T, err)
	p.permits = append(p.permits, permit)
}

// goes lets half a second pass, and makes a round.
func (p *patrol) goes(times int) {
	p.Helper()
	for range times {
		p.now = p.now.Add(500 * time.Millisecond)
		must(p.T, p.Patrol(p.Context()))
	}
}

// open is how many permits are still good.
func (p *patrol) open() (n int) {
	for _, permit := range p.permits {
		if permit.Withdrawn() == nil {
			n++
		}
	}
	return n
}

// Nothing is asked twice while nothing changes; what is written in the logbook
// has all permits ruled on within three rounds.
func TestPatrolAsksWhenSomethingWasWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPatrol(t, d, 30)
		p.goes(8) // all are certain by now, the first of them for six seconds more
		p.asked = 0
		p.goes(11)
		if p.asked > 0 {
			t.Errorf("the witness was asked %d times while nothing changed", p.asked)
		}
		must(t, p.Note(t.Context(), gate.Memo{Act: "iets", Object: "x", Result: "gedaan"}, nil))
		p.goes(1)
		if p.asked < 10 || p.asked > 20 {
			t.Errorf("the witness was asked %d times in the first round after a change, want a third of 30 and what time asks", p.asked)
		}
		p.never = true
		must(t, p.Note(t.Context(), gate.Memo{Act: "iets", Object: "x", Result: "gedaan"}, nil))
		p.goes(3)
		if n := p.open(); n > 0 {
			t.Errorf("%d permits outlived what they rest on by more than three rounds", n)
		}
	})
}

// What time changes is known beforehand, to the round.
func TestPatrolKnowsWhatTimeWillChange(t *testing.T) {
	p := newPatrol(t, dbtest.SQLite(t), 5)
	p.until = ten.Add(47 * time.Second)
	for p.now.Before(p.until.Add(-500 * time.Millisecond)) {
		p.goes(1)
		if n := p.open(); n < 5 {
			t.Fatalf("%d permits ended at %v, before their time", 5-n, p.now.Sub(ten))
		}
	}
	p.goes(1)
	if n := p.open(); n > 0 {
		t.Errorf("%d permits outlived their time", n)
	}
}

// A clock that was moved makes nothing certain, and a change that nobody wrote
// down is found out too.
func TestPatrolTrustsNothingForLong(t *testing.T) {
	for name, move := range map[string]time.Duration{"ahead": time.Hour, "back": -time.Hour, "not": 0} {
		p := newPatrol(t, dbtest.SQLite(t), 5)
		p.goes(10)
		p.never = true
		p.now = p.now.Add(move)
		rounds := 3
		if move == 0 {
			rounds = 66 // half a minute, and the seconds before
		}
		p.goes(rounds)
		if n := p.open(); n > 0 {
			t.Errorf("%d permits outlived what they rest on, when the clock was moved %s", n, name)
		}
	}
}

// Who looks is ruled on at each round.
func TestPatrolRulesOnWhoLooksAtOnce(t *testing.T) {
	p := newPatrol(t, dbtest.SQLite(t), 0)
	p.enter(regulation.Watch, "c1")
	p.goes(10)
	p.never = true
	p.goes(1)
	if p.open() > 0 {
		t.Error("a picture stayed on a screen for longer than a round")
	}
}

// A database that tells nothing allows nothing.
func TestPatrolWithoutDatabase(t *testing.T) {
	d := dbtest.SQLite(t)
	p := newPatrol(t, d, 5)
	p.goes(5)
	p.fails = errors.New("the register burned down")
	must(t, d.Close())
	if err := p.Patrol(t.Context()); err == nil || p.open() > 0 {
		t.Errorf("%d permits are good though nothing is known: %v", p.open(), err)
	}
}
