package gate_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

const together = "Met z'n tweeën" // the article of law that forbids to be alone

const law = "# Proefreglement\n" + `
## Artikel 1 – Kijken

### Lid 1

Een kijker mag terugkijken.

` + "```yaml" + `
rollen:
  locatiebeheerder:
    titel: Kijker
    bereik: locatie
` + "```" + `

` + "```cedar" + `
permit (principal in Rol::"locatiebeheerder", action == Action::"terugkijken", resource);
permit (principal in Rol::"locatiebeheerder", action == Action::"plaatsen", resource);
` + "```" + `

### Lid 2 – Met z'n tweeën

Dat doe je met twee.

` + "```cedar" + `
@uitleg("Terugkijken doe je met z'n tweeën.")
forbid (principal, action == Action::"terugkijken", resource) unless { context.aanwezigen >= 2 };
` + "```\n"

var (
	ten    = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	camera = regulation.NewEntity(regulation.Camera, "3")
	samira = regulation.NewEntity(regulation.Person, "samira")
	pieter = regulation.NewEntity(regulation.Person, "pieter")
	joost  = regulation.NewEntity(regulation.Person, "joost") // has no role
)

// A room is a witness that knows who may look and who is there.
type room struct {
	mu      sync.Mutex
	present []regulation.Entity
	broken  error
	after   func() // done once, when somebody has been heard
	hangs   bool   // until whoever hears gives up
}

func (w *room) Testify(ctx context.Context, q db.Querier, r gate.Request, at time.Time, t *gate.Testimony) error {
	err := w.tell(t)
	w.mu.Lock()
	after, hangs := w.after, w.hangs
	w.after = nil
	w.mu.Unlock()
	if after != nil {
		after()
	}
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (w *room) tell(t *gate.Testimony) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	role := regulation.NewEntity(regulation.Role, "locatiebeheerder")
	for _, who := range []regulation.Entity{samira, pieter} {
		t.Facts[who] = regulation.NewFact(who, []regulation.Entity{role}, regulation.Context{})
	}
	t.Present = append(t.Present, w.present...)
	return w.broken
}

func (w *room) now(present ...regulation.Entity) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.present = present
}

type fixture struct {
	*gate.Gate
	book *logbook.Book
	room *room
}

func setup(t *testing.T, d *db.DB) fixture {
	t.Helper()
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	book, err := logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	reg, err := regulation.Parse("proef.md", []byte(law))
	if err != nil {
		t.Fatal(err)
	}
	g := gate.New(book, d, func(time.Time) *regulation.Regulation { return reg }, func() time.Time { return ten })
	w := &room{}
	g.Hear(w)
	return fixture{g, book, w}
}

// records returns kind and result of all entries, oldest first.
func (f fixture) records(t *testing.T) []string {
	t.Helper()
	all, err := f.book.Records(t.Context(), -1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := len(all) - 1; i >= 0; i-- {
		out = append(out, all[i].Kind+" "+all[i].Result)
	}
	return out
}

func (f fixture) want(t *testing.T, records ...string) {
	t.Helper()
	if got := f.records(t); strings.Join(got, ", ") != strings.Join(records, ", ") {
		t.Errorf("the logbook has %v, want %v", got, records)
	}
}

var quarter = gate.Subject{Entity: camera, From: ten, To: ten.Add(15 * time.Minute)}

func playback(with ...regulation.Entity) gate.Request {
	return gate.Request{Act: regulation.PlayBack, Who: samira, With: with, On: quarter}
}

func TestAloneIsRefusedAndWrittenDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira)
		_, err := f.Enter(t.Context(), playback())
		var refusal *gate.Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("got %v, want a refusal", err)
		}
		if len(refusal.Articles) != 1 || refusal.Articles[0].Title != together {
			t.Errorf("refused by %+v, want %s", refusal.Articles, together)
		}
		f.want(t, "besluit geweigerd")
	})
}

func TestTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira, pieter)
		p, err := f.Enter(t.Context(), playback(pieter))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Allows(quarter, regulation.PlayBack); err != nil {
			t.Error(err)
		}
		for what, s := range map[string]gate.Subject{
			"a second too early": {Entity: camera, From: ten.Add(-time.Second), To: ten.Add(time.Second)},
			"a second too long":  {Entity: camera, From: ten, To: quarter.To.Add(time.Second)},
			"whenever":           {Entity: camera},
			"another camera":     {Entity: regulation.NewEntity(regulation.Camera, "4"), From: ten, To: quarter.To},
		} {
			if err := p.Allows(s, regulation.PlayBack); !errors.Is(err, gate.ErrNoPermit) {
				t.Errorf("%s: got %v, want ErrNoPermit", what, err)
			}
		}
		if err := p.Allows(quarter, regulation.Erase); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("another act: got %v, want ErrNoPermit", err)
		}
		if err := copied(p).Allows(quarter, regulation.PlayBack); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("a copy: got %v, want ErrNoPermit", err)
		}
		if err := p.Close(t.Context(), "gedaan", nil); err != nil {
			t.Fatal(err)
		}
		if err := p.Allows(quarter, regulation.PlayBack); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("after the end: got %v, want ErrNoPermit", err)
		}
		f.want(t, "besluit toegestaan", "uitkomst gedaan")
	})
}

// copied returns a copy of p, made in a way that go vet doesn't see.
func copied(p *gate.Permit) *gate.Permit {
	q := reflect.New(reflect.TypeFor[gate.Permit]())
	q.Elem().Set(reflect.ValueOf(p).Elem())
	return q.Interface().(*gate.Permit)
}

// A bystander without authority is nobody's second pair of eyes.
func TestBystanderDoesNotCount(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	f.room.now(samira, joost)
	if _, err := f.Enter(t.Context(), playback(joost)); err == nil {
		t.Error("played back beside someone without authority")
	}
	// Nor does someone who is named, but isn't there.
	f.room.now(samira)
	if _, err := f.Enter(t.Context(), playback(pieter)); err == nil {
		t.Error("played back with someone who isn't there")
	}
}

func TestReconsider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira, pieter)
		p, err := f.Enter(t.Context(), playback(pieter))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Reconsider(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p.Withdrawn() != nil || p.Present() != 2 {
			t.Fatal("withdrawn while nothing changed")
		}
		f.room.now(samira)
		if err := f.Reconsider(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-p.Done()
		if why := p.Withdrawn(); why == nil || why.Articles[0].Title != together {
			t.Errorf("withdrawn because of %v, want %s", why, together)
		}
		if err := p.Allows(quarter, regulation.PlayBack); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("after the withdrawal: got %v, want ErrNoPermit", err)
		}
		if err := p.Close(t.Context(), "beëindigd", nil); err != nil {
			t.Fatal(err)
		}
		f.want(t, "besluit toegestaan", "intrekking beëindigd", "uitkomst beëindigd")
	})
}

// Facts that can't be established allow nothing, not even to go on.
func TestBrokenWitness(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	f.room.now(samira, pieter)
	p, err := f.Enter(t.Context(), playback(pieter))
	if err != nil {
		t.Fatal(err)
	}
	f.room.broken = errors.New("the register burned down")
	if _, err := f.Enter(t.Context(), playback(pieter)); !errors.Is(err, f.room.broken) {
		t.Errorf("got %v, want the witness's error", err)
	}
	if err := f.Reconsider(t.Context()); !errors.Is(err, f.room.broken) {
		t.Errorf("got %v, want the witness's error", err)
	}
	if err := p.Allows(quarter, regulation.PlayBack); err == nil {
		t.Error("a permit outlived the facts it rests on")
	}
}

func TestPassIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		r := gate.Request{Act: regulation.Place, Who: samira, On: gate.Subject{Entity: camera}}
		var kept *gate.Permit
		insert := func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
			kept = p
			if err := p.Allows(gate.Subject{Entity: camera}, regulation.Place); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ('a', 'b')`)
			return err
		}
		count := func() (n int) {
			if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM setting`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		failure := errors.New("the deed failed")
		err := f.Pass(t.Context(), r, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
			return errors.Join(insert(ctx, tx, p), failure)
		})
		if !errors.Is(err, failure) || count() != 0 {
			t.Errorf("got %v and %d rows, want the failure and none", err, count())
		}
		if err := f.Pass(t.Context(), r, insert); err != nil || count() != 1 {
			t.Errorf("got %v and %d rows, want one", err, count())
		}
		if err := kept.Allows(gate.Subject{Entity: camera}, regulation.Place); err == nil {
			t.Error("a permit of Pass is good after Pass")
		}
		r.Who = joost
		var refusal *gate.Refusal
		if err := f.Pass(t.Context(), r, insert); !errors.As(err, &refusal) || count() != 1 {
			t.Errorf("got %v and %d rows, want a refusal", err, count())
		}
		f.want(t, "uitkomst mislukt", "besluit toegestaan", "uitkomst gedaan", "besluit geweigerd")
	})
}

func TestNoRegulationAllowsNothing(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	g := gate.New(f.book, nil, func(time.Time) *regulation.Regulation { return nil }, func() time.Time { return ten })
	var refusal *gate.Refusal
	if _, err := g.Enter(t.Context(), playback(pieter)); !errors.As(err, &refusal) {
		t.Errorf("got %v, want a refusal", err)
	}
}

// The zero permit and no permit at all open nothing, and can't be mended from
// the outside.
func TestForgedPermits(t *testing.T) {
	for _, p := range []*gate.Permit{nil, {}} {
		if err := p.Allows(quarter, regulation.PlayBack); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("%v allows: %v", p, err)
		}
		if err := p.Close(t.Context(), "gedaan", nil); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("%v closes: %v", p, err)
		}
	}
	for dir, want := range map[string]string{"fields": "unexported field", "seq": "ended"} {
		out, err := exec.Command("go", "vet", "./testdata/forged/"+dir).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: got %v %q, want a compile error about %q", dir, err, out, want)
		}
	}
}
