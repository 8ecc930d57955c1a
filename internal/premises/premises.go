// Package premises knows where everything is: sites, the signs at their
// entrances, and cameras with what each may see.
package premises

import (
	"context"
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
}

// Open opens the register in d.
func Open(d *db.DB, g *gate.Gate, now func() time.Time) *Register {
	return &Register{db: d, gate: g, now: now}
}

// AddSite, AddSign, AddCamera, ChangeCamera and RemoveCamera are acts
// "plaatsen": each passes the gate. Of by only Who, With and Where are used.
func (r *Register) AddSite(ctx context.Context, by gate.Request, s Site) (SiteID, error) {
	panic("unwritten")
}
func (r *Register) AddSign(ctx context.Context, by gate.Request, s Sign) error { panic("unwritten") }
func (r *Register) AddCamera(ctx context.Context, by gate.Request, c Camera) (CameraID, error) {
	panic("unwritten")
}
func (r *Register) ChangeCamera(ctx context.Context, by gate.Request, c Camera) error {
	panic("unwritten")
}
func (r *Register) RemoveCamera(ctx context.Context, by gate.Request, id CameraID) error {
	panic("unwritten")
}

// Sites returns all sites by name.
func (r *Register) Sites(ctx context.Context) ([]Site, error) { panic("unwritten") }

// Cameras returns all cameras that were not removed, by site and name.
func (r *Register) Cameras(ctx context.Context) ([]Camera, error) { panic("unwritten") }

// Camera returns one camera, removed or not, or an error wrapping sql.ErrNoRows.
func (r *Register) Camera(ctx context.Context, id CameraID) (Camera, error) { panic("unwritten") }

// Changed is closed at the next change to any camera.
func (r *Register) Changed() <-chan struct{} { panic("unwritten") }

// Testify tells the gate about the camera or site in a request: for a camera
// {locatie, zichtbaar, privacytoets, aangekondigd}, for a site {borden}.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	panic("unwritten")
}
