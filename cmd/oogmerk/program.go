package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"oogmerk/internal/blob"
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
	"oogmerk/internal/survey"
	"oogmerk/internal/vault"
	"oogmerk/internal/viewing"
)

// A program is everything put together.
type program struct {
	now       func() time.Time
	db        *db.DB
	book      *logbook.Book
	board     *governance.Board
	gate      *gate.Gate
	people    *people.Register
	premises  *premises.Register
	dossier   *dossier.Register
	vault     *vault.Vault
	blobs     *blob.Dir // of the footage
	footage   *footage.Store
	holds     *retention.Holds
	incidents *incident.Register
	sweeper   *retention.Sweeper
	recorder  *recorder.Recorder
	survey    *survey.Survey
	guard     *recorder.Guard // of the clock
	room      *viewing.Room

	recovered chan struct{} // closed when what a crash interrupted is finished

	figures net.Listener // where metrics are asked for; nil: nowhere

	report func(error) // where errors go that no caller waits for
}

// build puts the program together, from the floor up. It starts nothing.
func build(ctx context.Context, at place, now func() time.Time, report func(error)) (*program, error) {
	if err := os.MkdirAll(at.dir, 0o700); err != nil {
		return nil, err
	}
	if err := errors.Join(at.demandSecret(), at.demandDatabase()); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, at.database())
	if err != nil {
		return nil, err
	}
	p := &program{now: now, db: d, report: report, recovered: make(chan struct{})}
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
	p.dossier = dossier.Open(p.db, p.gate, p.board.InForce, p.now)

	if p.vault, err = vault.Open(at.dir, rand.Reader); err != nil {
		return err
	}
	if p.blobs, err = blob.Open(filepath.Join(at.dir, "segments")); err != nil {
		return err
	}
	p.footage = footage.Open(p.db, p.blobs, p.vault, p.now)
	p.holds = retention.OpenHolds(p.db, p.gate, p.footage, p.terms, p.now, rand.Reader)
	p.incidents = incident.Open(p.db, p.gate, p.footage, p.terms, p.now)
	// The premises speak of places that others named, the dossier of everything.
	p.gate.Hear(p.people, p.incidents, p.premises, p.board, p.dossier)

	p.guard = recorder.NewGuard(p.now, sinceBoot)
	p.sweeper = retention.NewSweeper(p.db, p.gate, p.footage, p.terms, p.guard.Time)
	p.recorder = recorder.New(p.gate, p.footage, p.premises, p.now)
	p.recorder.Report, p.recorder.InForce, p.recorder.Guard = p.report, p.board.InForce, p.guard
	p.survey = survey.New(p.gate, p.premises, p.now)
	p.room = viewing.NewRoom(p.gate, p.footage, p.recorder, p.incidents, p.holds, p.now)
	p.room.Report = p.report
	p.room.Motor = (&motors{p: p, known: map[premises.CameraID]motor{}}).of
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
	heapSpare       = 50 // percent: most of what is kept are buffers, and little of it is ever thrown away
	sweepEvery      = time.Minute
	lookEvery       = time.Second // at how much fits on the disk
)

// run does what the program does by itself, until ctx ends: it finishes what
// was interrupted, then records, sweeps and reconsiders.
func (p *program) run(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapSpare)
	}
	if err := p.lastSeen(ctx); err != nil {
		return err
	}
	if err := p.gate.Start(ctx); err != nil {
		return err
	}
	if err := p.footage.Recover(ctx); err != nil {
		return fmt.Errorf("couldn't recover the footage: %w", err)
	}
	if err := p.incidents.Recover(ctx); err != nil {
		return fmt.Errorf("couldn't finish settled incidents: %w", err)
	}
	close(p.recovered)
	// The store outlives the recorder: it indexes the last fragments.
	storing, stopStoring := context.WithCancel(context.WithoutCancel(ctx))
	defer stopStoring()
	stored := make(chan error, 1)
	go func() { stored <- again(storing, p.footage.Run, p.report) }()

	var all sync.WaitGroup
	for what, do := range p.jobs() {
		all.Go(func() {
			if err := do(ctx); err != nil && !errors.Is(err, context.Canceled) {
				p.report(fmt.Errorf("couldn't %s: %w", what, err))
			}
		})
	}
	all.Wait()
	stopStoring()
	return errors.Join(<-stored, p.gate.Stop(context.WithoutCancel(ctx)))
}

// jobs are what the program does by itself, side by side.
func (p *program) jobs() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"record":        p.recorder.Run,
		"summarise":     func(ctx context.Context) error { p.footage.KeepSummaries(ctx, p.report); return nil },
		"sweep":         func(ctx context.Context) error { p.sweeper.Run(ctx, sweepEvery, p.report); return nil },
		"end viewing":   func(ctx context.Context) error { return p.room.Run(ctx, time.Second) },
		"reconsider":    p.reconsider,
		"mind the disk": func(ctx context.Context) error { p.footage.Mind(ctx, lookEvery, p.sweeper.Ask, p.report); return nil },
		"serve metrics": p.serveMetrics,
		"measure":       func(ctx context.Context) error { p.footage.Measure(ctx, p.report); return nil },
	}
}

// again runs something that gives up when the database is away for long, as
// often as it does, until ctx ends.
func again(ctx context.Context, run func(context.Context) error, report func(error)) error {
	for {
		err := run(ctx)
		if ctx.Err() != nil || err == nil {
			return err
		}
		report(err)
	}
}

func (p *program) reconsider(ctx context.Context) error {
	tick := time.NewTicker(reconsiderEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := p.gate.Patrol(ctx); err != nil && ctx.Err() == nil {
				p.report(err)
			}
		}
	}
}

func (p *program) close() error {
	var failed []error
	if p.blobs != nil {
		failed = append(failed, p.blobs.Close())
	}
	if p.vault != nil {
		failed = append(failed, p.vault.Close())
	}
	failed = append(failed, p.db.Close())
	return errors.Join(failed...)
}
