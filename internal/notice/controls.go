package notice

import (
	"regexp"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
)

// The themes that measures are told under.
const (
	Use      = "gebruik"
	Viewing  = "bekijken"
	Storage  = "opslag"
	Security = "beveiliging"
)

// A Control is a theme, and what the regulation has for it that doesn't
// depend on somebody remembering it.
type Control struct {
	Theme    string
	Measures []Measure
}

// A Measure is an article with a machine part.
type Measure struct {
	Article regulation.Article
	By      []string // Rule, Term, Evidence
}

// What a machine part can be.
const (
	Rule     = "regel"  // the program refuses
	Term     = "term"   // the program counts by it
	Evidence = "bewijs" // the program keeps what shows it
)

var themes = map[string][]string{
	Use: {"plaatsen", "aanwijzen", "machtigen", "afmelden", "roosteren", "melden", "afhandelen", "besluiten", "vaststellen", "vastleggen",
		"afwijken", "opnemen", "doelen", "rollen", "stukken", "raden", "verboden_functies", "incidentsoorten", "termijnen", "verslagen",
		"begrippen", "beleid", "keuzes", "geldig", "verantwoordelijke"},
	Viewing:  {"uitkijken", "bedienen", "terugkijken", "stilzetten", "bewerken", "afkeuren", "vensters", "beeldkwaliteit", "ontvangen"},
	Storage:  {"wissen", "vasthouden", "bewaartermijn", "opname"},
	Security: {"raadplegen", "uitgeven"},
}

// Controls lists, per theme, the articles that the program sees to.
func Controls(law *regulation.Regulation) []Control {
	var controls []Control
	for _, theme := range []string{Use, Viewing, Storage, Security} {
		c := Control{Theme: theme}
		for _, s := range law.Sections {
			article, ok := law.Article(s.Number)
			if !ok || !slices.Contains(themesOf(s), theme) {
				continue
			}
			c.Measures = append(c.Measures, Measure{article, kinds(s)})
		}
		controls = append(controls, c)
	}
	return controls
}

var (
	actName  = regexp.MustCompile(`Action::"([^"]+)"`)
	roleName = regexp.MustCompile(`Rol::"([^"]+)"`)
	keyName  = regexp.MustCompile(`(?m)^([a-z_]+):`)
	comments = regexp.MustCompile(`(?m)//.*$`)
	texts    = regexp.MustCompile(`@\w+\("(?:[^"\\]|\\.)*"\)`)
)

// themesOf is what a section is about, by the acts and terms in its fences.
// What only keeps evidence, or holds for every act, is about security.
func themesOf(s regulation.Section) []string {
	if len(kinds(s)) == 0 {
		return nil
	}
	var words []string
	for _, f := range s.Fences {
		switch f.Language {
		case "cedar":
			words = append(words, matches(actName, bare(f.Text))...)
		case "yaml":
			words = append(words, matches(keyName, f.Text)...)
		}
	}
	var found []string
	for _, theme := range []string{Use, Viewing, Storage, Security} {
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(themes[theme], w) }) {
			found = append(found, theme)
		}
	}
	if len(found) == 0 || slices.Contains(kinds(s), Evidence) && !slices.Contains(found, Security) {
		found = append(found, Security)
	}
	return found
}

// kinds are what the machine part of a section consists of.
func kinds(s regulation.Section) []string {
	var out []string
	for _, f := range s.Fences {
		kind := map[string]string{"cedar": Rule, "yaml": Term, "onuitvoerbaar": Evidence}[f.Language]
		if kind != "" && !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return out
}

// A policy is one rule, as far as people can be told of it.
type policy struct {
	article string
	permits bool
	acts    []string // none: all
	roles   []string
}

func (p policy) about(act regulation.Act) bool {
	return len(p.acts) == 0 || slices.Contains(p.acts, string(act))
}

// policies are the rules of a regulation, in the order of its text.
func policies(law *regulation.Regulation) []policy {
	var out []policy
	for _, s := range law.Sections {
		for _, f := range s.Fences {
			if f.Language != "cedar" {
				continue
			}
			for _, text := range strings.Split(bare(f.Text), ";") {
				if text = strings.TrimSpace(text); text != "" {
					out = append(out, policy{s.Number, strings.HasPrefix(text, "permit"), matches(actName, text), matches(roleName, text)})
				}
			}
		}
	}
	return out
}

// bare is a policy without what is only there to read.
func bare(text string) string { return comments.ReplaceAllString(texts.ReplaceAllString(text, ""), "") }

func matches(pattern *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}
