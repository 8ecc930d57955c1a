package retention

import (
	"testing"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/vault"
)

// camera is one that added a GB a day for some days, and keeps it for so many.
func camera(recorded, kept int, now time.Time) Need {
	n := Need{Usage: footage.Usage{At: now}, Keeping: Keeping{Known: kept > 0, Most: time.Duration(kept) * 24 * time.Hour}}
	for h := range vault.Hour(24 * recorded) {
		n.Usage.Hours = append(n.Usage.Hours, footage.HourUsage{Hour: vault.HourOf(now) - vault.Hour(24*recorded) + h, Bytes: 1_000_000_000 / 24, Length: time.Hour})
	}
	return n
}

func TestForesee(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	near := func(got, want float64) bool { return got > want*0.95-0.5 && got < want*1.05+0.5 }
	for what, c := range map[string]struct {
		all        []Need
		free       int64
		full       float64 // GB
		days, more int
		ends       bool
		fit        float64
	}{
		"every term is full, and there is room": {[]Need{camera(10, 10, now)}, 100e9, 10, -1, 10, true, 110},
		"it just fits":                          {[]Need{camera(2, 10, now)}, 9e9, 10, -1, 0, true, 11},
		"it won't fit":                          {[]Need{camera(2, 10, now)}, 5e9, 10, 6, 0, true, 7},
		"two cameras, of which one is full":     {[]Need{camera(4, 4, now), camera(4, 30, now)}, 5e9, 34, 6, 0, true, 6.5},
		"no term":                               {[]Need{camera(2, 0, now)}, 5e9, 2, 6, -1, false, 7},
		"no cameras":                            {nil, 5e9, 0, -1, -1, true, 0},
		"it is full already, and what goes is enough": {[]Need{camera(10, 10, now)}, 0, 10, -1, 0, true, 10},
		"nothing is free of the reserve":              {[]Need{camera(10, 10, now)}, -1e9, 10, 0, 0, true, 9},
		"it doesn't record any more, and has no term": {[]Need{{Usage: footage.Usage{At: now, Hours: []footage.HourUsage{{Hour: 1, Bytes: 1e9, Length: time.Hour}}}}}, 5e9, 1, -1, -1, true, 0},
	} {
		f := Foresee(c.all, footage.Room{Free: c.free + 1e9, Reserve: 1e9}, now)
		days := f.Days
		if c.days > 0 && days > 0 && (days-c.days == 1 || c.days-days == 1) {
			days = c.days // which hour of the day makes a difference
		}
		if !near(float64(f.Full)/1e9, c.full) || days != c.days || f.More != c.more || f.Ends != c.ends || !near(f.Fit, c.fit) {
			t.Errorf("%s: %+v", what, f)
		}
	}
	held := camera(10, 10, now)
	held.Usage.Held = 3e9
	if f := Foresee([]Need{held}, footage.Room{Free: 2e9}, now); f.Held != 3e9 || f.Days < 0 || !near(f.Fit, 9) {
		t.Errorf("with 3 GB held: %+v", f)
	}
	if f := Foresee([]Need{held}, footage.Room{Free: 4e9}, now); f.Days != -1 {
		t.Errorf("what is held fits too: %+v", f)
	}
}
