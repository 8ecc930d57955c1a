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
	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// Recover finishes what a crash interrupted: closes segments that were open,
// gives files without a row their row back, removes files in which nothing
// was written yet, finishes erasures, ends open gaps, and begins a gap with
// cause "herstart" where what is known of each camera ends: it lasts until the
// camera records again. It sees to it that what is recorded from now on can be
// opened. It is called once, before anything records.
func (s *Store) Recover(ctx context.Context) error {
	now := s.now()
	err := errors.Join(
		s.endOpenGaps(ctx, now),
		s.recoverOpen(ctx),
		s.recoverUnknown(ctx),
		s.noteRestart(ctx, now),
		s.resumeReleases(ctx), s.resumeErasures(ctx),
		s.republish(ctx))
	if err != nil {
		return fmt.Errorf("couldn't recover all footage: %w", err)
	}
	return nil
}

// endOpenGaps ends the gaps of what the last run knew of. A restart before
// which nothing was recorded goes on.
func (s *Store) endOpenGaps(ctx context.Context, now time.Time) error {
	found, err := gaps(ctx, s.db, `SELECT id, camera, from_at, to_at, cause, detail FROM gap WHERE to_at IS NULL AND cause <> $1`, causeRestart)
	failed := []error{err}
	for _, g := range found {
		failed = append(failed, endGap(ctx, s.db, &g, now))
	}
	return errors.Join(failed...)
}

// recoverOpen closes the segments that were being written.
func (s *Store) recoverOpen(ctx context.Context) error {
	found, err := segments(ctx, s.db, `SELECT `+segmentColumns+` FROM segment WHERE state = 'open' ORDER BY from_at, id`)
	failed := []error{err}
	for _, g := range found {
		fixed, err := s.recoverFile(ctx, g.Blob)
		if errors.Is(err, errDamaged) || err == nil && fixed == nil && g.Fragments > 0 {
			// The file can't be read, or is gone. What the row says is all
			// there is to know; `oogmerk check` will say what is wrong.
			fixed, err = &g, nil
			fixed.State = closed
		}
		if fixed != nil && fixed.Activity == nil {
			fixed.Activity = g.Activity // as it was at the last sync: it is sealed in the table only
		}
		if err == nil {
			err = s.putRow(ctx, g.ID, fixed)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("segment %s: %w", g.ID, err))
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
func (s *Store) recoverFile(ctx context.Context, name string) (*Segment, error) {
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
	g.Activity = s.readActivity(ctx, f, found)
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
func (s *Store) recoverUnknown(ctx context.Context) error {
	hours, err := s.lastHours(ctx)
	failed := []error{err}
	for _, h := range hours {
		for name, err := range s.blobs.Walk(blobDir(h.camera, h.hour)) {
			if err == nil {
				err = s.recoverName(ctx, name)
			}
			if err != nil {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// lastHours lists the hours in which there may be files without a row: those
// whose key is still published, and from each camera's last footage on.
func (s *Store) lastHours(ctx context.Context) ([]cameraHour, error) {
	out, err := cameraHours(ctx, s.db, `SELECT camera, hour FROM key_hour WHERE public_key IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	last, err := cameraHours(ctx, s.db, `SELECT c.id, COALESCE((SELECT MAX(g.hour) FROM segment g WHERE g.camera = c.id), 0) FROM camera c`)
	if err != nil {
		return nil, err
	}
	for _, l := range last {
		since, err := cameraHours(ctx, s.db, `SELECT camera, hour FROM key_hour
			WHERE camera = $1 AND hour >= $2 AND public_key IS NULL`, l.camera, l.hour)
		if err != nil {
			return nil, err
		}
		out = append(out, since...)
	}
	return out, nil
}

// noteRestart begins a gap for each camera of the register where its last
// footage ended, or its last gap. A camera that has neither is new.
func (s *Store) noteRestart(ctx context.Context, now time.Time) error {
	rows, err := s.db.QueryContext(ctx, `SELECT id,
			COALESCE((SELECT g.to_at FROM segment g WHERE g.camera = camera.id AND g.from_at <= $1 ORDER BY g.from_at DESC LIMIT 1), 0),
			COALESCE((SELECT MAX(p.to_at) FROM gap p WHERE p.camera = camera.id AND p.from_at <= $1), 0)
		FROM camera WHERE removed_at IS NULL
			AND NOT EXISTS (SELECT 1 FROM gap p WHERE p.camera = camera.id AND p.to_at IS NULL)`, db.Micros(now))
	if err != nil {
		return err
	}
	last, err := lastKnown(rows)
	failed := []error{err}
	for camera, at := range last {
		if at > 0 && at <= db.Micros(now) {
			failed = append(failed, insertGap(ctx, s.db, Gap{Camera: camera, Span: Span{From: timeOf(at)}, Cause: causeRestart}))
		}
	}
	return errors.Join(failed...)
}

// lastKnown returns the later of two instants of each camera, and closes rows.
func lastKnown(rows *sql.Rows) (map[premises.CameraID]int64, error) {
	defer rows.Close()
	last := map[premises.CameraID]int64{}
	for rows.Next() {
		var camera premises.CameraID
		var footage, gap int64
		if err := rows.Scan(&camera, &footage, &gap); err != nil {
			return nil, err
		}
		last[camera] = max(footage, gap)
	}
	return last, rows.Err()
}

func (s *Store) recoverName(ctx context.Context, name string) error {
	id := strings.TrimSuffix(path.Base(name), ".seg")
	known, err := exists(ctx, s.db, `SELECT 1 FROM segment WHERE id = $1 AND blob = $2`, id, name)
	if err != nil || known {
		return err
	}
	g, err := s.recoverFile(ctx, name)
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
	return g.insert(ctx, s.db)
}

// resumeErasures finishes erasures that were meant but not done.
func (s *Store) resumeErasures(ctx context.Context) error {
	intended, err := cameraHours(ctx, s.db, `SELECT camera, hour FROM erasure WHERE state = 'intended' ORDER BY camera, hour`)
	var due []extent
	for len(intended) > 0 { // hours between them may have to stay
		first, n := intended[0], 1
		for n < len(intended) && intended[n] == (cameraHour{first.camera, first.hour + vault.Hour(n)}) {
			n++
		}
		due, intended = append(due, extent{first.camera, first.hour, first.hour + vault.Hour(n)}), intended[n:]
	}
	return errors.Join(err, s.finishErasures(ctx, due))
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
