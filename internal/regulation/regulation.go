// Package regulation answers what a regulation says. It reads the literate
// document an organisation adopted and rules on questions put to it. It knows
// no database, no clock and no camera: the same question always gets the same
// ruling.
package regulation

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"oogmerk/regulations"
)

// A Regulation is one version of one document.
type Regulation struct {
	File     string    // "voorbeeld.md"
	Title    string    // its level-one heading
	Hash     [32]byte  // SHA-256 of the document, text and all
	Sections []Section // the whole document, in order
	Articles []Article // its numbered sections, in the same order
	Terms    Terms

	byNumber map[string]int // index in Articles
	policies policies
	text     []byte            // the document
	answers  map[string]string // to its choices
	parsed   *Regulation       // as it was read; others are made from it
	over     []Layered
	asides   []Aside
}

// Parse reads a literate document: docs/formats/regulation.md. Errors cite
// file and line and say how to mend, one line for each fault. The words a
// document may use are those of regulations/woorden.md as compiled in.
func Parse(file string, doc []byte) (*Regulation, error) {
	v, err := compiledIn()
	if err != nil {
		return nil, err
	}
	return ParseWith(v, file, doc)
}

// compiledIn is the vocabulary this program was built with.
func compiledIn() (*Vocabulary, error) {
	const file = "woorden.md"
	text, err := regulations.Files.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the words: %w", err)
	}
	return ParseVocabulary(file, text)
}

// ParseWith is Parse for who brings a vocabulary.
func ParseWith(v *Vocabulary, file string, doc []byte) (*Regulation, error) {
	d := read(file, doc, "cedar", "yaml", "gherkin", "onuitvoerbaar")
	d.demandArticles()
	if err := d.err(); err != nil {
		return nil, err
	}
	d.unenforced()
	r := &Regulation{File: file, Title: d.title, Hash: sha256.Sum256(doc), Sections: d.sections, byNumber: map[string]int{}, text: bytes.Clone(doc)}
	r.parsed = r
	for _, s := range d.sections {
		if s.Number != "" {
			r.byNumber[s.Number] = len(r.Articles)
			r.Articles = append(r.Articles, Article{Number: s.Number, Title: s.title, Text: s.Text, File: file, Line: s.Line})
		}
	}
	r.Terms = d.terms(v)
	r.answers = r.Terms.complete(nil)
	r.policies = d.policies(v, r)
	if err := d.err(); err != nil {
		return nil, err
	}
	return r, nil
}

// Article returns the article with this number. A number that several
// documents have is that of the regulation, not of what is stacked on it.
func (r *Regulation) Article(number string) (Article, bool) {
	if i, ok := r.byNumber[number]; ok {
		return r.Articles[i], true
	}
	for _, l := range r.over {
		if article, ok := l.Law.Article(number); ok {
			return article, true
		}
	}
	return Article{}, false
}

// demandArticles sees to it that there is something to cite, and that each
// fence has a place to be cited by.
func (d *document) demandArticles() {
	seen := map[string]int{}
	for _, s := range d.sections {
		for _, f := range s.Fences {
			if s.Number == "" && (s.Level > 1 || f.Language != "yaml") {
				d.fault(f.Line, "this fence stands under no article: put it below a heading like \"## Artikel 4\" or \"### Lid 3\"")
			}
		}
		if s.Number == "" {
			continue
		}
		if line, ok := seen[s.Number]; ok {
			d.fault(s.Line, "article %s is there already, in line %d: give one of them another number", s.Number, line)
		}
		seen[s.Number] = s.Line
	}
	if len(seen) == 0 && len(d.faults) == 0 {
		d.fault(1, "there is no article in this document: add a heading like \"## Artikel 1 – Begrippen\"")
	}
}

// err is everything that is wrong with d, one line each.
func (d *document) err() error { return errors.Join(d.faults...) }
