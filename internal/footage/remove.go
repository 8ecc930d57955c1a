package footage

import (
	"context"
	"database/sql"
	"errors"
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
	parts = going(parts)
	s.findMarked(ctx, parts)
	parts = going(parts)
	var names []string
	for _, p := range parts {
		for _, d := range p.marked {
			names = append(names, d.blob)
		}
	}
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

// findMarked finds what of parts is marked.
func (s *Store) findMarked(ctx context.Context, parts []part) {
	for _, g := range grouped(parts) {
		by := g.of()
		marked, err := s.marked(ctx, g)
		for _, d := range marked {
			p := by[d.camera]
			p.marked = append(p.marked, d)
		}
		if err != nil {
			for _, p := range g.parts {
				p.of.stop(fmt.Errorf("couldn't find what must go of camera %s: %w", p.camera, err))
			}
		}
	}
}

// isMarked is a condition: it is on its way out. What has a wrapped key is an
// unfinished release's, not ours.
const isMarked = `state = 'erasing' AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = segment.id)`

func (s *Store) marked(ctx context.Context, g group) ([]doomed, error) {
	return doomedBy(ctx, s.db, `SELECT `+doomedColumns+` FROM segment WHERE `+g.in()+` AND `+isMarked, g.args()...)
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
	for _, g := range grouped(parts) {
		if err := g.forgetRows(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE key_hour SET public_key = NULL WHERE `+g.in()+` AND public_key IS NOT NULL`, g.args()...)
		if err != nil {
			return err
		}
	}
	for _, p := range parts {
		_, err := tx.ExecContext(ctx, `UPDATE erasure SET state = 'done', vault_version = $4, at = $5
			WHERE `+inExtent+` AND state = 'intended' AND NOT EXISTS
				(SELECT 1 FROM segment g WHERE g.camera = erasure.camera AND g.hour = erasure.hour AND g.state = 'erasing'
					AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = g.id))`,
			p.args(p.of.proof.Version, db.Micros(s.now()))...)
		if err != nil {
			return err
		}
	}
	return nil
}

// errMoved is returned when something was marked while files were being
// removed. Its file is still there, so its row must be too.
var errMoved = errors.New("more is marked than was removed")

// forgetRows deletes the rows of what is gone of g. Of several cameras it deletes
// all that is marked, and fails if that isn't exactly what is gone; of one it
// names each row.
func (g group) forgetRows(ctx context.Context, tx *sql.Tx) error {
	var gone []doomed
	exact := len(g.parts) > 1
	for _, p := range g.parts {
		gone, exact = append(gone, p.gone...), exact && len(p.gone) == len(p.marked)
	}
	if !exact {
		return forgetRows(ctx, tx, gone)
	}
	if len(gone) == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE `+g.in()+` AND state = 'erasing'`, g.args()...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != int64(len(gone)) {
		return errors.Join(err, errMoved)
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM recorded_hour WHERE `+g.in(), g.args()...)
	return err
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
