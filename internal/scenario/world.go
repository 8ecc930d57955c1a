package scenario

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
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
	"oogmerk/internal/vault"
	"oogmerk/internal/viewing"
)

// begins is when every scenario begins: a Monday afternoon in Amsterdam, in a
// week in which the clocks don't change.
var begins = time.Date(2026, 11, 2, 14, 0, 0, 0, calendar.Amsterdam)

const origin = "scenario.invalid/logbook/1"

// A world is the program of one organisation, that of one scenario, with
// everything in a directory of its own.
type world struct {
	ctx context.Context
	dir string
	doc Document

	mu   sync.Mutex // over at alone: a playback looks at the clock from elsewhere
	at   time.Time
	db   *db.DB
	law  *regulation.Regulation // what the scenario was read with; the gate asks the board
	book *logbook.Book

	board     *governance.Board
	gate      *gate.Gate
	people    *people.Register
	premises  *premises.Register
	vault     *vault.Vault
	footage   *footage.Store
	kept      *retention.Holds
	incidents *incident.Register
	sweeper   *retention.Sweeper
	room      *viewing.Room

	// What scenarios call things, and what the program does.
	persons map[string]people.PersonID
	tokens  map[string]string // of the seat where someone acts
	beside  map[string]string // whose seat someone else sits at
	sites   map[string]premises.SiteID
	cameras map[string]premises.CameraID
	cases   map[string]string
	shots   []shot

	last  attempt
	watch *viewed
}

// A shot is something a camera saw.
type shot struct {
	camera string
	span   footage.Span
	text   string // what the picture shows
}

// An attempt is what somebody last tried.
type attempt struct {
	act   regulation.Act
	since int64 // entries of the logbook before it
	err   error
	told  bool // a sentence after it says what came of it
}

// A viewed is a picture on a screen.
type viewed struct {
	act      regulation.Act
	since    int64
	permit   *gate.Permit // live
	playback *viewing.Playback
}

// A Document is a regulation as it is adopted.
type Document struct {
	File string
	Text []byte
}

// newWorld founds an organisation under a document.
func newWorld(ctx context.Context, dir string, doc Document, law *regulation.Regulation) (*world, error) {
	w := &world{ctx: ctx, dir: dir, doc: doc, law: law, at: begins.UTC(),
		persons: map[string]people.PersonID{}, tokens: map[string]string{}, beside: map[string]string{},
		sites: map[string]premises.SiteID{}, cameras: map[string]premises.CameraID{}, cases: map[string]string{}}
	if err := w.build(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *world) build() error {
	var err error
	if w.db, err = db.Open(w.ctx, filepath.Join(w.dir, "oogmerk.db")); err != nil {
		return err
	}
	if w.book, err = newBook(w.db); err != nil {
		return err
	}
	if w.board, err = governance.Open(w.ctx, w.db, w.book, w.now); err != nil {
		return err
	}
	w.gate = gate.New(w.book, w.db, w.board.InForce, w.now)
	w.people = people.Open(w.db, w.gate, w.now)
	w.premises = premises.Open(w.db, w.gate, w.now)
	if w.vault, err = vault.Open(w.dir, rand.Reader); err != nil {
		return err
	}
	blobs, err := blob.Open(filepath.Join(w.dir, "segments"))
	if err != nil {
		return err
	}
	w.footage = footage.Open(w.db, blobs, w.vault, w.now)
	w.kept = retention.OpenHolds(w.db, w.gate, w.footage, w.terms, w.now, rand.Reader)
	w.incidents = incident.Open(w.db, w.gate, w.footage, w.now)
	w.gate.Hear(w.people, w.premises, w.incidents)
	w.sweeper = retention.NewSweeper(w.db, w.gate, w.footage, w.terms, w.now)
	w.room = viewing.NewRoom(w.gate, w.footage, recorder.New(w.gate, w.footage, w.premises, w.now), w.now)
	return w.board.Found(w.ctx, governance.Founding{Organisation: "Voorbeeld", File: w.doc.File,
		Document: w.doc.Text, Decision: "besluit van het bestuur"})
}

func newBook(d *db.DB) (*logbook.Book, error) {
	key, _, err := logbook.NewKey(origin, rand.Reader)
	if err != nil {
		return nil, err
	}
	return logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) terms(t time.Time) regulation.Terms {
	if law := w.board.InForce(t); law != nil {
		return law.Terms
	}
	return regulation.Terms{}
}

// close ends what is open and removes everything.
func (w *world) close() error {
	var failed []error
	if w.room != nil {
		over, cancel := context.WithCancel(context.WithoutCancel(w.ctx))
		cancel()
		failed = append(failed, w.room.Run(over, time.Hour)) // ends all playbacks
	}
	if w.vault != nil {
		failed = append(failed, w.vault.Close())
	}
	if w.db != nil {
		failed = append(failed, w.db.Close())
	}
	return errors.Join(append(failed, os.RemoveAll(w.dir))...)
}

// memory is where scenarios live: on a disk that is memory if there is one,
// because they write much and nothing has to survive a power cut.
func memory() string {
	const shm = "/dev/shm"
	dir, err := os.MkdirTemp(shm, "oogmerk-")
	if err != nil {
		return ""
	}
	if os.Remove(dir) != nil {
		return ""
	}
	return shm
}

// play plays one scenario in a world of its own.
func play(ctx context.Context, under string, doc Document, law *regulation.Regulation, s *Scenario) (r Result) {
	r = Result{Scenario: s, State: Green, Line: s.Line}
	if s.Waits {
		r.State = Waiting
		return r
	}
	fail := func(line int, err error) {
		if err != nil && r.State == Green {
			r.State, r.Line, r.Why = Red, line, err.Error()
		}
	}
	dir, err := os.MkdirTemp(under, "oogmerk-")
	if err != nil {
		fail(s.Line, err)
		return r
	}
	w, err := newWorld(ctx, dir, doc, law)
	if err != nil {
		fail(s.Line, fmt.Errorf("couldn't begin: %w", err))
		return r
	}
	defer func() { fail(s.Line, w.close()) }()
	for _, step := range s.Steps {
		if step.phrase.kind == act {
			fail(step.Line, w.last.untold())
		}
		if r.State == Green {
			fail(step.Line, step.phrase.do(w, step.args))
		}
	}
	fail(s.Line, w.last.untold())
	return r
}

// untold is what went wrong without a sentence that says so.
func (a attempt) untold() error {
	if a.err != nil && !a.told {
		return fmt.Errorf("het is niet gelukt, en geen zin zegt dat: %w", a.err)
	}
	return nil
}
