package footage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/premises"
)

// Recover finishes what a crash interrupted: closes segments that were open,
// gives files without a row their row back, removes files in which nothing
// was written yet, finishes erasures, ends open gaps, and notes a gap with
// cause "herstart" from the last footage of who was recording until now. It
// is called once, before anything records.
func (s *Store) Recover(ctx context.Context) error {
	now := s.now()
	last := map[premises.CameraID]time.Time{} // end of footage of who was recording
	failed := []error{
		s.endOpenGaps(ctx, now),
		s.recoverOpen(ctx, last),
		s.recoverUnknown(ctx, last),
	}
	for camera, from := range last {
		if from.Before(now) {
			failed = append(failed, insertGap(ctx, s.db, Gap{Camera: camera, Span: Span{From: from, To: now}, Cause: causeRestart}))
		}
	}
	failed = append(failed, s.resumeReleases(ctx), s.resumeErasures(ctx))
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("couldn't recover all footage: %w", err)
	}
	return nil
}

func (s *Store) endOpenGaps(ctx context.Context, now time.Time) error {
	found, err := gaps(ctx, s.db, `SELECT id, camera, from_at, to_at, cause, detail FROM gap WHERE to_at IS NULL`)
	failed := []error{err}
	for _, g := range found {
		failed = append(failed, endGap(ctx, s.db, &g, now))
	}
	return errors.Join(failed...)
}

// recoverOpen closes the segments that were being written.
func (s *Store) recoverOpen(ctx context.Context, last map[premises.CameraID]time.Time) error {
	found, err := segments(ctx, s.db, `SELECT `+segmentColumns+` FROM segment WHERE state = 'open' ORDER BY from_at, id`)
	failed := []error{err}
	for _, g := range found {
		fixed, err := s.recoverFile(g.Blob)
		if errors.Is(err, errDamaged) || err == nil && fixed == nil && g.Fragments > 0 {
			// The file can't be read, or is gone. What the row says is all
			// there is to know; `oogmerk check` will say what is wrong.
			fixed, err = &g, nil
			fixed.State = closed
		}
		if err == nil {
			err = s.putRow(ctx, g.ID, fixed)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("segment %s: %w", g.ID, err))
			continue
		}
		end := g.Span.To
		if fixed != nil {
			end = fixed.Span.To
		}
		if end.After(last[g.Camera]) {
			last[g.Camera] = end
		}
	}
	return errors.Join(failed...)
}

// putRow makes g the row of segment id; nil for no row.
func (s *Store) putRow(ctx context.Context, id SegmentID, g *Segment) error {
	if g != nil {
		return g.insert(ctx, s.db)
	}
	_, err := s.db.ExecContext(ctx, `DELETE FROM segment WHERE id = $1 AND fragments = 0`, id)
	return err
}

// recoverFile cuts off what isn't whole at the end of a file and returns the
// row it should have; nil if it has nothing in it, and then it is removed.
func (s *Store) recoverFile(name string) (*Segment, error) {
	f, err := s.blobs.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	empty, err := nothingYet(f, f.Size())
	if err != nil {
		return nil, err
	}
	if empty {
		return nil, s.blobs.Remove(name)
	}
	found, err := scanFile(f, f.Size())
	if err != nil {
		return nil, err
	}
	if len(found.entries) == 0 {
		return nil, s.blobs.Remove(name)
	}
	if found.end < f.Size() {
		if err := s.blobs.Truncate(name, found.end); err != nil {
			return nil, err
		}
	}
	g := found.row(found.end)
	return &g, nil
}

// nothingYet reports whether the power went before the header was on disk.
func nothingYet(r io.ReaderAt, size int64) (bool, error) {
	if size < blob.Block {
		return true, nil
	}
	block := make([]byte, blob.Block)
	if _, err := r.ReadAt(block, 0); err != nil {
		return false, err
	}
	return bytes.Equal(block, make([]byte, blob.Block)), nil
}

// recoverUnknown gives files that the index doesn't know their row. A row is
// at most seconds behind its file, and every file's hour has a published key,
// so only the last hours of each camera need to be looked through.
func (s *Store) recoverUnknown(ctx context.Context, last map[premises.CameraID]time.Time) error {
	hours, err := cameraHours(ctx, s.db, `SELECT k.camera, k.hour FROM key_hour k
		WHERE k.public_key IS NOT NULL OR k.hour >= COALESCE((SELECT MAX(g.hour) FROM segment g WHERE g.camera = k.camera), 0)
		ORDER BY k.camera, k.hour`)
	failed := []error{err}
	for _, h := range hours {
		for name, err := range s.blobs.Walk(blobDir(h.camera, h.hour)) {
			if err == nil {
				err = s.recoverName(ctx, name, last)
			}
			if err != nil {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

func (s *Store) recoverName(ctx context.Context, name string, last map[premises.CameraID]time.Time) error {
	id := strings.TrimSuffix(path.Base(name), ".seg")
	known, err := exists(ctx, s.db, `SELECT 1 FROM segment WHERE id = $1 AND blob = $2`, id, name)
	if err != nil || known {
		return err
	}
	g, err := s.recoverFile(name)
	if errors.Is(err, errDamaged) {
		return nil // kept as it is: `oogmerk check` reports it
	}
	if err != nil || g == nil {
		return err
	}
	if g.Blob != name {
		return fmt.Errorf("%s holds segment %s of camera %s: it was moved or renamed", name, g.ID, g.Camera)
	}
	rubbish, err := exists(ctx, s.db, `SELECT 1 FROM erasure WHERE camera = $1 AND hour = $2
		AND NOT EXISTS (SELECT 1 FROM held_key WHERE segment = $3)`, g.Camera, g.Hour, g.ID)
	if err != nil {
		return err
	}
	if rubbish { // its hour was erased while it was being written
		return s.blobs.Remove(name)
	}
	if g.Span.To.After(last[g.Camera]) {
		last[g.Camera] = g.Span.To
	}
	return g.insert(ctx, s.db)
}

// resumeErasures finishes erasures that were meant but not done.
func (s *Store) resumeErasures(ctx context.Context) error {
	intended, err := cameraHours(ctx, s.db, `SELECT camera, MAX(hour) FROM erasure WHERE state = 'intended' GROUP BY camera`)
	failed := []error{err}
	for _, h := range intended {
		_, err := s.finishErasure(ctx, h.camera, h.hour+1)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// resumeReleases finishes releases that had begun: a segment that is wrapped
// for an incident is erased for no other reason.
func (s *Store) resumeReleases(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, `SELECT DISTINCT k.incident FROM held_key k JOIN segment g ON g.id = k.segment WHERE g.state = 'erasing'`)
	if err != nil {
		return err
	}
	incidents, err := texts(rows)
	failed := []error{err}
	for _, incident := range incidents {
		_, err := s.finishRelease(ctx, incident)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// texts returns the one column of rows, and closes them.
func texts(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var out []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
