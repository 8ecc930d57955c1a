package regulation

import (
	"regexp"
	"slices"
	"strings"
)

var (
	headingLine   = regexp.MustCompile(`^(#{1,6})[ \t]+(.*?)[ \t]*#*$`)
	articleWord   = regexp.MustCompile(`^(Artikel|Wet|Toelichting|Stap|Lid|Onderdeel|Inleiding)\b[ \t]*([^ \t]*)(.*)$`)
	articleNumber = regexp.MustCompile(`^[0-9]{1,3}[a-z]?(\.[0-9]{1,3}[a-z]?)*$`)
	paragraph     = regexp.MustCompile(`^[0-9]{1,3}[a-z]?$`)
	item          = regexp.MustCompile(`^([a-z]{1,2}|[0-9]{1,3})$`)
)

// numberForm is how the number after a word looks, and an example.
func numberForm(word string) (*regexp.Regexp, string) {
	switch word {
	case "Artikel", "Wet", "Toelichting", "Stap":
		return articleNumber, "## " + word + " 4"
	case "Lid":
		return paragraph, "### Lid 3"
	}
	return item, "#### Onderdeel d"
}

// heading reads a heading and begins its section.
func (d *document) heading(n int, line string) {
	m := headingLine.FindStringSubmatch(line)
	if m == nil {
		d.fault(n, "this isn't a heading: put a space after #, and at most six #")
		return
	}
	s := Section{Level: len(m[1]), Heading: m[2], title: m[2], Line: n}
	switch {
	case s.Heading == "":
		d.fault(n, "this heading is empty: say what it is about")
	case s.Level == 1 && d.title != "":
		d.fault(n, "a document has one title: use ## for this heading")
	case s.Level == 1:
		d.title = s.Heading
	case d.title == "" && len(d.sections) == 0:
		d.fault(n, "this stands above the title: begin the document with a line like \"# Reglement cameratoezicht\"")
	default:
		d.number(&s)
	}
	d.above = append(d.under(s.Level), s)
	d.sections = append(d.sections, s)
}

// under returns the headings that a heading of this level stands under.
func (d *document) under(level int) []Section {
	above := slices.Clone(d.above)
	return slices.DeleteFunc(above, func(s Section) bool { return s.Level >= level })
}

// number gives s its article number and title, if its heading is an article's.
func (d *document) number(s *Section) {
	m := articleWord.FindStringSubmatch(s.Heading)
	if m == nil {
		return
	}
	word, own, title := m[1], strings.TrimRight(m[2], ".:"), strings.Trim(m[3], " \t–—-:.")
	if word == "Inleiding" {
		s.Number = "inleiding"
		return
	}
	if !strings.ContainsAny(own, "0123456789") && (word == "Wet" || word == "Toelichting" || word == "Stap") {
		return // a word like any other
	}
	if form, example := numberForm(word); !form.MatchString(own) {
		d.fault(s.Line, "can't make out the number in this heading: write it like %q", example)
		return
	}
	s.Number, s.title = own, title
	switch word {
	case "Wet", "Toelichting", "Stap":
		s.Number = strings.ToLower(word) + "." + own
		return
	case "Artikel":
		return
	}
	parent, ok := d.parent(s.Level)
	if !ok {
		d.fault(s.Line, "%s %s belongs to no article: put it below a heading like \"## Artikel 4\", one # deeper", word, own)
		s.Number = ""
		return
	}
	s.Number = parent.Number + "." + own
	if title == "" {
		s.Title, s.title = parent.title, parent.title
	}
}

// parent is the nearest article that a heading of this level stands under.
func (d *document) parent(level int) (Section, bool) {
	above := d.under(level)
	for _, s := range slices.Backward(above) {
		if s.Number != "" {
			return s, true
		}
	}
	return Section{}, false
}
