package footage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"oogmerk/internal/db"
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
	if err := p.Allows(gate.Subject{Entity: camera.Entity()}, regulation.Erase); err != nil {
		return Proof{}, err
	}
	due := extent{camera, from, before}
	lost, err := s.intend(ctx, due, p.Seq())
	if err != nil {
		return Proof{}, fmt.Errorf("couldn't begin to erase camera %s: %w", camera, err)
	}
	proof, err := s.finishErasure(ctx, due)
	return proof, errors.Join(lost, err)
}

// An extent is the hours of one camera from one on before another.
type extent struct {
	camera       premises.CameraID
	from, before vault.Hour
}

// inExtent is a condition: hours of camera $1 from $2 on before $3. See args.
const inExtent = `camera = $1 AND hour >= $2 AND hour < $3`

func (e extent) args(more ...any) []any { return append([]any{e.camera, e.from, e.before}, more...) }

// intend is step one, in one transaction: it wraps the keys of what is held,
// marks the rest, and writes down which hours go. lost is about segments that
// are held but of which nothing can be kept.
func (s *Store) intend(ctx context.Context, due extent, seq int64) (lost, err error) {
	if err := s.commit(ctx); err != nil { // so that the rows are all there
		return nil, err
	}
	err = within(ctx, s.db, func(tx *sql.Tx) error {
		if lost, err = s.preserveHeld(ctx, tx, due); err != nil {
			return err
		}
		hours, err := s.mark(ctx, tx, due)
		if err != nil {
			return err
		}
		return s.writeIntent(ctx, tx, due.camera, hours, seq)
	})
	return lost, err
}

// preserveHeld locks all that is due and wraps the keys of what is held of it.
func (s *Store) preserveHeld(ctx context.Context, tx *sql.Tx, e extent) (lost, err error) {
	due, err := segments(ctx, tx, `SELECT `+segmentColumns+` FROM segment WHERE `+inExtent+` AND state <> 'erasing'
		AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = segment.camera AND e.hour = segment.hour AND e.state = 'done')
		ORDER BY id`+s.db.ForUpdate(), e.args()...)
	if err != nil {
		return nil, err
	}
	stretches, err := holds(ctx, tx, e.camera)
	if err != nil {
		return nil, err
	}
	k := s.keeper(tx, due)
	defer k.wipe()
	for _, g := range due {
		for _, h := range stretches {
			if !g.Span.Overlaps(h.span) {
				continue
			}
			err := k.keep(ctx, g, h.incident)
			if err == nil {
				continue
			}
			err = fmt.Errorf("couldn't preserve segment %s for incident %s: %w", g.ID, h.incident, err)
			if !unkeepable(err) {
				return nil, err
			}
			lost = errors.Join(lost, err)
		}
	}
	return lost, nil
}

// A tally is how much of one hour goes.
type tally struct {
	segments int
	bytes    int64
}

// mark marks what goes, and returns how much that is of every hour whose key
// goes. An hour of which all is held has an entry too: its key goes as well.
func (s *Store) mark(ctx context.Context, tx *sql.Tx, e extent) (map[vault.Hour]tally, error) {
	hours := map[vault.Hour]tally{}
	due, err := cameraHours(ctx, tx, `SELECT k.camera, k.hour FROM key_hour k WHERE k.camera = $1 AND k.hour >= $2 AND k.hour < $3
		AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = k.camera AND e.hour = k.hour)
		UNION SELECT g.camera, g.hour FROM segment g WHERE g.camera = $1 AND g.hour >= $2 AND g.hour < $3
		AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = g.camera AND e.hour = g.hour)`, e.args()...)
	if err != nil {
		return nil, err
	}
	for _, h := range due {
		hours[h.hour] = tally{}
	}
	marked, err := segments(ctx, tx, `UPDATE segment SET state = 'erasing' WHERE `+inExtent+` AND state <> 'erasing'
		AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = segment.id)
		AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.camera = segment.camera AND h.lifted_at IS NULL
			AND h.from_at < segment.to_at AND h.to_at > segment.from_at)
		RETURNING `+segmentColumns, e.args()...)
	for _, g := range marked {
		t := hours[g.Hour]
		hours[g.Hour] = tally{t.segments + 1, t.bytes + g.Bytes}
	}
	return hours, err
}

// writeIntent writes down which hours go. Footage that turns up in an hour
// that was erased already is added to it.
func (s *Store) writeIntent(ctx context.Context, tx *sql.Tx, camera premises.CameraID, hours map[vault.Hour]tally, seq int64) error {
	for _, hour := range slices.Sorted(maps.Keys(hours)) {
		t := hours[hour]
		_, err := tx.ExecContext(ctx, `INSERT INTO erasure (camera, hour, state, segments, bytes, entry, vault_version, at)
			VALUES ($1, $2, 'intended', $3, $4, $5, 0, $6)
			ON CONFLICT (camera, hour) DO UPDATE SET state = 'intended', segments = erasure.segments + excluded.segments,
				bytes = erasure.bytes + excluded.bytes, entry = excluded.entry, at = excluded.at`,
			camera, hour, t.segments, t.bytes, seq, db.Micros(s.now()))
		if err != nil {
			return fmt.Errorf("couldn't write down what is to be erased: %w", err)
		}
	}
	return nil
}

// finishErasure does the rest: it destroys the keys, removes the blobs, and
// writes down that it was done. It needs no permit: the intent had one.
func (s *Store) finishErasure(ctx context.Context, e extent) (Proof, error) {
	proof := Proof{Camera: e.camera, From: e.from, Before: e.before}
	var err error
	if proof.Version, err = s.keys.DestroyHours(ctx, string(e.camera), e.from, e.before); err != nil {
		return proof, err
	}
	gone, failed := s.removeMarked(ctx, e)
	err = within(ctx, s.db, func(tx *sql.Tx) error {
		if err := forgetRows(ctx, tx, gone); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE erasure SET state = 'done', vault_version = $4, at = $5
			WHERE `+inExtent+` AND state = 'intended' AND NOT EXISTS
				(SELECT 1 FROM segment g WHERE g.camera = erasure.camera AND g.hour = erasure.hour AND g.state = 'erasing'
					AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = g.id))`,
			e.args(proof.Version, db.Micros(s.now()))...)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE key_hour SET public_key = NULL WHERE `+inExtent+` AND public_key IS NOT NULL`, e.args()...)
		return err
	})
	if err != nil {
		return proof, errors.Join(failed, fmt.Errorf("couldn't write down that camera %s was erased: %w", e.camera, err))
	}
	proof.count(gone)
	return proof, failed
}

// removeMarked removes the blobs of what is marked, as far as that goes. What
// is marked and has a wrapped key is an unfinished release's, not ours.
func (s *Store) removeMarked(ctx context.Context, e extent) (gone []Segment, failed error) {
	marked, err := segments(ctx, s.db, `SELECT `+segmentColumns+` FROM segment
		WHERE `+inExtent+` AND state = 'erasing'
		AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = segment.id) ORDER BY from_at, id`, e.args()...)
	if err != nil {
		return nil, err
	}
	return s.removeBlobs(marked)
}

func (s *Store) removeBlobs(marked []Segment) (gone []Segment, failed error) {
	of, names := map[string]Segment{}, make([]string, len(marked))
	for i, g := range marked {
		of[g.Blob], names[i] = g, g.Blob
	}
	removed, failed := s.blobs.RemoveAll(names)
	for _, name := range removed {
		gone = append(gone, of[name])
	}
	return gone, failed
}

// forgetRows deletes the rows of what is gone.
func forgetRows(ctx context.Context, tx *sql.Tx, gone []Segment) error {
	for _, g := range gone {
		if _, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = $1 AND state = 'erasing'`, g.ID); err != nil {
			return err
		}
	}
	return nil
}

// count adds what is gone.
func (p *Proof) count(gone []Segment) {
	hours := map[cameraHour]bool{}
	for _, g := range gone {
		hours[cameraHour{g.Camera, g.Hour}] = true
		p.Segments++
		p.Bytes += g.Bytes
	}
	p.Hours = len(hours)
}
