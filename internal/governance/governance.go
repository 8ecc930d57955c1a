// Package governance answers which regulation is in force, and how one comes
// into force. Versions stay for ever: what was done under one is judged by it.
package governance

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Version is a regulation that was adopted, or an order.
type Version struct {
	ID        int64                  // 1, 2, 3 …; regulations and orders are numbered together
	Law       *regulation.Regulation // with its choices made, and nothing above or below it
	Decision  string                 // the decision it rests on, with its date
	Choices   map[string]string      // answers given at adoption, by question
	Announced time.Time              // when the text was made known; zero: never
	From      time.Time              // may be to come
	Until     time.Time              // zero while nothing ends it
	Scope     regulation.Entity      // of an order: the site or camera it is for; zero: everywhere
}

// in reports whether v holds at t.
func (v Version) in(t time.Time) bool {
	if t.Before(v.From) || !v.Until.IsZero() && !t.Before(v.Until) {
		return false
	}
	says := v.Law.Terms.Validity
	return (says.From == 0 || !t.Before(start(says.From))) && (says.Until == 0 || !t.After(says.Until.Last()))
}

// A Board keeps the regulations that were adopted. The gate rules by what it
// says is in force, so it comes before the gate.
type Board struct {
	db   *db.DB
	book *logbook.Book
	now  func() time.Time
	Options

	mu    sync.Mutex // held while a version is being adopted
	state atomic.Pointer[state]
}

// state never changes once it is there: readers need no lock.
type state struct {
	organisation string
	versions     []Version // regulations, by ID
	orders       []Version // by ID
	derogations  []Derogation
	stretches    []stretch // by from
}

// organisationSetting is the name of the setting that names the organisation.
const organisationSetting = "organisation"

// Options is what a Board goes by. A nil one is how the program is.
type Options struct {
	// Can is what the program can do beside recording and showing, in the
	// words of regulations/woorden.md.
	Can []string
	// Statutes is what holds for everyone.
	Statutes *regulation.Regulation
	// Parse reads a document.
	Parse func(file string, doc []byte) (*regulation.Regulation, error)
}

// Open reads what was adopted. It fails if a document isn't what was adopted,
// or can't be read any more by this program.
func Open(ctx context.Context, d *db.DB, book *logbook.Book, now func() time.Time, how ...Options) (*Board, error) {
	b := &Board{db: d, book: book, now: now}
	for _, o := range how {
		b.Options = o
	}
	if b.Can == nil {
		b.Can = regulation.Abilities()
	}
	if b.Parse == nil {
		b.Parse = regulation.Parse
	}
	var err error
	if b.Statutes == nil {
		if b.Statutes, err = regulation.Statutes(); err != nil {
			return nil, fmt.Errorf("couldn't read the statutes: %w", err)
		}
	}
	s, err := b.load(ctx)
	if err != nil {
		return nil, fmt.Errorf("couldn't read which regulations were adopted: %w", err)
	}
	b.put(s)
	return b, nil
}

// Organisation is whose installation this is, or "" before it was founded.
func (b *Board) Organisation() string { return b.state.Load().organisation }

// Versions returns all versions of the regulation, oldest first.
func (b *Board) Versions() []Version { return append([]Version(nil), b.state.Load().versions...) }

// Orders returns all orders, oldest first.
func (b *Board) Orders() []Version { return append([]Version(nil), b.state.Load().orders...) }

// VersionAt returns the version of the regulation in force at t.
func (b *Board) VersionAt(t time.Time) (Version, bool) { return b.state.Load().versionAt(t) }

// Document returns a version's text, byte for byte as it was adopted, or an
// error wrapping sql.ErrNoRows.
func (b *Board) Document(ctx context.Context, id int64) ([]byte, error) {
	var doc []byte
	err := b.db.QueryRowContext(ctx, "SELECT document FROM regulation_version WHERE id = $1", id).Scan(&doc)
	if err != nil {
		return nil, fmt.Errorf("couldn't find version %d: %w", id, err)
	}
	return doc, nil
}

// Testify tells the gate what the program can do, of the organisation {kan},
// and how a camera records under the law in force {wijze}, whatever it is set
// to itself. It is heard after who knows the cameras.
func (b *Board) Testify(_ context.Context, _ db.Querier, _ gate.Request, at time.Time, t *gate.Testimony) error {
	t.Say(organisation, nil, regulation.Context{"kan": regulation.Strings(b.Can...)})
	law := b.InForce(at)
	if law == nil {
		return nil
	}
	for e, fact := range t.Facts {
		if own, ok := fact.Attributes.Get("wijze"); ok && e.Type == regulation.Camera {
			set, _ := own.(regulation.String)
			t.Say(e, nil, regulation.Context{"wijze": regulation.String(law.Terms.Recording.Stricter(string(set)))})
		}
	}
	return nil
}

// Invalid is what is wrong with what someone filled in: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }
