package web

import (
	"strings"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

// askable is what the example regulation doesn't say.
const askable = `
## Artikel 9 – Verzoeken

` + "```yaml" + `
termijnen:
  bewaarverzoek:
    duur: 2 weken
    telling: Algemene termijnenwet
    wat: besluiten op een bewaarverzoek
    voor: ons
` + "```" + `

` + "```cedar" + `
permit (principal, action in [Action::"afkeuren", Action::"bewerken"], resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
permit (principal, action == Action::"besluiten", resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
` + "```" + `

## Artikel 10 – Gemotiveerd

` + "```cedar" + `
@uitleg("Bij een besluit staan de redenen.")
forbid (principal, action == Action::"besluiten", resource) unless { context.gemotiveerd };
` + "```\n"

// From what is on the screen to an incident with its footage, in one form.
func TestSawIncident(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, askable)
		v, at := w.playBack()
		v.get(at).says(t, 200, "Ik zie een incident", `value="Pieter Jansen"`, "Onbruikbaar", "Verscherpen", `id="sharpen"`)
		v.post(at+"/onbruikbaar", "zeker", "ja").says(t, 400, "nog niets bekeken")
		v.get(at+"/film.mp4").says(t, 200)
		v.post(at+"/getoond", "van", "0", "tot", "3").says(t, 204)
		v.post(at+"/incident", "soort", "diefstal", "omschrijving", "").says(t, 400, "Vul in wat er is gebeurd")
		saw := v.post(at+"/incident", "soort", "diefstal", "omschrijving", "Een fiets.", "waarnemer", "Pieter Jansen")
		saw.says(t, 303)
		v.get(saw.header.Get("Location")).says(t, 200, "Het incident is gemeld", "wordt vastgehouden")
		incidents := v.get("/incidenten")
		incidents.says(t, 200, "2026-001", "waargenomen")
		_, id, _ := strings.Cut(incidents.body, `href="/incidenten/`)
		id, _, _ = strings.Cut(id, `"`)
		v.get("/incidenten/"+id).says(t, 200, "Wie zag het?", "Pieter Jansen", "gezien bij het terugkijken", "Fietsenstalling")

		v.post("/incidenten/"+id+"/verwijzing", "verwijzing", "").says(t, 400, "waar de melding te vinden is")
		v.post("/incidenten/"+id+"/verwijzing", "verwijzing", "map 12").says(t, 303)
		v.get("/incidenten/"+id).says(t, 200, "map 12")

		v.post(at+"/bewerken", "filter", "verscherpen").says(t, 204)
		v.post(at+"/bewerken", "filter", "vergroten").says(t, 400, "alleen verscherpen")
		v.post(at+"/onbruikbaar").says(t, 400)
		done := v.post(at+"/onbruikbaar", "zeker", "ja")
		done.says(t, 303)
		v.get(done.header.Get("Location")).says(t, 200, "deze beelden zijn niet te gebruiken")
		w.as("hans").get("/logboek").says(t, 200, "beeld bewerken", "afkeuren")
	})
}

// A request is written down with its footage, and answered.
func TestRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, askable)
		v := w.as("pieter")
		form := func(more ...string) []string {
			return append([]string{"wie", "mevrouw De Vries", "locatie", string(w.site), "ontvangen", "2026-04-27", "ontvangentijd", "10:00",
				"omschrijving", "Mijn fiets."}, more...)
		}
		v.post("/verzoeken", form("wie", "")...).says(t, 400, "wie erom vraagt", "Mijn fiets.", "<details class=\"card request\" open>")
		asked := v.post("/verzoeken", form("camera", string(w.camera), "datum", dayOf(w.filmed.From).String(), "van", exact(w.filmed.From), "tot", exact(w.filmed.To))...)
		asked.says(t, 303)
		at, _, _ := strings.Cut(asked.header.Get("Location"), "?")
		v.get(asked.header.Get("Location")).says(t, 200, "De beelden worden vastgehouden", "mevrouw De Vries", "11 mei 2026", "voorlopig, tot er een besluit is", "Fietsenstalling")
		v.get("/incidenten").says(t, 200, "verzocht", "Besluit uiterlijk op 11 mei 2026")
		v.post(at+"/besluit", "redenen", "Te laat.").says(t, 400, "Kies ja of nee")
		v.post(at+"/besluit", "antwoord", "nee").says(t, 403, "Bij een besluit staan de redenen")
		v.post(at+"/besluit", "antwoord", "nee", "redenen", "Te laat.").says(t, 303)
		v.get(at).says(t, 200, "afgehandeld", "Te laat.", "Opgeheven op")
		v.post(at+"/besluit", "antwoord", "ja", "redenen", "Toch.").says(t, 400, "er is al een antwoord")
	})
}
