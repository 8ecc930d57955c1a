// Package regulation answers what a regulation says. It reads the literate
// document an organisation adopted and rules on questions put to it. It knows
// no database, no clock and no camera: the same question always gets the same
// ruling.
package regulation

import (
	"crypto/sha256"
	"errors"

	"oogmerk/internal/calendar"
	"oogmerk/regulations"
)

// A Regulation is one version of one document.
type Regulation struct {
	File     string    // "clusius.md"
	Title    string    // its level-one heading
	Hash     [32]byte  // SHA-256 of the document, text and all
	Sections []Section // the whole document, in order
	Articles []Article // its numbered sections, in the same order
	Terms    Terms

	byNumber map[string]int // index in Articles
	policies policies
}

// Terms are the numbers and lists in a regulation.
type Terms struct {
	Source    string // the text it works out clause by clause, "clusius"; "" if none
	Retention Retention
	Purposes  []PurposeTerm
	Roles     []RoleTerm
}

// Retention is how long footage may be kept, and which article says so. A
// regulation that is silent about it has the zero Retention.
type Retention struct {
	Limit   calendar.StorageLimit
	Text    string // "6 kalenderdagen"
	Article string // "4.6"
}

// A PurposeTerm is one aim people can choose from.
type PurposeTerm struct {
	Key      Purpose // "veiligheid"
	Text     string  // the aim in words
	Incident bool    // may only be chosen with an incident
	Article  string
}

// A RoleTerm is a role and what this regulation calls it.
type RoleTerm struct {
	Key     string // "locatiebeheerder"
	Title   string // what people read
	PerSite bool   // appointed for a site, not for all
	Article string
}

// Parse reads a literate document: docs/formats/regulation.md. Errors cite
// file and line and say how to mend, one line for each fault. The words a
// document may use are those of regulations/woorden.md as compiled in.
func Parse(file string, doc []byte) (*Regulation, error) {
	const words = "woorden.md"
	text, err := regulations.Files.ReadFile(words)
	if err != nil {
		return nil, err
	}
	v, err := ParseVocabulary(words, text)
	if err != nil {
		return nil, err
	}
	return ParseWith(v, file, doc)
}

// ParseWith is Parse for who brings a vocabulary.
func ParseWith(v *Vocabulary, file string, doc []byte) (*Regulation, error) {
	d := read(file, doc, "cedar", "yaml", "gherkin", "onuitvoerbaar")
	d.demandArticles()
	if err := d.err(); err != nil {
		return nil, err
	}
	r := &Regulation{File: file, Title: d.title, Hash: sha256.Sum256(doc), Sections: d.sections, byNumber: map[string]int{}}
	for _, s := range d.sections {
		if s.Number != "" {
			r.byNumber[s.Number] = len(r.Articles)
			r.Articles = append(r.Articles, Article{Number: s.Number, Title: s.title, Text: s.Text, File: file, Line: s.Line})
		}
	}
	r.Terms = d.terms()
	r.policies = d.policies(v, r)
	if err := d.err(); err != nil {
		return nil, err
	}
	return r, nil
}

// Article returns the article with this number.
func (r *Regulation) Article(number string) (Article, bool) {
	i, ok := r.byNumber[number]
	if !ok {
		return Article{}, false
	}
	return r.Articles[i], true
}

// demandArticles sees to it that there is something to cite, and that each
// fence has a place to be cited by.
func (d *document) demandArticles() {
	seen := map[string]int{}
	for _, s := range d.sections {
		for _, f := range s.Fences {
			if s.Number == "" {
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
