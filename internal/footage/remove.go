package footage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A doomed segment is one that is marked, so that nothing opens it any more.
type doomed struct {
	id     SegmentID
	camera premises.CameraID
	hour   vault.Hour
	bytes  int64
	blob   string
}

const doomedColumns = `id, camera, hour, bytes, blob`

// doomedBy returns the segments that a query of doomedColumns finds.
func doomedBy(ctx context.Context, q db.Querier, query string, args ...any) ([]doomed, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the index: %w", err)
	}
	defer rows.Close()
	var out []doomed
	for rows.Next() {
		var d doomed
		if err := rows.Scan(&d.id, &d.camera, &d.hour, &d.bytes, &d.blob); err != nil {
			return nil, fmt.Errorf("couldn't read the index: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// finish is step three and four of an erasure: it removes the blobs of what is
// marked, as far as that goes, and writes down that it was done.
func (s *Store) finish(ctx context.Context, parts []part) {
	var names []string
	for i := range parts {
		p := &parts[i]
		if p.of.stopped {
			continue
		}
		var err error
		if p.marked, err = s.marked(ctx, p.extent); err != nil {
			p.of.stop(fmt.Errorf("couldn't find what must go of camera %s: %w", p.camera, err))
		}
		for _, d := range p.marked {
			names = append(names, d.blob)
		}
	}
	parts = going(parts)
	_, failed := s.blobs.RemoveAll(names)
	for i := range parts {
		p := &parts[i]
		p.gone = p.marked
		if failed != nil { // of which camera? What is gone already is no trouble.
			var err error
			if p.gone, err = s.removeBlobs(p.marked); err != nil {
				p.of.failed = append(p.of.failed, err)
			}
		}
	}
	s.together(ctx, parts, "write down what was erased of", s.writeDone)
	for _, p := range parts {
		if !p.of.stopped {
			p.of.proof.count(p.gone)
		}
	}
}

// marked finds what is marked. What has a wrapped key is an unfinished
// release's, not ours.
func (s *Store) marked(ctx context.Context, e extent) ([]doomed, error) {
	return doomedBy(ctx, s.db, `SELECT `+doomedColumns+` FROM segment WHERE `+inExtent+` AND state = 'erasing'
		AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = segment.id)`, e.args()...)
}

// removeBlobs removes the blobs of what is marked, as far as that goes.
func (s *Store) removeBlobs(marked []doomed) (gone []doomed, failed error) {
	of, names := map[string]doomed{}, make([]string, len(marked))
	for i, d := range marked {
		of[d.blob], names[i] = d, d.blob
	}
	removed, failed := s.blobs.RemoveAll(names)
	for _, name := range removed {
		gone = append(gone, of[name])
	}
	return gone, failed
}

// writeDone forgets the rows of what is gone, and completes the proof of those
// hours of which nothing is left.
func (s *Store) writeDone(ctx context.Context, tx *sql.Tx, parts []part) error {
	for _, p := range parts {
		if err := forgetRows(ctx, tx, p.gone); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE erasure SET state = 'done', vault_version = $4, at = $5
			WHERE `+inExtent+` AND state = 'intended' AND NOT EXISTS
				(SELECT 1 FROM segment g WHERE g.camera = erasure.camera AND g.hour = erasure.hour AND g.state = 'erasing'
					AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = g.id))`,
			p.args(p.of.proof.Version, db.Micros(s.now()))...)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE key_hour SET public_key = NULL WHERE `+inExtent+` AND public_key IS NOT NULL`, p.args()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetAtOnce is how many rows one statement deletes: those of an hour.
const forgetAtOnce = 60

// forgetRows deletes the rows of what is gone, and what was summed up of them.
func forgetRows(ctx context.Context, tx *sql.Tx, gone []doomed) error {
	for some := range slices.Chunk(gone, forgetAtOnce) {
		var marks strings.Builder
		args := make([]any, len(some))
		for i, d := range some {
			if i > 0 {
				marks.WriteString(", ")
			}
			fmt.Fprintf(&marks, "$%d", i+1)
			args[i] = d.id
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE state = 'erasing' AND id IN (`+marks.String()+`)`, args...); err != nil {
			return err
		}
	}
	for h := range hoursOf(gone) {
		if err := forgetSummary(ctx, tx, h.camera, h.hour); err != nil {
			return err
		}
	}
	return nil
}

// hoursOf is in which camera-hours all are.
func hoursOf(all []doomed) map[cameraHour]bool {
	hours := map[cameraHour]bool{}
	for _, d := range all {
		hours[cameraHour{d.camera, d.hour}] = true
	}
	return hours
}

// count adds what is gone.
func (p *Proof) count(gone []doomed) {
	for _, d := range gone {
		p.Segments++
		p.Bytes += d.bytes
	}
	p.Hours += len(hoursOf(gone))
}
