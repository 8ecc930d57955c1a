package calendar

import (
	"testing"
	"time"
)

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		limit StorageLimit
		start string
		end   string // UTC
		why   string
	}{
		{StorageLimit{Months: 1}, "2026-05-15T10:00:00+02:00", "2026-06-15T08:00:00Z", "an ordinary month"},
		{StorageLimit{Months: 1}, "2026-02-10T10:00:00+01:00", "2026-03-10T09:00:00Z", "28 days"},
		{StorageLimit{Months: 1}, "2026-03-10T10:00:00+01:00", "2026-04-10T08:00:00Z", "over summer time: an hour less"},
		{StorageLimit{Months: 1}, "2026-10-10T10:00:00+02:00", "2026-11-10T08:00:00Z", "over winter time: not an hour more"},
		{StorageLimit{Months: 1}, "2026-01-31T10:00:00+01:00", "2026-02-28T09:00:00Z", "the last day of a shorter month"},
		{StorageLimit{Months: 1}, "2026-01-28T10:00:00+01:00", "2026-02-27T23:00:00Z", "no later than what began three days after it"},
		{StorageLimit{Months: 12}, "2028-02-29T10:00:00+01:00", "2029-02-28T09:00:00Z", "a year from a leap day"},
		{StorageLimit{Months: 12}, "2026-06-01T00:00:00+02:00", "2027-05-31T22:00:00Z", "a year"},
		{StorageLimit{Months: 1, Days: 2, Hours: 3}, "2026-05-15T10:00:00+02:00", "2026-06-17T11:00:00Z", "all together"},
	} {
		if end := c.limit.End(at(t, c.start)); !end.Equal(at(t, c.end)) {
			t.Errorf("%+v from %s ends %s, not %s: %s", c.limit, c.start, end.Format(time.RFC3339), c.end, c.why)
		}
	}
}

// TestMonthsKeepOrder: what began in a later hour ends no sooner, and nothing
// is kept longer than to the same day of the month.
func TestMonthsKeepOrder(t *testing.T) {
	for _, limit := range []StorageLimit{{Months: 1}, {Months: 2}, {Months: 6}, {Months: 12}} {
		last := time.Time{}
		for h := range 6 * 366 * 24 {
			start := time.Date(2024, 1, 1, h, 0, 0, 0, time.UTC)
			end := limit.End(start)
			if end.Before(last) {
				t.Fatalf("%+v from %s ends %s, sooner than from the hour before", limit, start, end)
			}
			if DateOf(end) > DateOf(start).AddMonths(limit.Months) {
				t.Fatalf("%+v from %s ends %s, after the same day of the month", limit, start, end)
			}
			last = end
		}
	}
}
