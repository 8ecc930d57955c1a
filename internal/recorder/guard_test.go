package recorder

import (
	"testing"
	"time"
)

// A machine has a clock that can be set and one that can't.
type machine struct {
	wall time.Time
	boot time.Duration
}

func (m *machine) guard() *Guard {
	return NewGuard(func() time.Time { return m.wall }, func() time.Duration { return m.boot })
}

// pass lets time pass on both clocks, awake or asleep.
func (m *machine) pass(d time.Duration) {
	m.wall, m.boot = m.wall.Add(d), m.boot+d
}

func TestGuardDoubtsAClockThatLeaps(t *testing.T) {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	noon := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	type step struct {
		pass, set time.Duration // on both clocks; then what the wall's is set by
		confirm   bool
		lags      time.Duration // what Time is behind the wall
		trusted   bool
	}
	fine := func(pass, set time.Duration) step { return step{pass: pass, set: set, trusted: true} }
	doubt := func(pass, set, lags time.Duration) step { return step{pass: pass, set: set, lags: lags} }
	for name, steps := range map[string][]step{
		"NTP puts it right by seconds":      {fine(time.Minute, 3*time.Second), fine(time.Minute, -2*time.Second)},
		"the night that has 23 hours":       {fine(day, 0)},
		"suspended for a weekend":           {fine(60*time.Hour, 0)},
		"a jump of a year, put back":        {doubt(time.Minute, year, year), doubt(10*time.Minute, 0, year), fine(time.Minute, -year)},
		"a jump of a year that stays":       {doubt(time.Minute, year, year), doubt(59*time.Minute, 0, year), fine(time.Minute, 0)},
		"a jump of three hours, confirmed":  {doubt(time.Minute, 3*time.Hour, 3*time.Hour), {pass: time.Minute, confirm: true, trusted: true}, fine(day, 0)},
		"a second jump begins anew":         {doubt(time.Minute, day, day), doubt(50*time.Minute, day, 2*day), doubt(50*time.Minute, 0, 2*day), fine(10*time.Minute, 0)},
		"put back by a day":                 {doubt(time.Minute, -day, 0), doubt(59*time.Minute, 0, 0), fine(time.Minute, 0)},
		"it trickles ahead in small steps":  {fine(time.Minute, 2*time.Minute), fine(time.Minute, 2*time.Minute), doubt(time.Minute, 2*time.Minute, 2*time.Minute)},
		"it drifts by a hundredth":          {fine(time.Hour, 36*time.Second), fine(time.Hour, 36*time.Second), fine(10*time.Hour, 6*time.Minute-time.Second-60*time.Second), fine(10*time.Hour, 4*time.Minute)},
		"what is doubted may drift as well": {doubt(time.Minute, day, day), doubt(30*time.Minute, 10*time.Second, day+10*time.Second), fine(time.Hour, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			m := &machine{wall: noon}
			g := m.guard()
			for i, s := range steps {
				m.pass(s.pass)
				m.wall = m.wall.Add(s.set)
				if s.confirm {
					g.Confirm()
				}
				if ok, why := g.Trusted(); ok != s.trusted || ok != (why == "") {
					t.Fatalf("step %d: trusted %v, %q; want %v", i, ok, why, s.trusted)
				}
				if lags := m.wall.Sub(g.Time()); lags != s.lags {
					t.Fatalf("step %d: it erases by a clock %v behind the wall's, want %v", i, lags, s.lags)
				}
			}
		})
	}
}

// A battery on a mainboard dies: the clock begins anew, until the network says
// what time it is. Or it lies ahead.
func TestGuardRemembersWhenItWasLastSeen(t *testing.T) {
	last := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		away, then time.Duration // what the clock says of the time that it was off; what it is set by
		first      bool          // trusted at first
		after      bool          // trusted then
	}{
		"off for a night":                    {14 * time.Hour, 0, true, true},
		"off for a summer, or so it says":    {40 * 24 * time.Hour, 0, false, false},
		"a year ahead, then put right":       {365 * 24 * time.Hour, -365*24*time.Hour + 10*time.Minute, false, true},
		"back to 1970, then put right":       {last.Sub(time.Unix(0, 0)) * -1, last.Sub(time.Unix(0, 0)) + 10*time.Minute, false, true},
		"back to 1970, then to another year": {last.Sub(time.Unix(0, 0)) * -1, last.Sub(time.Unix(0, 0)) + 365*24*time.Hour, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := &machine{wall: last.Add(c.away)}
			g := m.guard()
			g.Seen(last)
			if ok, _ := g.Trusted(); ok != c.first {
				t.Errorf("trusted at first: %v, want %v", ok, c.first)
			}
			m.pass(time.Minute)
			m.wall = m.wall.Add(c.then)
			if ok, _ := g.Trusted(); ok != c.after {
				t.Errorf("trusted then: %v, want %v", ok, c.after)
			}
			if at := g.Time(); !c.after && at.After(last.Add(time.Minute)) {
				t.Errorf("it erases by %v, later than is certain", at)
			}
			m.pass(doubtFor)
			if ok, why := g.Trusted(); !ok {
				t.Errorf("after an hour it is still doubted: %s", why)
			}
		})
	}
}
