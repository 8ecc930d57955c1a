// Package calendar answers when a period ends. Storage limits and deadlines
// for acts are different types because they round in opposite directions: a
// storage limit is never extended, a deadline never falls on a free day.
package calendar

import (
	"time"
	_ "time/tzdata" // so that Europe/Amsterdam is known on every machine
)

// Amsterdam is the zone in which dates are dates.
var Amsterdam = must(time.LoadLocation("Europe/Amsterdam"))

func must(l *time.Location, err error) *time.Location {
	if err != nil {
		panic(err) // tzdata is compiled in: it can't be missing
	}
	return l
}

// A StorageLimit is how long something may be kept at most: hours, or
// calendar days and months by the wall clock of Amsterdam. The zero limit
// keeps nothing.
type StorageLimit struct {
	Hours  int
	Days   int
	Months int
}

// End returns the instant at which what began at start must be gone. Days
// count by the wall clock, but never longer than 24 hours each, so that a day
// the clocks change extends nothing. Months end on the same day of the month,
// or on the last one of a shorter month.
func (l StorageLimit) End(start time.Time) time.Time {
	hours := start.Add(time.Duration(l.Hours) * time.Hour)
	if l.Days == 0 && l.Months == 0 {
		return hours.UTC()
	}
	local := hours.In(Amsterdam)
	from := DateOf(hours)
	if (from + 1).AddMonths(l.Months) == from.AddMonths(l.Months) {
		// In a shorter month this day and the next end together. What began
		// later never ends sooner, so this one ends with the first of the next.
		next := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, Amsterdam)
		return StorageLimit{Days: l.Days, Months: l.Months}.End(next)
	}
	days := l.Days + int(from.AddMonths(l.Months)-from)
	exact := hours.Add(time.Duration(days) * 24 * time.Hour)
	// A wall-clock time that a spring night skips doesn't exist; time.Date
	// resolves it an hour later, which the comparison below takes back.
	wall := time.Date(local.Year(), local.Month(), local.Day()+days,
		local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), Amsterdam)
	if wall.Before(exact) {
		return wall.UTC()
	}
	return exact.UTC()
}
