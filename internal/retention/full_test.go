package retention_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// tryToRecord says what becomes of one fragment of a camera.
func (w *world) tryToRecord(c premises.CameraID) error {
	w.t.Helper()
	ctx, from := w.t.Context(), w.now()
	p, err := w.gate.Enter(ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: footage.Subject(c, footage.Span{From: from, To: from.Add(time.Hour)})})
	must(w.t, err)
	out := w.store.Record(p, c)
	err = out.Write(ctx, fragment(c, from))
	if closing := out.Close(ctx); err == nil {
		err = closing
	}
	must(w.t, p.Close(ctx, "gedaan", nil))
	return err
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	for until := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			w.t.Fatalf("still not: %s", what)
		}
	}
}

// TestFullDisk: when there is little room what is due is erased at once, and
// nothing else: no hold, nothing rejected, no last hour. Then nothing is
// recorded, and the logbook goes on; and when there is room it all does.
func TestFullDisk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.hours(4)
		w.hold(w.report(), "0b", 63*time.Minute, 5*time.Minute)
		w.set(monday.Add(6*24*time.Hour + 2*time.Hour)) // of four hours three are due
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w.sweeper.Run(ctx, time.Hour, func(err error) { t.Error(err) })
		}()
		defer func() { stop(); <-ended }()
		w.eventually("the first sweep", func() bool { return w.sweeper.Outcome().Sweeps == 1 })
		w.set(monday.Add(6*24*time.Hour + 3*time.Hour - time.Second)) // the next is nearly due
		left := map[premises.CameraID][]time.Time{"0b": times(63*time.Minute, 5*time.Minute)}
		for _, c := range cameras {
			left[c] = append(left[c], times(3*time.Hour, 10*time.Minute)...)
		}
		wantOpen(t, "before it is full", w.opens(), left)

		w.store.KeepFree(1 << 60)
		var said []error
		mind := func() {
			looking, done := context.WithCancel(ctx)
			done() // one look
			w.store.Mind(looking, time.Hour, w.sweeper.Ask, func(err error) { said = append(said, err) })
		}
		mind()
		w.eventually("a sweep because there is little room", func() bool { return w.sweeper.Outcome().Sweeps == 2 })
		wantOpen(t, "when it is full", w.opens(), left)
		if r := w.store.Room(); !r.Full || !r.Low || len(said) != 1 {
			t.Errorf("%+v, said %v", r, said)
		}
		if err := w.tryToRecord("0c"); !errors.Is(err, footage.ErrFull) || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("recording on a full disk: %v", err)
		}
		must(t, w.book.Check(ctx, func(line string) { t.Error(line) })) // the logbook goes on

		w.set(monday.Add(6*24*time.Hour + 3*time.Hour))
		mind()
		w.eventually("the last hour is due, and goes", func() bool { return len(w.opens()["0a"]) == 0 })
		w.eventually("the sweep says so", func() bool { return w.sweeper.Outcome().Sweeps == 3 })
		wantOpen(t, "what is held stays", w.opens(), map[premises.CameraID][]time.Time{"0b": times(63*time.Minute, 5*time.Minute)})
		if o := w.sweeper.Outcome(); o.Err != nil || o.Hours != 12 || o.Segments == 0 || o.Bytes == 0 || o.Failures != 0 || !o.Failing.IsZero() {
			t.Errorf("the sweeps came to %+v", o)
		}

		w.store.KeepFree(1)
		mind()
		if err := w.tryToRecord("0c"); err != nil {
			t.Errorf("there is room again, and recording: %v", err)
		}
	})
}

// A sweep that fails says since when.
func TestOutcomeOfFailure(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	terms := w.law.Terms
	w.law.Terms = regulation.Terms{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.sweeper.Run(ctx, time.Hour, func(error) {}) }()
	defer func() { stop(); <-ended }()
	w.eventually("a failure", func() bool { return w.sweeper.Outcome().Failures == 1 })
	w.set(monday.Add(time.Minute))
	w.sweeper.Ask()
	w.eventually("another", func() bool { return w.sweeper.Outcome().Failures == 2 })
	if o := w.sweeper.Outcome(); !o.Failing.Equal(monday) || !errors.Is(o.Err, retention.ErrNoTerm) || !o.At.Equal(monday.Add(time.Minute)) {
		t.Errorf("%+v", o)
	}
	w.law.Terms = terms
	w.sweeper.Ask()
	w.eventually("all is well", func() bool { return w.sweeper.Outcome().Failing.IsZero() })
	if o := w.sweeper.Outcome(); o.Err != nil || o.Sweeps != 3 || o.Failures != 2 {
		t.Errorf("%+v", o)
	}
}

func (w *world) keeping(c premises.CameraID, terms regulation.Terms) (retention.Keeping, error) {
	return retention.KeepingOf(w.t.Context(), w.db, c, terms, w.now())
}

// How long what is seen now is kept, by the place.
func TestKeepingOf(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	k, err := w.keeping("0a", w.law.Terms)
	if err != nil || !k.Known || k.Most != 6*24*time.Hour || k.Least != 0 || k.Term.Article == "" {
		t.Errorf("%+v, %v", k, err)
	}
	if k, err = w.keeping("0a", regulation.Terms{}); err != nil || k.Known {
		t.Errorf("without a term: %+v, %v", k, err)
	}
	row := w.law.Terms.Retentions[0]
	row.Least.Days, row.Limit.Days = 3, 5
	own := row
	own.Scope, own.Limit.Days = premises.CameraID("0b").Entity(), 2
	for c, want := range map[premises.CameraID][2]time.Duration{"0a": {3 * 24 * time.Hour, 5 * 24 * time.Hour}, "0b": {2 * 24 * time.Hour, 2 * 24 * time.Hour}} {
		k, err := w.keeping(c, regulation.Terms{Retentions: []regulation.Retention{row, own}})
		if err != nil || k.Least != want[0] || k.Most != want[1] {
			t.Errorf("%s: %+v, %v", c, k, err)
		}
	}
}
