package web

import (
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A cameraPage is what camera.html shows.
type cameraPage struct {
	Tile     tile
	Purposes []regulation.PurposeTerm
	Chosen   *regulation.PurposeTerm
	Today    day
	Signs    []premises.Sign
}

// cameraPage is GET /camera/{id}: one camera, large, and what is known of it.
func (s *site) cameraPage(v *visit) error {
	c, err := s.Premises.Camera(v.ctx(), premises.CameraID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	page := cameraPage{Purposes: v.livePurposes(), Today: dayOf(v.now)}
	if page.Chosen, err = choose(page.Purposes, v.query("doel")); err != nil {
		return err
	}
	if page.Tile, err = v.tile(c); err != nil {
		return err
	}
	if page.Signs, err = s.Premises.Signs(v.ctx(), c.Site); err != nil {
		return err
	}
	page.Tile.Big = true
	w := view{title: "camera.title", with: []any{c.Name}, dark: true, nav: "/", data: page}
	if page.Chosen != nil && c.Removed.IsZero() {
		w.js = []string{"live.js"}
	}
	return v.show("camera", w)
}
