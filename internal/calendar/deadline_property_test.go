package calendar

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"
)

var countings = []Counting{Exact, Rolling, Statutory, European}

// A chance makes deadlines, calendars and events, the same ones every run.
type chance struct {
	*rand.Rand
	calendars []Calendar
}

func newChance() chance {
	r := chance{Rand: rand.New(rand.NewPCG(3, 5))}
	for range 300 {
		r.calendars = append(r.calendars,
			New(Decrees{from: NewDate(2024, 1, 1), until: NewDate(2032, 1, 1), days: r.days(30)}, r.days(30)))
	}
	return r
}

// day is around the years of the decrees, and often just before a holiday.
func (r chance) day() Date {
	if r.IntN(2) == 0 {
		return easter(2024+r.IntN(10)) - 10 + Date(r.IntN(70))
	}
	return NewDate(2024, 1, 1) + Date(r.IntN(10*366))
}

func (r chance) event() time.Time {
	return r.day().Last().Add(-time.Duration(r.Int64N(int64(24 * time.Hour))))
}

func (r chance) days(n int) map[Date]string {
	days := map[Date]string{}
	for range r.IntN(n) {
		first := r.day()
		for d := range Date(1 + r.IntN(4)) {
			days[first+d] = "toeval"
		}
	}
	return days
}

func (r chance) calendar() Calendar { return r.calendars[r.IntN(len(r.calendars))] }

func (r chance) deadline() Deadline {
	unit := []Unit{WorkingDays, Days, Weeks, Months, Hours}[r.IntN(5)]
	return Deadline{N: 1 + r.IntN(map[Unit]int{WorkingDays: 60, Days: 100, Weeks: 14, Months: 14, Hours: 400}[unit]),
		Unit: unit, Counting: countings[r.IntN(len(countings))]}
}

const tries = 25_000

// TestDeadlineIsMonotoneInStart: who begins later is never due sooner.
func TestDeadlineIsMonotoneInStart(t *testing.T) {
	r := newChance()
	for range tries {
		c, d, a := r.calendar(), r.deadline(), r.event()
		b := a.Add(time.Duration(r.Int64N(int64(20 * 24 * time.Hour))))
		first, second := d.End(a, c), d.End(b, c)
		if second.At.Before(first.At) || second.Unrolled < first.Unrolled {
			t.Fatalf("%+v from %s ends %s, from %s already %s", d, a, first.At, b, second.At)
		}
	}
}

// TestDeadlineIsMonotoneInNumber: more is never less. The one exception is the
// law's own: a term in Dutch law that is just too long to roll.
func TestDeadlineIsMonotoneInNumber(t *testing.T) {
	r := newChance()
	for range tries {
		c, d, start := r.calendar(), r.deadline(), r.event()
		more := d
		more.N += 1 + r.IntN(3)
		first, second := d.End(start, c), more.End(start, c)
		if second.Unrolled < first.Unrolled {
			t.Fatalf("%+v from %s ends %s, %d already %s", d, start, first.Unrolled, more.N, second.Unrolled)
		}
		if second.At.Before(first.At) && !(d.rolls() && !more.rolls()) {
			t.Fatalf("%+v from %s ends %s, %d already %s", d, start, first.At, more.N, second.At)
		}
	}
}

// TestDeadlineIsNeverOnAFreeDay: where it rolls, and the first that will do.
func TestDeadlineIsNeverOnAFreeDay(t *testing.T) {
	r := newChance()
	for range tries {
		c, d, start := r.calendar(), r.deadline(), r.event()
		due, days := d.End(start, c), d.calendar(c)
		if due.Date < due.Unrolled || due.Unrolled < due.From {
			t.Fatalf("%+v from %s ends %s, rolled %s", d, start, due.Unrolled, due.Date)
		}
		if d.Unit == Hours || d.Unit != WorkingDays && !d.rolls() {
			if due.Date != due.Unrolled {
				t.Fatalf("%+v from %s rolled from %s to %s", d, start, due.Unrolled, due.Date)
			}
			continue
		}
		if why := days.Free(due.Date); why != "" {
			t.Fatalf("%+v from %s ends on %s, %s", d, start, due.Date, why)
		}
		working := 0
		for day := due.From + 1; day <= due.Date; day++ {
			if days.Free(day) == "" {
				working++
			}
		}
		if d.Unit == WorkingDays && working != d.N {
			t.Fatalf("%+v from %s ends on %s, after %d working days", d, start, due.Date, working)
		}
		if d.twoWorkingDays() && working < 2 {
			t.Fatalf("%+v from %s ends on %s, with %d working days in it", d, start, due.Date, working)
		}
		for day := due.Unrolled; day < due.Date; day++ {
			if days.Free(day) == "" && !(d.twoWorkingDays() && working == 2) {
				t.Fatalf("%+v from %s ends on %s, though %s would do", d, start, due.Date, day)
			}
		}
	}
}

// TestFreeDaysNeverShorten: another holiday, or another day closed, makes no
// deadline end sooner, and no storage limit end otherwise.
func TestFreeDaysNeverShorten(t *testing.T) {
	r := newChance()
	moved := 0
	for range tries {
		c, d, start := r.calendar(), r.deadline(), r.event()
		before := d.End(start, c)
		decrees, closed := maps.Clone(c.decrees.days), maps.Clone(c.closed)
		extra := before.Unrolled - Date(r.IntN(12)) + 2
		decreed := r.IntN(2) == 0
		if decreed {
			decrees[extra] = "nog een"
		} else {
			closed[extra] = "nog een"
		}
		c.decrees.days, c.closed = decrees, closed
		after := d.End(start, c)
		if after.At.Before(before.At) || after.Unrolled < before.Unrolled {
			t.Fatalf("%+v from %s ends %s, and with %s free already %s", d, start, before.At, extra, after.At)
		}
		if after.At != before.At {
			moved++
			if !decreed && (d.Counting == Statutory || d.Counting == European) {
				t.Fatalf("%+v from %s is lengthened by closing on %s", d, start, extra)
			}
		}
	}
	if moved < tries/20 {
		t.Errorf("only %d deadlines moved", moved)
	}
}

// TestHolidaysNeverExtendStorage: the same number of days is over sooner as a
// storage limit than as any deadline, whatever the calendar.
func TestHolidaysNeverExtendStorage(t *testing.T) {
	r := newChance()
	for range tries {
		c, d, start := r.calendar(), r.deadline(), r.event()
		var limit StorageLimit
		switch d.Unit {
		case Days, WorkingDays:
			limit.Days = d.N
		case Weeks:
			limit.Days = 7 * d.N
		case Hours:
			limit.Hours = d.N
		default:
			continue
		}
		end := limit.End(start)
		if longest := start.Add(time.Duration(24*limit.Days+limit.Hours) * time.Hour); end.After(longest) {
			t.Fatalf("%+v from %s ends %s, later than %s", limit, start, end, longest)
		}
		if due := d.End(start, c); end.After(due.At) {
			t.Fatalf("%+v from %s ends %s, after %+v does, %s", limit, start, end, d, due.At)
		}
	}
}

// TestChainedIsNeverLater than what is counted from the event.
func TestChainedIsNeverLater(t *testing.T) {
	r := newChance()
	differ := 0
	for range tries {
		c, d, start, n := r.calendar(), r.deadline(), r.event(), 1+r.IntN(5)
		first := d.End(start, c)
		fromEvent, chained := first.Extend(n, c)
		if chained.At.After(fromEvent.At) || chained.Unrolled > fromEvent.Unrolled || chained.Unrolled < first.Unrolled {
			t.Fatalf("%+v from %s and %d more end %s, chained %s", d, start, n, fromEvent.At, chained.At)
		}
		if longer := (Deadline{N: d.N + n, Unit: d.Unit, Counting: d.Counting}).End(start, c); fromEvent != longer {
			t.Fatalf("%+v and %d more isn't %+v", d, n, longer)
		}
		if chained != fromEvent {
			differ++
			if d.Unit != Months {
				t.Fatalf("%+v from %s and %d more end %s, chained %s", d, start, n, fromEvent.At, chained.At)
			}
		}
	}
	if differ == 0 {
		t.Error("chaining never mattered")
	}
}

// TestFootageGoesBeforeTheAnswer: six days of storage, three days to ask and
// ten working days to answer leave 9 to 16 days without pictures, which is
// why a request must hold them.
func TestFootageGoesBeforeTheAnswer(t *testing.T) {
	c := netherlands(t)
	least, most := Date(1000), Date(-1000)
	for event := NewDate(2026, 1, 1); event < NewDate(2027, 1, 1); event++ {
		noon := time.Date(2026, 1, 1+int(event-NewDate(2026, 1, 1)), 12, 0, 0, 0, Amsterdam)
		asked := Deadline{N: 3, Unit: Days, Counting: Exact}.End(noon, c)
		answer := Deadline{N: 10, Unit: WorkingDays, Counting: Rolling}.End(asked.At, c)
		gone := DateOf(StorageLimit{Days: 6}.End(noon))
		if event == NewDate(2026, 4, 20) && (answer.Date.String() != "2026-05-11" || gone.String() != "2026-04-26") {
			t.Errorf("asked on the last day after 20 April: answer %s, gone %s", answer.Date, gone)
		}
		least, most = min(least, answer.Date-gone), max(most, answer.Date-gone)
	}
	if least != 9 || most != 16 {
		t.Errorf("from %d to %d days", least, most)
	}
}
