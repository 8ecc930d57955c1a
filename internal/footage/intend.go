package footage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
)

// intend is step one of an erasure: it wraps the keys of what is held, marks
// the rest, and writes down which hours go.
func (s *Store) intend(ctx context.Context, parts []part) {
	parts = going(parts)
	s.together(ctx, parts, "begin to erase", func(ctx context.Context, tx *sql.Tx, parts []part) error {
		if err := s.lock(ctx, tx, parts); err != nil {
			return err
		}
		if err := s.preserveHeld(ctx, tx, parts); err != nil {
			return err
		}
		for _, g := range grouped(parts) {
			hours, err := s.mark(ctx, tx, g)
			if err != nil {
				return err
			}
			if err := s.writeIntent(ctx, tx, g, hours); err != nil {
				return err
			}
		}
		return nil
	})
	for _, p := range parts {
		if p.lost != nil && !p.of.stopped {
			p.of.failed = append(p.of.failed, p.lost)
		}
	}
}

// lock locks all that is due, in the order in which others lock rows: who is
// about to hold some of it waits for us, or we for them, and then see what they did.
func (s *Store) lock(ctx context.Context, tx *sql.Tx, parts []part) error {
	if s.db.ForUpdate() == "" {
		return nil // write transactions are serial
	}
	var due []string
	var args []any
	for _, p := range parts {
		n := len(args)
		due = append(due, fmt.Sprintf("camera = $%d AND hour >= $%d AND hour < $%d", n+1, n+2, n+3))
		args = append(args, p.args()...)
	}
	var n int
	return tx.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT id FROM segment WHERE (`+strings.Join(due, ") OR (")+`)
		ORDER BY id`+s.db.ForUpdate()+`) due`, args...).Scan(&n)
}

// preserveHeld wraps the keys of what is held of parts.
func (s *Store) preserveHeld(ctx context.Context, tx *sql.Tx, parts []part) error {
	first, last := parts[0].from, parts[0].before
	for _, p := range parts {
		first, last = min(first, p.from), max(last, p.before)
	}
	all, err := heldDuring(ctx, tx, Span{From: first.Start(), To: last.Start().Add(lookBack)})
	if err != nil {
		return err
	}
	for i := range parts {
		if stretches := all[parts[i].camera]; len(stretches) > 0 {
			if parts[i].lost, err = s.preservePart(ctx, tx, parts[i].extent, stretches); err != nil {
				return err
			}
		}
	}
	return nil
}

// preservePart wraps the keys of what is held of e, and of what comes before
// something held that follows e, if its first pictures can't be decoded without.
// lost is about segments that are held but of which nothing can be kept.
func (s *Store) preservePart(ctx context.Context, tx *sql.Tx, e extent, stretches []held) (lost, err error) {
	due, err := segments(ctx, tx, `SELECT `+segmentColumns+` FROM segment WHERE `+inExtent+` AND from_at < $4 AND state <> 'erasing'
		AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = segment.camera AND e.hour = segment.hour) ORDER BY id`,
		e.camera, e.from, e.before+1, db.Micros(e.before.Start().Add(lookBack)))
	if err != nil {
		return nil, err
	}
	k := s.keeper(tx, due)
	defer k.wipe()
	for _, g := range due {
		for _, h := range stretches {
			if !g.Span.Overlaps(h.span) {
				continue
			}
			err := k.keep(ctx, g, h.incident)
			if err == nil || g.Hour >= e.before && unkeepable(err) { // of which there is more to say in its own hour
				continue
			}
			err = fmt.Errorf("couldn't preserve segment %s for incident %s: %w", g.ID, h.incident, err)
			if !unkeepable(err) {
				return nil, err
			}
			lost = errors.Join(lost, err)
		}
	}
	return lost, nil
}

// heldDuring returns what of each camera is held now of a stretch of time.
func heldDuring(ctx context.Context, q db.Querier, span Span) (map[premises.CameraID][]held, error) {
	rows, err := q.QueryContext(ctx, `SELECT camera, incident, from_at, to_at FROM hold
		WHERE lifted_at IS NULL AND from_at < $2 AND to_at > $1`, db.Micros(span.From), db.Micros(span.To))
	if err != nil {
		return nil, fmt.Errorf("couldn't find what is held: %w", err)
	}
	defer rows.Close()
	out := map[premises.CameraID][]held{}
	for rows.Next() {
		var camera premises.CameraID
		var h held
		var from, to int64
		if err := rows.Scan(&camera, &h.incident, &from, &to); err != nil {
			return nil, fmt.Errorf("couldn't find what is held: %w", err)
		}
		h.span = Span{From: timeOf(from), To: timeOf(to)}
		out[camera] = append(out[camera], h)
	}
	return out, rows.Err()
}

// A tally is how much of one hour goes.
type tally struct {
	segments int
	bytes    int64
}

// mark marks what goes, and returns how much that is of every hour whose key
// goes. An hour of which all is held has an entry too: its key goes as well.
func (s *Store) mark(ctx context.Context, tx *sql.Tx, g group) (map[cameraHour]tally, error) {
	hours := map[cameraHour]tally{}
	due, err := cameraHours(ctx, tx, `SELECT camera, hour FROM key_hour k WHERE `+g.in()+` AND `+notErased+`
		UNION SELECT camera, hour FROM (SELECT DISTINCT camera, hour FROM segment WHERE `+g.in()+`) k WHERE `+notErased, g.args()...)
	if err != nil {
		return nil, err
	}
	for _, h := range due {
		hours[h] = tally{}
	}
	rows, err := tx.QueryContext(ctx, `UPDATE segment SET state = 'erasing' WHERE `+g.in()+` AND state <> 'erasing'
		AND NOT EXISTS (SELECT 1 FROM held_key k WHERE k.segment = segment.id)
		AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.camera = segment.camera AND h.lifted_at IS NULL
			AND h.from_at < segment.to_at AND h.to_at > segment.from_at)
		RETURNING camera, hour, bytes`, g.args()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h cameraHour
		var bytes int64
		if err := rows.Scan(&h.camera, &h.hour, &bytes); err != nil {
			return nil, err
		}
		t := hours[h]
		hours[h] = tally{t.segments + 1, t.bytes + bytes}
	}
	return hours, rows.Err()
}

// writeIntent writes down which hours go. Footage that turns up in an hour
// that was erased already is added to it.
func (s *Store) writeIntent(ctx context.Context, tx *sql.Tx, g group, hours map[cameraHour]tally) error {
	by := g.of()
	for _, h := range slices.SortedFunc(maps.Keys(hours), cameraHour.compare) {
		t := hours[h]
		_, err := tx.ExecContext(ctx, `INSERT INTO erasure (camera, hour, state, segments, bytes, entry, vault_version, at)
			VALUES ($1, $2, 'intended', $3, $4, $5, 0, $6)
			ON CONFLICT (camera, hour) DO UPDATE SET state = 'intended', segments = erasure.segments + excluded.segments,
				bytes = erasure.bytes + excluded.bytes, entry = excluded.entry, at = excluded.at`,
			h.camera, h.hour, t.segments, t.bytes, by[h.camera].of.seq, db.Micros(s.now()))
		if err != nil {
			return fmt.Errorf("couldn't write down what is to be erased: %w", err)
		}
	}
	return nil
}
