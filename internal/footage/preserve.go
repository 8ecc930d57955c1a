package footage

import (
	"context"
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
	found, err := segments(ctx, tx, `SELECT `+segmentColumns+` FROM segment WHERE `+relevant+` ORDER BY id`+s.db.ForUpdate(),
		args(camera, Span{From: span.From.Add(-lookBack), To: span.To})...)
	if err != nil {
		return 0, err
	}
	k := s.keeper(tx.Tx, found)
	defer k.wipe()
	for _, g := range found {
		// What is open may go on into span, but not for longer than a segment lasts.
		into := g.State == open && g.Span.From.Add(segmentLength).After(span.From)
		if !into && !g.Span.To.After(span.From) {
			continue
		}
		// Of what is unkeepable nothing is left; `oogmerk check` says so.
		if err := k.keep(ctx, g, incident); err != nil && !unkeepable(err) {
			return len(k.kept), fmt.Errorf("couldn't preserve segment %s: %w", g.ID, err)
		}
	}
	return len(k.kept), nil
}

// unkeepable reports whether err means that nothing can ever open the
// segment, or that there is nothing in it.
func unkeepable(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errDamaged) || errors.Is(err, vault.ErrErased) || errors.Is(err, vault.ErrUnknown)
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
