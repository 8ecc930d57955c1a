package calendar

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
)

// A Calendar knows which days are working days: those that aren't in a
// weekend, a public holiday, equated with one by decree, or a day on which the
// organisation is closed. It never changes. The zero Calendar knows no
// decrees, and covers no day.
type Calendar struct {
	decrees Decrees
	closed  map[Date]string
	hash    [32]byte
}

// New returns the calendar of an organisation that is closed on some days of
// its own, each with its reason. Leave out what its regulation doesn't name:
// holidays of a school don't stop the clock by themselves.
func New(decrees Decrees, closed map[Date]string) Calendar {
	c := Calendar{decrees: decrees, closed: maps.Clone(closed)}
	h := sha256.New()
	fmt.Fprintf(h, "oogmerk calendar 1\n%s\n%s %s\n", holidayRules, decrees.from, decrees.until)
	for _, days := range []map[Date]string{decrees.days, closed} {
		fmt.Fprintf(h, "%d\n", len(days))
		for _, d := range slices.Sorted(maps.Keys(days)) {
			fmt.Fprintf(h, "%s %q\n", d, days[d])
		}
	}
	h.Sum(c.hash[:0])
	return c
}

// Hash tells calendars apart: a deadline remembers the one it was counted
// with.
func (c Calendar) Hash() [32]byte { return c.hash }

// Covers reports whether all decrees are known for the days from first to
// last. Where they aren't, a deadline may still move, and people must be told.
func (c Calendar) Covers(first, last Date) bool {
	return c.hash != [32]byte{} && c.decrees.from <= first && last <= c.decrees.until
}

// Until returns the last day for which decrees are known.
func (c Calendar) Until() Date { return c.decrees.until }

// Free returns in Dutch why d isn't a working day, or "" if it is one.
func (c Calendar) Free(d Date) string {
	if name := holiday(d); name != "" {
		return name
	}
	if source := c.decrees.days[d]; source != "" {
		return "gelijkgesteld met een feestdag (" + source + ")"
	}
	if name := weekend(d); name != "" {
		return name
	}
	if reason, ok := c.closed[d]; ok {
		return either(reason, "gesloten")
	}
	return ""
}

// statutory is the calendar without the organisation's own days: closing its
// doors doesn't give it more time than the law does.
func (c Calendar) statutory() Calendar {
	c.closed = nil
	return c
}

// roll returns d, or the first working day after it.
func (c Calendar) roll(d Date) Date {
	for c.Free(d) != "" {
		d++
	}
	return d
}

// addWorkingDays returns the nth working day after d.
func (c Calendar) addWorkingDays(d Date, n int) Date {
	for range n {
		d = c.roll(d + 1)
	}
	return d
}
