package regulation

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// A Mutant is a document with one thing in it changed, that still can be
// read. If no scenario notices the change, the document says something that
// nobody has shown to hold.
type Mutant struct {
	What     string // "policy 4.3 is gone"
	Line     int
	Article  string // the one that was changed
	Document []byte // as many lines as the original
}

// Mutants returns every mutant of a document: docs/formats/regulation.md says
// which there are. A change after which the document can't be read isn't one:
// the reader notices it.
func Mutants(file string, doc []byte) ([]Mutant, error) {
	v, err := compiledIn()
	if err != nil {
		return nil, err
	}
	r, err := ParseWith(v, file, doc)
	if err != nil {
		return nil, err
	}
	m := &mutator{words: v, text: strings.ReplaceAll(strings.TrimPrefix(string(doc), "\ufeff"), "\r\n", "\n")}
	for _, s := range r.Sections {
		n := 0
		for _, f := range s.Fences {
			m.article, m.fence, m.at = s.Number, f, m.offset(f.Line+1)
			switch f.Language {
			case "cedar":
				n = m.policies(n)
			case "yaml":
				m.terms()
			}
		}
	}
	return m.out, nil
}

// A mutator goes through a document, fence by fence.
type mutator struct {
	words   *Vocabulary
	text    string
	article string
	fence   Fence
	at      int // where the fence's text begins in text
	out     []Mutant
}

// offset is where a line begins.
func (m *mutator) offset(line int) int {
	at := 0
	for ; line > 1; line-- {
		at += strings.IndexByte(m.text[at:], '\n') + 1
	}
	return at
}

// add makes a mutant in which the stretch of text is replaced, if it can be
// read.
func (m *mutator) add(from, to int, by, what string, args ...any) {
	m.addAt(1+strings.Count(m.text[:from], "\n"), from, to, by, what, args...)
}

func (m *mutator) addAt(line, from, to int, by, what string, args ...any) {
	doc := []byte(m.text[:from] + by + m.text[to:])
	if _, err := ParseWith(m.words, "", doc); err == nil {
		m.out = append(m.out, Mutant{What: fmt.Sprintf(what, args...), Line: line, Article: m.article, Document: doc})
	}
}

// drop leaves a stretch of the fence out; a fence in which nothing is left
// goes too.
func (m *mutator) drop(last bool, from, to int, what string, args ...any) {
	if last {
		from, to = m.offset(m.fence.Line), m.at+len(m.fence.Text)+len("\n```")
	}
	m.add(from, to, lines(m.text[from:to]), what, args...)
}

// lines are as many empty lines as a text has.
func lines(text string) string { return strings.Repeat("\n", strings.Count(text, "\n")) }

var roleInPolicy = regexp.MustCompile(`Rol::"[a-z0-9_]+"`)

// policies mutates the policies of a fence, of which n stood under this
// article before it, and returns how many do now.
func (m *mutator) policies(n int) int {
	d := &document{}
	list := d.cedar(m.fence)
	for i, p := range list {
		n++
		id := policyID(m.article, n)
		from, to := m.at+p.Position().Offset, m.at+len(m.fence.Text)
		if i+1 < len(list) {
			to = m.at + list[i+1].Position().Offset
		}
		m.drop(len(list) == 1, from, to, "policy %s is gone", id)
		m.policy(id, from, tokens(m.text[from:to]))
	}
	return n
}

// policy mutates what is in a policy.
func (m *mutator) policy(id cedar.PolicyID, from int, all []token) {
	for i, t := range all {
		switch {
		case t.conditionStart(all, i):
			m.condition(id, from, all[i:])
		case t.kind == quoted && i > 1 && all[i-1].text == "::":
			if role := t.unquoted(); all[i-2].text == Role && role != systemRole {
				m.add(from+t.at, from+t.end(), strconv.Quote(systemRole), "policy %s without role %s", id, role)
			}
		case t.kind == quoted && t.text != `""` && !annotated(all, i):
			m.add(from+t.at, from+t.end(), strconv.Quote(t.unquoted()+"_weg"), "policy %s without %s", id, t.text)
		case t.kind == numeral && compared(all, i):
			m.number(id, from, all, i)
		}
	}
	for _, o := range operands(all) {
		stretch := m.text[from+o.from : from+o.to]
		if o.neutral == "false" && roleInPolicy.MatchString(stretch) {
			continue // without its role, it is that already
		}
		m.add(from+o.from, from+o.to, o.neutral+lines(stretch), "policy %s without %s", id, shorten(stretch))
	}
}

// shorten is a text on one line, and not too much of it.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}

// condition leaves out a condition, which begins with the first of the tokens.
func (m *mutator) condition(id cedar.PolicyID, from int, rest []token) {
	depth := 0
	for _, t := range rest[1:] {
		switch t.text {
		case "{":
			depth++
		case "}":
			if depth--; depth == 0 {
				begin, end := from+rest[0].at, from+t.end()
				// A forbid without any condition would be at odds with what it forbids.
				m.add(begin, end, "when { true }"+lines(m.text[begin:end]), "policy %s without its %s", id, rest[0].text)
				return
			}
		}
	}
}

// number makes a number that is compared one less and one more.
func (m *mutator) number(id cedar.PolicyID, from int, all []token, i int) {
	what, least := "policy %s: %d instead of %d", 0
	if i > 1 && all[i-2].text == "aanwezigen" {
		what, least = "policy %s: %d present instead of %d", 1
	}
	n, err := strconv.Atoi(all[i].text)
	if err != nil {
		return // longer than an int: nobody compares with that
	}
	for _, other := range []int{n - 1, n + 1} {
		if other >= least {
			m.add(from+all[i].at, from+all[i].end(), strconv.Itoa(other), what, id, other, n)
		}
	}
}
