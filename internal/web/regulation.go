package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/yuin/goldmark"

	"oogmerk/internal/governance"
	"oogmerk/internal/regulation"
)

// A regulationPage is what regulation.html shows.
type regulationPage struct {
	Law      *regulation.Regulation // nil: none is in force
	Decision string                 // on which it rests
	Since    time.Time
	Hash     string
	Lang     string // of who reads; the law's own is Dutch
	Mine     bool   // somebody is signed in, for whom it means something
	Sections []lawSection
	Beside   []besideLaw
	Aside    []asideNow
}

// A lawSection is a section with a name to link to.
type lawSection struct {
	regulation.Section
	Anchor   string
	Lang     string   // of who reads
	Whys     []string // what each of its rules means for who is refused
	Rules    []string // as the program reads them
	Terms    []string
	Examples []example
	Tops     bool // it is in the table of contents
	Depth    int  // of its heading on the page
}

// Machine reports whether the program makes anything of the section.
func (s lawSection) Machine() bool { return len(s.Rules)+len(s.Terms)+len(s.Unenforced) > 0 }

// An example is a scenario of the regulation.
type example struct {
	Name  string
	Steps []string
}

// A besideLaw is a document that holds beside the regulation.
type besideLaw struct {
	Title    string
	Layer    regulation.Layer
	For      thing // the only thing it holds for; "" for all
	Sections []lawSection
}

// An asideNow is an article that is derogated from now.
type asideNow struct {
	governance.Derogation
	For thing
}

// regulationPage is GET /reglement: the document people adopted, and under
// each article what the program makes of it.
func (s *site) regulationPage(v *visit) error {
	page := regulationPage{Law: v.law, Lang: v.lang, Mine: !v.who.Empty()}
	if v.law == nil {
		return v.show("regulation", view{title: "regulation.title", nav: "/reglement", data: page})
	}
	page.Hash = fmt.Sprintf("%x", v.law.Hash)
	page.Sections = v.sections(v.law, "", 0)
	if version, ok := v.Board.VersionAt(v.now); ok {
		page.Decision, page.Since = version.Decision, version.From
	}
	for i, l := range v.law.Layers() {
		place, err := v.placed(l.Scope)
		if err != nil {
			return err
		}
		prefix := ""
		if l.Law.Terms.Layer != regulation.Statute { // whose numbers are like the regulation's own
			prefix = fmt.Sprintf("bij-%d-", i+1)
		}
		page.Beside = append(page.Beside, besideLaw{l.Law.Title, l.Law.Terms.Layer, place, v.sections(l.Law, prefix, 1)})
	}
	var err error
	if page.Aside, err = v.aside(); err != nil {
		return err
	}
	return v.show("regulation", view{title: "regulation.title", nav: "/reglement", data: page})
}

// placed is what people call the thing that something holds for; nothing if it
// holds for all.
func (v *visit) placed(e regulation.Entity) (thing, error) {
	if e.Type == "" {
		return thing{}, nil
	}
	return v.names.of(e.String())
}

// aside are the derogations that hold now.
func (v *visit) aside() (out []asideNow, err error) {
	for _, d := range v.Board.Derogations() {
		over := func(t time.Time) bool { return !t.IsZero() && !v.now.Before(t) }
		if v.now.Before(d.From) || over(d.To) || over(d.Ended) {
			continue
		}
		place, err := v.placed(d.Scope)
		if err != nil {
			return nil, err
		}
		out = append(out, asideNow{d, place})
	}
	return out, nil
}

// sections are those of a document, each with what the program makes of it.
func (v *visit) sections(law *regulation.Regulation, prefix string, deeper int) []lawSection {
	var out []lawSection
	for _, s := range law.Sections {
		one := lawSection{Section: s, Anchor: prefix + s.Number, Lang: v.lang, Tops: s.Level == 2, Depth: min(6, s.Level+deeper)}
		if s.Number == "" {
			one.Anchor = fmt.Sprintf("%sregel-%d", prefix, s.Line)
		}
		if article, ok := law.Article(s.Number); ok && article.Why != "" {
			one.Whys = append(one.Whys, article.Why)
		}
		for _, f := range s.Fences {
			switch f.Language {
			case "cedar":
				one.Rules = append(one.Rules, f.Text)
			case "yaml":
				one.Terms = append(one.Terms, f.Text)
			case "gherkin":
				one.Examples = append(one.Examples, examples(f.Text)...)
			}
		}
		out = append(out, one)
	}
	return out
}

// examples are the scenarios in a fence, without the clauses they show.
func examples(text string) (out []example) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, begins := strings.CutPrefix(line, "Scenario:")
		switch {
		case begins:
			out = append(out, example{Name: strings.TrimSpace(name)})
		case line != "" && !strings.HasPrefix(line, "@") && len(out) > 0:
			last := &out[len(out)-1]
			last.Steps = append(last.Steps, line)
		}
	}
	return out
}

// prose is Markdown as part of a page. HTML in it is left out.
func prose(text string) (template.HTML, error) {
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(text), &out); err != nil {
		return "", fmt.Errorf("couldn't render a text: %w", err)
	}
	return template.HTML(out.String()), nil
}
