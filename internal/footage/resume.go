package footage

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
)

// shortest is how long a stretch without footage must last to be worth
// recording in.
const shortest = time.Minute

// Resume says where the recording of camera goes on: the first stretch from
// now on in which it has no footage. That begins later than now, or ends (To
// isn't zero), only where there is footage of a time that is still to come,
// because the clock was put back. It must not be recorded over.
//
// Gaps that reach into that stretch end where it begins, and those inside it
// go: they speak of a time that hasn't been. before reports whether camera has
// any footage.
func (s *Store) Resume(ctx context.Context, camera premises.CameraID, now time.Time) (free Span, before bool, err error) {
	if err := s.commit(ctx); err != nil { // so that the rows are all there
		return Span{}, false, err
	}
	err = within(ctx, s.db, func(tx *sql.Tx) error {
		if before, err = exists(ctx, tx, `SELECT 1 FROM segment WHERE camera = $1 LIMIT 1`, camera); err != nil {
			return err
		}
		if free, err = firstFree(ctx, tx, camera, now); err != nil {
			return err
		}
		from, to := db.Micros(free.From), int64(math.MaxInt64)
		if !free.To.IsZero() {
			to = db.Micros(free.To)
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM gap WHERE camera = $1 AND from_at >= $2 AND to_at <= $3`, camera, from, to)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE gap SET to_at = $2 WHERE camera = $1 AND from_at < $2 AND to_at > $2`, camera, from)
		return err
	})
	if err != nil {
		return Span{}, false, fmt.Errorf("couldn't find where camera %s goes on: %w", camera, err)
	}
	return free, before, nil
}

// firstFree returns the first stretch from now on without footage.
func firstFree(ctx context.Context, tx *sql.Tx, camera premises.CameraID, now time.Time) (Span, error) {
	rows, err := tx.QueryContext(ctx, `SELECT from_at, to_at FROM segment WHERE camera = $1 AND from_at > $2 AND to_at > $3 ORDER BY from_at`,
		camera, db.Micros(now.Add(-reach)), db.Micros(now))
	if err != nil {
		return Span{}, err
	}
	defer rows.Close()
	free := Span{From: now}
	for rows.Next() {
		var from, to int64
		if err := rows.Scan(&from, &to); err != nil {
			return Span{}, err
		}
		if timeOf(from).Sub(free.From) >= shortest {
			free.To = timeOf(from)
			break
		}
		if end := timeOf(to); end.After(free.From) {
			free.From = end
		}
	}
	return free, rows.Err()
}
