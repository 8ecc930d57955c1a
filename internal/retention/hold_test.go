package retention_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/retention"
)

func ids(holds []retention.Hold) (all []string) {
	for _, h := range holds {
		all = append(all, h.ID)
	}
	return all
}

func TestPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(10 * time.Minute)
		one, two := w.report(), w.report()
		a := w.hold(one, "0a", time.Minute, 3*time.Minute)
		w.set(w.now().Add(time.Second))
		b := w.hold(two, "0b", 0, 24*time.Hour)
		if a.Kept != 3 || b.Kept != 10 {
			t.Errorf("%d and %d segments were kept, not 3 and 10", a.Kept, b.Kept)
		}
		if a.By != "samira" || a.Placed.IsZero() || !a.Lifted.IsZero() || len(a.ID) != 32 {
			t.Errorf("the hold is %+v", a)
		}

		all, err := w.holds.All(t.Context())
		must(t, err)
		if !slices.Equal(ids(all), []string{a.ID, b.ID}) {
			t.Errorf("all holds are %v", all)
		}
		if got := all[0]; got.Incident != one || got.Camera != "0a" || got.Span != a.Span || got.Reason != "aangifte" ||
			got.By != "samira" || !got.Placed.Equal(a.Placed) || !got.Lifted.IsZero() {
			t.Errorf("%+v came back as %+v", a, got)
		}
		of, err := w.holds.Of(t.Context(), one)
		must(t, err)
		if !slices.Equal(ids(of), []string{a.ID}) {
			t.Errorf("the incident's holds are %v", of)
		}
		for span, want := range map[footage.Span]int{
			{From: monday, To: monday.Add(time.Minute)}:                            0,
			{From: monday, To: monday.Add(time.Minute + time.Second)}:              1,
			{From: monday.Add(4 * time.Minute), To: monday.Add(time.Hour)}:         0,
			{From: monday.Add(4*time.Minute - 1000), To: monday.Add(time.Hour)}:    1,
			{From: monday.Add(-time.Hour), To: monday.Add(24 * 365 * time.Hour)}:   1,
			{From: monday.Add(2 * time.Minute), To: monday.Add(2*time.Minute + 1)}: 1,
		} {
			on, err := w.holds.On(t.Context(), "0a", span)
			must(t, err)
			if len(on) != want {
				t.Errorf("%v: %d holds, not %d", span, len(on), want)
			}
		}

		must(t, w.incidents.Settle(t.Context(), samira, one))
		on, err := w.holds.On(t.Context(), "0a", a.Span)
		must(t, err)
		of, err = w.holds.Of(t.Context(), one)
		must(t, err)
		if len(on) != 0 || len(of) != 1 || of[0].Lifted.IsZero() {
			t.Errorf("after settling it is %v on the camera, and %v of the incident", on, of)
		}
	})
}

// TestPlaceRefused: a clear line, and nothing held.
func TestPlaceRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(2 * time.Minute)
		open, settled := w.report(), w.report()
		must(t, w.incidents.Settle(t.Context(), samira, settled))
		span := footage.Span{From: monday, To: monday.Add(time.Minute)}
		for why, h := range map[string]retention.Hold{
			"no incident":    {Camera: "0a", Span: span},
			"no camera":      {Incident: open, Span: span},
			"backwards":      {Incident: open, Camera: "0a", Span: footage.Span{From: span.To, To: span.From}},
			"nothing":        {Incident: open, Camera: "0a", Span: footage.Span{From: span.From, To: span.From}},
			"no time":        {Incident: open, Camera: "0a"},
			"too long":       {Incident: open, Camera: "0a", Span: footage.Span{From: monday, To: monday.Add(24*time.Hour + time.Second)}},
			"a long story":   {Incident: open, Camera: "0a", Span: span, Reason: strings.Repeat("x", 501)},
			"a zero byte":    {Incident: open, Camera: "0a", Span: span, Reason: "a\x00b"},
			"no such thing":  {Incident: "nonsense", Camera: "0a", Span: span},
			"settled":        {Incident: settled, Camera: "0a", Span: span},
			"no such camera": {Incident: open, Camera: "nonsense", Span: span},
		} {
			_, err := w.holds.Place(t.Context(), samira, h)
			var invalid retention.Invalid
			var refusal *gate.Refusal
			if !errors.As(err, &invalid) && !errors.As(err, &refusal) {
				t.Errorf("%s: %v", why, err)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: more than a line: %v", why, err)
			}
		}
		for who, p := range map[string]people.Presence{
			"nobody": {Seat: "balie"},
			"joost":  {Seat: "balie", All: []people.Attendance{{Person: people.Person{ID: "joost"}}}},
		} {
			_, err := w.holds.Place(t.Context(), p, retention.Hold{Incident: open, Camera: "0a", Span: span})
			var refusal *gate.Refusal
			if !errors.As(err, &refusal) {
				t.Errorf("%s: %v", who, err)
			}
		}
		if n := w.count("SELECT count(*) FROM hold") + w.count("SELECT count(*) FROM held_key"); n > 0 {
			t.Errorf("%d rows were kept", n)
		}
	})
}

// TestTooLate: what was due when the hold came isn't brought back, whether
// or not the sweep has come by.
func TestTooLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.hours(3)
		i := w.report()
		w.set(monday.Add(6*24*time.Hour + time.Hour)) // hours 0 and 1 are due, hour 2 isn't
		late := retention.Hold{Incident: i, Camera: "0a", Span: footage.Span{From: monday, To: monday.Add(2 * time.Hour)}}
		var invalid retention.Invalid
		if _, err := w.holds.Place(t.Context(), samira, late); !errors.As(err, &invalid) {
			t.Errorf("a hold on what is due: %v", err)
		}
		h := w.hold(i, "0a", time.Hour+50*time.Minute, 20*time.Minute)
		if h.Kept != 10 || !h.Span.From.Equal(monday.Add(2*time.Hour)) {
			t.Errorf("%d segments were kept, from %s on", h.Kept, h.Span.From)
		}
		w.set(monday.Add(7 * 24 * time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		wantOpen(t, "after the sweep", w.opens(), map[premises.CameraID][]time.Time{"0a": times(2*time.Hour, 10*time.Minute)})
	})
}
