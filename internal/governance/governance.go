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
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Version is a regulation that was adopted.
type Version struct {
	ID       int64 // 1, 2, 3 …
	Law      *regulation.Regulation
	Decision string // the board's decision, with its date
	From     time.Time
	Until    time.Time // zero while in force
}

// A Board keeps the regulations that were adopted. The gate rules by what it
// says is in force, so it comes before the gate.
type Board struct {
	db   *db.DB
	book *logbook.Book
	now  func() time.Time

	mu    sync.Mutex // held while a version is being adopted
	state atomic.Pointer[state]
}

// state never changes once it is there: readers need no lock.
type state struct {
	organisation string
	versions     []Version // by From
}

// organisationSetting is the name of the setting that names the organisation.
const organisationSetting = "organisation"

// Open reads what was adopted. It fails if a document isn't what was adopted,
// or can't be read any more by this program.
func Open(ctx context.Context, d *db.DB, book *logbook.Book, now func() time.Time) (*Board, error) {
	b := &Board{db: d, book: book, now: now}
	s, err := load(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("couldn't read which regulations were adopted: %w", err)
	}
	b.state.Store(s)
	return b, nil
}

// InForce returns the regulation in force at t, or nil.
func (b *Board) InForce(t time.Time) *regulation.Regulation {
	versions := b.state.Load().versions
	for i := len(versions) - 1; i >= 0; i-- {
		v := versions[i]
		if !t.Before(v.From) && (v.Until.IsZero() || t.Before(v.Until)) {
			return v.Law
		}
	}
	return nil
}

// Organisation is whose installation this is, or "" before it was founded.
func (b *Board) Organisation() string { return b.state.Load().organisation }

// Versions returns all versions, oldest first.
func (b *Board) Versions() []Version { return append([]Version(nil), b.state.Load().versions...) }

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
