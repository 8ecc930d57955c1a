package footage

import (
	"context"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// What is asked of the index every minute, and for each page, must not take
// longer when there are weeks of footage: a camera has a row a minute.

// reach is how long before an instant a segment that reaches to it can have
// begun, and to spare. It bounds what is looked at in the index.
const reach = 2 * segmentLength

// Conditions on segments of camera $1 from $2 to $3, where $4 is reach before
// $2: of those that touch that time; and of those that may, or whose pictures
// go on to it, because what is open is ahead of its row. See [args].
const (
	touching = `camera = $1 AND from_at > $4 AND from_at < $3 AND to_at > $2`
	relevant = `camera = $1 AND from_at > $4 AND from_at < $3 AND (to_at > $2 OR state = 'open') AND state <> 'erasing'`
)

func args(camera premises.CameraID, span Span) []any {
	return []any{camera, db.Micros(span.From), db.Micros(span.To), db.Micros(span.From.Add(-reach))}
}

// Segments returns what the index knows of camera during span, oldest first:
// metadata, no picture.
func (s *Store) Segments(ctx context.Context, q db.Querier, camera premises.CameraID, span Span) ([]Segment, error) {
	return segments(ctx, q, `SELECT `+segmentColumns+` FROM segment WHERE `+touching+` AND fragments > 0 ORDER BY from_at, id`,
		args(camera, span)...)
}

// merelyHeld is a condition: the hour of segment s was erased, and an incident
// keeps it.
const merelyHeld = `(EXISTS (SELECT 1 FROM erasure e WHERE e.camera = s.camera AND e.hour = s.hour AND e.state = 'done')
			AND (EXISTS (SELECT 1 FROM held_key k WHERE k.segment = s.id)
			  OR EXISTS (SELECT 1 FROM hold h WHERE h.camera = s.camera AND h.lifted_at IS NULL AND h.from_at < s.to_at AND h.to_at > s.from_at)))`

// oldest steps from camera to camera through the index, and for each from its
// first segment to the first that isn't merely held.
const oldest = `WITH RECURSIVE c (camera) AS (SELECT MIN(camera) FROM segment
		UNION ALL SELECT (SELECT MIN(s.camera) FROM segment s WHERE s.camera > c.camera) FROM c WHERE c.camera IS NOT NULL)
	SELECT camera, hour FROM (SELECT c.camera AS camera, (SELECT s.hour FROM segment s WHERE s.camera = c.camera
		AND NOT ` + merelyHeld + `
		ORDER BY s.hour LIMIT 1) AS hour FROM c) found WHERE hour IS NOT NULL`

// Kept returns the hours from `from` on before `before` of which camera still
// has footage that isn't merely held.
func (s *Store) Kept(ctx context.Context, q db.Querier, camera premises.CameraID, from, before vault.Hour) ([]vault.Hour, error) {
	found, err := cameraHours(ctx, q, `SELECT DISTINCT s.camera, s.hour FROM segment s WHERE s.camera = $1 AND s.hour >= $2 AND s.hour < $3
		AND NOT `+merelyHeld+` ORDER BY s.hour`, camera, from, before)
	if err != nil {
		return nil, fmt.Errorf("couldn't find what there is of camera %s: %w", camera, err)
	}
	var out []vault.Hour
	for _, h := range found {
		out = append(out, h.hour)
	}
	return out, nil
}

// Oldest returns the first hour of every camera that has footage: what the
// sweep must judge first. Hours that were erased and have nothing left but
// what is held don't count.
func (s *Store) Oldest(ctx context.Context, q db.Querier) (map[premises.CameraID]vault.Hour, error) {
	found, err := cameraHours(ctx, q, oldest)
	if err != nil {
		return nil, fmt.Errorf("couldn't find the oldest footage: %w", err)
	}
	out := map[premises.CameraID]vault.Hour{}
	for _, h := range found {
		out[h.camera] = h.hour
	}
	return out, nil
}
