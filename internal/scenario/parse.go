package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
)

// waits is the tag of a scenario that can't be played yet.
const waits = "@wacht"

const (
	maxSteps  = 40 // of a scenario: a longer one shows more than one thing
	maxFaults = 20
)

// The kinds of sentence. The word that begins a line says which it is; "En"
// and "Maar" are the same as the one before.
const (
	given   = "Gegeven"
	act     = "Als"
	outcome = "Dan"
)

// Parse reads the scenarios of a regulation. Errors cite file and line, one
// line for each fault.
func Parse(law *regulation.Regulation) ([]*Scenario, error) {
	b := &book{law: law}
	err := b.settle(nil)
	return b.scenarios, err
}

// parse reads the scenarios of law, which may cite what whole says besides.
func parse(law, whole *regulation.Regulation) ([]*Scenario, error) {
	known, err := Clauses()
	if err != nil {
		return nil, err
	}
	p := &parser{law: whole, file: law.File, known: known}
	for _, s := range law.Sections {
		for _, f := range s.Fences {
			if f.Language == "gherkin" {
				p.fence(s.Number, f)
			}
		}
	}
	return p.out, errors.Join(p.faults...)
}

// A parser reads fence after fence.
type parser struct {
	law    *regulation.Regulation // with what stands above it
	file   string
	known  []ClauseRow
	out    []*Scenario
	faults []error

	tags []string  // before the next scenario
	now  *Scenario // whose steps come; nil before the first of a fence
	kind string    // of the last sentence
}

func (p *parser) fault(line int, format string, args ...any) {
	if len(p.faults) < maxFaults {
		p.faults = append(p.faults, fmt.Errorf("%s:%d: %s", p.file, line, fmt.Sprintf(format, args...)))
	}
}

func (p *parser) fence(article string, f regulation.Fence) {
	p.now, p.tags, p.kind = nil, nil, ""
	begun := len(p.out)
	for i, line := range strings.Split(f.Text, "\n") {
		p.line(article, f.Line+1+i, strings.TrimSpace(line))
	}
	p.end()
	if len(p.out) == begun {
		p.fault(f.Line, "there is no scenario in this fence: write one, or remove the fence")
	}
	if len(p.tags) > 0 {
		p.fault(f.Line, "no scenario follows the tags %s: put them right above one", strings.Join(p.tags, " "))
	}
}

func (p *parser) line(article string, n int, line string) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case line == "", strings.HasPrefix(line, "#"):
	case strings.HasPrefix(line, "@"):
		p.tags = append(p.tags, strings.Fields(line)...)
	case word == "Scenario:":
		p.begin(article, n, rest)
	case p.now == nil:
		p.fault(n, "this stands before the first scenario: begin with a line like \"Scenario: Terugkijken doe je met twee\"")
	case slices.Contains([]string{given, act, outcome, "En", "Maar"}, word):
		p.step(n, word, rest)
	default:
		p.fault(n, "%q begins no line of a scenario: use Gegeven, Als, Dan, En or Maar", word)
	}
}

// begin begins a scenario.
func (p *parser) begin(article string, n int, name string) {
	p.end()
	s := &Scenario{Name: name, File: p.file, Line: n, Article: article}
	if name == "" {
		p.fault(n, "this scenario has no name: say in a few words what it shows")
	}
	for _, o := range p.out {
		if o.Name == name {
			p.fault(n, "there is a scenario with this name already, in line %d: give one of them another", o.Line)
		}
	}
	for _, tag := range p.tags {
		p.tag(s, n, tag)
	}
	if s.Waits && !p.mayWait(s) {
		p.fault(n, "%s is for clauses that need casework, the last column of %s: remove it, or tag one of those", waits, clausesFile)
	}
	p.out, p.now, p.tags, p.kind = append(p.out, s), s, nil, ""
}

func (p *parser) tag(s *Scenario, n int, tag string) {
	if tag == waits {
		s.Waits = true
		return
	}
	c, ok := clauseOf(tag)
	switch {
	case !ok:
		p.fault(n, "unknown tag %s: use %s, or a clause of clausules.csv, its source and number with a - between", tag, waits)
	case !slices.ContainsFunc(p.known, func(r ClauseRow) bool { return r.Clause == c }):
		p.fault(n, "there is no clause %s: the clauses are in clausules.csv", c)
	case slices.Contains(s.Clauses, c):
		p.fault(n, "the tag %s is there twice: remove one", tag)
	default:
		s.Clauses = append(s.Clauses, c)
	}
}

// mayWait reports whether all clauses of s wait for casework.
func (p *parser) mayWait(s *Scenario) bool {
	for _, c := range s.Clauses {
		if !slices.ContainsFunc(p.known, func(r ClauseRow) bool { return r.Clause == c && r.Case != "" }) {
			return false
		}
	}
	return len(s.Clauses) > 0
}

// end sees to it that the scenario that ends shows something.
func (p *parser) end() {
	if p.now == nil {
		return
	}
	if p.kind != outcome {
		p.fault(p.now.Line, "this scenario doesn't end with what must come of it: add a line like \"Dan mag het niet\"")
	}
	if len(p.now.Steps) > maxSteps {
		p.fault(p.now.Line, "this scenario has %d sentences, more than %d: make two of it", len(p.now.Steps), maxSteps)
	}
}

func (p *parser) step(n int, word, text string) {
	if word == "En" || word == "Maar" {
		if p.kind == "" {
			p.fault(n, "%q can't begin a scenario: begin with Gegeven or Als", word)
			return
		}
	} else {
		p.kind = word
	}
	s := Step{Keyword: word, Text: text, Line: n}
	if !p.now.Waits {
		var why string
		if s.phrase, s.args, why = understand(p.law, p.kind, text); why != "" {
			p.fault(n, "%s", why)
			return
		}
	}
	p.now.Steps = append(p.now.Steps, s)
}
