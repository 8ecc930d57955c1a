package calendar

import (
	"fmt"
	"time"
)

// A Unit is what a deadline counts in.
type Unit string

const (
	WorkingDays Unit = "werkdagen"
	Days        Unit = "kalenderdagen"
	Weeks       Unit = "weken"
	Months      Unit = "maanden"
	Hours       Unit = "uur"
)

// A Counting says what happens to a deadline that ends on a free day.
type Counting string

const (
	// Exact ends on the day itself.
	Exact Counting = "op de dag zelf"
	// Rolling ends on the next working day.
	Rolling Counting = "op de eerstvolgende werkdag"
	// Statutory is for terms in Dutch law, by the Algemene termijnenwet: it
	// ends on the next working day, and a term of three days or more has two
	// working days in it. Neither holds for terms of over 90 days, 12 weeks or
	// 3 months.
	Statutory Counting = "Algemene termijnenwet"
	// European is for terms in Union law, such as the GDPR, by Regulation
	// 1182/71: it ends on the next working day, and a term of two days or more
	// has two working days in it.
	European Counting = "Verordening 1182/71"
)

// A Deadline is how long somebody has for an act. It can't be used for how
// long something may be kept: that is a StorageLimit.
type Deadline struct {
	N        int // from 1 to MaxDeadline
	Unit     Unit
	Counting Counting
	Rule     string // where it is written, for who reads what came of it
}

// MaxDeadline is the largest number a deadline has, in any unit.
const MaxDeadline = 99_999

// Check says what is wrong with d. What is beyond its bounds counts as the
// bound, and what has no unit as nothing.
func (d Deadline) Check() error {
	switch d.Unit {
	case WorkingDays, Days, Weeks, Months, Hours:
	default:
		return fmt.Errorf("a deadline can't be counted in %.40q: use werkdagen, kalenderdagen, weken, maanden or uur", d.Unit)
	}
	switch d.Counting {
	case Exact, Rolling, Statutory, European:
	default:
		return fmt.Errorf("a deadline can't end %.40q: say what it does when it ends on a free day", d.Counting)
	}
	if d.N < 1 || d.N > MaxDeadline {
		return fmt.Errorf("a deadline can't be %d %s: use a number from 1 to %d", d.N, d.Unit, MaxDeadline)
	}
	return nil
}

// Due is when a deadline ends, and all that is needed to see why.
type Due struct {
	Start    time.Time // the instant of the event, in UTC
	From     Date      // the day after which it counts: that of the event
	Deadline Deadline
	Unrolled Date      // where counting ended, never after Date: warn by this one
	Date     Date      // the last day
	At       time.Time // the last instant of that day, in UTC; of hours, the instant itself
	Calendar [32]byte  // the hash of the calendar
	Unsure   bool      // the calendar doesn't know all decrees up to Date: it may have to be later
}

// End returns when d ends that begins at start.
func (d Deadline) End(start time.Time, c Calendar) Due {
	if d.Unit == Hours {
		return d.hours(start, c)
	}
	return d.dates(start, d.add(DateOf(start), c), c)
}

// hours run on through nights, weekends and changes of the clock.
func (d Deadline) hours(start time.Time, c Calendar) Due {
	at := start.Add(time.Duration(d.number()) * time.Hour).UTC()
	return Due{Start: start.UTC(), From: DateOf(start), Deadline: d,
		Unrolled: DateOf(at), Date: DateOf(at), At: at, Calendar: c.hash}
}

// dates makes what becomes of d when counting ended on day end.
func (d Deadline) dates(start time.Time, end Date, c Calendar) Due {
	from := DateOf(start)
	last := d.roll(from, end, d.calendar(c))
	return Due{Start: start.UTC(), From: from, Deadline: d, Unrolled: end, Date: last, At: last.Last(), Calendar: c.hash,
		Unsure: d.asksCalendar() && !c.Covers(from+1, last)}
}

// calendar is c as far as the law of d knows it.
func (d Deadline) calendar(c Calendar) Calendar {
	if d.Counting == Statutory || d.Counting == European {
		return c.statutory()
	}
	return c
}

func (d Deadline) number() int { return min(max(d.N, 0), MaxDeadline) }

// add counts d on from a day.
func (d Deadline) add(from Date, c Calendar) Date {
	switch n := d.number(); d.Unit {
	case WorkingDays:
		return d.calendar(c).addWorkingDays(from, n)
	case Days:
		return from + Date(n)
	case Weeks:
		return from + Date(7*n)
	case Months:
		return from.AddMonths(n)
	}
	return from
}

// roll moves the end of d as its law wants.
func (d Deadline) roll(from, end Date, c Calendar) Date {
	if !d.rolls() {
		return end
	}
	end = c.roll(end)
	if d.twoWorkingDays() {
		end = max(end, c.addWorkingDays(from, 2))
	}
	return end
}

func (d Deadline) rolls() bool {
	switch d.Counting {
	case Rolling, European:
		return true
	case Statutory:
		return d.Unit == Days && d.N <= 90 || d.Unit == Weeks && d.N <= 12 || d.Unit == Months && d.N <= 3
	}
	return false
}

// twoWorkingDays reports whether the law of d wants two working days in it.
func (d Deadline) twoWorkingDays() bool {
	least := map[Counting]int{Statutory: 3, European: 2}[d.Counting]
	switch d.Unit {
	case Days:
		return least > 0 && d.N >= least
	case Weeks, Months:
		return least > 0 && d.N > 0
	}
	return false
}

// asksCalendar reports whether free days matter to d.
func (d Deadline) asksCalendar() bool { return d.Unit == WorkingDays || d.rolls() }

// Extend returns the deadline with n more of its unit, counted from the same
// event, which is what holds. Beside it stands what counting on from the end
// of the first one would give: with one calendar that is never later, and who
// is careful keeps it.
func (due Due) Extend(n int, c Calendar) (fromEvent, chained Due) {
	longer, more := due.Deadline, due.Deadline
	more.N = n
	longer.N = due.Deadline.number() + more.number()
	fromEvent = longer.End(due.Start, c)
	if more.Unit == Hours {
		return fromEvent, fromEvent
	}
	return fromEvent, longer.dates(due.Start, more.add(due.Unrolled, c), c)
}

// Earlier returns the one that ends first. When the calendar changed while a
// deadline ran, it is what we keep ourselves to.
func Earlier(a, b Due) Due {
	if b.At.Before(a.At) {
		return b
	}
	return a
}

// Later returns the one that ends last. When the calendar changed while a
// deadline ran, it is what we hold others to.
func Later(a, b Due) Due {
	if b.At.After(a.At) {
		return b
	}
	return a
}
