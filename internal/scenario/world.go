package scenario

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
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
	"oogmerk/internal/vault"
	"oogmerk/internal/viewing"
)

// begins is when a scenario begins that doesn't say so: a Monday afternoon in
// Amsterdam, in a week in which the clocks don't change.
var begins = time.Date(2026, 11, 2, 14, 0, 0, 0, calendar.Amsterdam)

const origin = "scenario.invalid/logbook/1"

// A world is the program of one organisation, that of one scenario, with
// everything in a directory of its own.
type world struct {
	ctx context.Context
	dir string
	player

	mu sync.Mutex // over at alone: a playback looks at the clock from elsewhere
	at time.Time

	stage   stage
	adopted regulation.Terms // by which the scenario begins, also while they don't hold yet

	db        *db.DB
	book      *logbook.Book
	board     *governance.Board
	gate      *gate.Gate
	people    *people.Register
	premises  *premises.Register
	dossier   *dossier.Register
	vault     *vault.Vault
	blobs     *blob.Dir
	footage   *footage.Store
	kept      *retention.Holds
	incidents *incident.Register
	sweeper   *retention.Sweeper
	room      *viewing.Room

	// What scenarios call things, and what the program does.
	persons  map[string]people.PersonID
	tokens   map[string]string // of the seat where someone acts
	beside   map[string]string // whose seat someone else sits at
	sites    map[string]premises.SiteID
	rooms    map[string]string
	stations map[string]string
	cameras  map[string]premises.CameraID
	cases    map[string]string
	shots    []shot
	rows     int // made up so far: each has an id of its own

	next  next
	ear   ear
	last  attempt
	watch *viewed
	moved footage.Span // when something moved before a camera, last
	asked []string     // media, of the last offer of a camera; nil if there was none
}

// A stage is what must be known before a world can begin.
type stage struct {
	begins  time.Time
	choices map[string]string
	can     []string // what the program can do besides

	suspended []string // articles, by a judge
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

// newWorld is nothing yet.
func newWorld(ctx context.Context, p *player) (*world, error) {
	dir, err := os.MkdirTemp(p.under, "oogmerk-")
	if err != nil {
		return nil, err
	}
	return &world{ctx: ctx, dir: dir, player: *p, stage: stage{begins: begins, choices: map[string]string{}},
		persons: map[string]people.PersonID{}, tokens: map[string]string{}, beside: map[string]string{},
		sites: map[string]premises.SiteID{}, rooms: map[string]string{}, stations: map[string]string{},
		cameras: map[string]premises.CameraID{}, cases: map[string]string{}}, nil
}

// begin founds the organisation, a day before anything happens, and builds the
// program.
func (w *world) begin() error {
	w.at = w.stage.begins.AddDate(0, 0, -1).UTC()
	file := filepath.Join(w.dir, "oogmerk.db")
	if err := os.WriteFile(file, w.blank, 0o600); err != nil {
		return err
	}
	var err error
	if w.db, err = db.Open(w.ctx, file); err != nil {
		return err
	}
	if w.book, err = newBook(w.db); err != nil {
		return err
	}
	if err := w.govern(); err != nil {
		return err
	}
	w.at = w.stage.begins.UTC()
	if err := w.build(); err != nil {
		return err
	}
	return w.furnish()
}

// govern founds the organisation.
func (w *world) govern() error {
	how := governance.Options{Statutes: w.statutes, Parse: w.read}
	if len(w.stage.can) > 0 {
		how.Can = append(regulation.Abilities(), w.stage.can...)
	}
	var err error
	if w.board, err = governance.Open(w.ctx, w.db, w.book, w.now, how); err != nil {
		return err
	}
	if err := w.found(); err != nil || len(w.stage.suspended) == 0 {
		return err
	}
	if err := w.suspend(); err != nil {
		return err
	}
	w.board, err = governance.Open(w.ctx, w.db, w.book, w.now, how)
	return err
}

func (w *world) build() error {
	var err error
	w.gate = gate.New(w.book, w.db, w.board.InForce, w.now)
	w.people = people.Open(w.db, w.gate, w.now)
	w.premises = premises.Open(w.db, w.gate, w.now)
	if w.vault, err = vault.Open(w.dir, rand.Reader); err != nil {
		return err
	}
	if w.blobs, err = blob.Open(filepath.Join(w.dir, "segments")); err != nil {
		return err
	}
	w.footage = footage.Open(w.db, w.blobs, w.vault, w.now)
	w.kept = retention.OpenHolds(w.db, w.gate, w.footage, w.terms, w.now, rand.Reader)
	w.incidents = incident.Open(w.db, w.gate, w.footage, w.terms, w.now)
	w.dossier = dossier.Open(w.db, w.gate, w.board.InForce, w.now)
	w.gate.Hear(w.people, w.incidents, w.premises, w.board, w.dossier, &w.ear)
	w.sweeper = retention.NewSweeper(w.db, w.gate, w.footage, w.terms, w.now)
	w.room = viewing.NewRoom(w.gate, w.footage, recorder.New(w.gate, w.footage, w.premises, w.now), w.incidents, w.kept, w.now)
	w.room.Develop = develop
	return nil
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
	if w.blobs != nil {
		failed = append(failed, w.blobs.Close())
	}
	if w.vault != nil {
		failed = append(failed, w.vault.Close())
	}
	if w.db != nil {
		failed = append(failed, w.db.Close())
	}
	return errors.Join(append(failed, os.RemoveAll(w.dir))...)
}
