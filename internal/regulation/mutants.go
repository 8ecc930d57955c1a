package regulation

import (
	"fmt"
	"regexp"
	"slices"
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

var (
	roleInPolicy    = regexp.MustCompile(`Rol::"([a-z0-9_]+)"`)
	presentInPolicy = regexp.MustCompile(`(aanwezigen\s*[<>=]=?\s*)([0-9]{1,3})\b`)
	retentionLine   = regexp.MustCompile(`(?m)^bewaartermijn:[ \t]*["']?([0-9]{1,5})\b`)
	purposeLine     = regexp.MustCompile(`(?m)^[ \t]+([a-z][a-z0-9_]*):[ \t]*$`)
	conditionStart  = regexp.MustCompile(`\b(when|unless)\s*\{`)
	incidentLine    = regexp.MustCompile(`(?m)^[ \t]+incident:[ \t]*verplicht[ \t]*$`)
)

// Mutants returns every mutant of a document: each policy dropped, each
// condition of one, each role in it, each number of people present one less
// and one more, the retention term a unit shorter and longer, each purpose
// taken off the list, and each that needs an incident without that need.
func Mutants(file string, doc []byte) ([]Mutant, error) {
	r, err := Parse(file, doc)
	if err != nil {
		return nil, err
	}
	m := &mutator{text: strings.ReplaceAll(strings.TrimPrefix(string(doc), "\ufeff"), "\r\n", "\n")}
	for _, s := range r.Sections {
		n := 0
		for _, f := range s.Fences {
			m.article, m.fence, m.at = s.Number, f, m.offset(f.Line+1)
			switch f.Language {
			case "cedar":
				n = m.policies(n)
			case "yaml":
				m.terms(r.Terms)
			}
		}
	}
	return m.out, nil
}

// A mutator goes through a document, fence by fence.
type mutator struct {
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

// add makes a mutant in which the stretch of text is replaced.
func (m *mutator) add(from, to int, by, what string, args ...any) {
	doc := m.text[:from] + by + m.text[to:]
	m.out = append(m.out, Mutant{What: fmt.Sprintf(what, args...), Line: 1 + strings.Count(m.text[:from], "\n"),
		Article: m.article, Document: []byte(doc)})
}

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
		m.drop(len(list), from, to, "policy %s is gone", id)
		m.conditions(from, to, id)
		for _, g := range roleInPolicy.FindAllStringSubmatchIndex(m.text[from:to], -1) {
			role := m.text[from+g[2] : from+g[3]]
			if role != systemRole {
				m.add(from+g[2], from+g[3], systemRole, "policy %s without role %s", id, role)
			}
		}
		for _, g := range presentInPolicy.FindAllStringSubmatchIndex(m.text[from:to], -1) {
			m.shift(from+g[4], from+g[5], "policy "+string(id)+": %d present instead of %d")
		}
	}
	return n
}

// drop leaves a policy out; a fence in which nothing is left goes too.
func (m *mutator) drop(of, from, to int, what string, args ...any) {
	if of == 1 {
		from, to = m.offset(m.fence.Line), m.at+len(m.fence.Text)+len("\n```")
	}
	m.add(from, to, strings.Repeat("\n", strings.Count(m.text[from:to], "\n")), what, args...)
}

// conditions leaves out each condition of a policy.
func (m *mutator) conditions(from, to int, id cedar.PolicyID) {
	text := m.text[from:to]
	for _, g := range conditionStart.FindAllStringSubmatchIndex(text, -1) {
		if end := closing(text, g[1]-1); end > 0 {
			m.add(from+g[0], from+end, strings.Repeat("\n", strings.Count(text[g[0]:end], "\n")),
				"policy %s without its %s", id, text[g[2]:g[3]])
		}
	}
}

// closing is just after the brace that closes the one at open, or 0.
func closing(text string, open int) int {
	depth, quoted := 0, false
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// shift makes a number one less and one more.
func (m *mutator) shift(from, to int, what string) {
	n, _ := strconv.Atoi(m.text[from:to]) // digits only
	for _, other := range []int{n - 1, n + 1} {
		if other > 0 {
			m.add(from, to, strconv.Itoa(other), what, other, n)
		}
	}
}

func (m *mutator) terms(t Terms) {
	text := m.fence.Text
	if g := retentionLine.FindStringSubmatchIndex(text); g != nil {
		m.shift(m.at+g[2], m.at+g[3], "bewaartermijn %d instead of %d")
	}
	if !strings.Contains(text, "doelen:") {
		return
	}
	for _, g := range purposeLine.FindAllStringSubmatchIndex(text, -1) {
		if key := text[g[2]:g[3]]; t.purpose(key) {
			m.add(m.at+g[3], m.at+g[3], "_weg", "purpose %s is off the list", key)
		}
	}
	for _, g := range incidentLine.FindAllStringIndex(text, -1) {
		m.add(m.at+g[0], m.at+g[1], "", "the purpose needs no incident")
	}
}

// purpose reports whether a key is that of a purpose, and not of a role.
func (t Terms) purpose(key string) bool {
	return slices.ContainsFunc(t.Purposes, func(p PurposeTerm) bool { return string(p.Key) == key }) &&
		!slices.ContainsFunc(t.Roles, func(r RoleTerm) bool { return r.Key == key })
}
