package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// longestPlayback is how much can be played back at once: the index of a
// longer film would take a browser too long to read.
const longestPlayback = 2 * time.Hour

// A lookbackForm is the form as it was filled in, right or wrong.
type lookbackForm struct {
	Camera, Day, From, To, Purpose, Incident string
	Also                                     []string // more cameras, at the same time
}

// A lookbackPage is what lookback.html shows.
type lookbackPage struct {
	Form      lookbackForm
	Wrong     string // what to mend, "" if nothing
	Cameras   []premises.Camera
	Purposes  []regulation.PurposeTerm
	Incidents []incidentRow // not settled
	Camera    premises.Camera
	Day       day
	Lanes     []lane // of the cameras that were chosen; none without cameras
	Month     month
	Most      int // cameras that can be played at once
	Now       time.Time
	Joined    bool // more than one person is here
	Ready     bool // the form was filled in already: it can be sent as it is
}

// Chosen is the address of the form with the times of a row: of what is there
// in it, not more than can be played back at once.
func (p lookbackPage) Chosen(r row) string {
	f := p.Form
	to := earliest(r.Span.To, r.Span.From.Add(longestPlayback))
	f.From, f.To = exact(r.Span.From), exact(to)
	return f.path() + "#wish"
}

// lookbackPage is GET /terugkijken: the form, and what there is to see that day.
func (s *site) lookbackPage(v *visit) error {
	q := v.r.URL.Query()
	return v.showLookback(http.StatusOK, formOf(q), nil)
}

// formOf reads the form from what was sent.
func formOf(q url.Values) lookbackForm {
	return lookbackForm{Camera: q.Get("camera"), Day: q.Get("datum"), From: q.Get("van"), To: q.Get("tot"),
		Purpose: q.Get("doel"), Incident: q.Get("incident"), Also: slices.Compact(slices.Sorted(slices.Values(q["ook"])))}
}

// path is the address of the form, filled in.
func (f lookbackForm) path() string {
	q := url.Values{"camera": {f.Camera}, "datum": {f.Day}, "van": {f.From}, "tot": {f.To}, "doel": {f.Purpose}, "incident": {f.Incident}}
	if len(f.Also) > 0 {
		q["ook"] = f.Also
	}
	return "/terugkijken?" + q.Encode()
}

// cameras are those the form names, the first first.
func (f lookbackForm) cameras() []premises.CameraID {
	all := []premises.CameraID{premises.CameraID(f.Camera)}
	for _, id := range f.Also {
		if id != f.Camera {
			all = append(all, premises.CameraID(id))
		}
	}
	return all
}

// With reports whether a camera is one of those beside the first.
func (f lookbackForm) With(id premises.CameraID) bool { return slices.Contains(f.Also, string(id)) }

// A lane is one camera of an overview.
type lane struct {
	Camera premises.Camera
	Strip  strip
}

// lookback is POST /terugkijken: it asks for a playback.
func (s *site) lookback(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	form := formOf(v.r.PostForm)
	v.retry = form.path()
	w, err := form.wish()
	var wrong mistake
	if errors.As(err, &wrong) {
		return v.showLookback(http.StatusBadRequest, form, &wrong)
	}
	if cameras := form.cameras(); len(cameras) > 1 {
		return v.lookTogether(form, w, cameras)
	}
	playback, err := s.Room.PlayBack(v.ctx(), v.who, w)
	if errors.Is(err, viewing.ErrNothing) {
		return v.showLookback(http.StatusNotFound, form, &mistake{key: "wrong.nothing"})
	}
	if err != nil {
		return err
	}
	return v.goTo("/terugkijken/" + playback.ID)
}

// wish is what the form asks for. What it may ask is the regulation's to say.
func (f lookbackForm) wish() (viewing.Wish, error) {
	span, err := readSpan(f.Day, f.From, f.To, longestPlayback)
	if err != nil {
		return viewing.Wish{}, err
	}
	if f.Camera == "" {
		return viewing.Wish{}, mistake{key: "wrong.camera"}
	}
	if f.Purpose == "" {
		return viewing.Wish{}, mistake{key: "wrong.purpose.none"}
	}
	return viewing.Wish{Camera: premises.CameraID(f.Camera), Span: span,
		Purpose: regulation.Purpose(f.Purpose), Incident: f.Incident}, nil
}

func (v *visit) showLookback(code int, form lookbackForm, wrong *mistake) error {
	page := lookbackPage{Form: form, Joined: len(v.who.All) > 1}
	_, err := form.wish()
	page.Ready = err == nil
	if wrong != nil {
		page.Wrong = v.word(wrong.key, wrong.with...)
	}
	if page.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	if page.Incidents, err = v.openIncidents(); err != nil {
		return err
	}
	if v.law != nil {
		page.Purposes = v.law.Terms.Purposes
	}
	if page.Day, err = readDay(form.Day); err != nil {
		page.Day = dayOf(v.now)
	}
	page.fill(v.now)
	if err := v.overview(&page); err != nil {
		return err
	}
	return v.send(code, "lookback", view{title: "lookback.title", nav: "/terugkijken", js: []string{"zoom.js", "lookback.js"}, data: page})
}

// fill proposes what wasn't filled in: the last ten minutes.
func (p *lookbackPage) fill(now time.Time) {
	if p.Form.Day == "" {
		p.Form.Day = p.Day.String()
	}
	if p.Form.From == "" && p.Form.To == "" {
		from, to := now.Add(-10*time.Minute), now
		switch {
		case dayOf(now) != p.Day:
			from, to = p.Day.at(12, 0, 0), p.Day.at(12, 10, 0)
		case dayOf(from) != p.Day: // just after midnight
			from = p.Day.at(0, 0, 0)
		}
		p.Form.From, p.Form.To = exact(from), exact(to)
	}
	if p.Form.Camera == "" && len(p.Cameras) > 0 {
		p.Form.Camera = string(p.Cameras[0].ID)
	}
}

// overview shows the day and the month of the cameras the form names.
func (v *visit) overview(page *lookbackPage) error {
	page.Most, page.Now = viewing.MostTogether, v.now
	var chosen []premises.Camera
	for _, id := range page.Form.cameras()[:min(len(page.Form.cameras()), viewing.MostTogether)] {
		if i := slices.IndexFunc(page.Cameras, func(c premises.Camera) bool { return c.ID == id }); i >= 0 {
			chosen = append(chosen, page.Cameras[i])
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	page.Camera = chosen[0]
	for _, c := range chosen {
		s, err := v.strip(c, page.Day.span())
		if err != nil {
			return err
		}
		page.Lanes = append(page.Lanes, lane{c, s})
	}
	var err error
	page.Month, err = v.month(chosen, page.Day, func(d day) string {
		f := page.Form
		f.Day = d.String()
		return f.path()
	})
	return err
}

// strip lays out what is known of a stretch of a camera's time.
func (v *visit) strip(camera premises.Camera, span footage.Span) (strip, error) {
	return v.stripIn(camera, span, span.To.Sub(span.From)/mostColumns)
}

// stripIn is strip, with activity in steps of this long.
func (v *visit) stripIn(camera premises.Camera, span footage.Span, step time.Duration) (strip, error) {
	k := known{span: span, called: map[string]string{}, added: camera.Added, now: v.now}
	var err error
	if k.plan, err = v.Holds.Schedule(v.ctx(), camera.ID, span); err != nil {
		return strip{}, err
	}
	t, err := v.Footage.Timeline(v.ctx(), v.Reads, camera.ID, span, step)
	if err != nil {
		return strip{}, err
	}
	k.runs = t.Runs
	if k.gaps, err = v.Footage.Gaps(v.ctx(), v.Reads, camera.ID, span); err != nil {
		return strip{}, err
	}
	if k.holds, err = v.Holds.On(v.ctx(), camera.ID, span); err != nil {
		return strip{}, err
	}
	for _, h := range k.holds {
		of, err := v.names.of(incidentEntity(h.Incident).String())
		if err != nil {
			return strip{}, err
		}
		k.called[h.Incident] = of.Name
	}
	out := layOut(k)
	out.peaks, out.step = t.Peaks, t.Step
	return out, nil
}

// openIncidents are those that can still be a ground for something, and that
// may be read here.
func (v *visit) openIncidents() ([]incidentRow, error) {
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil || !slices.ContainsFunc(sites, v.wouldRead) {
		return nil, err // who only opens a form didn't ask to read anything
	}
	all, err := v.incidents()
	var refusal *gate.Refusal
	if errors.As(err, &refusal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var open []incidentRow
	for _, i := range all {
		if i.State != incident.Settled {
			open = append(open, incidentRow{Incident: i, KindName: v.kindName(i.Kind)})
		}
	}
	return open, nil
}
