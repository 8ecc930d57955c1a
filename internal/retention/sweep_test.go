package retention_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// entries returns the logbook's entries about erasing, oldest first.
func (w *world) entries() (all []logbook.Record) {
	w.t.Helper()
	records, err := w.book.Records(w.t.Context(), -1, 1000)
	must(w.t, err)
	for i := len(records) - 1; i >= 0; i-- {
		if records[i].Act == string(regulation.Erase) {
			all = append(all, records[i])
		}
	}
	return all
}

func TestSweepIsInTheLogbook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.sweeper.Sweep(t.Context()))
		w.hours(2)
		w.set(monday.Add(6*24*time.Hour - time.Microsecond))
		must(t, w.sweeper.Sweep(t.Context()))
		if n := len(w.entries()); n != 0 {
			t.Fatalf("%d entries about erasing while nothing was due", n)
		}

		w.set(monday.Add(6 * 24 * time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		entries := w.entries()
		if len(entries) != 2*len(cameras) {
			t.Fatalf("%d entries, not a ruling and an outcome per camera", len(entries))
		}
		for i, e := range entries { // all cameras are erased together: first they are all ruled on
			kind, result := logbook.Ruling, "toegestaan"
			if i >= len(cameras) {
				kind, result = logbook.Outcome, "gedaan"
			}
			if e.Kind != kind || e.Result != result || e.Object != cameras[i%len(cameras)].Entity().String() {
				t.Errorf("entry %d is %s %s about %s", i, e.Kind, e.Result, e.Object)
			}
		}
		var said struct {
			Outcome struct {
				Hours    int    `json:"uren"`
				Segments int    `json:"segmenten"`
				Bytes    int64  `json:"bytes"`
				Version  uint64 `json:"kluisversie"`
			} `json:"uitkomst"`
		}
		must(t, json.Unmarshal(entries[len(cameras)].Header, &said))
		if o := said.Outcome; o.Hours != 1 || o.Segments != 10 || o.Bytes == 0 || o.Version == 0 || o.Version > w.keys.Version() {
			t.Errorf("what came of it: %s", entries[len(cameras)].Header)
		}

		// What is erased already is nothing to do again.
		must(t, w.sweeper.Sweep(t.Context()))
		if n := len(w.entries()); n != len(entries) {
			t.Errorf("sweeping again made %d entries", n-len(entries))
		}
	})
}

// A held hour is judged once: the sweep doesn't come back to it every time.
func TestSweepLeavesHeldHoursAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(5 * time.Minute)
		w.hold(w.report(), "0a", 0, time.Minute)
		w.set(monday.Add(7 * 24 * time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		n := len(w.entries())
		must(t, w.sweeper.Sweep(t.Context()))
		if again := len(w.entries()); again != n {
			t.Errorf("the second sweep made %d entries", again-n)
		}
	})
}

// No regulation, or one without a term, erases nothing and says so.
func TestSweepWithoutTerm(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.record(time.Minute)
	w.set(monday.AddDate(10, 0, 0))
	for _, limit := range []calendar.StorageLimit{{}, {Days: -6}, {Days: 6, Hours: -200}} {
		s := retention.NewSweeper(w.db, w.gate, w.store, func(time.Time) regulation.Terms {
			return regulation.Terms{Retentions: []regulation.Retention{{Limit: limit, From: regulation.Recorded}}}
		}, w.now)
		if err := s.Sweep(t.Context()); !errors.Is(err, retention.ErrNoTerm) {
			t.Errorf("%+v: %v", limit, err)
		}
	}
	if len(w.entries()) > 0 || len(w.opens()["0a"]) != 3 {
		t.Error("something was erased without a ground")
	}
}

// TestSweepCarriesOn: what goes wrong with one camera keeps no other from
// being erased, is reported, is in the logbook, and is done the next time.
func TestSweepCarriesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(2 * time.Minute)
		// A segment that can't be removed: a directory with something in it.
		var name string
		must(t, d.QueryRowContext(t.Context(), "SELECT blob FROM segment WHERE camera = '0a' ORDER BY from_at").Scan(&name))
		path := filepath.Join(w.dir, "segments", name)
		must(t, os.Remove(path))
		must(t, os.MkdirAll(filepath.Join(path, "x"), 0o700))

		w.set(monday.Add(6 * 24 * time.Hour))
		if err := w.sweeper.Sweep(t.Context()); err == nil {
			t.Error("a segment couldn't be removed, and nobody says so")
		}
		wantOpen(t, "after the failure", w.opens(), nil) // the keys are gone, whatever the disk says
		if n := w.count("SELECT count(*) FROM segment WHERE camera <> '0a'"); n > 0 {
			t.Errorf("%d segments of the other cameras are left", n)
		}
		entries := w.entries()
		if e := entries[len(cameras)]; e.Kind != logbook.Outcome || e.Result != "mislukt" || e.Object != cameras[0].Entity().String() {
			t.Errorf("the logbook says %s of %s", e.Result, e.Object)
		}
		if n := w.count("SELECT count(*) FROM erasure WHERE camera = '0a' AND state = 'done'"); n > 0 {
			t.Error("what isn't done is on record as done")
		}

		must(t, os.RemoveAll(path))
		must(t, w.sweeper.Sweep(t.Context()))
		if n := w.count("SELECT count(*) FROM segment"); n > 0 || w.blobs() > 0 {
			t.Errorf("%d segments and %d files are left", n, w.blobs())
		}
		if n := w.count("SELECT count(*) FROM erasure WHERE state = 'done'"); n != len(cameras) {
			t.Errorf("%d erasures are on record", n)
		}
	})
}

// A law that doesn't let the system erase is a refusal to report, and erases
// nothing.
func TestSweepRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.record(time.Minute)
	w.set(monday.Add(6 * 24 * time.Hour))
	law, err := regulation.Parse("vrij.md", []byte(anything))
	must(t, err)
	terms := w.law.Terms
	*w.law = *law
	s := retention.NewSweeper(w.db, w.gate, w.store, func(time.Time) regulation.Terms { return terms }, w.now)
	if err := s.Sweep(t.Context()); err == nil {
		t.Error("erased without a permit")
	}
	if got := w.opens(); len(got["0a"]) != 3 {
		t.Errorf("%d fragments open, not 3", len(got["0a"]))
	}
}

// TestRun: it sweeps at once and then again and again, and what goes wrong is
// told.
func TestRun(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	silent := retention.NewSweeper(w.db, w.gate, w.store, func(time.Time) regulation.Terms { return regulation.Terms{} }, w.now)
	for every, reports := range map[time.Duration]int{time.Hour: 1, time.Millisecond: 3} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		n := 0
		silent.Run(ctx, every, func(err error) {
			if !errors.Is(err, retention.ErrNoTerm) {
				t.Errorf("reported %v", err)
			}
			if n++; n == reports {
				cancel()
			}
		})
		if n != reports {
			t.Errorf("every %s: %d reports, not %d", every, n, reports)
		}
	}
	// A stop is no failure.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.sweeper.Run(ctx, time.Hour, func(err error) { t.Errorf("reported %v", err) })
}

// A shorter term that is adopted later holds for what is there already.
func TestTermsInForceNow(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.record(time.Minute)
	w.set(monday.Add(24 * time.Hour))
	w.law.Terms.Retentions[0].Limit = calendar.StorageLimit{Hours: 24}
	must(t, w.sweeper.Sweep(t.Context()))
	for _, c := range []premises.CameraID{"0a", "0b", "0c"} {
		if n := len(w.opens()[c]); n > 0 {
			t.Errorf("camera %s: %d fragments open", c, n)
		}
	}
}
