package web

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
)

// localPath is path if it is one of ours to go back to, else the front page.
// It keeps an address in a form from leading to another site.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || len(path) > 2048 || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return "/"
	}
	for _, r := range path {
		if r < ' ' || r == 0x7f {
			return "/"
		}
	}
	return path
}

var (
	isoDay   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	dutchDay = regexp.MustCompile(`^(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})$`)
	wordDay  = regexp.MustCompile(`^(\d{1,2}) +([a-z]+) +(\d{4})$`)
	timeOf   = regexp.MustCompile(`^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$`)
)

// A day is a date on the wall.
type day struct {
	year  int
	month time.Month
	day   int
}

// readDay reads a date as a browser sends it (2025-08-02) or as people type it
// (2-8-2025, 2 augustus 2025).
func readDay(text string) (day, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	var d day
	if m := isoDay.FindStringSubmatch(text); m != nil {
		d = day{number(m[1]), time.Month(number(m[2])), number(m[3])}
	} else if m := dutchDay.FindStringSubmatch(text); m != nil {
		d = day{number(m[3]), time.Month(number(m[2])), number(m[1])}
	} else if m := wordDay.FindStringSubmatch(text); m != nil {
		d = day{number(m[3]), monthNamed(m[2]), number(m[1])}
	}
	if d.year < 1970 || d.year > 2199 || d.at(12, 0, 0).Day() != d.day || d.at(12, 0, 0).Month() != d.month {
		return day{}, mistake{key: "wrong.date", with: []any{clip(text)}}
	}
	return d, nil
}

// monthNamed is 0 for a name that isn't one.
func monthNamed(name string) time.Month {
	for _, names := range months {
		if i := slices.IndexFunc(names[:], func(n string) bool { return strings.EqualFold(n, name) }); i >= 0 {
			return time.Month(i + 1)
		}
	}
	return 0
}

// dayOf is the day on which t falls.
func dayOf(t time.Time) day {
	t = t.In(calendar.Amsterdam)
	return day{t.Year(), t.Month(), t.Day()}
}

// at is a time on d. Between two and three in an autumn night it is the first
// of the two; in a spring night, when it doesn't exist, an hour later.
func (d day) at(h, m, s int) time.Time {
	return time.Date(d.year, d.month, d.day, h, m, s, 0, calendar.Amsterdam)
}

// span is all of d: 23 or 25 hours where the clocks change.
func (d day) span() footage.Span {
	return footage.Span{From: d.at(0, 0, 0), To: d.next().at(0, 0, 0)}
}

func (d day) next() day { return dayOf(d.at(12, 0, 0).AddDate(0, 0, 1)) }

// String is d as a browser's date field wants it.
func (d day) String() string { return d.at(12, 0, 0).Format(time.DateOnly) }

// A timeOfDay is in seconds since midnight.
type timeOfDay int

// readTime reads a time as people type it, by the 24-hour clock: 14:03, 14.03
// or 14:03:20.
func readTime(text string) (timeOfDay, error) {
	m := timeOf.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || number(m[1]) > 23 || number(m[2]) > 59 || number(m[3]) > 59 {
		return 0, mistake{key: "wrong.time", with: []any{clip(text)}}
	}
	return timeOfDay(number(m[1])*3600 + number(m[2])*60 + number(m[3])), nil
}

func (t timeOfDay) on(d day) time.Time {
	return d.at(int(t)/3600, int(t)/60%60, int(t)%60)
}

// readMoment reads a date and a time.
func readMoment(dayText, timeText string) (time.Time, error) {
	d, err := readDay(dayText)
	if err != nil {
		return time.Time{}, err
	}
	t, err := readTime(timeText)
	if err != nil {
		return time.Time{}, err
	}
	return t.on(d), nil
}

// readSpan reads a stretch of time: a date, and times from and to. A time to
// that is before the time from is on the next day.
func readSpan(dayText, fromText, toText string, longest time.Duration) (footage.Span, error) {
	d, err := readDay(dayText)
	if err != nil {
		return footage.Span{}, err
	}
	from, err := readTime(fromText)
	if err != nil {
		return footage.Span{}, err
	}
	to, err := readTime(toText)
	if err != nil {
		return footage.Span{}, err
	}
	s := footage.Span{From: from.on(d), To: to.on(d)}
	if to < from {
		s.To = to.on(d.next())
	}
	if !s.To.After(s.From) {
		return s, mistake{key: "wrong.span"}
	}
	if s.To.Sub(s.From) > longest {
		return s, mistake{key: "wrong.long", with: []any{clip(fromText), clip(toText), int(longest / time.Hour)}}
	}
	return s, nil
}

// number is the value of digits that a pattern matched; "" is 0.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// clip keeps what someone typed short enough to repeat to them.
func clip(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return string(runes)
}
