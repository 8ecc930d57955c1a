package main

import (
	"strings"
	"testing"
	"time"

	"oogmerk/internal/demo"
)

// TestStorySoest: recorded is what moves, looked back is at one place, kept is
// what somebody asked for, and the rest is gone after 28 days.
func TestStorySoest(t *testing.T) {
	cameras, err := demo.StartCameras(2, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cameras.Close)
	cameras.Rest(0, true)
	s := under(t, "soest.md", "--camera", cameras.URL(0), "--camera", cameras.URL(1))
	s.as("samira")
	from, to := s.recorded()
	s.playBack(from, to, "bescherming", "")
	s.refuses("4.1")
	s.accessible("refused-elsewhere")
	s.at("Bekijkplek")
	s.playBack(from, to, "bescherming", "")
	s.plays()
	s.accessible("playback")
	s.open("/terugkijken")
	s.accessible("look-back")

	// Without a request nothing is kept, not even for an incident.
	s.as("hans")
	s.open("/incidenten")
	s.send(`form[action="/incidenten"]`, map[string]string{"soort": s.first("soort"), "datum": typedDay(from), "tijd": typedTime(from),
		"staat": "waargenomen", "waarnemer": "de bode", "omschrijving": "Er is een fiets weg."})
	s.keep(s.incident(), from.Add(2*time.Second), from.Add(4*time.Second))
	s.refuses("7.1")
	s.accessible("hold-refused")
	request := s.asked(from)
	s.keep(request, from.Add(2*time.Second), to)
	s.open("/incidenten/" + request)
	s.reads("Karin de Graaf")
	s.accessible("request")
	s.decided(request)
	s.onlyWhatMoves(t)
	s.afterTheTerm(t, from, to)
}

// asked enters a request to keep footage.
func (s *stage) asked(at time.Time) (id string) {
	s.t.Helper()
	s.open("/incidenten")
	s.send(`form[action="/verzoeken"]`, map[string]string{"wie": "Karin de Graaf", "ontvangen": typedDay(at), "ontvangentijd": typedTime(at)[:5],
		"omschrijving": "Mijn fiets is weg. Wilt u de beelden bewaren?"})
	return s.incident()
}

// keep asks to hold a stretch for an incident or a request.
func (s *stage) keep(id string, from, to time.Time) {
	s.t.Helper()
	s.open("/vasthouden?incident=" + id)
	s.send(`form[action="/vasthouden"]`, map[string]string{"incident": id, "camera": s.first("camera"), "datum": typedDay(from),
		"van": typedTime(from), "tot": typedTime(to), "reden": "de fiets van wie erom vroeg"})
}

// decided has the manager say yes to a request.
func (s *stage) decided(request string) {
	s.t.Helper()
	s.as("mieke")
	s.open("/incidenten/" + request)
	s.send(`form[action$="/besluit"]`, map[string]string{"antwoord": "ja", "redenen": "Het is nodig voor een aangifte."})
	s.reads("Het is nodig voor een aangifte.")
	s.accessible("decided")
}

// afterTheTerm: 28 days and an hour later only what was asked for plays.
func (s *stage) afterTheTerm(t *testing.T, from, to time.Time) {
	s.moves(28*24 + 2)
	s.as("samira")
	s.playBack(from, from.Add(time.Second), "bescherming", "")
	if path := js[string](s.browser, "location.pathname"); strings.HasPrefix(path, "/terugkijken/") {
		t.Errorf("after 28 days it still plays, at %s", path)
	}
	s.accessible("gone")
	s.playBack(from.Add(2*time.Second), to, "bescherming", "")
	s.plays()
	s.screenshot("kept")
}

// onlyWhatMoves: of the camera at the entrance, where nothing moved, nothing is
// there, and the page says why.
func (s *stage) onlyWhatMoves(t *testing.T) {
	s.open("/terugkijken")
	rested := js[string](s.browser, `[...document.querySelectorAll("#camera option")].find(o => o.innerText === "Hoofdingang").value`)
	s.open("/terugkijken?camera=" + rested + "&datum=" + typedDay(time.Now()))
	s.reads("er bewoog niets")
	if js[bool](s.browser, `!!document.querySelector(".overview .pieces tbody a")`) {
		t.Errorf("it was recorded although nothing moved:\n%s", s.text())
	}
	s.accessible("nothing-moved")
}
