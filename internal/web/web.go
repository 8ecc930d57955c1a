// Package web is the program in a browser: which page answers which path, and
// what it shows. Pages are rendered here, whole; what moves on them is a few
// small modules. No rule is decided here: a page asks, and shows what was ruled.
package web

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"sync"
	"time"

	"oogmerk/internal/dossier"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
	"oogmerk/internal/survey"
	"oogmerk/internal/viewing"
)

// Options is what the pages need.
type Options struct {
	People    *people.Register
	Premises  *premises.Register
	Dossier   *dossier.Register
	Room      *viewing.Room
	Recorder  *recorder.Recorder
	Survey    *survey.Survey
	Footage   *footage.Store
	Holds     *retention.Holds
	Sweeper   *retention.Sweeper
	Incidents *incident.Register
	Board     *governance.Board
	Book      *logbook.Book
	Gate      *gate.Gate
	Reads     Querier // the database, for the index of footage
	Now       func() time.Time

	// Secure is set where people come by https: the cookie goes nowhere else.
	Secure bool
	// Demo is nil outside the demo; then its routes don't exist.
	Demo *Demo
	// Report is told of faults that a page could only say "something went
	// wrong" about. Nil: nobody is.
	Report func(error)
}

// A Querier is the database or a transaction in it, as package db says.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A Demo is what only the demo has: a clock that moves, and people whose
// passwords are no secret.
type Demo struct {
	Offset func() time.Duration
	Move   func(ctx context.Context, by time.Duration) error
	People []DemoPerson
}

// A DemoPerson is someone to try the demo as.
type DemoPerson struct{ Name, Role, Login, Password string }

// complete reports what of o is missing that every page needs.
func (o *Options) complete() error {
	for name, there := range map[string]bool{"People": o.People != nil, "Premises": o.Premises != nil, "Dossier": o.Dossier != nil, "Room": o.Room != nil,
		"Recorder": o.Recorder != nil, "Survey": o.Survey != nil, "Footage": o.Footage != nil, "Holds": o.Holds != nil, "Sweeper": o.Sweeper != nil, "Incidents": o.Incidents != nil,
		"Board": o.Board != nil, "Book": o.Book != nil, "Gate": o.Gate != nil, "Reads": o.Reads != nil, "Now": o.Now != nil} {
		if !there {
			return fmt.Errorf("couldn't make the pages: Options.%s is missing", name)
		}
	}
	return nil
}

// A site is all pages and what they share.
type site struct {
	Options
	words  words
	pages  map[string]pageSet // by language
	assets assets
	lives  lives // who watches by WebRTC

	mu      sync.Mutex
	reading map[string]*reading                 // by seat: permits to read the logbook
	texts   map[[32]byte]*regulation.Regulation // drafts that were read, by hash
	may     mayOf
	papers  askedPapers
}

// New returns the pages. A template that doesn't parse, or a word that isn't
// there, fails here and not before a visitor.
func New(o Options) (http.Handler, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if o.Report == nil {
		o.Report = func(error) {}
	}
	s := &site{Options: o, reading: map[string]*reading{}, texts: map[[32]byte]*regulation.Regulation{}, lives: lives{open: map[string]*watching{}}}
	var err error
	if s.words, err = readWords(); err != nil {
		return nil, fmt.Errorf("couldn't read the words of the pages: %w", err)
	}
	if s.assets, err = readAssets(); err != nil {
		return nil, fmt.Errorf("couldn't read what pages consist of: %w", err)
	}
	if s.pages, err = s.parsePages(); err != nil {
		return nil, fmt.Errorf("couldn't read the pages: %w", err)
	}
	mux := http.NewServeMux()
	for _, route := range s.routes() {
		mux.Handle(route.pattern, s.answer(route))
	}
	return s.guard(s.orMissing(mux)), nil
}
