package incident

import (
	"context"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// lonely is a condition on incident i and hold h: one person saw i on the
// camera of h, and two must still look. The first hold for such an incident
// is on what was seen; a later one may be on another camera.
const lonely = `h.incident = i.id AND i.seen_alone AND i.seen_together_at IS NULL AND i.settled_at IS NULL AND h.lifted_at IS NULL
	AND h.placed_at = (SELECT MIN(f.placed_at) FROM hold f WHERE f.incident = i.id)`

// waits reports whether somebody saw something alone on camera, and nobody
// has looked with a second person since.
func waits(ctx context.Context, q db.Querier, camera premises.CameraID) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM incident i, hold h WHERE h.camera = $1 AND "+lonely, string(camera)).Scan(&n)
	return n > 0, err
}

// A Lonely is what one person saw alone.
type Lonely struct {
	Incident string
	Span     footage.Span // what is held of it
}

// Lonely returns what was seen on camera by one person and must still be
// looked at by two, oldest first.
func (r *Register) Lonely(ctx context.Context, camera premises.CameraID) ([]Lonely, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT i.id, h.from_at, h.to_at FROM incident i, hold h WHERE h.camera = $1 AND "+
		lonely+" ORDER BY h.placed_at, h.id", string(camera))
	if err != nil {
		return nil, fmt.Errorf("couldn't find what was seen alone on camera %s: %w", camera, err)
	}
	defer rows.Close()
	var out []Lonely
	for rows.Next() {
		var l Lonely
		var from, to int64
		if err := rows.Scan(&l.Incident, &from, &to); err != nil {
			return nil, fmt.Errorf("couldn't find what was seen alone on camera %s: %w", camera, err)
		}
		l.Span = footage.Span{From: db.Time(from), To: db.Time(to)}
		out = append(out, l)
	}
	return out, rows.Err()
}

// SawTogether notes that two have now looked at what one saw alone. The permit
// must be one to play back, by two who count, what is held of it.
func (r *Register) SawTogether(ctx context.Context, p *gate.Permit, l Lonely) error {
	camera := premises.CameraID("")
	if p != nil {
		camera = premises.CameraID(p.Request().On.Entity.ID)
	}
	if err := p.Allows(footage.Subject(camera, l.Span), regulation.PlayBack); err != nil {
		return err
	}
	if p.Present() < 2 {
		return fmt.Errorf("%w: one person alone isn't together", gate.ErrNoPermit)
	}
	memo := gate.Memo{Act: "samen bekijken", Object: entity(l.Incident).String(), Result: "gedaan", Header: map[string]any{"besluit": p.Seq()}}
	err := r.gate.Note(ctx, memo, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE incident SET seen_together_at = $2 WHERE id = $1 AND seen_together_at IS NULL",
			l.Incident, db.Micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't note that an incident was looked at by two: %w", err)
	}
	return r.gate.Reconsider(context.WithoutCancel(ctx))
}

// Site returns where a camera hangs, removed or not, or an error wrapping
// sql.ErrNoRows.
func (r *Register) Site(ctx context.Context, camera premises.CameraID) (premises.SiteID, error) {
	var site premises.SiteID
	err := r.db.QueryRowContext(ctx, "SELECT site FROM camera WHERE id = $1", string(camera)).Scan(&site)
	if err != nil {
		return "", fmt.Errorf("couldn't find where camera %s hangs: %w", camera, err)
	}
	return site, nil
}
