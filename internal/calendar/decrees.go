package calendar

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

//go:embed decrees.txt
var shippedDecrees string

// Decrees are the days that a royal decree equates with a public holiday, each
// with its source. They can't be computed: the table says from when until when
// it knows them all.
type Decrees struct {
	from, until Date
	days        map[Date]string
}

const (
	maxDecrees      = 64 << 10 // bytes of a table: some two thousand years
	maxDecreeFaults = 20
)

// ShippedDecrees returns the table that is compiled in.
func ShippedDecrees() (Decrees, error) {
	return ParseDecrees("decrees.txt", shippedDecrees)
}

// ParseDecrees reads a table: one line "geldig FIRST-DATE LAST-DATE", and a line
// "DATE SOURCE" for each day. Lines that begin with # are remarks. Errors cite
// file and line and say how to mend, one line for each fault.
func ParseDecrees(file, text string) (Decrees, error) {
	p := decreeTable{file: file, seen: map[Date]int{}, Decrees: Decrees{days: map[Date]string{}}}
	if len(text) > maxDecrees {
		p.fault(1, "the table has %d bytes, more than %d: this is another file", len(text), maxDecrees)
		return Decrees{}, errors.Join(p.faults...)
	}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		p.line(number, strings.TrimSpace(line))
	}
	p.demandValidity(max(number, 1))
	if len(p.faults) > 0 {
		return Decrees{}, errors.Join(p.faults...)
	}
	return p.Decrees, nil
}

// A decreeTable is a table while it is read.
type decreeTable struct {
	Decrees
	file      string
	valid     bool         // the range is known
	validLine int          // where it stands, or 0
	seen      map[Date]int // the line of each day
	faults    []error
}

func (p *decreeTable) fault(line int, format string, args ...any) {
	if len(p.faults) < maxDecreeFaults {
		p.faults = append(p.faults, fmt.Errorf("%s:%d: "+format, append([]any{p.file, line}, args...)...))
	}
}

func (p *decreeTable) line(number int, line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || line[0] == '#':
	case !utf8.ValidString(line) || strings.ContainsFunc(line, unprintable):
		p.fault(number, "this isn't plain text: save the table as UTF-8, with ordinary spaces and nothing invisible")
	case word == "geldig":
		p.validity(number, strings.Fields(rest))
	default:
		p.day(number, word, strings.TrimSpace(rest))
	}
}

func (p *decreeTable) validity(number int, dates []string) {
	if p.validLine > 0 {
		p.fault(number, "line %d says already from when until when the table is valid: keep one", p.validLine)
		return
	}
	p.validLine = number
	if len(dates) != 2 {
		p.fault(number, "after geldig come two dates: write it like \"geldig 2026-01-01 2028-12-31\"")
		return
	}
	from, errFrom := ParseDate(dates[0])
	until, errUntil := ParseDate(dates[1])
	switch {
	case errFrom != nil:
		p.fault(number, "%v", errFrom)
	case errUntil != nil:
		p.fault(number, "%v", errUntil)
	case until < from:
		p.fault(number, "the table is valid until %s, before it begins on %s: put the first day first", until, from)
	default:
		p.from, p.until, p.valid = from, until, true
	}
}

// day takes one decreed day. A day that is free anyway is a slip of the pen:
// no decree needs to name it.
func (p *decreeTable) day(number int, date, source string) {
	d, err := ParseDate(date)
	switch {
	case err != nil:
		p.fault(number, "%v", err)
	case source == "":
		p.fault(number, "%s has no source: write after it where the decree was published, like \"Stcrt. 2025, 24713\"", d)
	case p.seen[d] > 0:
		p.fault(number, "%s is in line %d already: remove one", d, p.seen[d])
	case either(holiday(d), weekend(d)) != "":
		p.fault(number, "%s is %s, free already: check the date", d, either(holiday(d), weekend(d)))
	default:
		p.seen[d] = number
		p.days[d] = source
	}
}

// demandValidity runs when all lines are known, because the one about validity
// may come last.
func (p *decreeTable) demandValidity(last int) {
	if p.validLine == 0 {
		p.fault(last, "the table doesn't say from when until when it is valid: add a line like \"geldig 2026-01-01 2028-12-31\"")
	}
	for _, d := range slices.Sorted(maps.Keys(p.seen)) {
		if p.valid && (d < p.from || d > p.until) {
			p.fault(p.seen[d], "%s is outside what line %d says the table is valid for: mend one of them", d, p.validLine)
		}
	}
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// weekend returns the Dutch name of d if it is in a weekend.
func weekend(d Date) string {
	switch d.Weekday() {
	case time.Saturday:
		return "zaterdag"
	case time.Sunday:
		return "zondag"
	}
	return ""
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
