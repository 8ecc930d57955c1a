package premises

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// Testify tells the gate about the camera or site in a request: for a camera
// {locatie, zichtbaar, privacytoets, aangekondigd}, for a site {borden}. Of
// what isn't known it says nothing.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	id := string(req.On.Entity.ID)
	switch req.On.Entity.Type {
	case regulation.Site:
		_, err := tellSite(ctx, q, SiteID(id), at, t.Facts)
		return err
	case regulation.Camera:
		return tellCamera(ctx, q, CameraID(id), at, t.Facts)
	}
	return nil
}

func tellCamera(ctx context.Context, q db.Querier, id CameraID, at time.Time, facts regulation.Facts) error {
	c, err := camera(ctx, q, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	signs, err := tellSite(ctx, q, c.Site, at, facts)
	if err != nil {
		return err
	}
	facts[id.Entity()] = regulation.NewFact(id.Entity(), nil, regulation.Context{
		"locatie":      c.Site.Entity(),
		"zichtbaar":    regulation.Boolean(c.Visible),
		"privacytoets": regulation.Boolean(c.Assessment != ""),
		"aangekondigd": regulation.Boolean(signs),
	})
	return nil
}

// tellSite says whether a site has a sign in place.
func tellSite(ctx context.Context, q db.Querier, id SiteID, at time.Time, facts regulation.Facts) (signs bool, err error) {
	var sites, n int
	err = q.QueryRowContext(ctx, "SELECT count(*), (SELECT count(*) FROM sign WHERE site = $1 AND "+inPlace+") FROM site WHERE id = $1",
		string(id), db.Micros(at)).Scan(&sites, &n)
	if err != nil {
		return false, fmt.Errorf("couldn't find site %s: %w", id, err)
	}
	if sites == 0 {
		return false, nil
	}
	facts[id.Entity()] = regulation.NewFact(id.Entity(), nil, regulation.Context{"borden": regulation.Boolean(n > 0)})
	return n > 0, nil
}
