package footage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Proof is what is kept of an erasure.
type Proof struct {
	Camera   premises.CameraID
	From     vault.Hour // the first hour that went; 0 if every hour before Before did
	Before   vault.Hour // the first hour after From that didn't
	Hours    int        // in how many of them there was something to remove
	Segments int
	Bytes    int64
	Version  uint64 // of the first vault without the keys
}

// A Due is footage that must go: of one camera, of the hours from From on
// before Before. The permit must allow [regulation.Erase] for the camera.
type Due struct {
	Permit       *gate.Permit
	Camera       premises.CameraID
	From, Before vault.Hour
}

// An Erased is what came of a [Due]. Also when something went wrong the proof
// says what is gone.
type Erased struct {
	Proof
	Err error
}

// Erase erases all footage of camera of every hour before `before`, except
// segments whose keys are wrapped for an incident: mark (one statement that
// re-checks holds), destroy the keys, remove the blobs, keep the proof. The
// permit must allow [regulation.Erase] for the camera. Whatever step it stops
// at, running it again finishes it. It has transactions of its own: don't
// call it inside one.
//
// A segment that is held but can't be kept, because its file is damaged or
// missing, doesn't stop the rest: the erasure is finished, and the error says
// which.
func (s *Store) Erase(ctx context.Context, p *gate.Permit, camera premises.CameraID, before vault.Hour) (Proof, error) {
	return s.EraseHours(ctx, p, camera, 0, before)
}

// EraseHours is Erase for the hours from `from` on before `before`: what came
// before them stays.
func (s *Store) EraseHours(ctx context.Context, p *gate.Permit, camera premises.CameraID, from, before vault.Hour) (Proof, error) {
	done := s.EraseAll(ctx, []Due{{p, camera, from, before}})[0]
	return done.Proof, done.Err
}

// EraseAll is EraseHours for several cameras at once, or for stretches of one
// that share no hour. It returns what came of each, in their order; the failure
// of one doesn't stop the others.
//
// The rows of all cameras lie between each other, in the order in which they
// were recorded. So what goes is taken hour by hour, and not camera by camera:
// then each page of the index is written a few times, and not once for each row
// in it. Both transactions and memory are those of a few dozen camera-hours,
// however many are due.
func (s *Store) EraseAll(ctx context.Context, due []Due) []Erased {
	all := make([]*erasure, len(due))
	for i, d := range due {
		all[i] = newErasure(extent{d.Camera, d.From, d.Before})
		if err := d.Permit.Allows(gate.Subject{Entity: d.Camera.Entity()}, regulation.Erase); err != nil {
			all[i].stop(err)
			continue
		}
		all[i].seq = d.Permit.Seq()
	}
	if err := s.commit(ctx); err != nil { // so that the rows are all there
		for _, e := range all {
			e.stop(fmt.Errorf("couldn't begin to erase camera %s: %w", e.camera, err))
		}
	}
	s.inBatches(ctx, all, freshHours+turnedUp, s.intend)
	s.destroy(ctx, all)
	// Of an hour that nobody knew until now the key may have been published
	// while we were busy. From here on it can't be.
	s.inBatches(ctx, all, freshHours, s.intend)
	s.inBatches(ctx, all, intendedHours, s.finish)
	out := make([]Erased, len(all))
	for i, e := range all {
		out[i] = Erased{e.proof, errors.Join(e.failed...)}
	}
	return out
}

// An extent is the hours of one camera from one on before another.
type extent struct {
	camera       premises.CameraID
	from, before vault.Hour
}

// inExtent is a condition: hours of camera $1 from $2 on before $3. See args.
const inExtent = `camera = $1 AND hour >= $2 AND hour < $3`

func (e extent) args(more ...any) []any { return append([]any{e.camera, e.from, e.before}, more...) }

// An erasure is an extent on its way out.
type erasure struct {
	extent
	seq     int64 // logbook entry of its ruling; 0 when what had one is finished
	proof   Proof
	failed  []error
	stopped bool // nothing more is done about it this time
}

func newErasure(e extent) *erasure {
	return &erasure{extent: e, proof: Proof{Camera: e.camera, From: e.from, Before: e.before}}
}

func (e *erasure) stop(err error) {
	e.failed, e.stopped = append(e.failed, err), true
}

// Which hours of an extent there is something to do about: those that have a
// key or footage and of which no erasure was written down; those in which
// footage turned up after that; those that were meant to go. Those with footage
// are found by stepping through the index, of which each hour has many rows.
const (
	freshHours = `WITH RECURSIVE h (hour) AS (SELECT MIN(hour) FROM segment WHERE ` + inExtent + `
			UNION ALL SELECT (SELECT MIN(s.hour) FROM segment s WHERE s.camera = $1 AND s.hour > h.hour AND s.hour < $3)
			FROM h WHERE h.hour IS NOT NULL)
		SELECT camera, hour FROM key_hour k WHERE ` + inExtent + ` AND ` + notErased + `
		UNION SELECT CAST($1 AS TEXT), hour FROM h k WHERE hour IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = $1 AND e.hour = k.hour)`
	turnedUp = ` UNION SELECT CAST($1 AS TEXT), hour FROM h
		WHERE EXISTS (SELECT 1 FROM erasure e WHERE e.camera = $1 AND e.hour = h.hour)
		AND EXISTS (SELECT 1 FROM segment g WHERE g.camera = $1 AND g.hour = h.hour AND g.state <> 'erasing'
			AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = g.id))`
	intendedHours = `SELECT camera, hour FROM erasure WHERE ` + inExtent + ` AND state = 'intended'`
	notErased     = `NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = k.camera AND e.hour = k.hour)`
)

// batchHours is how many camera-hours are taken at once, but never less than
// one of each camera. A transaction of so many takes some tens of milliseconds.
const batchHours = 64

// A part is what of an erasure is in hand.
type part struct {
	extent
	of     *erasure
	lost   error    // about segments that are held but of which nothing can be kept
	marked []doomed // and of these
	gone   []doomed // the file isn't there any more
}

// inBatches does something about all hours that a query finds in the extents,
// oldest first.
func (s *Store) inBatches(ctx context.Context, all []*erasure, hours string, do func(context.Context, []part)) {
	type hourOf struct {
		of   *erasure
		hour vault.Hour
	}
	var todo []hourOf
	for _, e := range all {
		if e.stopped {
			continue
		}
		found, err := cameraHours(ctx, s.db, hours, e.args()...)
		if err != nil {
			e.stop(fmt.Errorf("couldn't find what must go of camera %s: %w", e.camera, err))
		}
		for _, h := range found {
			todo = append(todo, hourOf{e, h.hour})
		}
	}
	slices.SortStableFunc(todo, func(a, b hourOf) int { return cmp.Compare(a.hour, b.hour) })
	for batch := range slices.Chunk(todo, max(batchHours, len(all))) {
		var parts []part
		at := map[*erasure]int{}
		for _, h := range batch {
			i, there := at[h.of]
			if !there {
				i, at[h.of] = len(parts), len(parts)
				parts = append(parts, part{of: h.of, extent: extent{h.of.camera, h.hour, h.hour + 1}})
			}
			parts[i].before = h.hour + 1
		}
		do(ctx, parts)
	}
}

// going are those of parts about which something can still be done.
func going(parts []part) []part {
	return slices.DeleteFunc(parts, func(p part) bool { return p.of.stopped })
}

// together does something about parts in one transaction. If that fails each of
// them gets its own, so that one camera's trouble isn't another's.
func (s *Store) together(ctx context.Context, parts []part, what string, do func(context.Context, *sql.Tx, []part) error) {
	if len(parts) == 0 {
		return
	}
	err := within(ctx, s.db, func(tx *sql.Tx) error { return do(ctx, tx, parts) })
	switch {
	case err == nil:
	case len(parts) == 1:
		parts[0].of.stop(fmt.Errorf("couldn't %s camera %s: %w", what, parts[0].camera, err))
	default:
		for i := range parts {
			s.together(ctx, parts[i:i+1:i+1], what, do)
		}
	}
}

// destroy is step two: from here on nothing opens what was marked.
func (s *Store) destroy(ctx context.Context, all []*erasure) {
	for _, e := range all {
		if e.stopped {
			continue
		}
		version, err := s.keys.DestroyHours(ctx, string(e.camera), e.from, e.before)
		if err != nil {
			e.stop(err)
			continue
		}
		e.proof.Version = version
	}
}

// finishErasures does what is left of erasures that were meant. It needs no
// permit: the intent had one.
func (s *Store) finishErasures(ctx context.Context, due []extent) error {
	var all []*erasure
	for _, e := range due {
		all = append(all, newErasure(e))
	}
	s.destroy(ctx, all)
	s.inBatches(ctx, all, intendedHours, s.finish)
	var failed []error
	for _, e := range all {
		failed = append(failed, e.failed...)
	}
	return errors.Join(failed...)
}
