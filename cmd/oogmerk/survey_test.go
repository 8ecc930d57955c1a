package main

import (
	"testing"
	"time"
)

// TestStoryFindCamera: a camera is found, tried and placed, by keyboard and
// without anybody seeing its picture; its password is typed once.
func TestStoryFindCamera(t *testing.T) {
	s := under(t, "model-school.md")
	s.as("ineke")
	s.open("/cameras")
	s.reads("Camera zoeken")
	s.open("/cameras/zoeken")
	s.accessible("find")
	s.narrow("find")
	s.send(`form[action="/cameras/zoeken"]`, nil)
	s.until(10*time.Second, `document.querySelectorAll("#found li").length === 4`)
	s.accessible("searching")
	s.until(15*time.Second, `document.querySelector("#found-state").innerText.startsWith("Klaar")`)
	s.reads("Gevonden: 4", "Democamera 5", "is al geplaatst")
	s.accessible("found")
	s.narrow("found")
	js[any](s.browser, `[...document.querySelectorAll("#found a")].find(a => a.innerText === "Democamera 5").focus()`)
	js[any](s.browser, `document.activeElement.click()`)
	s.until(10*time.Second, `location.pathname === "/cameras/proberen" && document.readyState === "complete"`)
	s.accessible("try")
	s.narrow("try")
	s.send(`form[action="/cameras/proberen"]`, nil)
	s.reads("Oogmerk Tekenfilm", "heeft een microfoon", "bewaart zelf opnamen", "loopt 3 uur 0 min voor")
	s.accessible("answers")
	s.narrow("answers")
	s.send(`form[action="/cameras/nieuw"]`, nil)
	s.reads("Ingevuld met wat de camera antwoordde")
	js[any](s.browser, `document.querySelector("details.technical").open = true`)
	s.accessible("place")
	s.narrow("place")
	s.send(`form[action="/cameras"]`, map[string]string{"naam": "Zijdeur", "zicht": "wie er door de zijdeur komt"})
	s.until(10*time.Second, `document.querySelector("h1").innerText === "Zijdeur"`)
	if n := js[int](s.browser, `performance.getEntriesByType("resource").filter(r => /snapshot|jpe?g/.test(r.name)).length`); n > 0 {
		t.Errorf("%d pictures were fetched", n)
	}
	s.findsInEnglish()
}

// findsInEnglish goes the same way in the other language, up to where the
// camera would be placed.
func (s *stage) findsInEnglish() {
	s.t.Helper()
	s.speak("en")
	s.open("/cameras/zoeken")
	s.accessible("find-english")
	s.send(`form[action="/cameras/zoeken"]`, nil)
	s.until(20*time.Second, `document.querySelector("#found-state").innerText.startsWith("Done")`)
	s.reads("Found: 4")
	s.accessible("found-english")
	js[any](s.browser, `[...document.querySelectorAll("#found a")].find(a => a.innerText === "Democamera 5").click()`)
	s.until(10*time.Second, `location.pathname === "/cameras/proberen" && document.readyState === "complete"`)
	s.accessible("try-english")
	s.send(`form[action="/cameras/proberen"]`, nil)
	s.reads("has a microphone")
	s.accessible("answers-english")
	s.send(`form[action="/cameras/nieuw"]`, nil)
	js[any](s.browser, `document.querySelector("details.technical").open = true`)
	s.accessible("place-english")
}
