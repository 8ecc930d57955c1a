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
// calendar days by the wall clock of Amsterdam. The zero limit keeps nothing.
type StorageLimit struct {
	Hours int
	Days  int
}

// End returns the instant at which what began at start must be gone. Days
// count by the wall clock, but never longer than 24 hours each, so that a day
// the clocks change extends nothing.
func (l StorageLimit) End(start time.Time) time.Time {
	hours := start.Add(time.Duration(l.Hours) * time.Hour)
	if l.Days == 0 {
		return hours.UTC()
	}
	exact := hours.Add(time.Duration(l.Days) * 24 * time.Hour)
	local := hours.In(Amsterdam)
	// A wall-clock time that a spring night skips doesn't exist; time.Date
	// resolves it an hour later, which the comparison below takes back.
	wall := time.Date(local.Year(), local.Month(), local.Day()+l.Days,
		local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), Amsterdam)
	if wall.Before(exact) {
		return wall.UTC()
	}
	return exact.UTC()
}
