package footage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"oogmerk/internal/db"
)

// An index gathers what writers have to say of their segments and tells the
// database about all cameras at once.
type index struct {
	db *db.DB

	committing sync.Mutex             // held during a commit: one at a time
	known      map[SegmentID]struct{} // open rows that are in the database; under committing

	mu      sync.Mutex
	pending map[SegmentID]line // the last word on each segment
}

// A line is what a segment's row must become.
type line struct {
	Segment
	gone bool // no row: nothing was kept
}

func (i *index) put(l line) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pending[l.ID] = l
}

// take returns all that is pending, and putBack what couldn't be committed
// unless something newer came.
func (i *index) take() map[SegmentID]line {
	i.mu.Lock()
	defer i.mu.Unlock()
	lines := i.pending
	i.pending = map[SegmentID]line{}
	return lines
}

func (i *index) putBack(lines map[SegmentID]line) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id, l := range lines {
		if _, newer := i.pending[id]; !newer {
			i.pending[id] = l
		}
	}
}

// commit brings the rows up to date, and removes the blobs of segments whose
// hour was erased while they were being written: their key is gone, so they
// can't be anything but rubbish.
func (s *Store) commit(ctx context.Context) error {
	rubbish, err := s.index.commit(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range rubbish {
		failed = append(failed, s.blobs.Remove(name))
	}
	return errors.Join(failed...)
}

func (i *index) commit(ctx context.Context) (rubbish []string, err error) {
	i.committing.Lock()
	defer i.committing.Unlock()
	lines := i.take()
	if len(lines) == 0 {
		return nil, nil
	}
	defer func() {
		if err != nil {
			i.putBack(lines)
			err = fmt.Errorf("couldn't bring the index up to date: %w", err)
		}
	}()
	err = within(ctx, i.db, func(tx *sql.Tx) (err error) {
		rubbish, err = i.writeAll(ctx, tx, lines)
		return err
	})
	if err != nil {
		return nil, err
	}
	for id, l := range lines {
		if i.known == nil {
			i.known = map[SegmentID]struct{}{}
		}
		i.known[id] = struct{}{}
		if l.gone || l.State != open {
			delete(i.known, id)
		}
	}
	return rubbish, nil
}

// writeAll returns the blobs that may have no row.
func (i *index) writeAll(ctx context.Context, tx *sql.Tx, lines map[SegmentID]line) (rubbish []string, err error) {
	update, err := tx.PrepareContext(ctx, `UPDATE segment SET from_at = $2, to_at = $3, bytes = $4, fragments = $5, hash = $6, state = $7, activity = $8
		WHERE id = $1 AND state = 'open'`)
	if err != nil {
		return nil, err
	}
	defer update.Close()
	for _, id := range slices.Sorted(maps.Keys(lines)) { // in the order in which others lock rows
		l := lines[id]
		if _, known := i.known[id]; known && !l.gone {
			_, err := update.ExecContext(ctx, id, db.Micros(l.Span.From), db.Micros(l.Span.To), l.Bytes, l.Fragments, l.hash(), l.State, l.Activity)
			if err != nil {
				return nil, err
			}
			continue
		}
		written, err := l.write(ctx, tx)
		if err != nil {
			return nil, err
		}
		if !written {
			rubbish = append(rubbish, l.Blob)
		}
	}
	return rubbish, nil
}

// write reports false for a segment that may have no row, because its hour
// has been erased. A row that isn't open is never touched: who erases has
// taken it over.
func (l line) write(ctx context.Context, tx *sql.Tx) (bool, error) {
	if l.gone {
		_, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = $1 AND state = 'open'`, l.ID)
		return true, err
	}
	erased, err := exists(ctx, tx, `SELECT 1 FROM erasure WHERE camera = $1 AND hour = $2`, l.Camera, l.Hour)
	if err != nil || erased {
		return false, err
	}
	return true, l.insert(ctx, tx)
}

func (g Segment) hash() []byte {
	if g.State == open {
		return nil
	}
	return g.Hash[:]
}

// insert writes g's row, over one that is there already.
func (g Segment) insert(ctx context.Context, q db.Querier) error {
	_, err := q.ExecContext(ctx, `INSERT INTO segment (id, camera, hour, from_at, to_at, bytes, fragments, hash, state, blob, clock_off, activity)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET camera = excluded.camera, hour = excluded.hour, from_at = excluded.from_at, to_at = excluded.to_at,
			bytes = excluded.bytes, fragments = excluded.fragments, hash = excluded.hash, state = excluded.state, blob = excluded.blob,
			clock_off = excluded.clock_off, activity = excluded.activity`,
		g.ID, g.Camera, g.Hour, db.Micros(g.Span.From), db.Micros(g.Span.To), g.Bytes, g.Fragments, g.hash(), g.State, g.Blob,
		g.ClockOff.Milliseconds(), g.Activity)
	if err != nil {
		return err
	}
	return forgetSummary(ctx, q, g.Camera, g.Hour)
}

const segmentColumns = `id, camera, hour, from_at, to_at, bytes, fragments, hash, state, blob, clock_off, activity`

// segments returns the segments that a query of segmentColumns finds.
func segments(ctx context.Context, q db.Querier, query string, args ...any) ([]Segment, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the index: %w", err)
	}
	defer rows.Close()
	var out []Segment
	for rows.Next() {
		var g Segment
		var from, to, ahead int64
		var hash []byte
		if err := rows.Scan(&g.ID, &g.Camera, &g.Hour, &from, &to, &g.Bytes, &g.Fragments, &hash, &g.State, &g.Blob, &ahead, &g.Activity); err != nil {
			return nil, fmt.Errorf("couldn't read the index: %w", err)
		}
		g.Span = Span{From: timeOf(from), To: timeOf(to)}
		copy(g.Hash[:], hash)
		g.ClockOff = time.Duration(ahead) * time.Millisecond
		out = append(out, g)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't read the index: %w", err)
	}
	return out, nil
}

// within runs do in a transaction.
func within(ctx context.Context, d *db.DB, do func(*sql.Tx) error) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// exists reports whether a query finds anything.
func exists(ctx context.Context, q db.Querier, query string, args ...any) (bool, error) {
	var one int
	err := q.QueryRowContext(ctx, query, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
