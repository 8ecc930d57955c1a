package main

import (
	"fmt"
	"testing"
	"time"
)

// TestStoryModelSchool: nothing is recorded until the steps are done. Each is
// done on a page, and the checklist of the camera says so.
func TestStoryModelSchool(t *testing.T) {
	s := under(t, "model-school.md")
	s.as("piet")
	s.open("/controlelijst")
	s.accessible("checklists")
	s.reads("Hoofdingang", "Parkeerplaats")
	camera := js[string](s.browser, `[...document.querySelectorAll(".checklists a")].find(a => a.innerText === "Hoofdingang").getAttribute("href").split("/")[2]`)
	s.open("/camera/" + camera + "/controlelijst")
	s.waitsFor("stap.1", "stap.2", "stap.3", "stap.6.a", "stap.6.b", "wet.2", "wet.3")
	s.accessible("checklist")

	about := "/dossier/camera/" + camera
	s.files(about, "noodzaak")
	s.open("/camera/" + camera + "/controlelijst")
	s.waitsFor("stap.2", "stap.3", "stap.6.a", "stap.6.b", "wet.2", "wet.3")
	s.files(about, "dpia")
	s.files("", "toegang")
	s.files("", "publicatie")
	s.open("/camera/" + camera + "/controlelijst")
	s.waitsFor("stap.6.a", "wet.2", "wet.3")
	s.accessible("checklist-one-left")

	s.as("ineke")
	s.open("/cameras/" + camera)
	s.send(`form[action="/cameras/`+camera+`"]`, map[string]string{"privacytoets": "DPIA van vandaag"})
	s.open("/plaatsen")
	js[any](s.browser, `document.querySelector('main a[href^="/plaatsen/"]').click()`)
	s.until(10*time.Second, `document.querySelector("#bord") && document.readyState === "complete"`)
	s.send("#bord", map[string]string{"bewijs": "foto van het bord"})
	s.reads("foto van het bord")
	s.accessible("sign")
	s.open("/camera/" + camera + "/controlelijst")
	s.waitsFor()
	s.accessible("checklist-done")

	s.as("petra")
	s.open("/?doel=veiligheid")
	s.until(25*time.Second, moving+` === 1`)
	s.accessible("one-records")
}

// waitsFor expects exactly these articles to be open on a checklist.
func (s *stage) waitsFor(articles ...string) {
	s.t.Helper()
	open := js[[]string](s.browser, `[...document.querySelectorAll(".check.bad .article-number a")].map(a => a.getAttribute("href").split("#")[1])`)
	if fmt.Sprint(open) != fmt.Sprint(articles) {
		s.screenshot("fault")
		s.t.Errorf("the checklist waits for %v, want %v", open, articles)
	}
	s.screenshot(fmt.Sprintf("%d-steps-left", len(articles)))
}

// files puts a document on file, with all that is asked of it.
func (s *stage) files(path, kind string) {
	s.t.Helper()
	if path == "" {
		s.open("/dossier")
		path = js[string](s.browser, `document.querySelector('a[href^="/dossier/organisatie"]').getAttribute("href")`)
	}
	s.open(path + "?stuk=" + kind)
	js[any](s.browser, `document.querySelectorAll("form textarea").forEach(t => t.value = "Ingevuld voor deze camera.")`)
	s.send(`form[action$="/bestand"]`, map[string]string{"titel": "Stuk over " + kind, "datum": typedDay(time.Now())})
	s.until(10*time.Second, fmt.Sprintf(`(() => {
		const row = [...document.querySelectorAll("#asked ~ ul li")].find(li => li.querySelector('a[href*="stuk=%s#"]'));
		return !document.querySelector("form.form .wrong") && row && !row.querySelector(".badge");
	})()`, kind))
	s.accessible("file-" + kind)
}
