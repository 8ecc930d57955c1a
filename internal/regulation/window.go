package regulation

import (
	"time"

	"oogmerk/internal/calendar"
)

// Windows returns the names of the windows that t falls in.
func (r *Regulation) Windows(t time.Time) []string {
	var out []string
	for _, w := range r.Terms.Windows {
		if w.holds(t) {
			out = append(out, w.Key)
		}
	}
	return out
}

// holds reports whether t falls in w, by the clock on the wall in Amsterdam.
func (w WindowTerm) holds(t time.Time) bool {
	local := t.In(calendar.Amsterdam)
	if !w.Days[local.Weekday()] || !w.Holidays && calendar.Holiday(calendar.DateOf(t)) != "" {
		return false
	}
	minute := 60*local.Hour() + local.Minute()
	return w.From <= minute && minute < w.To
}
