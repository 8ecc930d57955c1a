package web

import (
	"net/http"
	"slices"

	"oogmerk/internal/incident"
)

// What people do with what they play back, besides looking.

// sightNotices are what an address may ask the page of a playback to say.
var sightNotices = []string{"gezien", "alleen", "afgekeurd"}

// sawIncident is POST /terugkijken/{id}/incident: an incident is on the screen.
func (s *site) sawIncident(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	if err := v.readForm(); err != nil {
		return err
	}
	at := "/terugkijken/" + p.ID
	v.retry = at
	if over(p) {
		return mistake{key: "wrong.over", status: http.StatusGone}
	}
	report := incident.Incident{Kind: v.form("soort"), Description: v.form("omschrijving"), Observer: v.form("waarnemer")}
	i, hold, err := p.SawIncident(v.ctx(), v.who, report)
	if i.ID != "" && hold.ID == "" { // it is reported: what is left to do is to hold
		form := holdForm{Incident: i.ID, Camera: string(p.Wish.Camera), Day: dayOf(p.Wish.Span.From).String(),
			From: exact(p.Wish.Span.From), To: exact(p.Wish.Span.To)}
		v.retry = form.path()
	}
	if err != nil {
		return err
	}
	if i.Waits() {
		return v.goTo(at + "?bericht=alleen")
	}
	return v.goTo(at + "?bericht=gezien")
}

// reject is POST /terugkijken/{id}/onbruikbaar: what was shown is of no use.
// Who does it confirmed that it will be erased.
func (s *site) reject(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/terugkijken/" + p.ID
	if v.form("zeker") != "ja" {
		return mistake{key: "wrong.sure"}
	}
	seen, ok := p.Seen()
	if !ok {
		return mistake{key: "wrong.unseen"}
	}
	if err := s.Holds.Reject(v.ctx(), v.who, p.Wish.Camera, seen); err != nil {
		return err
	}
	return v.goTo("/terugkijken/" + p.ID + "?bericht=afgekeurd")
}

// process is POST /terugkijken/{id}/bewerken: whether the picture may be shown
// otherwise. What is shown otherwise is the browser's: the film stays as it is.
func (s *site) process(v *visit) error {
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
	if err := p.Process(v.ctx(), v.who, v.form("filter")); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// sightNotice is the key of what to say first on the page of a playback.
func (v *visit) sightNotice() string {
	if n := v.query("bericht"); slices.Contains(sightNotices, n) {
		return "sight.notice." + n
	}
	return ""
}
