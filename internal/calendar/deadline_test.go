package calendar

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// deadlineExamples are all the reference program prints and the readings
// name. Each event is at ten past five in the afternoon.
var deadlineExamples = []struct {
	n        int
	unit     Unit
	counting Counting
	event    string
	unrolled string
	date     string
	why      string
}{
	{10, WorkingDays, Rolling, "2026-04-24", "2026-05-12", "2026-05-12", "from a Friday, over King's Day and 5 May"},
	{10, WorkingDays, Exact, "2026-04-24", "2026-05-12", "2026-05-12", "working days never roll"},
	{10, WorkingDays, Rolling, "2026-04-25", "2026-05-12", "2026-05-12", "from a Saturday: the same"},
	{10, WorkingDays, Rolling, "2026-04-02", "2026-04-20", "2026-04-20", "from the day before Good Friday"},
	{10, WorkingDays, Rolling, "2025-12-24", "2026-01-13", "2026-01-13", "over Christmas, New Year and the equated 2 January"},
	{10, WorkingDays, Rolling, "2026-04-30", "2026-05-19", "2026-05-19", "over 5 May, Ascension and the equated day after it"},
	{2, WorkingDays, Rolling, "2026-04-24", "2026-04-29", "2026-04-29", "over King's Day"},
	{2, WorkingDays, Rolling, "2026-05-13", "2026-05-19", "2026-05-19", "over Ascension and the equated day after it"},

	{1, Months, European, "2026-01-31", "2026-02-28", "2026-03-02", "clamped to a Saturday, then rolled"},
	{1, Months, European, "2026-01-30", "2026-02-28", "2026-03-02", "clamped to a Saturday, then rolled"},
	{1, Months, European, "2026-03-05", "2026-04-05", "2026-04-07", "Easter Sunday"},
	{1, Months, European, "2026-03-31", "2026-04-30", "2026-04-30", "clamped"},
	{1, Months, European, "2024-01-31", "2024-02-29", "2024-02-29", "clamped to a leap day"},
	{1, Months, European, "2026-11-26", "2026-12-26", "2026-12-28", "the second day of Christmas"},
	{1, Months, European, "2026-04-05", "2026-05-05", "2026-05-06", "5 May"},
	{1, Months, Rolling, "2026-01-31", "2026-02-28", "2026-03-02", "the same in an organisation's own words"},
	{3, Months, European, "2026-01-31", "2026-04-30", "2026-04-30", "a month and two more, from the event"},
	{1, Months, European, "2026-12-15", "2027-01-15", "2027-01-15", "over the end of a year"},
	{13, Months, Rolling, "2026-12-31", "2028-01-31", "2028-01-31", "over two"},

	{2, Weeks, Rolling, "2026-04-23", "2026-05-07", "2026-05-07", "two weeks"},
	{2, Weeks, Rolling, "2026-04-30", "2026-05-14", "2026-05-18", "Ascension, and the equated day after it"},
	{3, Days, Rolling, "2026-04-02", "2026-04-05", "2026-04-07", "Easter Sunday"},
	{3, Days, Rolling, "2026-04-20", "2026-04-23", "2026-04-23", "three days"},
	{30, Days, Exact, "2026-03-28", "2026-04-27", "2026-04-27", "King's Day: entry into force doesn't roll"},
	{6, Weeks, Statutory, "2026-03-12", "2026-04-23", "2026-04-23", "six weeks begin on the day after"},

	{3, Days, Statutory, "2026-04-20", "2026-04-23", "2026-04-23", "three days, all of them working days"},
	{3, Days, Statutory, "2026-04-23", "2026-04-26", "2026-04-28", "rolled over King's Day; Friday and Tuesday are two"},
	{3, Days, Statutory, "2026-04-24", "2026-04-27", "2026-04-29", "rolled to Tuesday, and that is but one working day"},
	{3, Days, Statutory, "2026-04-02", "2026-04-05", "2026-04-08", "rolled to Tuesday, and that is but one working day"},
	{2, Days, Statutory, "2026-04-24", "2026-04-26", "2026-04-28", "two days: it need not hold two working days"},
	{2, Days, European, "2026-04-24", "2026-04-26", "2026-04-29", "two days: here it must"},
	{1, Days, European, "2026-04-24", "2026-04-25", "2026-04-28", "one day: it need not"},
	{3, Days, Rolling, "2026-04-24", "2026-04-27", "2026-04-28", "an organisation's own term: it need not"},
	{1, Weeks, Statutory, "2026-05-09", "2026-05-16", "2026-05-18", "a week is more than three days"},
	{90, Days, Statutory, "2026-03-01", "2026-05-30", "2026-06-01", "ninety days roll"},
	{91, Days, Statutory, "2026-03-01", "2026-05-31", "2026-05-31", "more than ninety days don't"},
	{12, Weeks, Statutory, "2026-02-07", "2026-05-02", "2026-05-04", "twelve weeks roll"},
	{13, Weeks, Statutory, "2026-02-07", "2026-05-09", "2026-05-09", "more than twelve weeks don't"},
	{3, Months, Statutory, "2026-02-02", "2026-05-02", "2026-05-04", "three months roll"},
	{4, Months, Statutory, "2026-02-02", "2026-06-02", "2026-06-02", "a Tuesday"},
	{4, Months, Statutory, "2026-01-02", "2026-05-02", "2026-05-02", "more than three months don't"},
	{4, Months, European, "2026-01-02", "2026-05-02", "2026-05-04", "in Union law they do"},
}

func TestDeadline(t *testing.T) {
	c := netherlands(t)
	for _, e := range deadlineExamples {
		d := Deadline{N: e.n, Unit: e.unit, Counting: e.counting, Rule: "an article"}
		if err := d.Check(); err != nil {
			t.Error(err)
		}
		start := time.Date(2000, 1, 1, 17, 10, 0, 0, Amsterdam).AddDate(0, 0, int(day(t, e.event)-NewDate(2000, 1, 1)))
		due := d.End(start, c)
		if due.Unrolled.String() != e.unrolled || due.Date.String() != e.date {
			t.Errorf("%d %s from %s ends %s, rolled %s, not %s and %s: %s", e.n, e.unit, e.event, due.Unrolled, due.Date, e.unrolled, e.date, e.why)
		}
		if !due.Start.Equal(start) || due.Start.Location() != time.UTC || due.From.String() != e.event || due.Deadline != d ||
			due.Calendar != c.Hash() || due.At != due.Date.Last() {
			t.Errorf("%d %s from %s doesn't carry what it was counted from: %+v", e.n, e.unit, e.event, due)
		}
	}
}

// TestDeadlineWithoutTheDecree: what a calendar without the decrees would say.
func TestDeadlineWithoutTheDecree(t *testing.T) {
	ten := Deadline{N: 10, Unit: WorkingDays, Counting: Rolling}
	for event, want := range map[string]string{"2025-12-24": "2026-01-12", "2026-04-30": "2026-05-18"} {
		due := ten.End(at(t, event+"T10:00:00Z"), Calendar{})
		if due.Date.String() != want || !due.Unsure {
			t.Errorf("from %s it ends %s, unsure %v", event, due.Date, due.Unsure)
		}
	}
}

// TestDeadlineDayZero: the day of the event is the one in Amsterdam, also
// after office hours.
func TestDeadlineDayZero(t *testing.T) {
	c := netherlands(t)
	two := Deadline{N: 2, Unit: WorkingDays, Counting: Rolling}
	for start, want := range map[string]string{
		"2026-06-02T00:00:00+02:00": "2026-06-04",
		"2026-06-02T23:59:59+02:00": "2026-06-04",
		"2026-06-02T22:00:00Z":      "2026-06-05",
	} {
		if due := two.End(at(t, start), c); due.Date.String() != want {
			t.Errorf("from %s it ends %s, not %s", start, due.Date, want)
		}
	}
	due := two.End(at(t, "2026-10-22T10:00:00+02:00"), c)
	if want := at(t, "2026-10-26T22:59:59.999999Z"); !due.At.Equal(want) {
		t.Errorf("after the clocks changed it ends %s, not %s", due.At, want)
	}
}

func TestDeadlineInHours(t *testing.T) {
	breach := Deadline{N: 72, Unit: Hours, Counting: European}
	for start, want := range map[string]string{
		"2026-04-03T16:00:00+02:00": "2026-04-06T14:00:00Z", // Good Friday to Easter Monday
		"2026-03-28T10:00:00+01:00": "2026-03-31T09:00:00Z",
		"2026-10-24T10:00:00+02:00": "2026-10-27T08:00:00Z",
	} {
		due := breach.End(at(t, start), netherlands(t))
		if !due.At.Equal(at(t, want)) || due.At.Location() != time.UTC || due.Date != DateOf(due.At) || due.Unrolled != due.Date || due.Unsure {
			t.Errorf("72 hours from %s: %+v, not %s", start, due, want)
		}
		longer, chained := due.Extend(24, netherlands(t))
		if !longer.At.Equal(due.At.Add(24*time.Hour)) || chained != longer {
			t.Errorf("24 hours more than %+v: %+v and %+v", due, longer, chained)
		}
	}
}

func TestExtend(t *testing.T) {
	c := netherlands(t)
	for _, e := range []struct{ event, fromEvent, chained string }{
		{"2026-01-31", "2026-04-30", "2026-04-28"},
		{"2026-03-05", "2026-06-05", "2026-06-05"}, // though the month was rolled over Easter
		{"2026-11-30", "2027-03-01", "2027-03-01"}, // 28 February is a Sunday
	} {
		first := Deadline{N: 1, Unit: Months, Counting: European, Rule: "an article"}.End(at(t, e.event+"T10:00:00+01:00"), c)
		fromEvent, chained := first.Extend(2, c)
		if fromEvent.Date.String() != e.fromEvent || chained.Date.String() != e.chained {
			t.Errorf("a month from %s and two more end %s and %s, not %s and %s", e.event, fromEvent.Date, chained.Date, e.fromEvent, e.chained)
		}
		for _, due := range []Due{fromEvent, chained} {
			if due.Start != first.Start || due.From != first.From || due.Deadline.N != 3 || due.Deadline.Rule != "an article" {
				t.Errorf("an extension doesn't carry what it was counted from: %+v", due)
			}
		}
	}
}

// TestClosingDays: an organisation's own free days count in its own terms,
// and not in those of the law.
func TestClosingDays(t *testing.T) {
	closed := map[Date]string{}
	for d := NewDate(2026, 2, 16); d <= NewDate(2026, 2, 20); d++ {
		closed[d] = "carnaval"
	}
	c := New(netherlands(t).decrees, closed)
	for _, e := range []struct {
		d    Deadline
		want string
	}{
		{Deadline{N: 2, Unit: WorkingDays, Counting: Rolling}, "2026-02-24"},
		{Deadline{N: 2, Unit: WorkingDays, Counting: Exact}, "2026-02-24"},
		{Deadline{N: 2, Unit: WorkingDays, Counting: Statutory}, "2026-02-17"},
		{Deadline{N: 2, Unit: WorkingDays, Counting: European}, "2026-02-17"},
		{Deadline{N: 3, Unit: Days, Counting: Rolling}, "2026-02-23"},
		{Deadline{N: 3, Unit: Days, Counting: Statutory}, "2026-02-17"},
		{Deadline{N: 3, Unit: Days, Counting: European}, "2026-02-17"},
		{Deadline{N: 3, Unit: Days, Counting: Exact}, "2026-02-16"},
	} {
		if due := e.d.End(at(t, "2026-02-13T10:00:00Z"), c); due.Date.String() != e.want {
			t.Errorf("%+v ends %s, not %s", e.d, due.Date, e.want)
		}
	}
}

// TestTwoWorkingDays: decrees that leave hardly a working day in a term. No
// real ones do.
func TestTwoWorkingDays(t *testing.T) {
	spring := map[Date]string{}
	for d := NewDate(2026, 2, 1); d <= NewDate(2026, 5, 1); d++ {
		spring[d] = "koninklijk besluit"
	}
	c := New(Decrees{from: NewDate(2026, 1, 1), until: NewDate(2026, 12, 31), days: spring}, nil)
	for _, e := range []struct {
		n    int
		unit Unit
		want map[Counting]string
	}{
		{1, Days, map[Counting]string{Rolling: "2026-05-04", European: "2026-05-04", Statutory: "2026-05-04"}},
		{2, Days, map[Counting]string{Rolling: "2026-05-04", European: "2026-05-06", Statutory: "2026-05-04"}},
		{3, Days, map[Counting]string{Rolling: "2026-05-04", European: "2026-05-06", Statutory: "2026-05-06"}},
		{1, Weeks, map[Counting]string{Rolling: "2026-05-04", European: "2026-05-06", Statutory: "2026-05-06"}},
		{1, Months, map[Counting]string{Rolling: "2026-05-04", European: "2026-05-06", Statutory: "2026-05-06"}},
	} {
		for counting, want := range e.want {
			if due := (Deadline{N: e.n, Unit: e.unit, Counting: counting}).End(at(t, "2026-02-02T10:00:00Z"), c); due.Date.String() != want {
				t.Errorf("%d %s, %s, ends %s, not %s", e.n, e.unit, counting, due.Date, want)
			}
		}
	}
}

// TestUnsure: beyond the table of decrees a deadline may still move, unless
// free days don't matter to it.
func TestUnsure(t *testing.T) {
	c := netherlands(t)
	for _, e := range []struct {
		d     Deadline
		event string
		want  bool
	}{
		{Deadline{N: 10, Unit: WorkingDays}, "2028-12-08", false},
		{Deadline{N: 10, Unit: WorkingDays}, "2028-12-20", true},
		{Deadline{N: 10, Unit: WorkingDays}, "2025-12-24", true},
		{Deadline{N: 1, Unit: WorkingDays}, "2025-12-30", true},
		{Deadline{N: 1, Unit: WorkingDays}, "2025-12-31", false}, // the day itself isn't counted
		{Deadline{N: 1, Unit: Months, Counting: Rolling}, "2028-12-08", true},
		{Deadline{N: 1, Unit: Months, Counting: European}, "2028-12-08", true},
		{Deadline{N: 1, Unit: Months, Counting: Exact}, "2028-12-08", false},
		{Deadline{N: 14, Unit: Weeks, Counting: Statutory}, "2028-12-08", false},
		{Deadline{N: 72, Unit: Hours, Counting: Rolling}, "2028-12-30", false},
	} {
		if due := e.d.End(at(t, e.event+"T10:00:00Z"), c); due.Unsure != e.want {
			t.Errorf("%+v from %s ends %s, unsure %v", e.d, e.event, due.Date, due.Unsure)
		}
	}
}

// TestRecount: a calendar that changes while a deadline runs.
func TestRecount(t *testing.T) {
	without, with := New(Decrees{from: 0, until: NewDate(2026, 12, 31)}, nil), netherlands(t)
	before := Deadline{N: 2, Unit: WorkingDays}.End(at(t, "2026-05-13T10:00:00Z"), without)
	after := before.Deadline.End(before.Start, with)
	if before.Date.String() != "2026-05-18" || after.Date.String() != "2026-05-19" || before.Calendar == after.Calendar {
		t.Errorf("got %s and %s", before.Date, after.Date)
	}
	for _, pair := range [][2]Due{{before, after}, {after, before}} {
		if Earlier(pair[0], pair[1]) != before || Later(pair[0], pair[1]) != after {
			t.Errorf("of %s and %s the earlier is %s", pair[0].Date, pair[1].Date, Earlier(pair[0], pair[1]).Date)
		}
	}
}

func TestCheck(t *testing.T) {
	c := netherlands(t)
	for _, e := range []struct {
		d    Deadline
		want string
	}{
		{Deadline{}, `in "": use werkdagen`},
		{Deadline{N: 1, Unit: "fortnights", Counting: Exact}, `in "fortnights": use werkdagen`},
		{Deadline{N: 1, Unit: Days}, `can't end ""`},
		{Deadline{N: 0, Unit: Days, Counting: Exact}, "can't be 0 kalenderdagen"},
		{Deadline{N: -3, Unit: WorkingDays, Counting: European}, "can't be -3 werkdagen"},
		{Deadline{N: MaxDeadline + 1, Unit: Months, Counting: Statutory}, "can't be 100000 maanden"},
	} {
		if err := e.d.Check(); err == nil || !strings.Contains(err.Error(), e.want) {
			t.Errorf("%+v: got %v, want %q", e.d, err, e.want)
		}
		if due := e.d.End(at(t, "2026-06-02T10:00:00Z"), c); due.Date < due.From || e.d.N < 1 && due.Date != due.From {
			t.Errorf("%+v ends %s", e.d, due.Date)
		}
	}
	for _, unit := range []Unit{WorkingDays, Days, Weeks, Months, Hours} {
		none := Deadline{N: -30, Unit: unit, Counting: European}.End(at(t, "2026-06-02T10:00:00Z"), c)
		if none.Date != none.From || none.At.Before(none.Start) {
			t.Errorf("less than nothing of %s ends %s", unit, none.At)
		}
		d := Deadline{N: 1 << 62, Unit: unit, Counting: Rolling}
		most := Deadline{N: MaxDeadline, Unit: unit, Counting: Rolling}.End(at(t, "2026-06-02T10:00:00Z"), c)
		if due := d.End(at(t, "2026-06-02T10:00:00Z"), c); due.At != most.At || due.At.Before(due.Start) {
			t.Errorf("no end of %s ends %s", unit, due.At)
		}
	}
}

// TestTwoTypes: no conversion makes a deadline of a storage limit, or back.
func TestTwoTypes(t *testing.T) {
	limit, deadline := reflect.TypeFor[StorageLimit](), reflect.TypeFor[Deadline]()
	if limit.ConvertibleTo(deadline) || deadline.ConvertibleTo(limit) {
		t.Error("one can be had for the other")
	}
	for m := range limit.NumMethod() {
		signature := fmt.Sprint(limit.Method(m).Type)
		if strings.Contains(signature, "Calendar") || strings.Contains(signature, "Due") {
			t.Errorf("a storage limit knows holidays: %s", signature)
		}
	}
}
