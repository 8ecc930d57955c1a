package regulation

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"

	"oogmerk/internal/calendar"
)

var (
	period   = regexp.MustCompile(`^([1-9][0-9]{0,4}) ([\pL]+)$`)
	clock    = regexp.MustCompile(`^([01][0-9]|2[0-4]):([0-5][0-9])$`)
	siteKind = regexp.MustCompile(`^\pL[\pL\pN _-]{0,39}$`)
)

// mostDays is longer than anything may be kept: a hundred years.
const mostDays = 36_525

// measure reads a number and what it counts.
func (r *termReader) measure(e entry) (n int, unit string) {
	text := r.d.scalar(e)
	m := period.FindStringSubmatch(text)
	if m == nil {
		if text != "" {
			r.fault(e.line, "can't read the period %q: write it like \"6 kalenderdagen\"", text)
		}
		return 0, ""
	}
	n, _ = strconv.Atoi(m[1]) // at most five digits: it always fits
	return n, m[2]
}

// storage reads how long something lasts that isn't an act: hours to years.
// What can't, says it in a fault.
func (r *termReader) storage(e entry, cant string) (limit calendar.StorageLimit, text string) {
	n, unit := r.measure(e)
	days := n
	switch unit {
	case "":
		return limit, ""
	case "uur":
		limit.Hours, days = n, n/24
	case "kalenderdag", "kalenderdagen":
		limit.Days = n
	case "week", "weken":
		limit.Days, days = 7*n, 7*n
	case "maand", "maanden":
		limit.Months, days = n, 30*n
	case "jaar":
		limit.Months, days = 12*n, 365*n
	default:
		r.fault(e.line, "%s for a number of %q: use uur, kalenderdagen, weken, maanden or jaar", cant, unit)
		return limit, ""
	}
	if days > mostDays {
		r.fault(e.line, "%d %s is longer than a hundred years: write a shorter period", n, unit)
		return calendar.StorageLimit{}, ""
	}
	return limit, r.d.scalar(e)
}

const cantKeep = "footage can't be kept"

// retention reads the general term, or a table of terms by key.
func (r *termReader) retention(e entry) {
	if e.value.Kind != yaml.MappingNode {
		limit, text := r.storage(e, cantKeep)
		r.keepRetention(e, Retention{Limit: limit, From: Recorded, Text: text, Article: r.article})
		return
	}
	r.each("bewaartermijn", e, []string{"hoogstens", "minstens", "vanaf", "ruimte", "locatie", "motief"}, func(f fields) {
		row := Retention{Key: f.key, From: cmp.Or(f.option("vanaf", Recorded, Rejected), Recorded), Rooms: f.from("ruimte", RoomKinds()),
			Sites: f.list("locatie"), Motive: f.text("motief"), Article: r.article}
		for _, kind := range row.Sites {
			if !siteKind.MatchString(kind) {
				r.fault(f.has["locatie"].line, "%q can't be a kind of locatie: use a word like woongebouw", kind)
			}
		}
		if f.need("hoogstens", "how long at most, like 48 uur") == "" {
			return
		}
		row.Limit, row.Text = r.storage(f.has["hoogstens"], cantKeep)
		if least, ok := f.has["minstens"]; ok {
			row.Least, _ = r.storage(least, cantKeep)
			if exceeds(row.Least, row.Limit) {
				r.fault(least.line, "bewaartermijn %q is at least longer than at most: make minstens shorter, or hoogstens longer", f.key)
			}
		}
		r.keepRetention(f.entry, row)
	})
}

// keepRetention adds a row, unless there is one for the same places.
func (r *termReader) keepRetention(e entry, row Retention) {
	if row.Text == "" {
		return // it is told already
	}
	for _, o := range r.terms.Retentions {
		if o.From == row.From && same(o.Rooms, row.Rooms) && same(o.Sites, row.Sites) {
			r.fault(e.line, "article %s has a bewaartermijn already: keep one for the same places", o.Article)
			return
		}
	}
	r.terms.Retentions = append(r.terms.Retentions, row)
	if row.general() {
		r.terms.Retention = row
	}
}

// same reports whether two lists have the same in them.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// exceeds reports whether there is a day on which a is longer than b: months
// aren't of one length.
func exceeds(a, b calendar.StorageLimit) bool {
	for day := range 366 {
		start := time.Date(2027, 3, 1+day, 12, 0, 0, 0, time.UTC)
		if a.End(start).After(b.End(start)) {
			return true
		}
	}
	return false
}

func (r *termReader) deadlines(list entry) {
	units := map[string]calendar.Unit{"werkdag": calendar.WorkingDays, "kalenderdag": calendar.Days, "week": calendar.Weeks, "maand": calendar.Months}
	for _, unit := range []calendar.Unit{calendar.WorkingDays, calendar.Days, calendar.Weeks, calendar.Months, calendar.Hours} {
		units[string(unit)] = unit
	}
	r.each("termijn", list, []string{"duur", "telling", "wat", "voor"}, func(f fields) {
		term := DeadlineTerm{Key: f.key, Of: f.need("wat", "what must be done, in words"), Text: f.need("duur", "how long, like 2 weken"),
			Citizen: f.option("voor", "ons", "burger") == "burger", Article: r.article}
		counting := f.option("telling", string(calendar.Exact), string(calendar.Rolling), string(calendar.Statutory), string(calendar.European))
		f.need("telling", "what it does on a free day, like op de eerstvolgende werkdag")
		if term.Text != "" {
			n, unit := r.measure(f.has["duur"])
			if _, ok := units[unit]; !ok && unit != "" {
				r.fault(f.has["duur"].line, "a deadline can't be counted in %q: use werkdagen, kalenderdagen, weken, maanden or uur", unit)
			}
			term.Deadline = calendar.Deadline{N: n, Unit: units[unit], Counting: calendar.Counting(counting), Rule: r.article}
		}
		r.terms.Deadlines = append(r.terms.Deadlines, term)
	})
}

func (r *termReader) windows(list entry) {
	days := []string{"zo", "ma", "di", "wo", "do", "vr", "za"} // by time.Weekday
	r.each("venster", list, []string{"dagen", "van", "tot", "feestdagen"}, func(f fields) {
		w := WindowTerm{Key: f.key, From: f.minutes("van"), To: f.minutes("tot"), Article: r.article,
			Holidays: f.option("feestdagen", "ja", "nee") == "ja"}
		if _, ok := f.has["dagen"]; !ok {
			r.fault(f.line, "venster %q needs dagen: on which days, like [ma, di]", f.key)
		}
		for _, day := range f.from("dagen", days) {
			w.Days[slices.Index(days, day)] = true
		}
		if w.From >= 0 && w.To >= 0 && w.To <= w.From {
			r.fault(f.line, "venster %q ends before it begins: write a night as two, one until 24:00 and one from 00:00", f.key)
		}
		r.terms.Windows = append(r.terms.Windows, w)
	})
}

// minutes returns a time of day in minutes since midnight, or -1.
func (f fields) minutes(key string) int {
	text := f.need(key, "a time of day, like \"08:00\"")
	if text == "" {
		return -1
	}
	m := clock.FindStringSubmatch(text)
	if m == nil || m[1] == "24" && m[2] != "00" {
		f.fault(f.has[key].line, "%s can't be %q: write a time of day like \"08:00\"", key, text)
		return -1
	}
	hours, _ := strconv.Atoi(m[1]) // two digits
	minutes, _ := strconv.Atoi(m[2])
	return 60*hours + minutes
}

func (r *termReader) validity(e entry) {
	if !r.once(e) {
		return
	}
	f := r.fields("term", e, "vanaf", "tot", "evaluatie")
	v := Validity{From: f.date("vanaf"), Until: f.date("tot"), Review: f.date("evaluatie"), Article: r.article}
	if v.From != 0 && v.Until != 0 && v.Until < v.From {
		r.fault(f.has["tot"].line, "it ends on %s, before it begins on %s: change one of them", v.Until, v.From)
	}
	if v.Until != 0 && v.Review > v.Until {
		r.fault(f.has["evaluatie"].line, "evaluatie on %s is after the end on %s: change one of them", v.Review, v.Until)
	}
	r.terms.Validity = v
}

// date returns a field that may be absent.
func (f fields) date(key string) calendar.Date {
	text := f.text(key)
	if text == "" {
		return 0
	}
	date, err := calendar.ParseDate(text)
	if err != nil {
		f.fault(f.has[key].line, "%s: %v", key, err)
	}
	return date
}
