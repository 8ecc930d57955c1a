// Package premises knows where everything is: sites, the signs at their
// entrances, and cameras with what each may see.
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
	ID   SiteID
	Name string
}

// A Sign is evidence that people at an entrance are told of the cameras.
type Sign struct {
	ID       string
	Site     SiteID
	Entrance string
	Evidence string
	Placed   time.Time
}

// A Camera is where pictures come from.
type Camera struct {
	ID                 CameraID
	Name               string
	Site               SiteID
	URL                string // rtsp://host:port/path, without credentials
	Username, Password string
	Visible            bool   // can be seen by who is seen by it
	Aim                string // what it is there to see
	Assessment         string // the privacy assessment that covers it
	Added              time.Time
	Removed            time.Time // zero while it is there
}

// A Register keeps sites, signs and cameras.
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
// whether it may record: a sign.
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

// Sites returns all sites by name.
func (r *Register) Sites(ctx context.Context) ([]Site, error) {
	return list(ctx, r.db, func(scan func(...any) error) (s Site, err error) {
		return s, scan(&s.ID, &s.Name)
	}, "SELECT id, name FROM site ORDER BY name, id")
}

// Signs returns the signs that are in place at a site, by entrance.
func (r *Register) Signs(ctx context.Context, id SiteID) ([]Sign, error) {
	return list(ctx, r.db, func(scan func(...any) error) (s Sign, err error) {
		var placed int64
		err = scan(&s.ID, &s.Site, &s.Entrance, &s.Evidence, &placed)
		s.Placed = db.Time(placed)
		return s, err
	}, `SELECT id, site, entrance, evidence, placed_at FROM sign
		WHERE site = $1 AND `+inPlace+` ORDER BY entrance, id`, string(id), db.Micros(r.now()))
}

// inPlace is whether a sign is there at $2.
const inPlace = "placed_at <= $2 AND (gone_at IS NULL OR gone_at > $2)"

const cameraColumns = `c.id, c.name, c.site, c.url, c.username, c.password, c.visible, c.aim, c.assessment,
	c.added_at, c.removed_at`

func scanCamera(scan func(...any) error) (Camera, error) {
	var c Camera
	var added int64
	var removed sql.NullInt64
	err := scan(&c.ID, &c.Name, &c.Site, &c.URL, &c.Username, &c.Password, &c.Visible, &c.Aim, &c.Assessment, &added, &removed)
	c.Added = db.Time(added)
	if removed.Valid {
		c.Removed = db.Time(removed.Int64)
	}
	return c, err
}

// Cameras returns all cameras that were not removed, by site and name.
func (r *Register) Cameras(ctx context.Context) ([]Camera, error) {
	return list(ctx, r.db, scanCamera, `SELECT `+cameraColumns+` FROM camera c JOIN site s ON s.id = c.site
		WHERE c.removed_at IS NULL ORDER BY s.name, c.name, c.id`)
}

// Camera returns one camera, removed or not, or an error wrapping [sql.ErrNoRows].
func (r *Register) Camera(ctx context.Context, id CameraID) (Camera, error) {
	return camera(ctx, r.db, id)
}

func camera(ctx context.Context, q db.Querier, id CameraID) (Camera, error) {
	c, err := scanCamera(q.QueryRowContext(ctx, "SELECT "+cameraColumns+" FROM camera c WHERE c.id = $1", string(id)).Scan)
	if err != nil {
		return Camera{}, fmt.Errorf("couldn't find camera %s: %w", id, err)
	}
	return c, nil
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
