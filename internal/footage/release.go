package footage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// Release destroys an incident's key and erases the segments that only it
// kept. The permit must allow [regulation.Settle] for the incident. Its holds
// are lifted, so that nothing is kept for it again. Like Erase it can be run
// again at whatever step it stopped, and not inside a transaction.
func (s *Store) Release(ctx context.Context, p *gate.Permit, incident string) (Proof, error) {
	if err := p.Allows(gate.Subject{Entity: regulation.NewEntity(regulation.Incident, incident)}, regulation.Settle); err != nil {
		return Proof{}, err
	}
	if err := s.letGo(ctx, incident); err != nil {
		return Proof{}, fmt.Errorf("couldn't begin to release what incident %s held: %w", incident, err)
	}
	return s.finishRelease(ctx, incident)
}

// heldFor is a condition: segments that are, or were to be, kept for
// incident $1. 120 seconds are [reach].
const heldFor = `id IN (SELECT k.segment FROM held_key k WHERE k.incident = $1
	UNION SELECT g.id FROM hold h JOIN segment g ON g.camera = h.camera AND g.from_at > h.from_at - 120000000
		AND g.from_at < h.to_at AND g.to_at > h.from_at WHERE h.incident = $1)`

// letGo is step one: the incident holds nothing any more, and what has no
// other reason to be here is marked.
func (s *Store) letGo(ctx context.Context, incident string) error {
	return within(ctx, s.db, func(tx *sql.Tx) error {
		// Locked for the same reason as in Preserve.
		_, err := segments(ctx, tx, `SELECT `+segmentColumns+` FROM segment
			WHERE `+heldFor+` ORDER BY id`+s.db.ForUpdate(), incident)
		if err != nil {
			return err
		}
		marked, err := segments(ctx, tx, `UPDATE segment SET state = 'erasing' WHERE state <> 'erasing' AND `+heldFor+`
			AND EXISTS (SELECT 1 FROM erasure e WHERE e.camera = segment.camera AND e.hour = segment.hour)
			AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = segment.id AND k.incident <> $1)
			AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.incident <> $1 AND h.camera = segment.camera AND h.lifted_at IS NULL
				AND h.from_at < segment.to_at AND h.to_at > segment.from_at)
			RETURNING `+segmentColumns, incident)
		if err != nil {
			return err
		}
		for _, g := range marked {
			_, err := tx.ExecContext(ctx, `UPDATE erasure SET segments = segments + 1, bytes = bytes + $3 WHERE camera = $1 AND hour = $2`,
				g.Camera, g.Hour, g.Bytes)
			if err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE hold SET lifted_at = $2 WHERE incident = $1 AND lifted_at IS NULL`, incident, db.Micros(s.now()))
		return err
	})
}

// finishRelease does the rest. Rows of wrapped keys go last: until then they
// say which incident isn't finished.
func (s *Store) finishRelease(ctx context.Context, incident string) (Proof, error) {
	if err := s.keys.Forget(incident); err != nil {
		return Proof{}, err
	}
	proof := Proof{Version: s.keys.Version()}
	marked, err := doomedBy(ctx, s.db, `SELECT `+doomedColumns+` FROM segment WHERE state = 'erasing' AND `+heldFor, incident)
	if err != nil {
		return proof, err
	}
	gone, failed := s.removeBlobs(marked)
	err = within(ctx, s.db, func(tx *sql.Tx) error {
		if err := forgetRows(ctx, tx, gone); err != nil {
			return err
		}
		// Those of blobs that wouldn't go stay, and with them the unfinished business.
		_, err := tx.ExecContext(ctx, `DELETE FROM held_key WHERE incident = $1
			AND NOT EXISTS (SELECT 1 FROM segment g WHERE g.id = held_key.segment AND g.state = 'erasing')`, incident)
		return err
	})
	if err != nil {
		return proof, errors.Join(failed, fmt.Errorf("couldn't write down what incident %s released: %w", incident, err))
	}
	proof.count(gone)
	return proof, failed
}
