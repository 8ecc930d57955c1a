package governance_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// Footage doesn't outlive its term because the law did not: after the day on
// which a regulation ends, what is due is erased still, and nothing else may.
func TestLapse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		f := w.founding()
		f.Document = []byte(strings.Replace(string(f.Document), "\n## ", "\n## Artikel 90 – Tot wanneer\n\nTot het eind van het jaar.\n\n```yaml\ngeldig:\n  tot: 2026-12-31\n```\n\n## ", 1))
		must(t, w.board.Found(t.Context(), f))
		last := time.Date(2026, 12, 31, 22, 59, 0, 0, time.UTC)
		erase := gate.Request{Act: regulation.Erase, Who: people.System.Entity(), On: gate.Subject{Entity: regulation.NewEntity(regulation.Camera, "1")},
			Details: regulation.Context{"termijn_voorbij": regulation.Boolean(true)}}
		report := gate.Request{Act: regulation.Appoint, Who: w.anna.Entity(), On: gate.Subject{Entity: people.PersonID("iemand").Entity()},
			Details: regulation.Context{"intrekken": regulation.Boolean(false), "vervangt": regulation.Set(), "houders": regulation.Long(0), "soort": regulation.String("medewerker")}}
		w.pass(last.Sub(w.now()))
		if err := w.try(erase); err != nil {
			t.Errorf("on its last day: %v", err)
		}
		if err := w.try(report); err != nil {
			t.Errorf("on its last day: %v", err)
		}
		w.pass(2 * time.Minute)
		if _, holds := w.board.VersionAt(w.now()); holds {
			t.Error("it holds after its end")
		}
		if err := w.try(erase); err != nil {
			t.Errorf("after its end nothing is erased any more: %v", err)
		}
		var refusal *gate.Refusal
		if err := w.try(report); !errors.As(err, &refusal) {
			t.Errorf("after its end somebody was appointed: %v", err)
		}
		if law := w.board.InForce(w.now()); law == nil || law.Terms.Retention.Text == "" {
			t.Error("after its end there is no term to erase by")
		}
		next := w.founding()
		must(t, w.board.Adopt(t.Context(), w.gate, gate.Request{Who: w.anna.Entity()},
			governance.Adoption{File: next.File, Document: next.Document, Decision: "besluit 2"}))
		if err := w.try(report); err != nil {
			t.Errorf("after another was adopted: %v", err)
		}
	})
}

// try asks for a permit and gives it back.
func (w *world) try(r gate.Request) error {
	permit, err := w.gate.Enter(w.t.Context(), r)
	if err != nil {
		return err
	}
	return permit.Close(w.t.Context(), "gedaan", nil)
}
