package retention_test

import (
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// TestCheckFindsWhatIsOverdue: footage that no sweep took is a fault, footage
// within its term and footage that was swept are not.
func TestCheckFindsWhatIsOverdue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(time.Hour)
		w.commit()
		faults := func(terms regulation.Terms) (all []string) {
			must(t, retention.Check(t.Context(), d, w.store, terms, w.clock.now(), func(line string) { all = append(all, line) }))
			return all
		}
		if got := faults(w.law.Terms); len(got) != 0 {
			t.Errorf("within its term: %v", got)
		}
		if got := faults(regulation.Terms{}); len(got) != 1 {
			t.Errorf("without a term: %v, want one fault", got)
		}
		w.clock.set(w.clock.now().Add(7 * 24 * time.Hour))
		if got := faults(w.law.Terms); len(got) == 0 || !strings.Contains(got[0], "past its term") {
			t.Errorf("a day past its term: %v", got)
		}
		must(t, w.sweeper.Sweep(t.Context()))
		if got := faults(w.law.Terms); len(got) != 0 {
			t.Errorf("after the sweep: %v", got)
		}
	})
}
