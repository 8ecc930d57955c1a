package web

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

func TestStory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		pieter := w.as("pieter")
		pieter.get("/").says(t, 200, "Mensen veilig en gezond houden", "Pieter Jansen", "Locatiebeheerder")
		pieter.get("/?doel=veiligheid").says(t, 200, "Fietsenstalling", "data-live")

		alone := pieter.post("/terugkijken", w.wish()...)
		alone.says(t, 403, article(t, "Vier ogen"), "Opnamen bekijk je met twee mensen", "Laat een collega aanmelden", "Mensen veilig en gezond houden")
		pieter.join("samira")
		pieter.get("/").says(t, 200, "Samira el Idrissi", `data-left="1800"`)

		started := pieter.post("/terugkijken", w.wish()...)
		started.says(t, 303)
		at := started.header.Get("Location")
		pieter.get(at).says(t, 200, "Fietsenstalling", `role="slider"`, "Pieter Jansen · Samira el Idrissi", "Wordt gewist op 26 november 2026 om 13:00")
		film := pieter.get(at + "/film.mp4")
		film.says(t, 200, "ftyp")
		pieter.post(at+"/getoond", "van", "0", "tot", "3").says(t, 204)
		pieter.post(at+"/einde").says(t, 303)

		hans := w.as("hans")
		hans.get("/logboek").says(t, 200, "Pieter Jansen", "terugkijken", "geweigerd", "Echt gezien", "Mensen veilig en gezond houden", `href="/reglement#4.3"`)
	})
}

func TestEveryRouteIsVisited(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v, at := w.playBack()
	incident := v.reports()
	sights := w.sightVisits(v, at)
	hans := w.as("hans")
	beside := w.beside(v)
	visits := map[string]page{
		"GET /tijdlijn":                   v.get(w.timelinePath(300)),
		"GET /naast-elkaar/{id}":          v.get(beside),
		"POST /naast-elkaar/{id}/einde":   v.post(beside + "/einde"),
		"GET /naast-elkaar/{id}/toestand": v.get(beside + "/toestand"), // it has ended
		"GET /aanmelden":                  w.visitor().get("/aanmelden"),
		"POST /aanmelden":                 w.visitor().post("/aanmelden", "naam", "marijke", "wachtwoord", password),
		"POST /afmelden":                  w.as("marijke").post("/afmelden"),
		"GET /erbij":                      hans.get("/erbij"),
		"POST /erbij":                     hans.post("/erbij", "naam", "marijke", "wachtwoord", password),
		"GET /aanwezig":                   hans.get("/aanwezig"),
		"POST /erbij/weg":                 hans.post("/erbij/weg", "persoon", string(hans.second())),
		"POST /taal":                      w.visitor().post("/taal", "taal", "en"),
		"GET /{$}":                        v.get("/"),
		"GET /kijken":                     v.get("/kijken"),
		"GET /camera/{id}":                v.get("/camera/" + string(w.camera)),
		"GET /terugkijken":                v.get("/terugkijken"),
		"POST /terugkijken":               v.post("/terugkijken", w.wish()...),
		"GET /terugkijken/{id}":           v.get(at),
		"GET /incidenten":                 v.get("/incidenten"),
		"POST /incidenten":                v.post("/incidenten"),
		"GET /incidenten/{id}":            v.get(incident),
		"GET /vasthouden":                 v.get("/vasthouden"),
		"GET /camera/{id}/controlelijst":  v.get("/camera/" + string(w.camera) + "/controlelijst"),
		"GET /controlelijst":              v.get("/controlelijst"),
		"GET /reglement/mij":              v.get("/reglement/mij"),
		"GET /rollen":                     v.get("/rollen"),
		"GET /taken":                      v.get("/taken"),
		"POST /taken/klok":                v.post("/taken/klok"), // which nobody doubts
		"GET /opslag":                     v.get("/opslag"),
		"GET /borden/{locatie}":           v.get("/borden/" + string(w.site)),
		"GET /logboek":                    hans.get("/logboek"),
		"GET /logboek/{seq}":              hans.get("/logboek/3"),
		"GET /logboek/bewijs/{seq}":       w.visitor().get("/logboek/bewijs/3"),
		"GET /logboek/boom/{rest...}":     w.visitor().get("/logboek/boom/checkpoint"),
		"GET /reglement":                  w.visitor().get("/reglement"),
		"GET /favicon.ico":                w.visitor().get("/favicon.ico"),
		"POST /camera/{id}/whep":          v.post("/camera/" + string(w.camera) + "/whep"),
		"GET /static/{version}/{file}":    w.visitor().get(linked(t, hans.get("/").body)),
		"POST /vasthouden": v.post("/vasthouden", append(w.wish(), "incident", strings.TrimPrefix(incident, "/incidenten/"),
			"reden", "aangifte")...),
		"GET /incidenten/{id}/afhandelen":    v.get(incident + "/afhandelen"),
		"POST /terugkijken/{id}/incident":    v.post(at + "/incident"),
		"POST /terugkijken/{id}/onbruikbaar": v.post(at + "/onbruikbaar"),
		"POST /terugkijken/{id}/bewerken":    v.post(at + "/bewerken"),
		"POST /verzoeken":                    v.post("/verzoeken"),
		"POST /incidenten/{id}/besluit":      v.post(incident + "/besluit"),
		"POST /incidenten/{id}/verwijzing":   v.post(incident + "/verwijzing"),
		"GET /terugkijken/{id}/film.mp4":     v.get(at + "/film.mp4"),
		"POST /terugkijken/{id}/getoond":     v.post(at+"/getoond", "van", "0", "tot", "1"),
		"POST /terugkijken/{id}/einde":       v.post(at + "/einde"),
		"GET /terugkijken/{id}/toestand":     v.get(at + "/toestand"), // it has ended
		"POST /incidenten/{id}/afhandelen":   v.post(incident+"/afhandelen", "zeker", "ja"),
		"DELETE /camera/{id}/whep/{live}":    v.do(v.request(http.MethodDelete, "/camera/x/whep/1", nil)),
	}
	visits["POST /demo/klok"] = v.post("/demo/klok", "uren", "1")
	// What these must answer: the rest is 200 for a page, 303 for a form.
	others := map[string]int{"POST /taken/klok": 400, "GET /kijken": 426, "POST /camera/{id}/whep": 415, "DELETE /camera/{id}/whep/{live}": 404,
		"POST /incidenten": 400, "POST /terugkijken/{id}/getoond": 204, "POST /terugkijken/{id}/incident": 400, "POST /terugkijken/{id}/onbruikbaar": 400,
		"POST /terugkijken/{id}/bewerken": 400, "POST /verzoeken": 400, "POST /incidenten/{id}/besluit": 400, "POST /incidenten/{id}/verwijzing": 400}
	registers := w.peopleVisits()
	maps.Copy(visits, registers)
	maps.Copy(others, w.peopleAnswers(registers))
	maps.Copy(visits, paperVisits(t))
	maps.Copy(visits, w.premisesVisits())
	maps.Copy(visits, sights)
	maps.Copy(others, map[string]int{"POST /terugkijken/{id}/stil": 400, "GET /camera/{id}/standen": 400, "POST /camera/{id}/bedienen": 400})
	maps.Copy(others, map[string]int{"POST /plaatsen/{id}/werkplekken": 200, "POST /werkplek": 400})
	for _, route := range routesOf(t, w) {
		p, ok := visits[route.pattern]
		if !ok {
			t.Errorf("%s isn't visited", route.pattern)
			continue
		}
		want := others[route.pattern]
		if want == 0 && strings.HasPrefix(route.pattern, "GET") {
			want = http.StatusOK
		} else if want == 0 {
			want = http.StatusSeeOther
		}
		if p.code != want {
			t.Errorf("%s answered %d, want %d: %s", route.pattern, p.code, want, p.main())
		}
		if p.header.Get("Content-Security-Policy") != policy || p.header.Get("X-Content-Type-Options") != "nosniff" ||
			p.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", route.pattern, p.header)
		}
		if strings.Contains(p.body, "<script>") || strings.Contains(p.body, " style=") || strings.Contains(p.body, " onclick=") {
			t.Errorf("%s has a script or style of its own", route.pattern)
		}
		delete(visits, route.pattern)
	}
	for pattern := range visits {
		t.Errorf("%s is visited but isn't a route", pattern)
	}
}

func TestBothLanguages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v, at := w.playBack()
	incident := v.reports()
	hans := w.as("hans")
	v.post("/taal", "taal", "en", "terug", "/logboek").says(t, 303)
	hans.post("/taal", "taal", "en").says(t, 303)
	for path, says := range map[string]string{"/": "What are you watching for?", "/?doel=toegang": "Getting the picture", "/camera/" + string(w.camera): "About this camera",
		"/terugkijken": "Overview of", at: "Hold this footage for an incident", "/incidenten": "Report an incident", incident: "Held footage",
		incident + "/afhandelen": "Settle and erase", "/vasthouden": "Why is this footage needed?", "/reglement": "This regulation was adopted", "/erbij": "A colleague signs in",
		"/aanmelden": "Sign in"} {
		p := v.get(path)
		if p.says(t, 200, says, `<html lang="en">`); strings.Contains(p.body, "%!") {
			t.Errorf("%s: a line lacks what it is about: %s", path, p.main())
		}
	}
	v.post(at+"/einde").says(t, 303)
	hans.get("/logboek").says(t, 200, "Really seen", "ruling")
	hans.get("/logboek/3").says(t, 200, "Verify it yourself")
	v.get("/nergens").says(t, 404, "isn’t there", "Pieter Jansen")
	v.post("/erbij/weg", "persoon", string(v.second())).says(t, 303)
	v.post("/terugkijken", w.wish()...).says(t, 403, "The regulation doesn’t allow this", `<blockquote lang="nl">`)
}

func routesOf(t *testing.T, w *world) []route {
	t.Helper()
	return (&site{Options: w.o}).routes()
}
