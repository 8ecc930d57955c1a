package premises

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Camera is where pictures come from.
type Camera struct {
	ID                 CameraID
	Name               string
	Site               SiteID
	Room               string // the room it hangs in; "" if nobody said
	URL                string // rtsp://host:port/path, without credentials
	Username, Password string
	Visible            bool     // can be seen by who is seen by it
	Aim                string   // what it is there to see
	AimedAt            string   // which of [Views] that is; "" for none
	InView             []string // which of [Views] can be seen besides
	Mode               string   // one of [Modes]; "" for what the regulation says
	Pixels             int      // per metre; 0 if nobody measured
	Assessment         string   // the privacy assessment that covers it
	ClockOff           int      // seconds its clock is ahead of ours; noted by [Register.NoteClock] alone
	Sub                string   // rtsp address of a lighter stream of the same, for who watches; "" for none
	Device             string   // http address of its ONVIF service; "" for none
	Profile            string   // its ONVIF media profile that is recorded
	Steers             bool     // it can be turned and zoomed
	Trust              string   // SHA-256 of the certificate it may show though nobody vouches for it, in hex; "" for none
	Senses             string   // how motion is noticed: one of [Senses]; "" for the size of its pictures
	ViewChanged        time.Time
	Added              time.Time
	Removed            time.Time // zero while it is there
}

const goneCamera Invalid = "Deze camera is er niet (meer): kies er een uit de lijst."

const cameraColumns = `c.id, c.name, c.site, c.room, c.url, c.username, c.password, c.visible, c.aim, c.aimed_at, c.in_view,
	c.mode, c.pixels, c.assessment, c.clock_off, c.view_changed_at, c.added_at, c.removed_at,
	c.sub_url, c.device, c.profile, c.steers, c.trust, c.senses`

func scanCamera(scan func(...any) error) (Camera, error) {
	var c Camera
	var room sql.NullString
	var view string
	var added int64
	var changed, removed sql.NullInt64
	err := scan(&c.ID, &c.Name, &c.Site, &room, &c.URL, &c.Username, &c.Password, &c.Visible, &c.Aim, &c.AimedAt, &view,
		&c.Mode, &c.Pixels, &c.Assessment, &c.ClockOff, &changed, &added, &removed,
		&c.Sub, &c.Device, &c.Profile, &c.Steers, &c.Trust, &c.Senses)
	c.Room, c.Added, c.ViewChanged, c.Removed = room.String, db.Time(added), instant(changed), instant(removed)
	c.InView = split(view)
	return c, err
}

// split is a list as it is kept.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
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

// hanging is what the regulation is told of a camera that comes to hang
// somewhere.
func (r *Register) hanging(ctx context.Context, c Camera, how string, newView bool) (change, error) {
	kind := ""
	if c.Room != "" {
		room, err := r.Room(ctx, c.Room)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return change{}, err
		}
		kind = room.Kind // of a room that isn't there nothing is known; the deed refuses it
	}
	return change{what: aCamera, how: how, more: regulation.Context{
		"ruimte": regulation.String(kind), "beeld": regulation.Boolean(newView)}}, nil
}

// settle refuses a camera at a site or in a room that isn't there.
func settle(ctx context.Context, q db.Querier, c Camera) error {
	if err := known(ctx, q, c.Site); err != nil || c.Room == "" {
		return err
	}
	return at(ctx, q, c.Room, c.Site)
}

// AddCamera adds a camera: act "plaatsen" on its site. ID, ClockOff,
// ViewChanged, Added and Removed of c are ours.
func (r *Register) AddCamera(ctx context.Context, by gate.Request, c Camera) (CameraID, error) {
	c, err := c.checked()
	if err != nil {
		return "", err
	}
	what, err := r.hanging(ctx, c, "erbij", true)
	if err != nil {
		return "", err
	}
	c.ID = CameraID(db.NewID())
	err = r.place(ctx, by, c.Site.Entity(), what, func(ctx context.Context, tx *logbook.Tx) error {
		if err := settle(ctx, tx, c); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO camera
			(id, name, site, url, username, password, visible, aim, assessment, added_at, room, in_view, aimed_at, mode, pixels,
			sub_url, device, profile, steers, trust, senses)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`, string(c.ID), c.Name, string(c.Site),
			c.URL, c.Username, c.Password, c.Visible, c.Aim, c.Assessment, db.Micros(r.now()),
			orNull(c.Room), strings.Join(c.InView, ","), c.AimedAt, c.Mode, c.Pixels,
			c.Sub, c.Device, c.Profile, c.Steers, c.Trust, c.Senses)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a camera: %w", err)
	}
	return c.ID, r.announce(ctx)
}

// ChangeCamera changes a camera: act "plaatsen" on it. It stays at its site,
// because who may see what it saw there follows from where it is: at another
// site it is another camera. If it looks elsewhere from now on, its masks are
// gone.
func (r *Register) ChangeCamera(ctx context.Context, by gate.Request, c Camera) error {
	c, err := c.checked()
	if err != nil {
		return err
	}
	old, err := r.Camera(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	otherView := seesElse(old, c)
	what, err := r.hanging(ctx, c, "anders", otherView)
	if err != nil {
		return err
	}
	err = r.place(ctx, by, c.ID.Entity(), what, func(ctx context.Context, tx *logbook.Tx) error {
		was, err := camera(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if was.Site != c.Site {
			return Invalid("Een camera verhuist niet: haal haar hier weg en voeg haar op de andere locatie toe. Wie de oude beelden mag zien, blijft dan gelijk.")
		}
		if seesElse(was, c) != otherView {
			return Invalid("Iemand anders veranderde deze camera tegelijk: kijk hoe zij nu staat en probeer het dan opnieuw.")
		}
		if err := settle(ctx, tx, c); err != nil {
			return err
		}
		if err := r.rewrite(ctx, tx, c, otherView); err != nil || !turned(was, c) {
			return err
		}
		return r.unmask(ctx, tx, c.ID)
	})
	if err != nil {
		return fmt.Errorf("couldn't change a camera: %w", err)
	}
	return r.announce(ctx)
}

func (r *Register) rewrite(ctx context.Context, tx *logbook.Tx, c Camera, otherView bool) error {
	done, err := tx.ExecContext(ctx, `UPDATE camera SET name = $2, url = $3, username = $4, password = $5,
		visible = $6, aim = $7, assessment = $8, room = $9, in_view = $10, aimed_at = $11, mode = $12, pixels = $13,
		sub_url = $14, device = $15, profile = $16, steers = $17, trust = $18, senses = $19
		WHERE id = $1 AND removed_at IS NULL`, string(c.ID), c.Name, c.URL, c.Username, c.Password, c.Visible, c.Aim, c.Assessment,
		orNull(c.Room), strings.Join(c.InView, ","), c.AimedAt, c.Mode, c.Pixels,
		c.Sub, c.Device, c.Profile, c.Steers, c.Trust, c.Senses)
	if err = changed(done, err, goneCamera); err != nil || !otherView {
		return err
	}
	return r.viewChanged(ctx, tx, c.ID)
}

// viewChanged notes that a camera sees something else from now on: what was
// found of what it saw before may not hold any more.
func (r *Register) viewChanged(ctx context.Context, tx *logbook.Tx, id CameraID) error {
	_, err := tx.ExecContext(ctx, "UPDATE camera SET view_changed_at = $2 WHERE id = $1", string(id), db.Micros(r.now()))
	return err
}

// seesElse reports whether two accounts of a camera differ in what it sees.
func seesElse(a, b Camera) bool {
	return turned(a, b) || !slices.Equal(a.InView, b.InView)
}

// turned reports whether two accounts of a camera differ in where it looks, and
// not only in what somebody noticed there.
func turned(a, b Camera) bool {
	return a.Room != b.Room || a.Aim != b.Aim || a.AimedAt != b.AimedAt
}

// RemoveCamera removes a camera: act "plaatsen" on it. What it recorded stays
// as long as it would have.
func (r *Register) RemoveCamera(ctx context.Context, by gate.Request, id CameraID) error {
	err := r.place(ctx, by, id.Entity(), change{what: aCamera, how: "weg"}, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE camera SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL",
			string(id), db.Micros(r.now()))
		return changed(done, err, goneCamera)
	})
	if err != nil {
		return fmt.Errorf("couldn't remove a camera: %w", err)
	}
	return r.announce(ctx)
}

// NoteClock notes how many seconds a camera's clock is ahead of ours, as was
// measured. It costs nothing while that stays the same.
func (r *Register) NoteClock(ctx context.Context, id CameraID, seconds int) error {
	done, err := r.db.ExecContext(ctx, "UPDATE camera SET clock_off = $2 WHERE id = $1 AND clock_off <> $2", string(id), seconds)
	if err != nil {
		return fmt.Errorf("couldn't note the clock of camera %s: %w", id, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return r.announce(ctx)
}

// checked is c as it is kept, or what is wrong with it.
func (c Camera) checked() (Camera, error) {
	for _, s := range []*string{&c.Name, &c.URL, &c.Username, &c.Aim, &c.Assessment, &c.Sub, &c.Device, &c.Profile, &c.Trust} {
		*s = strings.TrimSpace(*s)
	}
	var bad error
	if c.InView, bad = views(c.InView); bad != nil {
		return c, bad
	}
	if c.AimedAt != "" {
		bad = oneOf("waar zij op gericht is", c.AimedAt, Views())
	}
	if c.Mode != "" {
		bad = cmp.Or(bad, oneOf("wanneer zij opneemt", c.Mode, Modes()))
	}
	if c.Senses != "" {
		bad = cmp.Or(bad, oneOf("hoe beweging wordt opgemerkt", c.Senses, Senses()))
	}
	if c.Sub != "" {
		bad = cmp.Or(bad, address(c.Sub))
	}
	if c.Device != "" {
		bad = cmp.Or(bad, service(c.Device))
	}
	if c.Pixels < 0 || c.Pixels > 100_000 {
		bad = cmp.Or(bad, error(Invalid("Vul in hoeveel pixels er in een meter gaan: een getal vanaf 0. Met 0 is het niet gemeten.")))
	}
	return c, cmp.Or(bad, line("de naam van de camera", c.Name), line("wat de camera moet zien", c.Aim),
		short("de privacytoets", c.Assessment, 200), short("de gebruikersnaam", c.Username, 80),
		short("het wachtwoord", c.Password, 80), address(c.URL), short("het profiel", c.Profile, 100), fingerprint(c.Trust))
}

// views are those of [Views] that are named, once each and in its order.
func views(named []string) (out []string, err error) {
	for _, v := range named {
		err = cmp.Or(err, oneOf("wat er nog meer in beeld komt", v, Views()))
	}
	for _, v := range Views() {
		if slices.Contains(named, v) {
			out = append(out, v)
		}
	}
	return out, err
}

func orNull(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
