package main

import (
	"fmt"
	"testing"
	"time"

	"oogmerk/internal/calendar"
)

// TestStoryHaaglanden: one looks back alone, until there is something to see:
// that is kept at once, and then it takes two.
func TestStoryHaaglanden(t *testing.T) {
	s := under(t, "vo-haaglanden.md")
	s.as("vera")
	from, to := s.recorded()
	s.playBack(from, to, "veiligheid", "")
	s.refuses("3.8")
	s.accessible("refused-elsewhere")
	s.at("Kijkplek")
	s.playBack(from, to, "veiligheid", "")
	s.plays()
	s.accessible("alone")

	js[any](s.browser, `document.querySelector("#sight").open = true`)
	s.accessible("saw-incident")
	s.fill("#sight form", map[string]string{"soort": "ongewenst", "omschrijving": "Er wordt iemand geduwd.", "waarnemer": "Vera Hoekstra"})
	s.until(10*time.Second, `document.querySelector("#curtain") && !document.querySelector("#curtain").hidden`)
	s.reads("3.4")
	s.accessible("locked")
	s.playBack(from, to, "veiligheid", "")
	s.refuses("3.4")
	s.accessible("refused-alone")
	s.open("/incidenten")
	js[any](s.browser, `document.querySelector('.rows a[href^="/incidenten/"]').click()`)
	incident := s.incident()
	s.reads("Aula", "Er wordt iemand geduwd.")
	if n := js[int](s.browser, `document.querySelectorAll('a[href*="/terugkijken"][href*="incident="]').length`); n != 1 {
		t.Errorf("%d stretches are kept for incident %s, want what was seen", n, incident)
	}
	s.accessible("kept-at-once")

	s.beside("lars")
	s.playBack(from, to, "veiligheid", "")
	s.plays()
	s.reads("Vera Hoekstra", "Lars Meijer")
	s.accessible("together")
	s.until(25*time.Second, `document.querySelector("#film").ended`)
	s.send(`form[action$="/einde"]`, nil)
	s.until(10*time.Second, `document.querySelector('form[action="/erbij/weg"]')`)
	s.fill(`form[action="/erbij/weg"]`, nil)
	s.until(10*time.Second, `!document.body.innerText.includes("Lars Meijer") && document.readyState === "complete"`)
	s.playBack(from, to, "veiligheid", "")
	s.plays()
	s.exam(t)
}

// exam: who watches over an exam sees the room, while it lasts.
func (s *stage) exam(t *testing.T) {
	s.as("eva")
	s.open("/?doel=examens")
	s.until(15*time.Second, `document.querySelectorAll(".tile").length === 4 && document.body.innerText.includes("2.7")`)
	s.accessible("exam-refused")
	s.as("lotte")
	s.open("/rooster")
	now := time.Now().In(calendar.Amsterdam)
	room := js[string](s.browser, `[...document.querySelectorAll("#place option")].find(o => o.innerText.includes("Aula")).value`)
	js[any](s.browser, `[...document.querySelectorAll(".picks label")].find(l => l.innerText.includes("Eva Smits")).querySelector("input").checked = true`)
	s.send(`form[action="/rooster"]`, map[string]string{"soort": "examen", "titel": "Wiskunde", "plaats": room, "datum": typedDay(now),
		"van": typedTime(now.Add(-time.Minute))[:5], "tot": typedTime(now.Add(2 * time.Minute))[:5]})
	s.until(10*time.Second, `document.readyState === "complete" && document.querySelector("#all").parentElement.innerText.includes("Eva Smits")`)
	s.accessible("roster")

	s.as("eva")
	s.open("/?doel=examens")
	s.until(20*time.Second, moving+` === 1`)
	if on := js[string](s.browser, `[...document.querySelectorAll(".tile")].filter(t => t.querySelector("[data-curtain]").hidden).map(t => t.innerText).join("")`); len(on) < 4 || on[:4] != "Aula" {
		t.Errorf("during the exam the picture is of %q", on)
	}
	s.accessible("exam-live")
	s.open("/?doel=veiligheid")
	s.until(15*time.Second, `document.querySelectorAll(".tile").length === 4 && document.body.innerText.includes("2.7")`)
	if n := js[int](s.browser, moving); n != 0 {
		t.Error(fmt.Sprint(n, " pictures move for who is only on duty at an exam, for another purpose"))
	}
}
