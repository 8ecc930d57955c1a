package retention

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Sweeper erases what is due.
type Sweeper struct {
	db      db.Querier
	gate    *gate.Gate
	footage *footage.Store
	terms   func(time.Time) regulation.Terms
	now     func() time.Time

	one sync.Mutex // one sweep at a time
}

// NewSweeper returns a sweeper by the terms of the regulation in force.
func NewSweeper(q db.Querier, g *gate.Gate, f *footage.Store, terms func(time.Time) regulation.Terms, now func() time.Time) *Sweeper {
	return &Sweeper{db: q, gate: g, footage: f, terms: terms, now: now}
}

// ErrNoTerm is returned when no regulation in force says how long footage may
// be kept. Erasing can't be undone, so silence is no ground for it.
var ErrNoTerm = errors.New("no regulation in force says how long footage may be kept: adopt one that does")

// Run sweeps at once, and then each time `every` has passed, until ctx ends.
// What goes wrong is told to report; the next sweep tries again.
func (s *Sweeper) Run(ctx context.Context, every time.Duration, report func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		// What a stop interrupts is no failure: the first sweep of the next run finishes it.
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep erases everything that is due now, camera by camera. It carries on
// past failures and reports them all: footage that couldn't be erased is a
// breach, not a warning.
func (s *Sweeper) Sweep(ctx context.Context) error {
	s.one.Lock()
	defer s.one.Unlock()
	now := s.now()
	terms := s.terms(now)
	if !known(terms.Retention) {
		return fmt.Errorf("couldn't sweep: %w", ErrNoTerm)
	}
	oldest, err := s.footage.Oldest(ctx, s.db)
	if err != nil {
		return fmt.Errorf("couldn't find what must be erased: %w", err)
	}
	var failed []error
	for _, camera := range slices.Sorted(maps.Keys(oldest)) {
		before := firstKept(camera, oldest[camera], terms, now)
		if before == oldest[camera] {
			continue
		}
		if err := s.erase(ctx, camera, before); err != nil {
			failed = append(failed, fmt.Errorf("couldn't erase what camera %s saw before %s: %w", camera, before.Start().Format(time.RFC3339), err))
		}
	}
	return errors.Join(failed...)
}

// firstKept returns the first hour from `from` on that isn't due: all of camera
// before it must go. What is due stays due, and so is all that came before.
func firstKept(camera premises.CameraID, from vault.Hour, terms regulation.Terms, now time.Time) vault.Hour {
	hours := max(int(vault.HourOf(now)-from)+1, 0)
	return from + vault.Hour(sort.Search(hours, func(i int) bool {
		return !Decide(camera, from+vault.Hour(i), terms, nil, now).Due
	}))
}

// erase erases what camera saw before an hour, under one permit.
func (s *Sweeper) erase(ctx context.Context, camera premises.CameraID, before vault.Hour) error {
	permit, err := s.gate.Enter(ctx, gate.Request{
		Act: regulation.Erase, Who: people.System.Entity(), On: gate.Subject{Entity: camera.Entity()},
		Details: regulation.Context{"termijn_voorbij": regulation.Boolean(true)},
		Note:    map[string]any{"voor": before.Start().Format(time.RFC3339)},
	})
	if err != nil {
		return err
	}
	proof, err := s.footage.Erase(ctx, permit, camera, before)
	result := "gedaan"
	if err != nil {
		result = "mislukt"
	}
	// What came of it is written down also when a stop is what went wrong.
	return errors.Join(err, permit.Close(context.WithoutCancel(ctx), result, outcome(proof)))
}

// outcome is what the logbook keeps of an erasure.
func outcome(p footage.Proof) map[string]any {
	return map[string]any{"uren": p.Hours, "segmenten": p.Segments, "bytes": p.Bytes, "kluisversie": p.Version}
}
