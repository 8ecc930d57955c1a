package retention

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Place is where a camera hangs, as far as terms can ask. A camera that was
// removed hangs where it last did.
type Place struct {
	Camera   premises.CameraID
	Site     premises.SiteID
	SiteKind string
	Room     string    // its kind, "" if it isn't known
	Moved    time.Time // since when it sees what it sees now; zero: always
	Rooms    []string  // the kinds of room there are, or were, at its site
}

// rows are the terms for an hour. Where a camera hung before it was moved,
// nobody kept; so for what it saw then the terms of every room it can have hung
// in count. docs/design/0006-terms-by-place.md says why.
func (p Place) rows(t regulation.Terms, hour vault.Hour, from string) []regulation.Retention {
	things := []regulation.Entity{p.Camera.Entity(), p.Site.Entity()}
	rows := t.RetentionAt(things, p.Room, p.SiteKind, from)
	if hour.Start().Before(p.Moved) {
		for _, room := range p.Rooms {
			rows = append(rows, t.RetentionAt(things, room, p.SiteKind, from)...)
		}
	}
	return rows
}

// schedule reads what decides about what a camera saw during span.
func schedule(ctx context.Context, q db.Querier, camera premises.CameraID, span footage.Span, terms regulation.Terms) (Schedule, error) {
	s := Schedule{Terms: terms}
	var err error
	if s.Place, err = placeOf(ctx, q, camera); err == nil {
		s.Rejections, err = rejections(ctx, q, camera, span)
	}
	if err != nil {
		return Schedule{}, fmt.Errorf("couldn't find which terms hold for camera %s: %w", camera, err)
	}
	return s, nil
}

// placeOf returns where a camera hangs. Of one that isn't in the register
// nothing is known: terms for all places hold for it.
func placeOf(ctx context.Context, q db.Querier, camera premises.CameraID) (Place, error) {
	p := Place{Camera: camera}
	var moved sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT s.id, s.kind, COALESCE(r.kind, ''), c.view_changed_at
		FROM camera c JOIN site s ON s.id = c.site LEFT JOIN room r ON r.id = c.room WHERE c.id = $1`, string(camera)).
		Scan(&p.Site, &p.SiteKind, &p.Room, &moved)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if moved.Valid {
		p.Moved = db.Time(moved.Int64)
	}
	rows, err := q.QueryContext(ctx, "SELECT DISTINCT kind FROM room WHERE site = $1 ORDER BY kind", string(p.Site))
	if err != nil {
		return p, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		if err := rows.Scan(&kind); err != nil {
			return p, err
		}
		p.Rooms = append(p.Rooms, kind)
	}
	return p, rows.Err()
}

// rejectedHours are the hours from `from` on that were rejected and are due.
func (s Schedule) rejectedHours(from vault.Hour, now time.Time) []vault.Hour {
	var due []vault.Hour
	for _, r := range s.Rejections {
		for hour := max(from, vault.HourOf(r.Span.From)); hour.Start().Before(r.Span.To); hour++ {
			if Decide(hour, s, nil, now).Due {
				due = append(due, hour)
			}
		}
	}
	slices.Sort(due)
	return slices.Compact(due)
}
