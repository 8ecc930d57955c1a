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

	one   sync.Mutex    // one sweep at a time
	asked chan struct{} // somebody wants a sweep before the next is due
	told  told          // see outcome.go
}

// NewSweeper returns a sweeper by the terms of the regulation in force.
func NewSweeper(q db.Querier, g *gate.Gate, f *footage.Store, terms func(time.Time) regulation.Terms, now func() time.Time) *Sweeper {
	return &Sweeper{db: q, gate: g, footage: f, terms: terms, now: now, asked: make(chan struct{}, 1)}
}

// ErrNoTerm is returned when no regulation in force says how long footage may
// be kept. Erasing can't be undone, so silence is no ground for it.
var ErrNoTerm = errors.New("no regulation in force says how long footage may be kept: adopt one that does")

// Run sweeps at once, and then each time `every` has passed or somebody asks
// for it, until ctx ends. What goes wrong is told to report; the next sweep
// tries again.
func (s *Sweeper) Run(ctx context.Context, every time.Duration, report func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		began := s.now()
		err := s.Sweep(ctx)
		// What a stop interrupts is no failure: the first sweep of the next run finishes it.
		if ctx.Err() == nil {
			s.swept(began, err)
			if err != nil {
				report(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.asked:
		}
	}
}

// Ask has Run sweep as soon as it can. It erases what is due and nothing else,
// however little room there is.
func (s *Sweeper) Ask() {
	select {
	case s.asked <- struct{}{}:
	default:
	}
}

// Sweep erases everything that is due now. It carries on past failures and
// reports them all: footage that couldn't be erased is a breach, not a warning.
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
	failed := map[premises.CameraID]error{}
	var due []footage.Due
	for _, camera := range slices.Sorted(maps.Keys(oldest)) {
		of, err := s.camera(ctx, camera, oldest[camera], terms, now)
		due, failed[camera] = append(due, of...), err
	}
	s.erase(ctx, due, failed)
	var all []error
	for _, camera := range slices.Sorted(maps.Keys(failed)) {
		if err := failed[camera]; err != nil {
			all = append(all, fmt.Errorf("couldn't erase all that camera %s must lose: %w", camera, err))
		}
	}
	return errors.Join(all...)
}

// camera finds what is due of one camera: first all that came before an hour,
// then what was rejected after it.
func (s *Sweeper) camera(ctx context.Context, camera premises.CameraID, oldest vault.Hour, terms regulation.Terms, now time.Time) ([]footage.Due, error) {
	plan, err := schedule(ctx, s.db, camera, footage.Span{From: oldest.Start(), To: now}, terms)
	if err != nil {
		return nil, err
	}
	var out []footage.Due
	var failed []error
	if rows := plan.Place.rows(terms, vault.HourOf(now), regulation.Recorded); !slices.ContainsFunc(rows, known) {
		failed = append(failed, ErrNoTerm)
	}
	before := firstKept(oldest, Schedule{Place: plan.Place, Terms: terms}, now)
	if before > oldest {
		out = append(out, footage.Due{Camera: camera, Before: before})
	}
	due := plan.rejectedHours(before, now)
	if len(due) == 0 {
		return out, errors.Join(failed...)
	}
	kept, err := s.footage.Kept(ctx, s.db, camera, due[0], due[len(due)-1]+1)
	failed = append(failed, err)
	due = slices.DeleteFunc(due, func(h vault.Hour) bool { return !slices.Contains(kept, h) })
	for len(due) > 0 {
		n := 1
		for n < len(due) && due[n] == due[0]+vault.Hour(n) {
			n++
		}
		out = append(out, footage.Due{Camera: camera, From: due[0], Before: due[0] + vault.Hour(n)})
		due = due[n:]
	}
	return out, errors.Join(failed...)
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

// erase erases what is due, each under a permit of its own, and adds to failed
// what went wrong with a camera.
func (s *Sweeper) erase(ctx context.Context, due []footage.Due, failed map[premises.CameraID]error) {
	var permitted []footage.Due
	for _, d := range due {
		var err error
		if d.Permit, err = s.permit(ctx, d); err != nil {
			failed[d.Camera] = errors.Join(failed[d.Camera], err)
			continue
		}
		permitted = append(permitted, d)
	}
	for i, done := range s.footage.EraseAll(ctx, permitted) {
		s.tally(done.Proof)
		result := "gedaan"
		if done.Err != nil {
			result = "mislukt"
		}
		// What came of it is written down also when a stop is what went wrong.
		err := permitted[i].Permit.Close(context.WithoutCancel(ctx), result, outcome(done.Proof))
		failed[done.Camera] = errors.Join(failed[done.Camera], done.Err, err)
	}
}

// permit asks to erase what is due.
func (s *Sweeper) permit(ctx context.Context, d footage.Due) (*gate.Permit, error) {
	note := map[string]any{"voor": d.Before.Start().Format(time.RFC3339)}
	if d.From > 0 {
		note["vanaf"] = d.From.Start().Format(time.RFC3339)
	}
	return s.gate.Enter(ctx, gate.Request{
		Act: regulation.Erase, Who: people.System.Entity(), On: gate.Subject{Entity: d.Camera.Entity()},
		Details: regulation.Context{"termijn_voorbij": regulation.Boolean(true)}, Note: note,
	})
}

// outcome is what the logbook keeps of an erasure.
func outcome(p footage.Proof) map[string]any {
	return map[string]any{"uren": p.Hours, "segmenten": p.Segments, "bytes": p.Bytes, "kluisversie": p.Version}
}
