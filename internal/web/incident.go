package web

import (
	"net/http"
	"slices"
	"time"

	"oogmerk/internal/incident"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// An incidentPage is what incident.html and settle.html show.
type incidentPage struct {
	incident.Incident
	SiteName, ByName, KindName, DeciderName string
	Due                                     time.Time // the day; zero if none
	Wrong                                   string

	Holds   []holdRow
	Hold    holdForm
	Settled bool
	Notice  string // key of what to say first, "" for nothing
}

// A holdRow is one hold in a list.
type holdRow struct {
	retention.Hold
	CameraName, ByName string
	Path               string // the form to play it back
}

// incidentPage is GET /incidenten/{id}.
func (s *site) incidentPage(v *visit) error {
	return v.showIncident("incident", "incident.title")
}

// settlePage is GET /incidenten/{id}/afhandelen: what settling will erase.
func (s *site) settlePage(v *visit) error { return v.showIncident("settle", "settle.title") }

func (v *visit) showIncident(page, title string) error {
	return v.sendIncident(http.StatusOK, page, title, "")
}

// sendIncident shows an incident, and what is wrong with what was filled in.
func (v *visit) sendIncident(code int, page, title, wrong string) error {
	i, err := v.Incidents.Get(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.mayReadIncidents(i.Site); err != nil {
		return err
	}
	shown := incidentPage{Incident: i, Settled: i.State == incident.Settled, KindName: v.kindName(i.Kind), Due: dueDay(i), Wrong: wrong}
	if err := v.nameIncident(&shown); err != nil {
		return err
	}
	if shown.Holds, err = v.holds(i.ID); err != nil {
		return err
	}
	shown.Hold = holdForm{Incident: i.ID, Day: dayOf(i.Happened).String(),
		From: clock(i.Happened.Add(-5 * time.Minute)), To: clock(i.Happened.Add(5 * time.Minute))}
	if shown.Hold.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	if n := v.query("bericht"); slices.Contains(holdNotices, n) {
		shown.Notice = "hold.notice." + n
	}
	return v.send(code, page, view{title: title, with: []any{i.Number}, nav: "/incidenten", data: shown})
}

// nameIncident fills in what people call those that are in it.
func (v *visit) nameIncident(p *incidentPage) error {
	names := map[*string]regulation.Entity{&p.SiteName: p.Site.Entity(), &p.ByName: p.By.Entity()}
	if p.DecidedBy != "" {
		names[&p.DeciderName] = p.DecidedBy.Entity()
	}
	for name, e := range names {
		of, err := v.names.of(e.String())
		if err != nil {
			return err
		}
		*name = of.Name
	}
	return nil
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
			To: exact(earliest(h.Span.To, h.Span.From.Add(longestPlayback))), Purpose: v.purposeOfIncidents(), Incident: incident}
		rows = append(rows, holdRow{Hold: h, CameraName: camera.Name, ByName: by.Name, Path: form.path()})
	}
	return rows, nil
}

// purposeOfIncidents is the aim that goes with an incident, if there is one.
func (v *visit) purposeOfIncidents() string {
	if v.law != nil {
		for _, p := range v.law.Terms.Purposes {
			if p.Incident {
				return string(p.Key)
			}
		}
	}
	return ""
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
