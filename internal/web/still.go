package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// sightRoutes are those of what people do with a picture besides looking.
func (s *site) sightRoutes() []route {
	return []route{
		{"POST /terugkijken/{id}/stil", s.still, signedIn, answer},
		{"GET /camera/{id}/standen", s.positions, signedIn, answer},
		{"POST /camera/{id}/bedienen", s.steer, signedIn, answer},
	}
}

// A stillPart is what still.html shows on the page of a playback.
type stillPart struct {
	Can     bool // this machine makes stills
	Looks   []stillLook
	Places  []string
	Enlarge bool // some look has places
}

// A stillLook is a way to show a still, and whether it may be had.
type stillLook struct {
	Filter string               // "" as it was recorded
	May    bool                 // who sits here may
	By     []regulation.Article // that refuse it, or could have allowed it; none if nothing does
}

// stillOf is which stills of p the law allows for who sits here.
func (v *visit) stillOf(p *viewing.Playback) stillPart {
	part := stillPart{Can: v.Room.Develop != nil, Places: viewing.Places()}
	if !part.Can || v.who.Empty() {
		return part
	}
	for _, filter := range append([]string{""}, viewing.Filters()...) {
		look := stillLook{Filter: filter, May: true}
		for _, r := range p.Wish.Asks(v.who, viewing.Look{Filter: filter}) {
			may, by := v.allows(r)
			look.May = look.May && may
			look.By = append(look.By, by...)
		}
		part.Looks = append(part.Looks, look)
		part.Enlarge = part.Enlarge || filter == viewing.Enlarge && look.May
	}
	return part
}

// allows is whether the law would allow r now and, if it wouldn't, by which
// articles.
func (v *visit) allows(r gate.Request) (bool, []regulation.Article) {
	law, q, ok := v.ask(r)
	if !ok {
		return false, nil
	}
	ruling := law.Rule(q)
	if ruling.Allowed {
		return true, nil
	}
	var by []regulation.Article
	for _, a := range append(slices.Clone(ruling.Lacking), ruling.Articles...) {
		if !slices.ContainsFunc(by, func(b regulation.Article) bool { return b.Number == a.Number }) {
			by = append(by, a)
		}
	}
	return false, by
}

// still is POST /terugkijken/{id}/stil: a picture of a moment. It goes to the
// browser that asked, which may keep it nowhere.
func (s *site) still(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	if err := v.readForm(); err != nil {
		return err
	}
	if over(p) {
		return mistake{key: "wrong.over", status: http.StatusGone}
	}
	at, err := strconv.ParseInt(v.form("moment"), 10, 64)
	if err != nil {
		return mistake{key: "wrong.moment"}
	}
	picture, err := p.Still(v.ctx(), v.who, time.UnixMilli(at), viewing.Look{Filter: v.form("filter"), Place: v.form("deel")})
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Content-Disposition", "inline")
	h.Set("Oogmerk-Moment", exact(picture.At))
	_, _ = v.w.Write(picture.PNG) // fails only for who is gone already
	return nil
}
