package web

import (
	"bytes"
	"fmt"
	"html/template"
	"time"

	"github.com/yuin/goldmark"

	"oogmerk/internal/regulation"
)

// A regulationPage is what regulation.html shows.
type regulationPage struct {
	Law      *regulation.Regulation // nil: none is in force
	Decision string                 // on which it rests
	Since    time.Time
	Hash     string
	Lang     string // of who reads; the law's own is Dutch
	Sections []lawSection
}

// A lawSection is a section with a name to link to.
type lawSection struct {
	regulation.Section
	Anchor string
	Why    string // what it means for who is refused
	Tops   bool   // it is in the table of contents
}

// regulationPage is GET /reglement: the document people adopted, and under
// each article what the program makes of it.
func (s *site) regulationPage(v *visit) error {
	page := regulationPage{Law: v.law, Lang: v.lang}
	if v.law != nil {
		page.Hash = fmt.Sprintf("%x", v.law.Hash)
		for _, section := range v.law.Sections {
			anchor := section.Number
			if anchor == "" {
				anchor = fmt.Sprintf("regel-%d", section.Line)
			}
			article, _ := v.law.Article(section.Number)
			page.Sections = append(page.Sections, lawSection{section, anchor, article.Why, section.Level == 2})
		}
		for _, version := range v.Board.Versions() {
			if version.Law == v.law {
				page.Decision, page.Since = version.Decision, version.From
			}
		}
	}
	return v.show("regulation", view{title: "regulation.title", nav: "/reglement", data: page})
}

// prose is Markdown as part of a page. HTML in it is left out.
func prose(text string) (template.HTML, error) {
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(text), &out); err != nil {
		return "", fmt.Errorf("couldn't render a text: %w", err)
	}
	return template.HTML(out.String()), nil
}
