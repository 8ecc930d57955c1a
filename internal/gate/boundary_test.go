package gate_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A colleague leaves after the facts were heard and before the permit is
// there: the Reconsider of that moment can't know of it.
func TestNothingSlipsPastReconsider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira, pieter)
		f.room.after = func() {
			f.room.now(samira)
			if err := f.Reconsider(t.Context()); err != nil {
				t.Error(err)
			}
		}
		var refusal *gate.Refusal
		if p, err := f.Enter(t.Context(), playback(pieter)); !errors.As(err, &refusal) {
			t.Errorf("got %v, %v, want a refusal", p, err)
		}
		f.want(t, "besluit toegestaan", "intrekking beëindigd", "uitkomst beëindigd")
	})
}

// A database that hangs keeps no picture on a screen.
func TestSilenceAllowsNothing(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	f.SetPatience(50 * time.Millisecond)
	f.room.now(samira, pieter)
	var permits []*gate.Permit
	for range 3 {
		p, err := f.Enter(t.Context(), playback(pieter))
		if err != nil {
			t.Fatal(err)
		}
		permits = append(permits, p)
	}
	f.room.hangs = true
	if err := f.Reconsider(t.Context()); err == nil {
		t.Error("nobody is told that the database hangs")
	}
	for _, p := range permits {
		if p.Withdrawn() == nil {
			t.Error("a permit outlived the answer whether it may")
		}
	}
}

// Whoever asks to reconsider and goes away has found out nothing.
func TestStoppingWithdrawsNothing(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	f.room.now(samira, pieter)
	p, err := f.Enter(t.Context(), playback(pieter))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	f.room.hangs, f.room.after = true, stop
	if err := f.Reconsider(ctx); err != nil || p.Withdrawn() != nil {
		t.Errorf("got %v, withdrawn %v", err, p.Withdrawn())
	}
}

// A withdrawal that can't be written takes effect, and is written later.
func TestWithdrawalOnAFullDisk(t *testing.T) {
	d := dbtest.SQLite(t)
	f := setup(t, d)
	f.room.now(samira, pieter)
	var permits []*gate.Permit
	for range 2 {
		p, err := f.Enter(t.Context(), playback(pieter))
		if err != nil {
			t.Fatal(err)
		}
		permits = append(permits, p)
	}
	exec := func(query string) {
		t.Helper()
		if _, err := d.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TRIGGER full BEFORE INSERT ON log_entry BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
	f.room.now(samira)
	if err := f.Reconsider(t.Context()); err == nil {
		t.Error("nobody is told that nothing could be written")
	}
	for _, p := range permits {
		if p.Withdrawn() == nil {
			t.Error("a full disk keeps the picture on the screen")
		}
	}
	exec("DROP TRIGGER full")
	if err := f.Reconsider(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Reconsider(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.want(t, "besluit toegestaan", "besluit toegestaan", "intrekking beëindigd", "intrekking beëindigd")
}

// What people type may name anyone, and the header is never erased.
func TestHeaderNamesNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira)
		long := strings.Repeat("Jan de Vries \xff\x00", 5000)
		for _, r := range []gate.Request{
			{Act: regulation.PlayBack, Who: samira, On: gate.Subject{Entity: regulation.NewEntity(regulation.Camera, long)}},
			{Act: regulation.PlayBack, Who: samira, On: quarter, For: regulation.Purpose(long)},
			{Act: regulation.PlayBack, Who: samira, On: quarter, Under: regulation.NewEntity(regulation.Incident, long)},
		} {
			var refusal *gate.Refusal
			if _, err := f.Enter(t.Context(), r); !errors.As(err, &refusal) {
				t.Errorf("got %v, want a refusal", err)
			}
			f.silent(t, "Vries")
		}
		taken := errors.New("de aanmeldnaam jan.de.vries is al van iemand")
		ctx, gone := context.WithCancel(t.Context())
		r := gate.Request{Act: regulation.Place, Who: samira, On: gate.Subject{Entity: camera}, Note: map[string]any{"wat": "camera erbij"}}
		err := f.Pass(ctx, r, func(context.Context, *logbook.Tx, *gate.Permit) error {
			gone() // whoever tried closes the browser
			return taken
		})
		if !errors.Is(err, taken) {
			t.Errorf("got %v, want the failure", err)
		}
		f.silent(t, "vries")
		f.want(t, "besluit geweigerd", "besluit geweigerd", "besluit geweigerd", "uitkomst mislukt")
	})
}

// silent sees to it that the last entry keeps word in the part that can be
// erased, and only there.
func (f fixture) silent(t *testing.T, word string) {
	t.Helper()
	all, err := f.book.Records(t.Context(), -1, 1)
	if err != nil || len(all) != 1 {
		t.Fatalf("got %v, %v", all, err)
	}
	header := string(all[0].Header) + all[0].Object
	if strings.Contains(header, word) || len(header) > 500 {
		t.Errorf("the header says %.300s", header)
	}
	if person := string(all[0].Person); !strings.Contains(person, word) || len(person) > 2000 {
		t.Errorf("the person part says %.300s", person)
	}
}

// A deed that panics leaves no permit behind.
func TestPassPanics(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	var kept *gate.Permit
	func() {
		defer func() { recover() }()
		r := gate.Request{Act: regulation.Place, Who: samira, On: gate.Subject{Entity: camera}}
		f.Pass(t.Context(), r, func(_ context.Context, _ *logbook.Tx, p *gate.Permit) error {
			kept = p
			panic("a mistake of ours")
		})
	}()
	if kept == nil || kept.Allows(gate.Subject{Entity: camera}, regulation.Place) == nil {
		t.Error("a permit outlived its deed")
	}
	f.want(t)
}

// After a crash the logbook says of what was open that nobody knows how it
// ended; once.
func TestStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira, pieter)
		enter := func() *gate.Permit {
			t.Helper()
			p, err := f.Enter(t.Context(), playback(pieter))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		begin := func() {
			t.Helper()
			if err := f.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		begin()
		closed, open := enter(), enter()
		if err := closed.Close(t.Context(), "gedaan", nil); err != nil {
			t.Fatal(err)
		}
		begin()
		begin()
		f.want(t, "aantekening gedaan", "besluit toegestaan", "besluit toegestaan", "uitkomst gedaan",
			"uitkomst onbekend", "aantekening gedaan", "aantekening gedaan")
		r, err := f.book.Record(t.Context(), 4)
		if err != nil {
			t.Fatal(err)
		}
		var said struct{ Van int64 }
		if err := json.Unmarshal(r.Header, &said); err != nil || said.Van != open.Seq() || r.Act != string(regulation.PlayBack) || !strings.Contains(string(r.Person), "pieter") {
			t.Errorf("got %+v %s, %v", r, r.Header, err)
		}
	})
}

// A program that stops says what came of everything, once.
func TestStop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		f.room.now(samira, pieter)
		p, err := f.Enter(t.Context(), playback(pieter))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Allows(quarter, regulation.PlayBack); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("after the stop: %v", err)
		}
		if err := p.Close(t.Context(), "gedaan", nil); err != nil {
			t.Fatal(err)
		}
		if err := f.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.want(t, "besluit toegestaan", "uitkomst beëindigd", "aantekening gedaan", "aantekening gedaan")
	})
}

// An outcome that couldn't be written is written at the next try.
func TestCloseAgain(t *testing.T) {
	f := setup(t, dbtest.SQLite(t))
	f.room.now(samira, pieter)
	p, err := f.Enter(t.Context(), playback(pieter))
	if err != nil {
		t.Fatal(err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if err := p.Close(gone, "gedaan", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for range 2 {
		if err := p.Close(t.Context(), "gedaan", nil); err != nil {
			t.Error(err)
		}
	}
	f.want(t, "besluit toegestaan", "uitkomst gedaan")
}
