package premises

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// Testify tells the gate of the camera or site in a request, of the site of
// whatever else it is about if somebody told that, of the organisation, and of
// the workstation where it is done. Of what isn't known it says nothing. It
// runs for every ruling and, every few seconds, for every open permit: most of
// what a query costs is its being read, so there are few, and short.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, _ time.Time, t *gate.Testimony) error {
	var room string
	var err error
	if on := req.On.Entity; on.Type == regulation.Camera {
		room, err = tellCamera(ctx, q, CameraID(on.ID), t)
	} else {
		err = tellSite(ctx, q, siteOf(on, t), t)
	}
	if err != nil {
		return fmt.Errorf("couldn't establish where %s is: %w", req.On.Entity, err)
	}
	return tellStation(ctx, q, req.Where, room, t)
}

// siteOf is the site that something is, or is at as far as was told; "" if it
// wasn't.
func siteOf(on regulation.Entity, t *gate.Testimony) SiteID {
	if on.Type == regulation.Site {
		return SiteID(on.ID)
	}
	place, told := t.Facts[on].Attributes.Get("locatie")
	if !told {
		place = t.Context["locatie"] // in which somebody is appointed
	}
	site, _ := place.(regulation.Entity)
	return SiteID(site.ID)
}

// tellCamera tells of a camera and where it is, and returns the room.
func tellCamera(ctx context.Context, q db.Querier, id CameraID, t *gate.Testimony) (room string, err error) {
	c, s, kind, err := hung(ctx, q, id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", tellSite(ctx, q, "", t)
	}
	if err != nil {
		return "", err
	}
	there, err := look(ctx, q, s.ID, id)
	if err != nil {
		return "", err
	}
	there.tell(s, t)
	t.Say(id.Entity(), nil, regulation.Context{
		"locatie":          s.ID.Entity(),
		"ruimte":           regulation.String(kind),
		"zichtbaar":        regulation.Boolean(c.Visible),
		"privacytoets":     regulation.Boolean(c.Assessment != ""),
		"aangekondigd":     regulation.Boolean(there.announced()),
		"in_beeld":         regulation.Strings(c.InView...),
		"afgedekt":         regulation.Strings(c.hidden(there.masks)...),
		"gericht_op":       regulation.String(c.AimedAt),
		"wijze":            regulation.String(cmp.Or(c.Mode, regulation.Continuous)),
		"pixels_per_meter": regulation.Long(c.Pixels),
		"klokverschil":     regulation.Long(max(c.ClockOff, -c.ClockOff)),
	})
	return c.Room, nil
}

// hung is what is told of a camera, of its site and of the kind of its room.
func hung(ctx context.Context, q db.Querier, id CameraID) (c Camera, s Site, kind string, err error) {
	var room, of sql.NullString
	var view string
	err = q.QueryRowContext(ctx, `SELECT c.room, m.kind, c.visible, c.assessment, c.in_view, c.aimed_at, c.mode, c.pixels, c.clock_off,
		s.id, s.kind, s.buildings FROM camera c JOIN site s ON s.id = c.site LEFT JOIN room m ON m.id = c.room WHERE c.id = $1`,
		string(id)).Scan(&room, &of, &c.Visible, &c.Assessment, &view, &c.AimedAt, &c.Mode, &c.Pixels, &c.ClockOff, &s.ID, &s.Kind, &s.Buildings)
	c.Room, c.InView = room.String, split(view)
	return c, s, of.String, err
}

// hidden is what masks cover of what the camera could see.
func (c Camera) hidden(masks []string) []string {
	return slices.DeleteFunc(masks, func(v string) bool { return v != c.AimedAt && !slices.Contains(c.InView, v) })
}

// tellSite tells of a site, if there is one, and of the organisation.
func tellSite(ctx context.Context, q db.Querier, id SiteID, t *gate.Testimony) error {
	s := Site{}
	if id != "" {
		err := q.QueryRowContext(ctx, "SELECT id, kind, buildings FROM site WHERE id = $1", string(id)).Scan(&s.ID, &s.Kind, &s.Buildings)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	there, err := look(ctx, q, s.ID, "")
	if err != nil {
		return err
	}
	there.tell(s, t)
	return nil
}

// around is what is at a site and before a camera, and whether it is known in
// which room, anywhere, the recordings stand.
type around struct {
	stored                  bool
	entrances, signs, masks []string
}

// look looks around. What is gone is gone for good, so it needn't know when.
func look(ctx context.Context, q db.Querier, site SiteID, camera CameraID) (there around, err error) {
	rows, err := q.QueryContext(ctx, `SELECT 'opslag', kind FROM room WHERE storage AND gone_at IS NULL
		UNION ALL SELECT 'ingang', name FROM entrance WHERE site = $1 AND gone_at IS NULL
		UNION ALL SELECT 'bord', entrance FROM sign WHERE site = $1 AND gone_at IS NULL
		UNION ALL SELECT 'masker', covers FROM mask WHERE camera = $2 AND gone_at IS NULL`, string(site), string(camera))
	if err != nil {
		return there, err
	}
	defer rows.Close()
	for rows.Next() {
		var what, which string
		if err := rows.Scan(&what, &which); err != nil {
			return there, err
		}
		switch what {
		case theStorage:
			there.stored = true
		case anEntrance:
			there.entrances = append(there.entrances, which)
		case aSign:
			there.signs = append(there.signs, which)
		case aMask:
			there.masks = append(there.masks, which)
		}
	}
	return there, rows.Err()
}

// announced reports whether there is a sign at each entrance that is known, and
// one is.
func (a around) announced() bool {
	return len(a.entrances) > 0 &&
		!slices.ContainsFunc(a.entrances, func(e string) bool { return !slices.Contains(a.signs, e) })
}

func (a around) tell(s Site, t *gate.Testimony) {
	if s.ID != "" {
		t.Say(s.ID.Entity(), nil, regulation.Context{"soort": regulation.String(s.Kind), "gebouwen": regulation.Long(s.Buildings),
			"borden": regulation.Boolean(a.announced())})
	}
	t.Say(organisation, nil, regulation.Context{"opslagruimte": regulation.Boolean(a.stored)})
}

// tellStation tells which workstation a seat is at. The camera in question
// hangs in room; "" if that isn't known.
func tellStation(ctx context.Context, q db.Querier, seat regulation.Entity, room string, t *gate.Testimony) error {
	if seat.Type != regulation.Seat {
		return nil
	}
	var w Workstation
	var kind string
	err := q.QueryRowContext(ctx, `SELECT w.kind, w.site, w.room, m.kind FROM seat JOIN workstation w ON w.id = seat.station
		JOIN room m ON m.id = w.room WHERE seat.id = $1 AND w.gone_at IS NULL`, string(seat.ID)).Scan(&w.Kind, &w.Site, &w.Room, &kind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("couldn't find which workstation %s is: %w", seat.ID, err)
	}
	t.Context["werkplek"] = regulation.Struct(regulation.Context{
		"soort": regulation.String(w.Kind), "ruimte": regulation.String(kind), "locatie": w.Site.Entity(),
		"zelfde_ruimte": regulation.Boolean(room != "" && room == w.Room),
	})
	return nil
}
