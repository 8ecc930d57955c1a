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
	if !slices.ContainsFunc(terms.Retentions, known) {
		return fmt.Errorf("couldn't sweep: %w", ErrNoTerm)
	}
	oldest, err := s.footage.Oldest(ctx, s.db)
	if err != nil {
		return fmt.Errorf("couldn't find what must be erased: %w", err)
	}
	var failed []error
	for _, camera := range slices.Sorted(maps.Keys(oldest)) {
		if err := s.camera(ctx, camera, oldest[camera], terms, now); err != nil {
			failed = append(failed, fmt.Errorf("couldn't erase all that camera %s must lose: %w", camera, err))
		}
	}
	return errors.Join(failed...)
}

// camera erases what is due of one camera: first all that came before an hour,
// then what was rejected after it.
func (s *Sweeper) camera(ctx context.Context, camera premises.CameraID, oldest vault.Hour, terms regulation.Terms, now time.Time) error {
	plan, err := schedule(ctx, s.db, camera, footage.Span{From: oldest.Start(), To: now}, terms)
	if err != nil {
		return err
	}
	var failed []error
	if rows := plan.Place.rows(terms, vault.HourOf(now), regulation.Recorded); !slices.ContainsFunc(rows, known) {
		failed = append(failed, ErrNoTerm)
	}
	before := firstKept(oldest, Schedule{Place: plan.Place, Terms: terms}, now)
	if before > oldest {
		failed = append(failed, s.erase(ctx, camera, 0, before))
	}
	due := plan.rejectedHours(before, now)
	if len(due) == 0 {
		return errors.Join(failed...)
	}
	kept, err := s.footage.Kept(ctx, s.db, camera, due[0], due[len(due)-1]+1)
	failed = append(failed, err)
	due = slices.DeleteFunc(due, func(h vault.Hour) bool { return !slices.Contains(kept, h) })
	for len(due) > 0 {
		n := 1
		for n < len(due) && due[n] == due[0]+vault.Hour(n) {
			n++
		}
		failed = append(failed, s.erase(ctx, camera, due[0], due[0]+vault.Hour(n)))
		due = due[n:]
	}
	return errors.Join(failed...)
}

// firstKept returns the first hour from `from` on that isn't due: all before it
// must go. What is due stays due, and so is all that came before, as long as
// nothing is rejected.
func firstKept(from vault.Hour, s Schedule, now time.Time) vault.Hour {
	hours := max(int(vault.HourOf(now)-from)+1, 0)
	return from + vault.Hour(sort.Search(hours, func(i int) bool {
		return !Decide(from+vault.Hour(i), s, nil, now).Due
	}))
}

// erase erases what camera saw from one hour on before another, under one
// permit.
func (s *Sweeper) erase(ctx context.Context, camera premises.CameraID, from, before vault.Hour) error {
	note := map[string]any{"voor": before.Start().Format(time.RFC3339)}
	if from > 0 {
		note["vanaf"] = from.Start().Format(time.RFC3339)
	}
	permit, err := s.gate.Enter(ctx, gate.Request{
		Act: regulation.Erase, Who: people.System.Entity(), On: gate.Subject{Entity: camera.Entity()},
		Details: regulation.Context{"termijn_voorbij": regulation.Boolean(true)}, Note: note,
	})
	if err != nil {
		return err
	}
	proof, err := s.footage.EraseHours(ctx, permit, camera, from, before)
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
