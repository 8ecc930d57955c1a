package main

import (
	"testing"
	"time"
)

// TestStoryWelbions: nobody looks, live or back, without an incident.
func TestStoryWelbions(t *testing.T) {
	s := under(t, "welbions.md")
	s.as("wies")
	s.open("/?doel=beveiliging")
	s.until(15*time.Second, `document.querySelectorAll(".tile").length === 4 && document.body.innerText.includes("3.1")`)
	s.accessible("live-refused")
	if n := js[int](s.browser, moving); n != 0 {
		t.Errorf("%d pictures move without an incident", n)
	}

	from, to := s.recorded()
	s.playBack(from, to, "bewijs", "")
	s.refuses("3.1")
	s.accessible("refused")

	s.open("/incidenten")
	s.send(`form[action="/incidenten"]`, map[string]string{"soort": "vernieling", "locatie": s.first("locatie"), "datum": typedDay(from),
		"tijd": typedTime(from), "staat": "waargenomen", "waarnemer": "Wies Brouwer", "omschrijving": "De ruit van de hal is kapot."})
	incident := s.incident()
	s.accessible("incident")
	s.playBack(from, to, "bewijs", incident)
	s.plays()
	s.accessible("playback")

	s.as("piet")
	s.open("/incidenten/" + incident + "/afhandelen")
	s.send(`form[action="/incidenten/`+incident+`/afhandelen"]`, nil)
	s.as("wies")
	s.open("/terugkijken")
	if js[bool](s.browser, `!!document.querySelector('#incident option[value="`+incident+`"]')`) {
		t.Error("an incident that was settled can still be looked back for")
	}
	s.playBack(from, to, "bewijs", "")
	s.refuses("3.1")
	s.as("fatima")
	s.open("/logboek")
	s.reads("Wies Brouwer", "geweigerd", "3.1", "afhandelen")
	s.accessible("logbook")
}
