package calendar

import (
	"fmt"
	"time"
)

// A Date is a day on the calendar of Amsterdam, in days since 1 January 1970.
// Adding to it adds days, whatever the clocks do in between.
type Date int

const daySeconds = 24 * 60 * 60

// NewDate returns the date of a day; 32 January is 1 February.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// DateOf returns the date in Amsterdam at instant t.
func DateOf(t time.Time) Date {
	return NewDate(t.In(Amsterdam).Date())
}

// ParseDate reads a date as String writes it.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%.40q isn't a date: write it like 2026-05-15", s)
	}
	return NewDate(t.Date()), nil
}

// Civil returns the year, the month and the day of the month.
func (d Date) Civil() (int, time.Month, int) { return d.utc().Date() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String returns the date like "2026-05-15".
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Last returns the last instant of the day in Amsterdam, in UTC: to the
// microsecond, which is what the database holds.
func (d Date) Last() time.Time {
	year, month, day := d.Civil()
	return time.Date(year, month, day+1, 0, 0, 0, 0, Amsterdam).Add(-time.Microsecond).UTC()
}

// AddMonths returns the same day n months later, or the last day of that
// month if it is shorter.
func (d Date) AddMonths(n int) Date {
	year, month, day := d.Civil()
	first := NewDate(year, month+time.Month(n), 1)
	last := NewDate(year, month+time.Month(n)+1, 0)
	return min(first+Date(day-1), last)
}

// utc is the same day in UTC, for what package time knows about days.
func (d Date) utc() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }
