// Package premises knows where everything is: sites with their rooms,
// entrances and signs, the screens where people look, and cameras with what
// each may see.
package premises

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// A CameraID never changes, whatever happens to the camera.
type CameraID string

// Entity is what the regulation calls the camera.
func (id CameraID) Entity() regulation.Entity {
	return regulation.NewEntity(regulation.Camera, string(id))
}

// A SiteID names a site.
type SiteID string

// Entity is what the regulation calls the site.
func (id SiteID) Entity() regulation.Entity {
	return regulation.NewEntity(regulation.Site, string(id))
}

// A Site is a place with its own people responsible.
type Site struct {
	ID        SiteID
	Name      string
	Kind      string // "school", "woongebouw"; "" if nobody said
	Buildings int    // how many belong to it
}

// A Register keeps sites and all that is there.
type Register struct {
	db   *db.DB
	gate *gate.Gate
	now  func() time.Time

	mu      sync.Mutex
	changed chan struct{}
}

// Open opens the register in d.
func Open(d *db.DB, g *gate.Gate, now func() time.Time) *Register {
	return &Register{db: d, gate: g, now: now, changed: make(chan struct{})}
}

// Changed is closed at the next change to any camera, or to what decides
// whether it may record: a sign, a room.
func (r *Register) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

// announce tells who waits for [Register.Changed], after the gate has
// reconsidered what the change affects. It isn't cut short by a browser that
// goes away.
func (r *Register) announce(ctx context.Context) error {
	err := r.gate.Reconsider(context.WithoutCancel(ctx))
	r.mu.Lock()
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
	if err != nil {
		return fmt.Errorf("couldn't reconsider what was allowed: %w", err)
	}
	return nil
}

const siteColumns = "id, name, kind, buildings"

func scanSite(scan func(...any) error) (s Site, err error) {
	return s, scan(&s.ID, &s.Name, &s.Kind, &s.Buildings)
}

// Sites returns all sites by name.
func (r *Register) Sites(ctx context.Context) ([]Site, error) {
	return list(ctx, r.db, scanSite, "SELECT "+siteColumns+" FROM site ORDER BY name, id")
}

// Site returns one site, or an error wrapping [sql.ErrNoRows].
func (r *Register) Site(ctx context.Context, id SiteID) (Site, error) {
	s, err := scanSite(r.db.QueryRowContext(ctx, "SELECT "+siteColumns+" FROM site WHERE id = $1", string(id)).Scan)
	if err != nil {
		return Site{}, fmt.Errorf("couldn't find site %s: %w", id, err)
	}
	return s, nil
}

// instant is a moment that may not have come: the zero time is NULL.
func instant(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return db.Time(us.Int64)
}

func list[T any](ctx context.Context, q db.Querier, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("couldn't list the premises: %w", err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("couldn't list the premises: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
