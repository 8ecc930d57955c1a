package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// meeus computes Easter as Meeus prints it: division with remainder all the
// way, and no day of the week.
func meeus(year int) (time.Month, int) {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Month(n / 31), n%31 + 1
}

// gauss computes Easter as Gauss did, with the numbers of 1900 to 2099 and
// both his exceptions.
func gauss(year int) (time.Month, int) {
	a, b, c := year%19, year%4, year%7
	d := (19*a + 24) % 30
	e := (2*b + 4*c + 6*d + 5) % 7
	switch {
	case d == 29 && e == 6:
		return time.April, 19
	case d == 28 && e == 6 && a > 10:
		return time.April, 18
	case d+e > 9:
		return time.April, d + e - 9
	}
	return time.March, 22 + d + e
}

func TestEaster(t *testing.T) {
	for year := 1583; year <= 4099; year++ {
		month, day := meeus(year)
		if d := easter(year); d != NewDate(year, month, day) {
			t.Errorf("Easter %d is on %s, not on %d %s", year, d, day, month)
		}
	}
	for year := 1900; year <= 2099; year++ {
		month, day := gauss(year)
		if d := easter(year); d != NewDate(year, month, day) {
			t.Errorf("Easter %d is on %s, but Gauss says %d %s", year, d, day, month)
		}
	}
}

// TestHolidaysAgainstGauss looks at each day of 2014 to 2060.
func TestHolidaysAgainstGauss(t *testing.T) {
	for year := 2014; year <= 2060; year++ {
		month, day := gauss(year)
		e := time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
		king := time.Date(year, 4, 27, 12, 0, 0, 0, time.UTC)
		if king.Weekday() == time.Sunday {
			king = king.AddDate(0, 0, -1)
		}
		want := map[string]bool{}
		for _, d := range []time.Time{e.AddDate(0, 0, -2), e.AddDate(0, 0, 1), e.AddDate(0, 0, 39), e.AddDate(0, 0, 50), king} {
			want[d.Format(time.DateOnly)] = true
		}
		for _, d := range []string{"01-01", "05-05", "12-25", "12-26"} {
			want[fmt.Sprintf("%d-%s", year, d)] = true
		}
		for at := time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC); at.Year() == year; at = at.AddDate(0, 0, 1) {
			d := DateOf(at)
			if d.String() != at.Format(time.DateOnly) || d.Weekday() != at.Weekday() {
				t.Fatalf("%s is %s, %s", at, d, d.Weekday())
			}
			if got := holiday(d) != ""; got != want[d.String()] {
				t.Errorf("%s is called %q", d, holiday(d))
			}
		}
	}
}

// TestFreeDays: the weekdays on which nobody works, as the reference program
// printed them, and the holidays in weekends.
func TestFreeDays(t *testing.T) {
	c := netherlands(t)
	for year, want := range map[int]string{
		2025: "We 01-01 Nieuwjaarsdag, Fr 18-04 Goede Vrijdag, Mo 21-04 tweede paasdag, Sa 26-04 Koningsdag, Mo 05-05 Bevrijdingsdag, " +
			"Th 29-05 Hemelvaartsdag, Mo 09-06 tweede pinksterdag, Th 25-12 eerste kerstdag, Fr 26-12 tweede kerstdag",
		2026: "Th 01-01 Nieuwjaarsdag, Fr 02-01 gelijkgesteld, Fr 03-04 Goede Vrijdag, Mo 06-04 tweede paasdag, Mo 27-04 Koningsdag, " +
			"Tu 05-05 Bevrijdingsdag, Th 14-05 Hemelvaartsdag, Fr 15-05 gelijkgesteld, Mo 25-05 tweede pinksterdag, " +
			"Fr 25-12 eerste kerstdag, Sa 26-12 tweede kerstdag",
		2027: "Fr 01-01 Nieuwjaarsdag, Fr 26-03 Goede Vrijdag, Mo 29-03 tweede paasdag, Tu 27-04 Koningsdag, We 05-05 Bevrijdingsdag, " +
			"Th 06-05 Hemelvaartsdag, Fr 07-05 gelijkgesteld, Mo 17-05 tweede pinksterdag, Sa 25-12 eerste kerstdag, Su 26-12 tweede kerstdag",
		2028: "Sa 01-01 Nieuwjaarsdag, Fr 14-04 Goede Vrijdag, Mo 17-04 tweede paasdag, Th 27-04 Koningsdag, Fr 28-04 gelijkgesteld, " +
			"Fr 05-05 Bevrijdingsdag, Th 25-05 Hemelvaartsdag, Fr 26-05 gelijkgesteld, Mo 05-06 tweede pinksterdag, " +
			"Mo 25-12 eerste kerstdag, Tu 26-12 tweede kerstdag",
		2029: "Mo 01-01 Nieuwjaarsdag, Fr 30-03 Goede Vrijdag, Mo 02-04 tweede paasdag, Fr 27-04 Koningsdag, Sa 05-05 Bevrijdingsdag, " +
			"Th 10-05 Hemelvaartsdag, Mo 21-05 tweede pinksterdag, Tu 25-12 eerste kerstdag, We 26-12 tweede kerstdag",
		2030: "Tu 01-01 Nieuwjaarsdag, Fr 19-04 Goede Vrijdag, Mo 22-04 tweede paasdag, Sa 27-04 Koningsdag, Su 05-05 Bevrijdingsdag, " +
			"Th 30-05 Hemelvaartsdag, Mo 10-06 tweede pinksterdag, We 25-12 eerste kerstdag, Th 26-12 tweede kerstdag",
	} {
		var got []string
		for d := NewDate(year, 1, 1); d < NewDate(year+1, 1, 1); d++ {
			name := c.Free(d)
			if name == "" || name == "zaterdag" || name == "zondag" {
				continue
			}
			name, _, _ = strings.Cut(name, " met een feestdag")
			got = append(got, d.utc().Format("Mon")[:2]+d.utc().Format(" 02-01 ")+name)
		}
		if list := strings.Join(got, ", "); list != want {
			t.Errorf("%d:\n got %s\nwant %s", year, list, want)
		}
	}
}

func TestWhyADayIsFree(t *testing.T) {
	carnival := NewDate(2026, 2, 16)
	c := New(netherlands(t).decrees, map[Date]string{carnival: "carnaval", carnival + 1: ""})
	for date, want := range map[string]string{
		"2026-05-15": "gelijkgesteld met een feestdag (Stcrt. 2025, 24713)",
		"2026-05-16": "zaterdag",
		"2026-05-17": "zondag",
		"2026-05-18": "",
		"2025-04-26": "Koningsdag", // a Saturday
		"2025-04-27": "zondag",
		"2026-02-16": "carnaval",
		"2026-02-17": "gesloten",
		"2026-02-18": "",
	} {
		if got := c.Free(day(t, date)); got != want {
			t.Errorf("%s is free because of %q, not %q", date, got, want)
		}
	}
}

func TestDateOf(t *testing.T) {
	for instant, want := range map[string]string{
		"2026-01-31T22:59:59Z": "2026-01-31",
		"2026-01-31T23:00:00Z": "2026-02-01",
		"2026-07-31T21:59:59Z": "2026-07-31",
		"2026-07-31T22:00:00Z": "2026-08-01",
		"1969-12-31T22:59:59Z": "1969-12-31",
		"1950-02-28T12:00:00Z": "1950-02-28",
	} {
		if got := DateOf(at(t, instant)); got.String() != want {
			t.Errorf("in Amsterdam it is %s at %s, not %s", want, instant, got)
		}
	}
}

// TestLast: the days on which the clocks change are 23 and 25 hours long.
func TestLast(t *testing.T) {
	for date, want := range map[string]string{
		"2026-03-28": "2026-03-28T22:59:59.999999Z",
		"2026-03-29": "2026-03-29T21:59:59.999999Z",
		"2026-10-24": "2026-10-24T21:59:59.999999Z",
		"2026-10-25": "2026-10-25T22:59:59.999999Z",
	} {
		d := day(t, date)
		if got := d.Last(); !got.Equal(at(t, want)) || DateOf(got) != d || DateOf(got.Add(time.Microsecond)) != d+1 {
			t.Errorf("%s ends %s, not %s", d, got, want)
		}
	}
}

func TestCovers(t *testing.T) {
	c := netherlands(t)
	if until := c.Until().String(); until != "2028-12-31" {
		t.Errorf("the table is valid until %s", until)
	}
	for days, want := range map[string]bool{
		"2026-01-01 2028-12-31": true,
		"2025-12-31 2026-01-05": false,
		"2028-12-31 2029-01-01": false,
	} {
		first, last, _ := strings.Cut(days, " ")
		if got := c.Covers(day(t, first), day(t, last)); got != want {
			t.Errorf("Covers(%s) is %v", days, got)
		}
	}
	if (Calendar{}).Covers(0, 0) {
		t.Error("the zero Calendar covers a day")
	}
}

// TestHash: what changes a calendar changes its hash, and nothing else does.
func TestHash(t *testing.T) {
	table, day := netherlands(t).decrees, NewDate(2026, 2, 16)
	other, err := ParseDecrees("x", strings.Replace(shippedDecrees, "2026-05-15", "2026-05-13", 1))
	if err != nil {
		t.Fatal(err)
	}
	longer, err := ParseDecrees("x", strings.Replace(shippedDecrees, "2028-12-31", "2029-12-31", 1))
	if err != nil {
		t.Fatal(err)
	}
	last := NewDate(2028, 5, 26)
	less, err := ParseDecrees("x", strings.Replace(shippedDecrees, last.String(), "#", 1))
	if err != nil {
		t.Fatal(err)
	}
	var seen [][32]byte
	for _, c := range []Calendar{{}, New(table, nil), New(other, nil), New(longer, nil), New(table, map[Date]string{day: "carnaval"}),
		New(table, map[Date]string{day: "verhuizing"}), New(table, map[Date]string{day + 1: "carnaval"}),
		New(table, map[Date]string{day: "carnaval", day + 1: "carnaval"}), New(less, map[Date]string{last: table.days[last]})} {
		if slices.Contains(seen, c.Hash()) {
			t.Errorf("two calendars have hash %x", c.Hash())
		}
		seen = append(seen, c.Hash())
	}
	closed := map[Date]string{}
	for d := range Date(50) {
		closed[day+d] = "verbouwing"
	}
	first := New(table, closed)
	if again := New(netherlands(t).decrees, closed); again.Hash() != first.Hash() {
		t.Error("one calendar has two hashes")
	}
	delete(closed, day)
	if first.Free(day) == "" {
		t.Error("a calendar changed after it was made")
	}
}

func netherlands(t testing.TB) Calendar {
	t.Helper()
	decrees, err := ShippedDecrees()
	if err != nil {
		t.Fatal(err)
	}
	return New(decrees, nil)
}

func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
