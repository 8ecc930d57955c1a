package retention_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/retention"
)

// rejecting is what the example regulation doesn't say.
const rejecting = `
## Artikel 9 – Onbruikbaar

` + "```yaml" + `
bewaartermijn:
  onbruikbaar:
    hoogstens: 24 uur
    vanaf: afkeuring
` + "```" + `

` + "```cedar" + `
permit (principal, action == Action::"afkeuren", resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
` + "```\n"

func (w *world) adopt(more string) {
	w.t.Helper()
	law, err := regulation.Parse("meer.md", append(regulationtest.Document(), more...))
	must(w.t, err)
	*w.law = *law
}

func after(offset, length time.Duration) footage.Span {
	return footage.Span{From: monday.Add(offset), To: monday.Add(offset + length)}
}

// What is of no use goes an hour at a time, when its term is over; what is
// around it stays, and so does what is held.
func TestReject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.hours(4)
		var refusal *gate.Refusal
		if err := w.holds.Reject(t.Context(), samira, "0a", after(time.Hour, time.Minute)); !errors.As(err, &refusal) {
			t.Errorf("rejected by a law that doesn't know of it: %v", err)
		}
		w.adopt(rejecting)
		must(t, w.holds.Reject(t.Context(), samira, "0a", after(61*time.Minute, 2*time.Minute)))
		must(t, w.holds.Reject(t.Context(), samira, "0b", after(2*time.Hour-time.Minute, 2*time.Minute))) // two hours of it
		w.hold(w.report(), "0a", time.Hour+2*time.Minute, time.Minute)

		w.set(monday.Add(28*time.Hour - time.Second))
		must(t, w.sweeper.Sweep(t.Context()))
		if n := len(w.entries()); n > 0 {
			t.Fatalf("%d entries about erasing before the term was over", n)
		}
		w.set(monday.Add(28 * time.Hour))
		faults := 0
		count := func(string) { faults++ }
		must(t, retention.Check(t.Context(), d, w.store, w.law.Terms, w.now().Add(3*time.Minute), count))
		if faults != 3 {
			t.Errorf("%d faults about what wasn't swept, want one for each hour", faults)
		}
		must(t, w.sweeper.Sweep(t.Context()))
		first, second, third, last := times(0, 10*time.Minute), times(time.Hour, 10*time.Minute), times(2*time.Hour, 10*time.Minute), times(3*time.Hour, 10*time.Minute)
		join := func(parts ...[]time.Time) (all []time.Time) {
			for _, p := range parts {
				all = append(all, p...)
			}
			return all
		}
		wantOpen(t, "after the sweep", w.opens(), map[premises.CameraID][]time.Time{
			"0a": join(first, times(time.Hour+2*time.Minute, time.Minute), third, last),
			"0b": join(first, last),
			"0c": join(first, second, third, last),
		})
		// It isn't done twice, and the ordinary sweep goes over it later.
		n := len(w.entries())
		must(t, w.sweeper.Sweep(t.Context()))
		if again := len(w.entries()); again != n || n != 4 {
			t.Errorf("%d entries, and %d after another sweep", n, again)
		}
		faults = 0
		must(t, retention.Check(t.Context(), d, w.store, w.law.Terms, w.now().Add(3*time.Minute), count))
		var said []string
		must(t, w.store.Check(t.Context(), false, func(line string) { said = append(said, line) }))
		if faults > 0 || len(said) > 0 {
			t.Errorf("%d faults after the sweep, and %v", faults, said)
		}
		w.set(monday.Add(7 * 24 * time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		wantOpen(t, "after the term", w.opens(), map[premises.CameraID][]time.Time{"0a": times(time.Hour+2*time.Minute, time.Minute)})
	})
}

func TestRejectRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.adopt(rejecting)
		w.set(monday.Add(2 * time.Hour))
		for want, c := range map[string]struct {
			camera premises.CameraID
			span   footage.Span
		}{
			"Kies een camera": {"", after(0, time.Minute)},
			"niet voor het":   {"0a", after(0, 0)},
			"Meer dan 24 uur": {"0a", after(-30*time.Hour, 30*time.Hour)},
			"die er nog niet": {"0a", after(2*time.Hour, time.Second)},
		} {
			var invalid retention.Invalid
			if err := w.holds.Reject(t.Context(), samira, c.camera, c.span); !errors.As(err, &invalid) || !strings.Contains(string(invalid), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		var refusal *gate.Refusal
		if err := w.holds.Reject(t.Context(), people.Presence{}, "0a", after(0, time.Minute)); !errors.As(err, &refusal) {
			t.Errorf("rejected by nobody: %v", err)
		}
		if n := w.count("SELECT count(*) FROM rejection"); n > 0 {
			t.Errorf("%d rejections are kept", n)
		}
	})
}

// Each camera goes by the term of its place; one that has none is told of, and
// keeps nobody else.
func TestSweepByPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(10 * time.Minute)
		w.exec("UPDATE site SET kind = 'woongebouw'")
		for room, camera := range map[string]string{"trappenhuis": "0a", "hal": "0b"} {
			w.exec("INSERT INTO room (id, site, name, kind, storage) VALUES ($1, 'school', $1, $1, $2)", room, false)
			w.exec("UPDATE camera SET room = $1 WHERE id = $2", room, camera)
		}
		w.exec("UPDATE camera SET removed_at = 1 WHERE id = '0a'") // it keeps its place
		row := func(limit int, rooms ...string) regulation.Retention {
			return regulation.Retention{Limit: calendar.StorageLimit{Hours: limit}, From: regulation.Recorded, Rooms: rooms, Sites: []string{"woongebouw"}}
		}
		w.law.Terms.Retentions = []regulation.Retention{row(48, "trappenhuis"), row(24, "hal")}
		w.set(monday.Add(47 * time.Hour))
		if err := w.sweeper.Sweep(t.Context()); !errors.Is(err, retention.ErrNoTerm) || !strings.Contains(err.Error(), "0c") || strings.Contains(err.Error(), "0a") {
			t.Errorf("a camera without a term: %v", err)
		}
		all := times(0, 10*time.Minute)
		wantOpen(t, "after a day", w.opens(), map[premises.CameraID][]time.Time{"0a": all, "0c": all})
		plan, err := w.holds.Schedule(t.Context(), "0a", after(0, time.Minute))
		if err != nil || plan.Place.Room != "trappenhuis" || plan.Place.SiteKind != "woongebouw" || len(plan.Place.Rooms) != 2 {
			t.Errorf("the place is %+v, %v", plan.Place, err)
		}
		w.set(monday.Add(48 * time.Hour))
		_ = w.sweeper.Sweep(t.Context())
		wantOpen(t, "after two", w.opens(), map[premises.CameraID][]time.Time{"0c": all})

		// Moved to where there is a longer term, what it saw before goes by the
		// stricter one.
		w.law.Terms.Retentions = []regulation.Retention{row(48, "trappenhuis"), row(240, "hal")}
		w.exec("UPDATE camera SET room = 'hal', view_changed_at = $1 WHERE id = '0c'", db.Micros(w.now()))
		must(t, w.sweeper.Sweep(t.Context()))
		wantOpen(t, "after the move", w.opens(), nil)
	})
}

// What is seen this instant is held by the program if the law lets it, else by
// who saw it.
func TestSecure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(time.Minute)
		seen := retention.Hold{Incident: w.report(), Camera: "0a", Span: after(0, time.Minute), Reason: "gezien"}
		h, err := w.holds.Secure(t.Context(), samira, seen)
		if err != nil || h.By != "samira" || h.Kept != 1 {
			t.Errorf("held by who saw it: %+v, %v", h, err)
		}
		w.adopt("\n## Artikel 9 – Bewaren door het programma\n\n```cedar\n" +
			"permit (principal == Persoon::\"systeem\", action == Action::\"vasthouden\", resource) when { context has incident };\n```\n")
		h, err = w.holds.Secure(t.Context(), people.Presence{Seat: "x", All: []people.Attendance{{Person: people.Person{ID: "vreemd"}}}}, seen)
		if err != nil || h.By != people.System || h.Kept != 1 {
			t.Errorf("held by the program: %+v, %v", h, err)
		}
	})
}
