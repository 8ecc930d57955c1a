package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/regulation/regulationtest"
)

// papers is what the example regulation lacks for these pages: councils,
// choices, kinds of document, and who may put them on file and derogate.
const papers = `

## Artikel 90 – Papier

§yaml
verantwoordelijke: {naam: het bestuur, contact: privacy@nergenshuis.invalid}
raden:
  raad_van_proef: {titel: Raad van proef}
stukken:
  proeftoets: {titel: Proeftoets, over: camera, velden: [alternatieven], geldig: 20 kalenderdagen}
  proefplan: {titel: Proefplan, over: organisatie}
keuzes:
  proefkeuze: {vraag: Mag het ook anders?, antwoorden: {nee: Liever niet, ja: Liever wel}}
§

§cedar
permit (principal in Rol::"bestuur", action in [Action::"vastleggen", Action::"afwijken"], resource);

permit (principal in Rol::"beheerder", action == Action::"vastleggen", resource) when { context.volledig };
§

## Artikel 91 – Proefinstemming

§cedar
@uitleg("De raad van proef heeft ingestemd.")
forbid (principal, action == Action::"vaststellen", resource)
when { context.wijziging } unless { context.instemmingen.containsAll(Reglement::"dit".raden) };
§
`

// newPapers is a school under the example regulation with those.
func newPapers(t *testing.T, d *db.DB) *world {
	t.Helper()
	return newWorld(t, d, strings.ReplaceAll(papers, "§", "```"))
}

// with is the text of the school's regulation with more in it.
func (w *world) with(more string) []byte { return append(slices.Clone(w.law), more...) }

func TestAdoptingOnScreen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newPapers(t, d)
		anna, next := w.as("marijke"), w.with("\n## Artikel 92 – Nieuw\n\nAnders dan eerst.\n")
		w.as("pieter").send("/vaststellen/bestand", "tekst", next).says(t, 403, "Papier")
		anna.send("/vaststellen/bestand", "tekst", nil).says(t, 400, "Kies een bestand")
		anna.send("/vaststellen/bestand", "tekst", []byte("# Niets\n")).says(t, 400, "kan zo geen reglement zijn", "there is no article in this document")
		made := anna.send("/vaststellen/bestand", "tekst", next)
		made.says(t, 303)
		at := made.header.Get("Location")
		anna.get(at).says(t, 200, "Mag het ook anders?", "Liever niet", "Raad van proef", "stemde nog niet in", "Dit staat nog in de weg", "De raad van proef heeft ingestemd.")
		anna.get("/vaststellen").says(t, 200, "nog niet bekendgemaakt", "Marijke de Boer")

		anna.post(at+"/instemming", "raad", "vreemd", "datum", "2026-11-20", "bewijs", "brief").says(t, 400, "noemt de tekst niet")
		anna.post(at+"/instemming", "raad", "raad_van_proef", "datum", "2027-11-20", "bewijs", "brief").says(t, 400, "vandaag of eerder")
		anna.post(at+"/instemming", "raad", "raad_van_proef", "datum", "2026-11-19", "bewijs", "brief van de raad").says(t, 303)
		anna.post(at+"/bekendmaking").says(t, 303)
		anna.post(at+"/bekendmaking").says(t, 400, "al bekendgemaakt")
		anna.get(at).says(t, 200, "stemde in op 2026-11-19", "brief van de raad", "bekendgemaakt op 20 november 2026", "laat u deze tekst vaststellen")

		other := anna.post(at+"/keuzes", "keuze-proefkeuze", "ja")
		other.says(t, 303)
		anna.get(other.header.Get("Location")).says(t, 200, "stemde nog niet in", "Dit staat nog in de weg")

		anna.post(at+"/besluit", "besluit", "").says(t, 403, "Vaststellen")
		anna.post(at+"/besluit", "besluit", "besluit 9", "datum", "2026-11-01").says(t, 400, "terugwerkende kracht")
		w.as("hans").post(at+"/besluit", "besluit", "besluit 9").says(t, 403, "Vaststellen")
		anna.post(at+"/besluit", "besluit", "besluit 9", "datum", "2026-11-22").says(t, 303)
		anna.get("/vaststellen").says(t, 200, "gaat nog gelden", "geldt nu", "besluit 9")
		w.visitor().get("/openbaar").says(t, 200, "gaat nog gelden", "Liever wel")
	})
}

func TestDerogatingOnScreen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newPapers(t, d)
		anna, eyes := w.as("marijke"), regulationtest.Number(t, "Vier ogen")
		anna.get("/afwijkingen").says(t, 200, "Er is nergens van afgeweken.", "Vier ogen", "Hoofdgebouw", "Fietsenstalling")
		w.as("hans").post("/afwijkingen", "soort", "afwijking", "artikel", eyes, "reden", "nood").says(t, 403, "Papier")
		anna.post("/afwijkingen", "soort", "afwijking", "artikel", "", "reden", "nood").says(t, 400, "staat niet in het reglement", "nood")
		anna.post("/afwijkingen", "soort", "afwijking", "artikel", eyes, "reden", "nood", "van", "gisteren").says(t, 400, "geen datum")
		anna.post("/afwijkingen", "soort", "afwijking", "artikel", eyes, "waarvoor", `Persoon::"x"`, "reden", "nood").says(t, 400, "Kies uit de lijst waarvoor")
		anna.post("/afwijkingen", "soort", "afwijking", "artikel", eyes, "waarvoor", w.site.Entity().String(), "reden", "De school staat onder water.",
			"van", "2026-11-20", "tot", "2026-11-21", "advies", "functionaris_gegevensbescherming").says(t, 303)
		p := anna.get("/afwijkingen")
		p.says(t, 200, "De school staat onder water.", "Hoofdgebouw", "geldt nu", "tot en met 21 november 2026", "Functionaris gegevensbescherming")
		id := p.first(t, `action="(/afwijkingen/[0-9a-f]+)/einde"`)
		w.as("pieter").post("/terugkijken", w.wish()...).says(t, 303) // alone

		anna.post(id+"/gemeld", "gemeld", "").says(t, 400, "Vul aan wie het is gemeld in")
		anna.post(id+"/gemeld", "gemeld", "de toezichthouder").says(t, 303)
		anna.post(id+"/einde").says(t, 303)
		anna.get("/afwijkingen").says(t, 200, "gemeld aan de toezichthouder", "voorbij")
		w.as("pieter").post("/terugkijken", w.wish()...).says(t, 403, "Vier ogen")
	})
}

func TestDossierOnScreen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newPapers(t, d)
		hans, at := w.as("hans"), "/dossier/camera/"+string(w.camera)
		hans.get("/dossier").says(t, 200, "Fietsenstalling", "Niet vastgelegd:", "Proeftoets", "Proefplan", "Pieter Jansen")
		hans.get(at).says(t, 200, "Proeftoets", "niet vastgelegd")
		hans.get(at+"?stuk=proeftoets").says(t, 200, "alternatieven", `name="veld-0"`)
		hans.get("/dossier/camera/niets").says(t, 404)
		hans.get("/dossier/niets/"+string(w.camera)).says(t, 404)
		form := []string{"stuk", "proeftoets", "titel", "Toets van de stalling", "datum", "2026-11-18", "veld-0", "een hek, maar dat hielp niet"}
		pdf := []byte("%PDF-1.7\nde toets")
		hans.send(at+"/bestand", "bestand", []byte("PK\x03\x04"), form...).says(t, 400, "geen pdf, jpeg, png of gewone tekst", "een hek, maar dat hielp niet")
		hans.send(at+"/bestand", "bestand", pdf, "stuk", "proeftoets", "titel", "Toets", "datum", "2026-11-18").says(t, 403, "Papier")
		hans.send(at+"/bestand", "bestand", pdf, form...).says(t, 303)
		p := hans.get(at)
		p.says(t, 200, "geldt tot en met 7 december 2026", "verloopt binnenkort", "Toets van de stalling", "een hek, maar dat hielp niet", "Hans Visser")
		hans.get("/dossier").says(t, 200, "Verloopt binnenkort:")
		got := hans.get(p.first(t, `href="(/dossier/[^"]+/stuk/[0-9a-f]+)"`))
		got.says(t, 200, "de toets")
		if got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the file comes as %v", got.header)
		}

		// Of a site, who may read there may read its files; of people, only who
		// may read of the whole organisation.
		w.as("pieter").get(at).says(t, 200, "Toets van de stalling")
		w.as("pieter").get("/dossier/persoon/"+string(w.manager)).says(t, 403)
		w.as("pieter").send(at+"/bestand", "bestand", nil, form...).says(t, 403, "Papier")
		w.visitor().get(at).says(t, 303)

		old := append([]string{"stuk", "proeftoets", "titel", "Oud", "datum", "2025-01-01"}, form[6:]...)
		hans.post(at+"/weg", "stuk", p.first(t, `name="stuk" value="([0-9a-f]+)"`)).says(t, 303)
		hans.get(at).says(t, 200, "Er is niets vastgelegd.")
		hans.send(at+"/bestand", "bestand", nil, old...).says(t, 303)
		p = hans.get(at)
		p.says(t, 200, "telt niet: te oud")
		hans.get("/dossier").says(t, 200, "Telt niet meer:")
		hans.post(at+"/weg", "stuk", "niets").says(t, 400, "is er niet")
		hans.post(at+"/weg", "stuk", p.first(t, `name="stuk" value="([0-9a-f]+)"`)).says(t, 303)
		hans.get(at).says(t, 200, "Er is niets vastgelegd.")
	})
}

func TestPublicPage(t *testing.T) {
	w := newPapers(t, dbtest.SQLite(t))
	v := w.visitor()
	p := v.get("/openbaar")
	p.says(t, 200, "Cameratoezicht", "Stichting Nergenshuis", "privacy@nergenshuis.invalid", "Mensen veilig en gezond houden", "grondslag: gerechtvaardigd belang",
		"6 kalenderdagen", "Register van de verwerking", "Begrippen", "Vier ogen", "geldt nu", "besluit 1")
	text := v.get(p.first(t, `href="(/openbaar/tekst/\d+)"`))
	if text.code != http.StatusOK || text.body != string(w.law) || text.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("the exact text isn't: %d, %v", text.code, text.header)
	}
	v.get("/openbaar/tekst/99").says(t, 404)
	v.get("/openbaar/tekst/een").says(t, 404)
	if strings.Contains(p.body, "Hans Visser") || strings.Contains(p.body, "Pieter Jansen") {
		t.Error("the public page names people")
	}
	v.post("/taal", "taal", "en").says(t, 303)
	if p := v.get("/openbaar"); !strings.Contains(p.body, "Register of the processing") || strings.Contains(p.body, "%!") {
		t.Errorf("not in English: %s", p.main())
	}
}

func TestPapersInEnglish(t *testing.T) {
	w := newPapers(t, dbtest.SQLite(t))
	anna := w.as("marijke")
	anna.post("/taal", "taal", "en").says(t, 303)
	at := anna.send("/vaststellen/bestand", "tekst", w.with("\nNog iets.\n")).header.Get("Location")
	anna.post("/afwijkingen", "soort", "onvoorzien", "reden", "een geit").says(t, 303)
	for path, words := range map[string]string{"/vaststellen": "Enter a text", at: "This is still in the way", "/afwijkingen": "Unforeseen case",
		"/dossier": "Not on file:", "/dossier/camera/" + string(w.camera) + "?stuk=proeftoets": "Date on the document", "/openbaar": "Measures"} {
		if p := anna.get(path); strings.Contains(p.body, "%!") || !strings.Contains(p.body, words) {
			t.Errorf("%s isn't in English: %s", path, p.main())
		}
	}
	anna.post(at+"/bekendmaking").says(t, 303)
	anna.post(at+"/bekendmaking").says(t, 400, "This draft was announced already")
}

// paperVisits visits each page and form of these once, in a world of its own.
func paperVisits(t *testing.T) map[string]page {
	w := newPapers(t, dbtest.SQLite(t))
	anna, hans, camera := w.as("marijke"), w.as("hans"), "/dossier/camera/"+string(w.camera)
	visits := map[string]page{"GET /openbaar": w.visitor().get("/openbaar"), "GET /openbaar/tekst/{versie}": w.visitor().get("/openbaar/tekst/1")}
	sent := anna.send("/vaststellen/bestand", "tekst", w.with("\nNog iets.\n"))
	at := sent.header.Get("Location")
	visits["POST /vaststellen/bestand"] = sent
	visits["GET /vaststellen/{id}"] = anna.get(at)
	visits["GET /vaststellen"] = anna.get("/vaststellen")
	visits["POST /vaststellen/{id}/keuzes"] = anna.post(at+"/keuzes", "keuze-proefkeuze", "ja")
	visits["POST /vaststellen/{id}/instemming"] = anna.post(at+"/instemming", "raad", "raad_van_proef", "datum", "2026-11-19", "bewijs", "brief")
	visits["POST /vaststellen/{id}/bekendmaking"] = anna.post(at + "/bekendmaking")
	visits["POST /vaststellen/{id}/besluit"] = anna.post(at+"/besluit", "besluit", "besluit 2")
	visits["POST /opdrachten/einde"] = w.ordered(anna)

	visits["POST /afwijkingen"] = anna.post("/afwijkingen", "soort", "onvoorzien", "reden", "een geit")
	list := anna.get("/afwijkingen")
	visits["GET /afwijkingen"] = list
	id := list.first(t, `action="(/afwijkingen/[0-9a-f]+)/einde"`)
	visits["POST /afwijkingen/{id}/gemeld"] = anna.post(id+"/gemeld", "gemeld", "iemand")
	visits["POST /afwijkingen/{id}/einde"] = anna.post(id + "/einde")

	visits["POST /dossier/{soort}/{id}/bestand"] = hans.send(camera+"/bestand", "bestand", []byte("Gewone tekst."),
		"stuk", "proeftoets", "titel", "Toets", "datum", "2026-11-18", "veld-0", "geen")
	file := hans.get(camera)
	visits["GET /dossier/{soort}/{id}"] = file
	visits["GET /dossier"] = hans.get("/dossier")
	visits["GET /dossier/{soort}/{id}/stuk/{stuk}"] = hans.get(file.first(t, `href="(/dossier/[^"]+/stuk/[0-9a-f]+)"`))
	visits["POST /dossier/{soort}/{id}/weg"] = hans.post(camera+"/weg", "stuk", file.first(t, `name="stuk" value="([0-9a-f]+)"`))
	return visits
}

// ordered adopts an order for a camera, and ends it.
func (w *world) ordered(anna *visitor) page {
	order := "# Opdracht\n\n## Artikel 1 – Uit\n\n```yaml\nlaag: opdracht\n```\n\n```cedar\nforbid (principal, action == Action::\"uitkijken\", resource);\n```\n"
	at := anna.send("/vaststellen/bestand", "tekst", []byte(order)).header.Get("Location")
	anna.post(at+"/instemming", "raad", "raad_van_proef", "datum", "2026-11-19", "bewijs", "brief").says(w.t, 303)
	anna.post(at+"/besluit", "besluit", "besluit 3", "waarvoor", "zomaar").says(w.t, 400, "Kies uit de lijst waarvoor")
	anna.post(at+"/besluit", "besluit", "besluit 3", "waarvoor", w.camera.Entity().String()).says(w.t, 303)
	list := anna.get("/vaststellen")
	list.says(w.t, 200, "Fietsenstalling", "besluit 3")
	w.as("pieter").get("/?doel=veiligheid").says(w.t, 200)
	anna.post("/opdrachten/einde", "opdracht", "99", "besluit", "x").says(w.t, 400, "is er niet")
	return anna.post("/opdrachten/einde", "opdracht", list.first(w.t, `name="opdracht" value="(\d+)"`), "besluit", "besluit 4")
}
