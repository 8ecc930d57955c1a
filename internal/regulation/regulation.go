// Package regulation answers what a regulation says. It reads the literate
// document an organisation adopted and rules on questions put to it. It knows
// no database, no clock and no camera: the same question always gets the same
// ruling.
package regulation

import "oogmerk/internal/calendar"

// A Regulation is one version of one document.
type Regulation struct {
	File     string    // "clusius.md"
	Title    string    // its level-one heading
	Hash     [32]byte  // SHA-256 of the document, text and all
	Articles []Article // in document order
	Terms    Terms
}

// Terms are the numbers and lists in a regulation.
type Terms struct {
	Retention Retention
	Purposes  []PurposeTerm
	Roles     []RoleTerm
}

// Retention is how long footage may be kept, and which article says so.
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
// file and line and say how to mend.
func Parse(file string, doc []byte) (*Regulation, error) { panic("unwritten") }

// Article returns the article with this number.
func (r *Regulation) Article(number string) (Article, bool) { panic("unwritten") }
