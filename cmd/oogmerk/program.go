package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"oogmerk/internal/blob"
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

// A place is where an installation keeps what it has.
type place struct {
	dir string // segments, vault, anchor, signing key
	dsn string // "" for a SQLite file in dir
}

func (p place) database() string {
	if p.dsn != "" {
		return p.dsn
	}
	return filepath.Join(p.dir, "oogmerk.db")
}

// A program is everything put together.
type program struct {
	now       func() time.Time
	db        *db.DB
	book      *logbook.Book
	board     *governance.Board
	gate      *gate.Gate
	people    *people.Register
	premises  *premises.Register
	vault     *vault.Vault
	footage   *footage.Store
	holds     *retention.Holds
	incidents *incident.Register
	sweeper   *retention.Sweeper
	recorder  *recorder.Recorder
	room      *viewing.Room

	report func(error) // where errors go that no caller waits for
}

// build puts the program together, from the floor up. It starts nothing.
func build(ctx context.Context, at place, now func() time.Time, report func(error)) (*program, error) {
	if err := os.MkdirAll(at.dir, 0o700); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, at.database())
	if err != nil {
		return nil, err
	}
	p := &program{now: now, db: d, report: report}
	if err := p.assemble(ctx, at); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *program) assemble(ctx context.Context, at place) (err error) {
	key, err := signingKey(at.dir)
	if err != nil {
		return err
	}
	if p.book, err = logbook.Open(p.db, logbook.Options{Origin: key.origin, Key: key.private, Rand: rand.Reader}); err != nil {
		return err
	}
	if p.board, err = governance.Open(ctx, p.db, p.book, p.now); err != nil {
		return err
	}
	p.gate = gate.New(p.book, p.db, p.board.InForce, p.now)
	p.people = people.Open(p.db, p.gate, p.now)
	p.premises = premises.Open(p.db, p.gate, p.now)

	if p.vault, err = vault.Open(at.dir, rand.Reader); err != nil {
		return err
	}
	blobs, err := blob.Open(filepath.Join(at.dir, "segments"))
	if err != nil {
		return err
	}
	p.footage = footage.Open(p.db, blobs, p.vault, p.now)
	p.holds = retention.OpenHolds(p.db, p.gate, p.footage, p.terms, p.now, rand.Reader)
	p.incidents = incident.Open(p.db, p.gate, p.footage, p.now)
	p.gate.Hear(p.people, p.premises, p.incidents)

	p.sweeper = retention.NewSweeper(p.db, p.gate, p.footage, p.terms, p.now)
	p.recorder = recorder.New(p.gate, p.footage, p.premises, p.now)
	p.recorder.Report = p.report
	p.room = viewing.NewRoom(p.gate, p.footage, p.recorder, p.now)
	p.room.Report = p.report
	return nil
}

// terms are those of the regulation in force at t.
func (p *program) terms(t time.Time) regulation.Terms {
	if law := p.board.InForce(t); law != nil {
		return law.Terms
	}
	return regulation.Terms{}
}

// How often what has changed by itself is looked at: a stay that ended, an
// hour whose term is over.
const (
	reconsiderEvery = 500 * time.Millisecond
	sweepEvery      = time.Minute
)

// run does what the program does by itself, until ctx ends: it finishes what
// was interrupted, then records, sweeps and reconsiders.
func (p *program) run(ctx context.Context) error {
	if err := p.footage.Recover(ctx); err != nil {
		return fmt.Errorf("couldn't recover the footage: %w", err)
	}
	if err := p.incidents.Recover(ctx); err != nil {
		return fmt.Errorf("couldn't finish settled incidents: %w", err)
	}
	// The store outlives the recorder: it indexes the last fragments.
	storing, stopStoring := context.WithCancel(context.WithoutCancel(ctx))
	defer stopStoring()
	stored := make(chan error, 1)
	go func() { stored <- p.footage.Run(storing) }()

	var all sync.WaitGroup
	for what, do := range map[string]func(context.Context) error{
		"record":      p.recorder.Run,
		"sweep":       func(ctx context.Context) error { p.sweeper.Run(ctx, sweepEvery, p.report); return nil },
		"end viewing": func(ctx context.Context) error { return p.room.Run(ctx, time.Second) },
		"reconsider":  p.reconsider,
	} {
		all.Go(func() {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				p.report(fmt.Errorf("couldn't %s: %w", what, err))
			}
		})
	}
	all.Wait()
	stopStoring()
	return <-stored
}

func (p *program) reconsider(ctx context.Context) error {
	tick := time.NewTicker(reconsiderEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := p.gate.Reconsider(ctx); err != nil && ctx.Err() == nil {
				p.report(err)
			}
		}
	}
}

func (p *program) close() error {
	var failed []error
	if p.vault != nil {
		failed = append(failed, p.vault.Close())
	}
	failed = append(failed, p.db.Close())
	return errors.Join(failed...)
}

// A logKey is what checkpoints are signed with.
type logKey struct{ origin, private, public string }

// keyFile is where the logbook's signing key is, in the data directory.
func keyFile(dir string) string { return filepath.Join(dir, "logbook.key") }

// readSigningKey reads the logbook's key from dir.
func readSigningKey(dir string) (logKey, error) {
	text, err := os.ReadFile(keyFile(dir))
	if err != nil {
		return logKey{}, fmt.Errorf("couldn't read the logbook's signing key: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 3 {
		return logKey{}, fmt.Errorf("couldn't read %s: %d lines, want origin, private and public key; put back the right file", keyFile(dir), len(lines))
	}
	return logKey{lines[0], lines[1], lines[2]}, nil
}

// signingKey reads the logbook's key from dir, or makes one. The origin names
// the log and its generation: after a restore from backup a new one begins.
func signingKey(dir string) (logKey, error) {
	k, err := readSigningKey(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return logKey{}, err
	}
	k = logKey{origin: fmt.Sprintf("oogmerk.invalid/%x/logbook/1", id)}
	if k.private, k.public, err = logbook.NewKey(k.origin, rand.Reader); err != nil {
		return logKey{}, err
	}
	return k, writeSynced(keyFile(dir), []byte(k.origin+"\n"+k.private+"\n"+k.public+"\n"))
}

// writeSynced writes a new file so that it is whole or not there.
func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
