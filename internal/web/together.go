package web

import (
	"errors"
	"net/http"
	"time"

	"oogmerk/internal/premises"
	"oogmerk/internal/viewing"
)

// Several cameras on one clock. What a browser does with each of them goes by
// the paths of a playback: it is one.

// A togetherPage is what together.html shows.
type togetherPage struct {
	ID      string
	Wish    viewing.Wish
	Purpose string
	Mark    string // who watches: over each picture
	Tiles   []sideTile
	Again   string // the form, filled in as it was
	Columns int    // side by side
	Ended   bool   // all of them
}

// A sideTile is one of the cameras.
type sideTile struct {
	ID     string // of the playback, "" if there is none
	Camera premises.Camera
	Strip  strip
	Map    string
	Codec  string   // what a browser must be able to play
	Why    *stopped // why there is none, or no longer; nil if it isn't the regulation
	Ended  bool
}

// lookTogether asks for a playback of several cameras.
func (v *visit) lookTogether(form lookbackForm, w viewing.Wish, cameras []premises.CameraID) error {
	t, err := v.Room.PlayTogether(v.ctx(), v.who, w, cameras)
	if errors.Is(err, viewing.ErrNothing) {
		return v.showLookback(http.StatusNotFound, form, &mistake{key: "wrong.nothing"})
	}
	if err != nil {
		return err
	}
	return v.goTo("/naast-elkaar/" + t.ID)
}

// together finds the one in the address, if this seat started it.
func (v *visit) together() (*viewing.Together, error) {
	t, ok := v.Room.FindTogether(v.who.Seat, v.r.PathValue("id"))
	if !ok {
		return nil, missing
	}
	return t, nil
}

// togetherForm is the form that asks for t.
func togetherForm(t *viewing.Together) lookbackForm {
	f := formFrom(t.Wish)
	for _, m := range t.Members[1:] {
		f.Also = append(f.Also, string(m.Camera))
	}
	return f
}

// togetherPage is GET /naast-elkaar/{id}.
func (s *site) togetherPage(v *visit) error {
	t, err := v.together()
	if err != nil {
		return err
	}
	page := togetherPage{ID: t.ID, Wish: t.Wish, Purpose: v.purpose(string(t.Wish.Purpose)), Mark: v.mark(), Again: togetherForm(t).path(), Ended: true, Columns: 2}
	if len(t.Members) > 4 {
		page.Columns = 3
	}
	for _, m := range t.Members {
		tile, err := v.sideTile(t, m)
		if err != nil {
			return err
		}
		page.Tiles = append(page.Tiles, tile)
		page.Ended = page.Ended && tile.Ended
	}
	return v.show("together", view{title: "together.title", dark: true, nav: "/terugkijken", js: []string{"zoom.js", "codec.js", "film.js", "together.js"}, data: page})
}

func (v *visit) sideTile(t *viewing.Together, m viewing.Member) (tile sideTile, err error) {
	if tile.Camera, err = v.Premises.Camera(v.ctx(), m.Camera); err != nil {
		return tile, err
	}
	if tile.Strip, err = v.strip(tile.Camera, t.Wish.Span); err != nil {
		return tile, err
	}
	why := m.Refusal
	if m.Playback != nil {
		tile.ID, tile.Ended, tile.Codec = m.Playback.ID, over(m.Playback), m.Playback.Codec()
		tile.Strip.plays(m.Playback.Map())
		if tile.Map, err = stretches(m.Playback.Map()); err != nil {
			return tile, err
		}
		if tile.Ended {
			why = m.Playback.Why()
		}
	}
	tile.Ended = tile.Ended || m.Playback == nil
	if why != nil {
		r := v.stopped(why, togetherForm(t).path())
		tile.Why = &r
	}
	return tile, nil
}

// endTogether is POST /naast-elkaar/{id}/einde.
func (s *site) endTogether(v *visit) error {
	t, err := v.together()
	if err != nil {
		return err
	}
	if err := t.End(v.ctx()); err != nil {
		return err
	}
	return v.goTo(togetherForm(t).path())
}

// A tileEnd says that one of several playbacks has ended, and why: part of a
// page.
type tileEnd struct {
	ID  string `json:"id"`
	Why string `json:"waarom"`
}

// togetherState is GET /naast-elkaar/{id}/toestand: as [site.state], for
// all of them over one connection. A browser has only a few.
func (s *site) togetherState(v *visit) error {
	t, err := v.together()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(v.w)
	ended, running := make(chan *viewing.Playback), 0
	for _, m := range t.Members {
		if m.Playback == nil {
			continue
		}
		running++
		go func() {
			select {
			case <-m.Playback.Ended():
			case <-v.ctx().Done():
				return
			}
			select {
			case ended <- m.Playback:
			case <-v.ctx().Done():
			}
		}()
	}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for running > 0 {
		if err := event(v.w, out, "hier", "1"); err != nil {
			return nil // whoever listened is gone
		}
		select {
		case p := <-ended:
			running--
			part, err := v.endBrief(p, togetherForm(t).path())
			if err != nil {
				return err
			}
			if err := event(v.w, out, "einde", tileEnd{ID: p.ID, Why: part}); err != nil {
				return nil
			}
		case <-v.ctx().Done():
			return nil
		case <-beat.C:
		}
	}
	return nil
}

// endBrief says why one of several ended, shortly: it stands beside others.
func (v *visit) endBrief(p *viewing.Playback, again string) (string, error) {
	v.now = v.Now() // the page may have listened for long
	if why := p.Why(); why != nil {
		return v.reasonPart(why, again)
	}
	text, err := v.render("together", "ended", nil)
	return string(text), err
}
