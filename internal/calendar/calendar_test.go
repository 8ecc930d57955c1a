package calendar

import (
	"math/rand/v2"
	"testing"
	"time"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func TestStorageLimit(t *testing.T) {
	six, four, none := StorageLimit{Days: 6}, StorageLimit{Days: 28}, StorageLimit{}
	for _, c := range []struct {
		limit StorageLimit
		start string
		end   string // UTC
		why   string
	}{
		{six, "2026-02-02T10:00:00+01:00", "2026-02-08T09:00:00Z", "an ordinary week"},
		{six, "2026-04-01T10:00:00+02:00", "2026-04-07T08:00:00Z", "Easter extends nothing"},
		{six, "2026-02-27T10:00:00+01:00", "2026-03-05T09:00:00Z", "over the end of a month"},
		{six, "2028-02-24T10:00:00+01:00", "2028-03-01T09:00:00Z", "over a leap day"},
		{six, "2025-12-28T10:00:00+01:00", "2026-01-03T09:00:00Z", "over the end of a year"},

		// 29 March 2026: at 02:00 it is 03:00. 144 hours would be an hour more.
		{six, "2026-03-23T01:59:59+01:00", "2026-03-29T00:59:59Z", "just before the skipped hour"},
		{six, "2026-03-23T02:00:00+01:00", "2026-03-29T01:00:00Z", "02:00 doesn't exist"},
		{six, "2026-03-23T02:30:00+01:00", "2026-03-29T01:30:00Z", "02:30 doesn't exist: by the wall clock as by 144 hours"},
		{six, "2026-03-23T03:00:00+01:00", "2026-03-29T01:00:00Z", "03:00 comes at once after 01:59"},
		{six, "2026-03-23T10:00:00+01:00", "2026-03-29T08:00:00Z", "143 hours"},
		{six, "2026-03-28T23:00:00+01:00", "2026-04-03T21:00:00Z", "143 hours, begun the evening before"},
		{six, "2026-03-29T01:30:00+01:00", "2026-04-03T23:30:00Z", "143 hours, begun half an hour before"},
		{six, "2026-03-29T03:00:00+02:00", "2026-04-04T01:00:00Z", "144 hours, begun when it was over"},

		// 25 October 2026: at 03:00 it is 02:00 again. The wall clock would be an hour more.
		{six, "2026-10-19T02:30:00+02:00", "2026-10-25T00:30:00Z", "the first 02:30 of two"},
		{six, "2026-10-19T03:00:00+02:00", "2026-10-25T01:00:00Z", "144 hours, though the clock says 02:00 again"},
		{six, "2026-10-19T10:00:00+02:00", "2026-10-25T08:00:00Z", "144 hours, though the clock says 09:00"},
		{six, "2026-10-25T02:30:00+02:00", "2026-10-31T00:30:00Z", "begun in the first 02:30: 144 hours"},
		{six, "2026-10-25T02:30:00+01:00", "2026-10-31T01:30:00Z", "begun in the second 02:30: 144 hours"},

		{four, "2026-02-02T10:00:00+01:00", "2026-03-02T09:00:00Z", "28 days"},
		{four, "2026-03-10T10:00:00+01:00", "2026-04-07T08:00:00Z", "28 days over summer time: an hour less"},
		{four, "2026-10-10T10:00:00+02:00", "2026-11-07T08:00:00Z", "28 days over winter time: not an hour more"},

		{StorageLimit{Hours: 72}, "2026-03-28T10:00:00+01:00", "2026-03-31T09:00:00Z", "hours know no clock"},
		{StorageLimit{Hours: 72}, "2026-10-24T10:00:00+02:00", "2026-10-27T08:00:00Z", "hours know no clock"},
		{StorageLimit{Hours: 12, Days: 1}, "2026-03-28T10:00:00+01:00", "2026-03-29T20:00:00Z", "hours and days"},
		{none, "2026-02-02T10:00:00+01:00", "2026-02-02T09:00:00Z", "no limit keeps nothing"},
	} {
		end := c.limit.End(at(t, c.start))
		if !end.Equal(at(t, c.end)) {
			t.Errorf("%+v from %s ends %s, not %s: %s", c.limit, c.start, end.Format(time.RFC3339), c.end, c.why)
		}
		if end.Location() != time.UTC {
			t.Errorf("%+v from %s ends in %s, not in UTC", c.limit, c.start, end.Location())
		}
	}
}

// TestStorageLimitIsNeverExtended tries instants of thirty years, and many
// around the nights the clocks change.
func TestStorageLimitIsNeverExtended(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.Int64N(int64(30 * 365 * 24 * time.Hour))))
		if random.IntN(2) == 0 {
			night := [2]time.Time{time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)}[random.IntN(2)]
			start = night.Add(time.Duration(random.Int64N(int64(28*24*time.Hour))) - 27*24*time.Hour)
		}
		limit := StorageLimit{Hours: random.IntN(48), Days: random.IntN(40)}
		end, exact := limit.End(start), start.Add(time.Duration(limit.Days*24+limit.Hours)*time.Hour)
		if end.After(exact) {
			t.Fatalf("%+v from %s ends %s, later than %s", limit, start, end, exact)
		}
		if end.Before(exact.Add(-time.Hour)) {
			t.Fatalf("%+v from %s ends %s, more than an hour before %s", limit, start, end, exact)
		}
		if longer := (StorageLimit{Hours: limit.Hours, Days: limit.Days + 1}).End(start); longer.Before(end) {
			t.Fatalf("a day more than %+v from %s ends sooner", limit, start)
		}
		if in := limit.End(start.In(Amsterdam)); !in.Equal(end) {
			t.Fatalf("%+v from %s depends on the zone it is told in: %s and %s", limit, start, end, in)
		}
	}
}

// TestStorageLimitKeepsOrder: what began later ends no sooner. By the wall
// clock that can't hold inside the hour that a spring night skips (02:30 ends
// half an hour after 03:00 does), but it does for whole hours, and footage is
// erased by whole hours.
func TestStorageLimitKeepsOrder(t *testing.T) {
	for _, limit := range []StorageLimit{{}, {Hours: 72}, {Days: 1}, {Days: 6}, {Days: 28}, {Days: 6, Hours: 5}, {Days: 250}} {
		last := time.Time{}
		for h := range 6 * 366 * 24 {
			start := time.Date(2024, 1, 1, h, 0, 0, 0, time.UTC)
			end := limit.End(start)
			if end.Before(last) {
				t.Fatalf("%+v from %s ends %s, sooner than from the hour before", limit, start, end)
			}
			last = end
		}
	}
}

// TestStorageLimitKeepsOrderWithinTheHour is the same by ten minutes, but for
// that one hour a year.
func TestStorageLimitKeepsOrderWithinTheHour(t *testing.T) {
	limit, last := StorageLimit{Days: 6}, time.Time{}
	for m := range 366 * 24 * 6 {
		start := time.Date(2026, 1, 1, 0, 10*m, 0, 0, time.UTC)
		if local := start.In(Amsterdam); local.Format("01-02 15") == "03-23 02" {
			continue
		}
		end := limit.End(start)
		if end.Before(last) {
			t.Fatalf("from %s it ends %s, sooner than from ten minutes before", start, end)
		}
		last = end
	}
}
