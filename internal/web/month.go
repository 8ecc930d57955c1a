package web

import (
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
)

// A month is a calendar of what there is of cameras, day by day.
type month struct {
	First  time.Time
	Weeks  [][]cell
	Before string // address of the month before
	After  string // and of the one after, "" if that is still to come
	Many   int    // how many cameras it is about
}

// A cell is a day of a month.
type cell struct {
	Day    time.Time // noon
	Number int
	Away   bool // of another month: nothing is said of it
	Path   string
	Chosen bool
	Today  bool
	Mark   string        // the most of it: recorded, mixed, held, gap, erased, ahead, before, unknown
	Length time.Duration // of footage, of all cameras together
	Held   bool
	Gaps   int // how often there was none for a known cause, on all cameras together
}

// There reports whether something can be played.
func (c cell) There() bool { return c.Length > 0 }

// Hours is how many hours of footage there are of one camera, or of each on
// average; less than half an hour is told in minutes.
func (c cell) Hours(many int) time.Duration { return c.Length / time.Duration(max(1, many)) }

// Few reports whether that is less than can be told in hours.
func (c cell) Few(many int) bool { return c.Hours(many) < 59*time.Minute+30*time.Second }

// InHours and InMinutes round it.
func (c cell) InHours(many int) int { return int((c.Hours(many) + 30*time.Minute) / time.Hour) }
func (c cell) InMinutes(many int) int {
	return max(1, int((c.Hours(many)+30*time.Second)/time.Minute))
}

// month makes the calendar in which d is, of what there is of cameras.
func (v *visit) month(cameras []premises.Camera, d day, path func(day) string) (month, error) {
	first := day{d.year, d.month, 1}
	end := dayOf(first.at(12, 0, 0).AddDate(0, 1, 0))
	m := month{First: first.at(12, 0, 0), Many: len(cameras), Before: path(dayOf(first.at(12, 0, 0).AddDate(0, 0, -1)))}
	if end.at(0, 0, 0).Before(v.now) {
		m.After = path(end)
	}
	cells := map[day]*cell{}
	monday := first
	for monday.at(12, 0, 0).Weekday() != time.Monday {
		monday = dayOf(monday.at(12, 0, 0).AddDate(0, 0, -1))
	}
	for at := monday; at.at(0, 0, 0).Before(end.at(0, 0, 0)); {
		week := make([]cell, 0, 7)
		for range 7 {
			week = append(week, cell{Day: at.at(12, 0, 0), Number: at.day, Away: at.month != d.month, Path: path(at), Chosen: at == d, Today: at == dayOf(v.now)})
			cells[at] = &week[len(week)-1]
			at = at.next()
		}
		m.Weeks = append(m.Weeks, week)
	}
	for _, c := range cameras {
		s, err := v.strip(c, footage.Span{From: first.at(0, 0, 0), To: end.at(0, 0, 0)})
		if err != nil {
			return m, err
		}
		tally(cells, s)
	}
	for _, c := range cells {
		if c.Mark == "" {
			c.Mark = unknown
		}
	}
	return m, nil
}

// weight is which kind of piece says most of a day, when there is no footage.
var weight = []string{unknown, ahead, before, erased, gap}

// tally adds what a strip says to the days it is about.
func tally(cells map[day]*cell, s strip) {
	for _, p := range s.Pieces {
		for at := p.Span.From; at.Before(p.Span.To); {
			d := dayOf(at)
			to := earliest(p.Span.To, d.span().To)
			if c := cells[d]; c != nil {
				c.add(p, to.Sub(at))
			}
			at = to
		}
	}
}

// add notes a piece of the day.
func (c *cell) add(p piece, length time.Duration) {
	switch p.Kind {
	case recorded, held, fresh:
		c.Length += length
		c.Held = c.Held || p.Kind == held
	case gap:
		c.Gaps++
	}
	switch {
	case c.Held:
		c.Mark = held
	case c.Length > 0 && c.Gaps > 0:
		c.Mark = mixed
	case c.Length > 0:
		c.Mark = recorded
	case slices.Index(weight, p.Kind) > slices.Index(weight, c.Mark):
		c.Mark = p.Kind
	}
}

// monthName is a month as people write it: augustus 2025.
func monthName(lang string, t time.Time) string {
	return fmt.Sprintf("%s %d", months[lang][t.Month()-1], t.Year())
}

// weekdays are the days above a calendar, short.
func (s *site) weekdays(lang string) (out []string) {
	for _, d := range []string{"mo", "tu", "we", "th", "fr", "sa", "su"} {
		out = append(out, s.words.say(lang, "month."+d))
	}
	return out
}
