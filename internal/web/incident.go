package web

import (
	"net/http"
	"time"

	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/retention"
)

// An incidentPage is what incident.html and settle.html show.
type incidentPage struct {
	incident.Incident
	SiteName, ByName string
	Holds            []holdRow
	Hold             holdForm
	Settled          bool
}

// A holdRow is one hold in a list.
type holdRow struct {
	retention.Hold
	CameraName, ByName string
	Path               string // the form to play it back
}

// A holdForm is the form to place a hold, and what one can choose in it.
type holdForm struct {
	Incident, Camera, Day, From, To, Reason string

	Wrong     string
	Cameras   []premises.Camera
	Incidents []incident.Incident // nil where the incident is given
}

// longestHold is more than any incident takes.
const longestHold = 24 * time.Hour

// incidentPage is GET /incidenten/{id}.
func (s *site) incidentPage(v *visit) error {
	return v.showIncident("incident", "incident.title")
}

// settlePage is GET /incidenten/{id}/afhandelen: what settling will erase.
func (s *site) settlePage(v *visit) error { return v.showIncident("settle", "settle.title") }

func (v *visit) showIncident(page, title string) error {
	i, err := v.Incidents.Get(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	shown := incidentPage{Incident: i, Settled: i.State == incident.Settled}
	place, err := v.names.of(i.Site.Entity().String())
	if err != nil {
		return err
	}
	by, err := v.names.of(i.By.Entity().String())
	if err != nil {
		return err
	}
	shown.SiteName, shown.ByName = place.Name, by.Name
	if shown.Holds, err = v.holds(i.ID); err != nil {
		return err
	}
	shown.Hold = holdForm{Incident: i.ID, Day: dayOf(i.Happened).String(),
		From: clock(i.Happened.Add(-5 * time.Minute)), To: clock(i.Happened.Add(5 * time.Minute))}
	if shown.Hold.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	return v.show(page, view{title: title, with: []any{i.Number}, nav: "/incidenten", data: shown})
}

func (v *visit) holds(incident string) ([]holdRow, error) {
	all, err := v.Holds.Of(v.ctx(), incident)
	if err != nil {
		return nil, err
	}
	var rows []holdRow
	for _, h := range all {
		camera, err := v.names.of(h.Camera.Entity().String())
		if err != nil {
			return nil, err
		}
		by, err := v.names.of(h.By.Entity().String())
		if err != nil {
			return nil, err
		}
		form := lookbackForm{Camera: string(h.Camera), Day: dayOf(h.Span.From).String(), From: exact(h.Span.From),
			To: exact(earliest(h.Span.To, h.Span.From.Add(longestPlayback))), Incident: incident}
		rows = append(rows, holdRow{Hold: h, CameraName: camera.Name, ByName: by.Name, Path: form.path()})
	}
	return rows, nil
}

// settle is POST /incidenten/{id}/afhandelen. Who does it confirmed that what
// is held will be erased.
func (s *site) settle(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	v.retry = "/incidenten/" + id
	if v.form("zeker") != "ja" {
		return mistake{key: "wrong.sure"}
	}
	if err := s.Incidents.Settle(v.ctx(), v.who, id); err != nil {
		return v.mendable(err)
	}
	return v.goTo("/incidenten/" + id)
}

// holdPage is GET /vasthouden: the form, with what the address fills in.
func (s *site) holdPage(v *visit) error {
	return v.showHold(http.StatusOK, holdForm{Incident: v.query("incident"), Camera: v.query("camera"),
		Day: v.query("datum"), From: v.query("van"), To: v.query("tot")})
}

func (v *visit) showHold(code int, form holdForm) error {
	var err error
	if form.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	if form.Incidents, err = v.openIncidents(); err != nil {
		return err
	}
	return v.send(code, "hold", view{title: "hold.title", nav: "/incidenten", data: form})
}

// hold is POST /vasthouden.
func (s *site) hold(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	form := holdForm{Incident: v.form("incident"), Camera: v.form("camera"), Day: v.form("datum"),
		From: v.form("van"), To: v.form("tot"), Reason: v.form("reden")}
	v.retry = "/incidenten/" + form.Incident
	hold, err := form.read()
	if err == nil {
		_, err = s.Holds.Place(v.ctx(), v.who, hold)
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		form.Wrong = v.word(wrong.key, wrong.with...)
		return v.showHold(http.StatusBadRequest, form)
	}
	if err != nil {
		return err
	}
	return v.goTo("/incidenten/" + form.Incident)
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
