package web

import (
	"time"

	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
)

// A cameraPage is what camera.html shows.
type cameraPage struct {
	Tile     tile
	Purposes []regulation.PurposeTerm
	Chosen   *regulation.PurposeTerm
	Today    day
	Signs    []premises.Sign
	Notices  []cameraNotice
	Steer    *steerPart // nil where there is nothing to steer
}

// A cameraNotice is something that isn't as it should be with the camera.
type cameraNotice struct {
	recorder.Notice
	Line string
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
	page.Notices = v.cameraNotices(c.ID)
	page.Tile.Big = true
	page.Steer = v.steerOf(c, page.Chosen)
	w := view{title: "camera.title", with: []any{c.Name}, dark: true, nav: "/", data: page}
	if page.Chosen != nil && c.Removed.IsZero() {
		w.js = []string{"live.js", "steer.js"}
	}
	return v.show("camera", w)
}

// cameraNotices are those about a camera, but for what its state says already.
func (v *visit) cameraNotices(id premises.CameraID) (out []cameraNotice) {
	for _, n := range v.Recorder.Notices() {
		if n.Camera != id || n.Kind == recorder.NoticeRefused || n.Kind == recorder.NoticeOffline {
			continue
		}
		line := v.word("notice:" + string(n.Kind))
		switch {
		case n.Off > 0:
			line += " " + v.word("camera.notice.ahead", v.words.lasting(v.lang, n.Off.Round(time.Second)))
		case n.Off < 0:
			line += " " + v.word("camera.notice.behind", v.words.lasting(v.lang, -n.Off.Round(time.Second)))
		}
		out = append(out, cameraNotice{n, line})
	}
	return out
}
