package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// An incidentForm is a report as it was filled in.
type incidentForm struct {
	Kind, State, Site, Day, Time, Observer, Description string
}

// An incidentsPage is what incidents.html shows.
type incidentsPage struct {
	All     []incidentRow
	Form    incidentForm
	Wrong   string
	Request requestForm
	Sites   []premises.Site
	Kinds   []regulation.IncidentTerm
}

// An incidentRow is one in the list.
type incidentRow struct {
	incident.Incident
	SiteName, KindName string
	Due                time.Time // the day; zero if none
}

// incidentsPage is GET /incidenten.
func (s *site) incidentsPage(v *visit) error {
	return v.showIncidents(http.StatusOK, incidentsPage{Form: v.freshReport(), Request: v.freshRequest()})
}

func (v *visit) freshReport() incidentForm {
	return incidentForm{State: incident.Suspected, Day: dayOf(v.now).String(), Time: clock(v.now)}
}

func (v *visit) showIncidents(code int, page incidentsPage) error {
	page.Kinds = v.kinds()
	var err error
	if page.Request.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	if page.Sites, err = v.Premises.Sites(v.ctx()); err != nil {
		return err
	}
	all, err := v.incidents()
	if err != nil {
		return err
	}
	for _, i := range all {
		place, err := v.names.of(i.Site.Entity().String())
		if err != nil {
			return err
		}
		page.All = append(page.All, incidentRow{i, place.Name, v.kindName(i.Kind), dueDay(i)})
	}
	return v.send(code, "incidents", view{title: "incidents.title", nav: "/incidenten", data: page})
}

// report is POST /incidenten.
func (s *site) report(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/incidenten"
	form := incidentForm{Kind: v.form("soort"), State: v.form("staat"), Site: v.form("locatie"),
		Day: v.form("datum"), Time: v.form("tijd"), Observer: v.form("waarnemer"), Description: v.form("omschrijving")}
	i, err := form.read(v.now, v.kinds())
	if err == nil {
		i, err = s.Incidents.Report(v.ctx(), v.who, i)
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showIncidents(http.StatusBadRequest, incidentsPage{Form: form, Wrong: v.word(wrong.key, wrong.with...), Request: v.freshRequest()})
	}
	if err != nil {
		return err
	}
	return v.goTo("/incidenten/" + i.ID)
}

// read is the report the form holds.
func (f incidentForm) read(now time.Time, kinds []regulation.IncidentTerm) (incident.Incident, error) {
	i := incident.Incident{Kind: f.Kind, State: f.State, Site: premises.SiteID(f.Site), Observer: f.Observer, Description: f.Description}
	switch {
	case !slices.ContainsFunc(kinds, func(k regulation.IncidentTerm) bool { return k.Key == f.Kind }):
		return i, mistake{key: "wrong.kind"}
	case f.State != incident.Suspected && f.State != incident.Observed:
		return i, mistake{key: "wrong.state"}
	case f.Site == "":
		return i, mistake{key: "wrong.site"}
	case f.Description == "":
		return i, mistake{key: "wrong.description"}
	case len(f.Description) > 4000:
		return i, mistake{key: "wrong.description.long"}
	}
	var err error
	if i.Happened, err = readMoment(f.Day, f.Time); err != nil {
		return i, err
	}
	if i.Happened.After(now) {
		return i, mistake{key: "wrong.future"}
	}
	return i, nil
}

// mend reports whether err is something the visitor can mend in the form.
func (v *visit) mend(err error, wrong *mistake) bool { return errors.As(v.mendable(err), wrong) }
