package web

import (
	"net/http"
	"net/url"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// Somebody may ask to keep footage: the request is written down, and the
// footage is held until there is an answer.

// kinds are the sorts of incident to choose from, in words.
func (v *visit) kinds() []regulation.IncidentTerm {
	var terms regulation.Terms
	if v.law != nil {
		terms = v.law.Terms
	}
	kinds := incident.Kinds(terms)
	if len(terms.Incidents) == 0 { // ours, so in the visitor's language
		for i := range kinds {
			kinds[i].Text = v.word("incident:" + kinds[i].Key)
		}
	}
	return kinds
}

// kindName is what people call a sort of incident, also one that the
// regulation no longer names.
func (v *visit) kindName(key string) string {
	for _, k := range v.kinds() {
		if k.Key == key {
			return k.Text
		}
	}
	return v.word("incident:" + key)
}

// dueDay is the day by which a request needs an answer; zero if it doesn't.
func dueDay(i incident.Incident) time.Time {
	if i.Due == 0 || !i.Open() {
		return time.Time{}
	}
	year, month, day := i.Due.Civil()
	return time.Date(year, month, day, 12, 0, 0, 0, calendar.Amsterdam)
}

// A requestForm is a request as it was filled in.
type requestForm struct {
	Site, Requester, ReceivedDay, ReceivedTime, Camera, Day, From, To, Description, Wrong string

	Cameras []premises.Camera
}

func (v *visit) freshRequest() requestForm {
	return requestForm{ReceivedDay: dayOf(v.now).String(), ReceivedTime: clock(v.now), Day: dayOf(v.now).String()}
}

// request is POST /verzoeken.
func (s *site) request(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/incidenten"
	form := requestForm{Site: v.form("locatie"), Requester: v.form("wie"), ReceivedDay: v.form("ontvangen"), ReceivedTime: v.form("ontvangentijd"),
		Camera: v.form("camera"), Day: v.form("datum"), From: v.form("van"), To: v.form("tot"), Description: v.form("omschrijving")}
	i, span, err := form.read(v.now)
	if err == nil {
		i, err = s.Incidents.Report(v.ctx(), v.who, i)
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		form.Wrong = v.word(wrong.key, wrong.with...)
		return v.showIncidents(wrong.code(), incidentsPage{Form: v.freshReport(), Request: form})
	}
	if err != nil {
		return err
	}
	return v.holdProvisionally(i, form, span)
}

// holdProvisionally holds what was asked for until there is an answer, if the
// form says which camera that is.
func (v *visit) holdProvisionally(i incident.Incident, form requestForm, span footage.Span) error {
	v.retry = "/incidenten/" + i.ID
	notice := "verzoek"
	if form.Camera != "" {
		hold, err := v.Holds.Place(v.ctx(), v.who, retention.Hold{Incident: i.ID, Camera: premises.CameraID(form.Camera), Span: span,
			Reason: v.words.say(dutch, "request.reason")})
		if err != nil {
			return err
		}
		notice = "vast"
		if hold.Kept == 0 {
			notice = "leeg"
		}
	}
	return v.goTo("/incidenten/" + i.ID + "?" + url.Values{"bericht": {notice}}.Encode())
}

// read is the request the form holds, and what it is about.
func (f requestForm) read(now time.Time) (i incident.Incident, span footage.Span, err error) {
	i = incident.Incident{State: incident.Requested, Site: premises.SiteID(f.Site), Requester: f.Requester, Description: f.Description}
	switch {
	case f.Site == "":
		return i, span, mistake{key: "wrong.site"}
	case f.Requester == "":
		return i, span, mistake{key: "wrong.requester"}
	case f.Description == "":
		return i, span, mistake{key: "wrong.description"}
	}
	if i.Happened, err = readMoment(f.ReceivedDay, f.ReceivedTime); err != nil {
		return i, span, err
	}
	if i.Happened.After(now) {
		return i, span, mistake{key: "wrong.future"}
	}
	if f.Camera != "" {
		span, err = readSpan(f.Day, f.From, f.To, longestHold)
	}
	return i, span, err
}

// decide is POST /incidenten/{id}/besluit: yes or no to a request.
func (s *site) decide(v *visit) error {
	return v.changeIncident(func(id string) error {
		answer := v.form("antwoord")
		if answer != "ja" && answer != "nee" {
			return mistake{key: "wrong.answer"}
		}
		return s.Incidents.Decide(v.ctx(), v.who, id, answer == "ja", v.form("redenen"))
	})
}

// refer is POST /incidenten/{id}/verwijzing.
func (s *site) refer(v *visit) error {
	return v.changeIncident(func(id string) error { return s.Incidents.Refer(v.ctx(), v.who, id, v.form("verwijzing")) })
}

// changeIncident does something to the incident in the address, and shows it.
func (v *visit) changeIncident(do func(id string) error) error {
	if err := v.readForm(); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	v.retry = "/incidenten/" + url.PathEscape(id)
	err := do(id)
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.sendIncident(http.StatusBadRequest, "incident", "incident.title", v.word(wrong.key, wrong.with...))
	}
	if err != nil {
		return err
	}
	return v.goTo(v.retry)
}
