package regulation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"oogmerk/internal/calendar"
)

// A spot is a place in the tree of a fence's terms: the value of a key, or one
// of a list.
type spot struct {
	up    *spot
	among *yaml.Node // the mapping or list it is in
	i     int        // of the value in among
	name  string     // "purpose veiligheid", "vensters.open.van"
}

func (s *spot) value() *yaml.Node { return s.among.Content[s.i] }

// fields are what stands under s, by key.
func (s *spot) fields() []*spot {
	var out []*spot
	if v := s.value(); v.Kind == yaml.MappingNode {
		for i := 1; i < len(v.Content); i += 2 {
			out = append(out, &spot{s, v, i, s.name + " " + v.Content[i-1].Value})
		}
	}
	return out
}

// items are what stands under s, a list.
func (s *spot) items() []*spot {
	var out []*spot
	if v := s.value(); v.Kind == yaml.SequenceNode {
		for i := range v.Content {
			out = append(out, &spot{s, v, i, s.name + " " + v.Content[i].Value})
		}
	}
	return out
}

func (s *spot) key() string { return s.among.Content[s.i-1].Value }

// A treeMutator mutates the terms of one fence.
type treeMutator struct {
	*mutator
	root *yaml.Node
}

// terms mutates the terms that have force.
func (m *mutator) terms() {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(m.fence.Text), &doc) != nil || len(doc.Content) != 1 {
		return // it could be read a moment ago
	}
	t := treeMutator{m, doc.Content[0]}
	for i := 1; i < len(t.root.Content); i += 2 {
		s := &spot{nil, t.root, i, t.root.Content[i-1].Value}
		t.term(s)
	}
}

// term mutates one term. What isn't here has no force: nothing the program
// does depends on it.
func (t treeMutator) term(s *spot) {
	switch s.key() {
	case "bewaartermijn":
		t.retention(s)
	case "doelen":
		t.each(s, t.purpose)
	case "rollen":
		t.each(s, func(role *spot) { t.gone(role); t.swap(role, "bereik", "locatie", "organisatie") })
	case "stukken":
		t.each(s, t.file)
	case "raden", "incidentsoorten":
		t.each(s, t.gone)
	case "termijnen":
		t.each(s, t.deadline)
	case "vensters":
		t.each(s, t.window)
	case "keuzes":
		t.each(s, t.choice)
	case "plaatsen":
		t.each(s, func(kind *spot) { t.oneLess(kind) })
	case "verboden_functies":
		t.oneLess(s)
	case "opname":
		t.recording(s)
	case "geldig":
		t.field(s, "vanaf", t.day)
		t.field(s, "tot", t.day)
	}
}

func (t treeMutator) each(s *spot, do func(*spot)) {
	for _, f := range s.fields() {
		do(f)
	}
}

// field does something with a field of s, if it is there.
func (t treeMutator) field(s *spot, key string, do func(*spot)) {
	for _, f := range s.fields() {
		if f.key() == key {
			do(f)
		}
	}
}

// add makes a mutant of the tree as it is now.
func (t treeMutator) add(at *yaml.Node, what string, args ...any) {
	begin, end := t.at, t.at+len(t.fence.Text)
	text := []byte("")
	if len(t.root.Content) > 0 {
		var err error
		if text, err = yaml.Dump(t.root, yaml.WithV3Defaults(), yaml.WithIndent(2), yaml.WithLineWidth(-1)); err != nil {
			return // what could be read can be written
		}
	} else {
		begin, end = t.offset(t.fence.Line), end+len("\n```")
	}
	now := strings.TrimRight(string(text), "\n")
	missing := strings.Count(t.text[begin:end], "\n") - strings.Count(now, "\n")
	t.addAt(t.fence.line(at.Line), begin, end, now+strings.Repeat("\n", max(missing, 0)), what, args...)
}

// set makes a mutant with another value at s.
func (t treeMutator) set(s *spot, value string, what string, args ...any) {
	v := s.value()
	old := v.Value
	v.Value = value
	t.add(v, what, args...)
	v.Value = old
}

// gone makes a mutant without s. A list in which nothing is left goes too.
func (t treeMutator) gone(s *spot) { t.goneAs(s, s.name+" is gone") }

func (t treeMutator) goneAs(s *spot, what string) {
	width := 1
	if s.among.Kind == yaml.MappingNode {
		width = 2
	}
	if len(s.among.Content) == width && s.up != nil {
		t.goneAs(s.up, what)
		return
	}
	old, at := s.among.Content, s.value()
	s.among.Content = slices.Delete(slices.Clone(old), s.i-width+1, s.i+1)
	t.add(at, "%s", what)
	s.among.Content = old
}

// oneLess makes a mutant without each one of a list.
func (t treeMutator) oneLess(s *spot) {
	for _, item := range s.items() {
		t.gone(item)
	}
}

// shift makes the number at s one less and one more.
func (t treeMutator) shift(s *spot) {
	text, unit, _ := strings.Cut(s.value().Value, " ")
	n, err := strconv.Atoi(text)
	if err != nil {
		return
	}
	for _, other := range []int{n - 1, n + 1} {
		if other > 0 {
			t.set(s, strings.TrimSpace(strconv.Itoa(other)+" "+unit), "%s %d instead of %d", s.name, other, n)
		}
	}
}

// other gives s every other value of those it may have.
func (t treeMutator) other(s *spot, values ...string) {
	was := s.value().Value
	for _, value := range values {
		if value != was {
			t.set(s, value, "%s %s instead of %s", s.name, value, was)
		}
	}
}

func (t treeMutator) swap(s *spot, key string, values ...string) {
	t.field(s, key, func(f *spot) { t.other(f, values...) })
}

func (t treeMutator) retention(s *spot) {
	if s.value().Kind == yaml.ScalarNode {
		t.shift(s)
		return
	}
	t.each(s, func(row *spot) {
		t.gone(row)
		t.field(row, "hoogstens", t.shift)
		t.field(row, "minstens", func(f *spot) { t.shift(f); t.gone(f) })
		t.field(row, "ruimte", t.gone)
		t.field(row, "locatie", t.gone)
		t.swap(row, "vanaf", Recorded, Rejected)
	})
}

func (t treeMutator) purpose(p *spot) {
	name := p.among.Content[p.i-1]
	old := name.Value
	name.Value = old + "_weg"
	t.add(name, "purpose %s is off the list", old)
	name.Value = old
	t.field(p, "incident", func(f *spot) { t.goneAs(f, "the purpose needs no incident") })
}

func (t treeMutator) file(s *spot) {
	t.gone(s)
	t.field(s, "velden", t.oneLess)
	t.field(s, "geldig", func(f *spot) { t.shift(f); t.gone(f) })
	t.field(s, "vervalt", t.gone)
}

// deadline gives a deadline another length, and another way to count: the one
// that rolls if it didn't, and that doesn't if it did. Working days never end
// on a free day, however they are counted, and hours roll for nobody.
func (t treeMutator) deadline(s *spot) {
	t.gone(s)
	alike := false
	t.field(s, "duur", func(f *spot) {
		_, unit, _ := strings.Cut(f.value().Value, " ")
		alike = slices.Contains([]string{"werkdag", "werkdagen", "uur"}, unit)
		t.shift(f)
	})
	if alike {
		return
	}
	t.field(s, "telling", func(f *spot) {
		if f.value().Value == string(calendar.Exact) {
			t.other(f, string(calendar.Rolling))
			return
		}
		t.other(f, string(calendar.Exact))
	})
}

func (t treeMutator) window(s *spot) {
	t.gone(s)
	t.field(s, "dagen", t.oneLess)
	t.field(s, "van", t.hour)
	t.field(s, "tot", t.hour)
	t.swap(s, "feestdagen", "ja", "nee")
}

// hour makes a time of day an hour earlier and later.
func (t treeMutator) hour(s *spot) {
	was := s.value().Value
	hour, err := strconv.Atoi(was[:2]) // it could be read: it has five characters
	if err != nil {
		return
	}
	for _, other := range []int{hour - 1, hour + 1} {
		value := fmt.Sprintf("%02d%s", other, was[2:])
		if other >= 0 && clock.MatchString(value) {
			t.set(s, value, "%s %s instead of %s", s.name, value, was)
		}
	}
}

// choice makes the second answer the one that holds if nothing is chosen.
func (t treeMutator) choice(s *spot) {
	t.field(s, "antwoorden", func(answers *spot) {
		c := answers.value().Content
		if len(c) < 4 {
			return
		}
		c[0], c[1], c[2], c[3] = c[2], c[3], c[0], c[1]
		t.add(c[0], "%s is %s by default instead of %s", s.name, c[0].Value, c[2].Value)
		c[0], c[1], c[2], c[3] = c[2], c[3], c[0], c[1]
	})
}

// recording gives another mode, which takes what is around motion along, and
// other times around it: a second more wouldn't be seen between two pictures
// that stand on their own, so none and twice as much.
func (t treeMutator) recording(s *spot) {
	v := s.value()
	t.field(s, "wijze", func(f *spot) {
		for _, mode := range []string{Continuous, OnMotion, LiveOnly} {
			if was := f.value().Value; mode != was {
				old := v.Content
				v.Content = []*yaml.Node{old[f.i-1], {Kind: yaml.ScalarNode, Value: mode, Line: old[f.i].Line}}
				t.add(old[f.i], "%s %s instead of %s", f.name, mode, was)
				v.Content = old
			}
		}
	})
	for _, key := range []string{"voor", "na"} {
		t.field(s, key, func(f *spot) {
			n, _ := strconv.Atoi(f.value().Value) // it could be read
			for _, other := range []int{0, 2 * n} {
				if other != n {
					t.set(f, strconv.Itoa(other), "%s %d instead of %d", f.name, other, n)
				}
			}
		})
	}
}

// day makes a date a day earlier and later.
func (t treeMutator) day(s *spot) {
	date, err := calendar.ParseDate(s.value().Value)
	if err != nil {
		return
	}
	for _, other := range []calendar.Date{date - 1, date + 1} {
		t.set(s, other.String(), "%s %s instead of %s", s.name, other, date)
	}
}
