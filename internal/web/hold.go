package web

import (
	"net/http"
	"net/url"
	"time"

	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
	"oogmerk/internal/viewing"
)

// A holdForm is the form to place a hold, and what one can choose in it.
type holdForm struct {
	Incident, Camera, Day, From, To, Reason string

	// What to report first, where Incident is newIncident.
	Kind, State, Observer, Description string

	// Playback is on the screen while the form is filled in, "" if none is.
	Playback string

	Wrong     string
	Cameras   []premises.Camera
	Incidents []incidentRow // to choose from; nil where the incident is given
	Kinds     []regulation.IncidentTerm
}

// newIncident chooses to report the incident together with the hold.
const newIncident = "nieuw"

// longestHold is more than any incident takes.
const longestHold = 24 * time.Hour

// holdNotices are what an address may ask the page of an incident to say.
var holdNotices = []string{"vast", "leeg", "verzoek"}

// holdPage is GET /vasthouden: the form, with what the address fills in.
func (s *site) holdPage(v *visit) error {
	return v.showHold(http.StatusOK, holdForm{Incident: v.query("incident"), Camera: v.query("camera"),
		Day: v.query("datum"), From: v.query("van"), To: v.query("tot"), State: incident.Suspected})
}

func (v *visit) showHold(code int, form holdForm) error {
	if form.Day == "" {
		form.Day = dayOf(v.now).String()
	}
	if err := v.fillHold(&form); err != nil {
		return err
	}
	return v.send(code, "hold", view{title: "hold.title", nav: "/incidenten", data: form})
}

// fillHold adds what one can choose from.
func (v *visit) fillHold(form *holdForm) (err error) {
	form.Kinds = v.kinds()
	if form.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	form.Incidents, err = v.openIncidents()
	return err
}

// holdOf is the form to hold what is being played back.
func (v *visit) holdOf(p *viewing.Playback) (holdForm, error) {
	w := p.Wish
	form := holdForm{Incident: w.Incident, Camera: string(w.Camera), Day: dayOf(w.Span.From).String(),
		From: exact(w.Span.From), To: exact(w.Span.To), State: incident.Suspected, Playback: p.ID}
	return form, v.fillHold(&form)
}

// hold is POST /vasthouden.
func (s *site) hold(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	form := holdForm{Incident: v.form("incident"), Camera: v.form("camera"), Day: v.form("datum"),
		From: v.form("van"), To: v.form("tot"), Reason: v.form("reden"),
		Kind: v.form("soort"), State: v.form("staat"), Observer: v.form("waarnemer"), Description: v.form("omschrijving"), Playback: v.form("terugkijken")}
	kept, err := v.place(&form)
	var wrong mistake
	if v.mend(err, &wrong) {
		form.Wrong = v.word(wrong.key, wrong.with...)
		return v.showHold(wrong.code(), form)
	}
	if err != nil {
		return err
	}
	notice := "vast"
	if kept == 0 {
		notice = "leeg"
	}
	return v.goTo("/incidenten/" + form.Incident + "?" + url.Values{"bericht": {notice}}.Encode())
}

// place places the hold the form asks for, and reports its incident first if
// that is new. It returns how many segments there were to keep.
func (v *visit) place(form *holdForm) (kept int, err error) {
	v.retry = form.path()
	hold, err := form.read()
	if err != nil {
		return 0, err
	}
	if form.Incident == newIncident {
		if hold.Incident, err = v.reportFor(form, hold); err != nil {
			return 0, err
		}
		form.Incident = hold.Incident // it is there now, whatever becomes of the hold
		v.retry = form.path()
	}
	if hold, err = v.Holds.Place(v.ctx(), v.who, hold); err != nil {
		return 0, err
	}
	if p, ok := v.Room.Find(v.who.Seat, form.Playback); ok {
		return hold.Kept, p.End(v.ctx()) // it was on the screen, and no longer is
	}
	return hold.Kept, nil
}

// reportFor reports the incident of a hold: at the camera's site, when what is
// held begins.
func (v *visit) reportFor(form *holdForm, hold retention.Hold) (string, error) {
	camera, err := v.Premises.Camera(v.ctx(), hold.Camera)
	if err != nil {
		return "", err
	}
	report := incidentForm{Kind: form.Kind, State: form.State, Site: string(camera.Site), Day: form.Day, Time: form.From,
		Observer: form.Observer, Description: form.Description}
	i, err := report.read(v.now, v.kinds())
	if err == nil {
		i, err = v.Incidents.Report(v.ctx(), v.who, i)
	}
	return i.ID, err
}

// path is the address of the form, filled in.
func (f holdForm) path() string {
	return "/vasthouden?" + url.Values{"incident": {f.Incident}, "camera": {f.Camera}, "datum": {f.Day}, "van": {f.From}, "tot": {f.To}}.Encode()
}

// read is the hold the form asks for.
func (f holdForm) read() (retention.Hold, error) {
	h := retention.Hold{Incident: f.Incident, Camera: premises.CameraID(f.Camera), Reason: f.Reason}
	switch {
	case f.Incident == "":
		return h, mistake{key: "wrong.incident"}
	case f.Camera == "":
		return h, mistake{key: "wrong.camera"}
	case f.Reason == "":
		return h, mistake{key: "wrong.reason"}
	}
	var err error
	h.Span, err = readSpan(f.Day, f.From, f.To, longestHold)
	return h, err
}
