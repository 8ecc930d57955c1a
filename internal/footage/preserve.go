package footage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// Preserve wraps the keys of the segments of camera that touch span under the
// incident, so that they outlive their hour. The permit must allow
// [regulation.Hold]. It returns how many segments the incident now keeps;
// segments that are being erased are not among them. It runs in the hold's
// transaction. What is recorded later, or in the second before, is wrapped
// when its hour is erased.
func (s *Store) Preserve(ctx context.Context, tx *logbook.Tx, p *gate.Permit, incident string, camera premises.CameraID, span Span) (int, error) {
	if err := p.Allows(Subject(camera, span), regulation.Hold); err != nil {
		return 0, err
	}
	// Locked, so that an erasure that is about to mark them waits for us and
	// then sees what we did.
	found, err := segments(ctx, tx, `SELECT `+segmentColumns+` FROM segment
		WHERE camera = $1 AND from_at < $3 AND (to_at > $2 OR state = 'open') AND state <> 'erasing' ORDER BY id`+s.db.ForUpdate(),
		camera, db.Micros(span.From), db.Micros(span.To))
	if err != nil {
		return 0, err
	}
	k := s.keyring(tx)
	defer k.wipe()
	kept := 0
	for _, g := range found {
		switch err := s.wrap(ctx, tx.Tx, k, g, incident); {
		case unkeepable(err):
			// Nothing is left of it to keep; `oogmerk check` says so.
		case err != nil:
			return kept, fmt.Errorf("couldn't preserve segment %s: %w", g.ID, err)
		default:
			kept++
		}
	}
	return kept, nil
}

// unkeepable reports whether err means that nothing can ever open the
// segment, or that there is nothing in it.
func unkeepable(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errDamaged) || errors.Is(err, vault.ErrErased)
}

// wrap wraps g's key for incident, unless it was before.
func (s *Store) wrap(ctx context.Context, tx *sql.Tx, k *keyring, g Segment, incident string) error {
	done, err := exists(ctx, tx, `SELECT 1 FROM held_key WHERE incident = $1 AND segment = $2`, incident, g.ID)
	if err != nil || done {
		return err
	}
	key, err := s.segmentKey(ctx, k, g)
	if err != nil {
		return err
	}
	defer clear(key)
	wrapped, err := s.keys.Wrap(incident, string(g.ID), key)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO held_key (incident, segment, wrapped) VALUES ($1, $2, $3)
		ON CONFLICT (incident, segment) DO NOTHING`, incident, g.ID, wrapped)
	return err
}

// segmentKey finds the key of g by what is in its file.
func (s *Store) segmentKey(ctx context.Context, k *keyring, g Segment) ([]byte, error) {
	f, err := s.blobs.Open(g.Blob)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, _, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	if h.id() != g.ID || h.camera != g.Camera || h.hour != g.Hour {
		return nil, damaged("the header is that of segment %s of camera %s", h.id(), h.camera)
	}
	return k.key(ctx, h)
}

// A held stretch of a camera, and for which incident.
type held struct {
	incident string
	span     Span
}

// holds returns what of camera is held now.
func holds(ctx context.Context, q db.Querier, camera premises.CameraID) ([]held, error) {
	rows, err := q.QueryContext(ctx, `SELECT incident, from_at, to_at FROM hold WHERE camera = $1 AND lifted_at IS NULL`, camera)
	if err != nil {
		return nil, fmt.Errorf("couldn't find what of camera %s is held: %w", camera, err)
	}
	defer rows.Close()
	var out []held
	for rows.Next() {
		var h held
		var from, to int64
		if err := rows.Scan(&h.incident, &from, &to); err != nil {
			return nil, fmt.Errorf("couldn't find what of camera %s is held: %w", camera, err)
		}
		h.span = Span{From: timeOf(from), To: timeOf(to)}
		out = append(out, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't find what of camera %s is held: %w", camera, err)
	}
	return out, nil
}
