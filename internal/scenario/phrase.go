package scenario

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"oogmerk/internal/regulation"
)

// A phrase is one sentence a scenario may use.
type phrase struct {
	kind    string // given, act or outcome
	text    string // with {persoon} where a name goes
	example string
	do      func(*world, []string) error
	before  bool // it is about how the world begins

	form  *regexp.Regexp
	holes []string // the names of what is filled in, in order
	fixed int      // letters that aren't filled in
	words []string // of text; "" where something is filled in
}

var hole = regexp.MustCompile(`\{([a-z]+)\}`)

// What is filled in is a name, a word of the document in quotes, or a number.
const (
	aName  = `(\p{Lu}\pL{0,30})`
	quoted = `"([^"]{1,200})"`
	aTitle = `([\pL\pN_' -]{1,60})`
	aTime  = `([0-9]{1,2}:[0-9]{2})`
	period = `([0-9]{1,4} (?:seconden|minuut|minuten|uur|dag|dagen|week|weken|maand|maanden|jaar))`
	aDate  = `([0-9]{4}-[0-9]{2}-[0-9]{2})`
)

// forms are how what is filled in looks; what isn't here is quoted.
var forms = map[string]string{
	"persoon":   aName,
	"ander":     aName,
	"derde":     aName,
	"rol":       aTitle,
	"rolb":      aTitle,
	"raad":      `(?:de |het )?` + aTitle,
	"duur":      period,
	"na":        period,
	"aantal":    `([0-9]{1,6})`,
	"tijd":      aTime,
	"tot":       aTime,
	"datum":     aDate,
	"dag":       aDate,
	"artikel":   `([0-9a-z.]+(?:(?:, | en )[0-9a-z.]+)*)`,
	"handeling": `([a-z ]{1,30})`,
	"uitkomst":  `(toegestaan|geweigerd|gedaan|mislukt|beëindigd)`,
	"ding":      `(camera "[^"]{1,60}"|locatie "[^"]{1,60}"|de organisatie|\p{Lu}\pL{0,30})`,
}

// phrases is the phrasebook. What two phrases could mean is meant by the one
// with more words of its own, which comes first.
var phrases = sync.OnceValue(func() []*phrase {
	var all []*phrase
	for kind, part := range map[string][]phrase{given: givens(), act: acts(), outcome: outcomes()} {
		for _, p := range part {
			p.kind = kind
			p.compile()
			all = append(all, &p)
		}
	}
	slices.SortFunc(all, func(a, b *phrase) int {
		return cmp.Or(b.fixed-a.fixed, strings.Compare(a.kind+a.text, b.kind+b.text))
	})
	return all
})

// Sentence is a sentence a scenario may use, for who writes the page about it.
type Sentence struct{ Kind, Text, Example string }

// Sentences returns all sentences there are, as the page about them lists
// them.
func Sentences() []Sentence {
	var out []Sentence
	for _, p := range givens() {
		out = append(out, Sentence{given, p.text, p.example})
	}
	for _, p := range acts() {
		out = append(out, Sentence{act, p.text, p.example})
	}
	for _, p := range outcomes() {
		out = append(out, Sentence{outcome, p.text, p.example})
	}
	return out
}

func (p *phrase) compile() {
	at, form := 0, "^"
	for _, g := range hole.FindAllStringSubmatchIndex(p.text, -1) {
		name := p.text[g[2]:g[3]]
		p.holes = append(p.holes, name)
		form += regexp.QuoteMeta(p.text[at:g[0]]) + cmp.Or(forms[name], quoted)
		at = g[1]
	}
	for _, word := range strings.Fields(p.text) {
		if hole.MatchString(word) {
			word = ""
		}
		p.words = append(p.words, word)
	}
	p.fixed = len(hole.ReplaceAllString(p.text, ""))
	p.form = regexp.MustCompile(form + regexp.QuoteMeta(p.text[at:]) + "$")
}

// understand finds the phrase of a sentence and what is filled in, or says
// why there is none.
func understand(law *regulation.Regulation, kind, text string) (found *phrase, args []string, why string) {
	for _, p := range phrases() {
		if p.kind != kind {
			continue
		}
		if m := p.form.FindStringSubmatch(text); m != nil {
			return p, m[1:], p.check(law, m[1:])
		}
	}
	near, other := nearest(kind, text)
	if other {
		return nil, nil, fmt.Sprintf("after %s no sentence like %q is known; after %s there is: %s", kind, text, near.kind, near.text)
	}
	return nil, nil, fmt.Sprintf("unknown sentence %q; the nearest one is: %s %s", text, near.kind, near.text)
}

// refuses reports whether p says that something may not be, or can't.
func (p *phrase) refuses() bool {
	return strings.HasPrefix(p.text, "mag het niet") || strings.HasPrefix(p.text, "kan het niet") || strings.Contains(p.text, "niet mogen")
}

// check sees to it that roles, articles and acts in a sentence are there.
func (p *phrase) check(law *regulation.Regulation, args []string) string {
	for i, name := range p.holes {
		switch name {
		case "rol", "rolb":
			if _, ok := roleNamed(law, args[i]); !ok {
				return fmt.Sprintf("this regulation has no role %q: known are %s", args[i], strings.Join(titles(law), ", "))
			}
		case "artikel":
			for _, number := range numbers(args[i]) {
				if _, ok := law.Article(number); !ok {
					return fmt.Sprintf("there is no article %s in this regulation", number)
				}
			}
		case "handeling":
			if !slices.Contains(deeds(), args[i]) {
				return fmt.Sprintf("%q is nothing that the logbook knows: use %s", args[i], strings.Join(deeds(), ", "))
			}
		}
	}
	return ""
}

// deeds are what the logbook may have a line about.
func deeds() []string {
	out := []string{"aanmelden", "afmelden", "erbij komen"}
	for _, a := range []regulation.Act{regulation.Record, regulation.Watch, regulation.PlayBack, regulation.Hold, regulation.Erase,
		regulation.Report, regulation.Settle, regulation.Appoint, regulation.Place, regulation.Adopt, regulation.Consult, regulation.Reject,
		regulation.Release, regulation.Process, regulation.Still, regulation.Steer, regulation.Decide, regulation.Grant, regulation.Absent,
		regulation.Roster, regulation.Receive, regulation.File, regulation.Deviate} {
		if !slices.Contains(out, string(a)) {
			out = append(out, string(a))
		}
	}
	return out
}

// roleNamed finds a role by its key or by what people call it.
func roleNamed(law *regulation.Regulation, name string) (regulation.RoleTerm, bool) {
	for _, r := range law.Terms.Roles {
		if r.Key == name || strings.EqualFold(r.Title, name) {
			return r, true
		}
	}
	return regulation.RoleTerm{}, false
}

func titles(law *regulation.Regulation) []string {
	var out []string
	for _, r := range law.Terms.Roles {
		out = append(out, strings.ToLower(r.Title))
	}
	return out
}

// numbers takes "2.2, 3.1 en 4.3" apart, in order.
func numbers(list string) []string {
	out := strings.Split(strings.ReplaceAll(list, " en ", ", "), ", ")
	slices.Sort(out)
	return out
}

// nearest is the phrase most like a sentence. Of phrases that are as near it
// is one of the same kind.
func nearest(kind, text string) (near *phrase, other bool) {
	if len(text) > 300 {
		text = text[:300]
	}
	best, words := 1<<30, strings.Fields(text)
	for _, p := range phrases() {
		d := 3 * distance(words, p.words)
		if p.kind != kind {
			d++
		}
		if d < best {
			near, best = p, d
		}
	}
	return near, near.kind != kind && best == 1
}

// distance is how many words must be put in, left out or changed to make a
// of b. What is filled in fits any word.
func distance(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] || b[j] == "" {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
