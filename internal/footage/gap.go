package footage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
)

// A Gap is a stretch of time without footage, and why.
type Gap struct {
	ID     string
	Camera premises.CameraID
	Span   Span // To zero while it lasts
	Cause  string
	Detail string
}

const (
	causeRestart = "herstart"
	causeDisk    = "schijffout"
)

// OpenGap notes that nothing is recorded from `from` on, and why; the gap ends
// with EndGap. A camera has at most one open gap: a new cause ends the old.
// The same cause again changes nothing.
func (s *Store) OpenGap(ctx context.Context, camera premises.CameraID, from time.Time, cause, detail string) error {
	began := false
	err := within(ctx, s.db, func(tx *sql.Tx) error {
		g, err := s.openGap(ctx, tx, camera)
		if began = err == nil && (g == nil || g.Cause != cause); !began {
			return err
		}
		if g != nil {
			if err := endGap(ctx, tx, g, from); err != nil {
				return err
			}
		}
		return insertGap(ctx, tx, Gap{Camera: camera, Span: Span{From: from}, Cause: cause, Detail: detail})
	})
	if err != nil {
		return fmt.Errorf("couldn't note a gap of camera %s: %w", camera, err)
	}
	if began {
		s.health.gap(cause)
	}
	return nil
}

// EndGap ends the camera's open gap, if it has one.
func (s *Store) EndGap(ctx context.Context, camera premises.CameraID, to time.Time) error {
	err := within(ctx, s.db, func(tx *sql.Tx) error {
		g, err := s.openGap(ctx, tx, camera)
		if err != nil || g == nil {
			return err
		}
		return endGap(ctx, tx, g, to)
	})
	if err != nil {
		return fmt.Errorf("couldn't end the gap of camera %s: %w", camera, err)
	}
	return nil
}

// Gaps returns the gaps of camera that touch span, oldest first.
func (s *Store) Gaps(ctx context.Context, q db.Querier, camera premises.CameraID, span Span) ([]Gap, error) {
	return gaps(ctx, q, `SELECT id, camera, from_at, to_at, cause, detail FROM gap
		WHERE camera = $1 AND from_at < $3 AND (to_at IS NULL OR to_at > $2) ORDER BY from_at, id`,
		camera, db.Micros(span.From), db.Micros(span.To))
}

// openGap returns the camera's open gap, nil if it has none.
func (s *Store) openGap(ctx context.Context, tx *sql.Tx, camera premises.CameraID) (*Gap, error) {
	found, err := gaps(ctx, tx, `SELECT id, camera, from_at, to_at, cause, detail FROM gap
		WHERE camera = $1 AND to_at IS NULL ORDER BY from_at`+s.db.ForUpdate(), camera)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// endGap ends g, or removes it if it never lasted.
func endGap(ctx context.Context, q db.Querier, g *Gap, to time.Time) error {
	var err error
	if to.After(g.Span.From) {
		_, err = q.ExecContext(ctx, `UPDATE gap SET to_at = $2 WHERE id = $1`, g.ID, db.Micros(to))
	} else {
		_, err = q.ExecContext(ctx, `DELETE FROM gap WHERE id = $1`, g.ID)
	}
	return err
}

func insertGap(ctx context.Context, q db.Querier, g Gap) error {
	var to *int64
	if !g.Span.To.IsZero() {
		us := db.Micros(g.Span.To)
		to = &us
	}
	_, err := q.ExecContext(ctx, `INSERT INTO gap (id, camera, from_at, to_at, cause, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
		rand.Text(), g.Camera, db.Micros(g.Span.From), to, g.Cause, g.Detail)
	return err
}

func gaps(ctx context.Context, q db.Querier, query string, args ...any) (out []Gap, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("couldn't read gaps: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var g Gap
		var from int64
		var to sql.NullInt64
		if err := rows.Scan(&g.ID, &g.Camera, &from, &to, &g.Cause, &g.Detail); err != nil {
			return nil, fmt.Errorf("couldn't read gaps: %w", err)
		}
		g.Span.From = timeOf(from)
		if to.Valid {
			g.Span.To = timeOf(to.Int64)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}
