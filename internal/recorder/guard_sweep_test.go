package recorder

import (
	"testing"
	"time"

	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// A clock that lies a year ahead has nothing erased that isn't due. When
// somebody says that it is right, or it stays so, what is due goes.
func TestClockThatLeapsErasesNothingThatIsNotDue(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for name, then := range map[string]func(*Guard, func(time.Duration)){
		"confirmed": func(g *Guard, _ func(time.Duration)) { g.Confirm() },
		"lasting":   func(_ *Guard, pass func(time.Duration)) { pass(doubtFor) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			id := s.place("c1", startRaw(t).url(), "", "")
			began, passed := time.Now(), time.Duration(0)
			guard := NewGuard(s.now, func() time.Duration { return time.Since(began) + passed })
			terms := func(time.Time) regulation.Terms { return s.law.Load().Terms }
			sweeper := retention.NewSweeper(s.db, s.gate, s.store, terms, guard.Time)
			sweep := func() {
				t.Helper()
				if err := sweeper.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			s.start()
			s.eventually("footage", func() bool { return s.recorded(id) > time.Second })
			s.end()
			held := len(s.segments(id))
			sweep()
			s.put(year)
			sweep()
			sweep()
			if got := len(s.segments(id)); got != held || held == 0 {
				t.Fatalf("%d of %d segments are left after the clock leapt", got, held)
			}
			then(guard, func(d time.Duration) { s.put(d); passed += d })
			sweep()
			if got := len(s.segments(id)); got != 0 {
				t.Errorf("%d segments are left, though they are due", got)
			}
		})
	}
}
