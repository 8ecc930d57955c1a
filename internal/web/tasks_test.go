package web

import (
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation/regulationtest"
)

// menu is what the page says before what it is about.
func (p page) menu() string { menu, _, _ := strings.Cut(p.body, "<main"); return menu }

// hides expects that a page doesn't say these.
func (p page) hides(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(p.main(), w) {
			t.Errorf("says %q: %s", w, p.main())
		}
	}
}

// TestTasks: everyone is told of what the law lets them do, and of nothing
// else; what is done is gone.
func TestTasks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newPapers(t, d)
		pieter, hans, samira := w.as("pieter"), w.as("hans"), w.as("samira")
		samira.get("/taken").says(t, 200, "U hoeft nu niets te doen.")
		incident := pieter.reports()
		p := pieter.get("/taken")
		p.says(t, 200, "Incident 2026-", "is nog open", "diefstal", `href="`+incident+`"`)
		p.hides(t, "ontbreekt")
		if !strings.Contains(p.menu(), `<span class="count">1</span>`) {
			t.Error("the menu doesn't say how much there is to do")
		}
		pieter.get("/").says(t, 200, "is nog open")
		samira.get("/taken").hides(t, "is nog open") // may not settle
		hans.get("/taken").says(t, 200, "is nog open", "Proefplan ontbreekt", "Proeftoets ontbreekt", "Fietsenstalling", "?stuk=proeftoets")
		w.as("marijke").get("/taken").says(t, 200, "Proefplan ontbreekt")

		at := "/dossier/camera/" + string(w.camera)
		hans.send(at+"/bestand", "bestand", nil, "stuk", "proeftoets", "titel", "Toets", "datum", "2026-11-18", "veld-0", "geen").says(t, 303)
		p = hans.get("/taken")
		p.says(t, 200, "Proeftoets verloopt binnenkort", "Uiterlijk 7 december 2026")
		p.hides(t, "Proeftoets ontbreekt")
		pieter.post(incident+"/afhandelen", "zeker", "ja").says(t, 303)
		pieter.get("/taken").hides(t, "is nog open")
	})
}

// TestTasksOfTheBoard: a text that waits, and a derogation nobody was told of.
func TestTasksOfTheBoard(t *testing.T) {
	w := newPapers(t, dbtest.SQLite(t))
	anna := w.as("marijke")
	at := anna.send("/vaststellen/bestand", "tekst", w.with("\nNog iets.\n")).header.Get("Location")
	anna.get("/taken").says(t, 200, "wacht op de instemming van: Raad van proef", `href="`+at+`#raden"`)
	w.as("hans").get("/taken").says(t, 200, "wacht op de instemming")
	w.as("pieter").get("/taken").hides(t, "wacht op de instemming")
	anna.post(at+"/instemming", "raad", "raad_van_proef", "datum", "2026-11-19", "bewijs", "brief").says(t, 303)
	anna.get("/taken").says(t, 200, "kan worden vastgesteld")
	w.as("hans").get("/taken").hides(t, "kan worden vastgesteld") // may not adopt
	anna.post(at+"/besluit", "besluit", "besluit 2").says(t, 303)
	anna.get("/taken").hides(t, "kan worden vastgesteld", "wacht op de instemming")

	eyes := regulationtest.Number(t, "Vier ogen")
	anna.post("/afwijkingen", "soort", "afwijking", "artikel", eyes, "reden", "nood", "van", "2026-11-20", "tot", "2026-12-02").says(t, 303)
	anna.get("/taken").says(t, 200, "Vertel van de afwijking wie dat moet weten: "+article(t, "Vier ogen"))
	id := anna.get("/afwijkingen").first(t, `action="(/afwijkingen/[0-9a-f]+)/einde"`)
	anna.post(id+"/gemeld", "gemeld", "de toezichthouder").says(t, 303)
	anna.get("/taken").hides(t, "Vertel van de afwijking")
	w.pass(9 * 24 * time.Hour)
	w.as("marijke").get("/taken").says(t, 200, "De afwijking eindigt binnenkort", "Uiterlijk 2 december 2026")
}

// TestTasksAboutPeople: who is away while nobody does their work, and who
// stands for somebody who isn't away.
func TestTasksAboutPeople(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), "", "## Artikel 93 – Verlof", "", "```cedar", `permit (principal in Rol::"beheerder", action == Action::"afmelden", resource);`, "```", "")
	ctx, by := t.Context(), gate.Request{Who: w.manager.Entity()}
	persons, err := w.o.People.Persons(ctx)
	must(t, err)
	ids := map[string]people.PersonID{}
	for _, p := range persons {
		ids[p.Login] = p.ID
	}
	must(t, w.o.People.Appoint(ctx, by, people.Appointment{Person: ids["samira"], Role: "locatiebeheerder", Site: string(w.site), StandsFor: ids["pieter"],
		Basis: "brief 4", To: w.now().Add(20 * 24 * time.Hour)}))
	hans := w.as("hans")
	hans.get("/taken").says(t, 200, "Samira el Idrissi vervangt Pieter Jansen. Leg vast wanneer Pieter Jansen afwezig is")
	_, err = w.o.People.EnterAbsence(ctx, by, people.Absence{Person: ids["pieter"], Reason: "verlof"})
	must(t, err)
	hans.get("/taken").hides(t, "Leg vast wanneer", "niemand vervangt (Locatiebeheerder")
	_, err = w.o.People.EnterAbsence(ctx, by, people.Absence{Person: ids["samira"], Reason: "verlof"})
	must(t, err)
	hans.get("/taken").says(t, 200, "Samira el Idrissi is afwezig en niemand vervangt")
	w.as("pieter").get("/taken").hides(t, "niemand vervangt")
}

// TestCamerasToSeeTo: a camera that may not record is a task for who can mend
// it, and what it lacks is a click away.
func TestCamerasToSeeTo(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	hans := w.as("hans")
	hans.get("/taken").hides(t, "Mogen nu niet opnemen")
	list := hans.get("/plaatsen/" + string(w.site))
	hans.post("/plaatsen/"+string(w.site)+"/borden/weg", "id", list.first(t, `borden/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)).says(t, 303)
	hans.get("/taken").says(t, 200, "Mogen nu niet opnemen op Hoofdgebouw", "Fietsenstalling", "/camera/"+string(w.camera)+"/controlelijst")
	w.as("pieter").get("/taken").hides(t, "Mogen nu niet opnemen")
}

func TestRequestsAreLate(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), "", "## Artikel 94 – Verzoeken", "", "```yaml", "termijnen:", "  bewaarverzoek: {duur: 3 werkdagen, telling: op de eerstvolgende werkdag, wat: besluiten op een bewaarverzoek}",
		"```", "", "```cedar", `permit (principal in Rol::"beheerder", action == Action::"besluiten", resource);`, "```", "")
	hans := w.as("hans")
	hans.post("/verzoeken", "locatie", string(w.site), "wie", "Een ouder", "ontvangen", dayOf(w.now()).String(), "ontvangentijd", "09:00",
		"omschrijving", "Bewaar de beelden van het hek.").says(t, 303)
	hans.get("/taken").says(t, 200, "Besluit op verzoek", "van Een ouder", "Uiterlijk 25 november 2026")
	w.pass(6 * 24 * time.Hour)
	p := w.as("hans").get("/taken")
	p.says(t, 200, "Te laat: dit moest uiterlijk 25 november 2026", "Eén taak is te laat")
	if !strings.Contains(p.menu(), "1 te laat") {
		t.Error("the menu doesn't say that something is overdue")
	}
}

func TestSign(t *testing.T) {
	w := newPapers(t, dbtest.SQLite(t))
	pieter := w.as("pieter")
	pieter.get("/plaatsen").says(t, 200, "/borden/"+string(w.site))
	pieter.get("/borden/"+string(w.site)).says(t, 200, "Cameratoezicht", "Locatie: Hoofdgebouw", "Mensen veilig en gezond houden", "hoogstens 6 kalenderdagen",
		"privacy@nergenshuis.invalid", "/openbaar", "Stichting Nergenshuis")
	pieter.get("/borden/niets").says(t, 404)
	w.visitor().get("/borden/"+string(w.site)).says(t, 303)
}

func TestRolesPage(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := w.as("pieter").get("/rollen")
	p.says(t, 200, "Locatiebeheerder", "Pieter Jansen", "Niemand heeft deze rol.", "Wie geen rol heeft", "Opnamen terugkijken", "niet alleen", "eigen locatie", "Dit doet alleen het programma:", "Dit mag niemand:")
	w.as("pieter").get("/reglement").says(t, 200, `href="/rollen"`)
}

// TestMenu: two levels, the page one is on is marked, and what would refuse
// whatever one does is left out.
func TestMenu(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	pieter, hans := w.as("pieter"), w.as("hans")
	p := hans.get("/reglement/mij")
	for _, want := range []string{`<a href="/logboek" aria-current="true">Toezicht`, `<a href="/reglement" aria-current="true">Reglement`, `<a href="/dossier">Dossier`, `<a href="/incidenten">Incidenten`} {
		if !strings.Contains(p.menu(), want) {
			t.Errorf("the menu lacks %s: %s", want, p.menu())
		}
	}
	if p = pieter.get("/reglement"); strings.Contains(p.menu(), `href="/logboek"`) || !strings.Contains(p.menu(), `<a href="/reglement" aria-current="page">Reglement`) {
		t.Errorf("who may not read the logbook gets the menu %s", p.menu())
	}
}

// TestPapersOfSomePeople: a document that the law asks of some people only
// isn't missing for others; one that makes no difference to it is everyone's.
func TestPapersOfSomePeople(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), "", "## Artikel 95 – Stukken", "", "```yaml", "stukken:", "  proefopdracht: {titel: Proefopdracht, over: persoon}",
		"  proefbewijs: {titel: Proefbewijs, over: persoon}", "```", "", "```cedar",
		`permit (principal in Rol::"beheerder", action == Action::"vastleggen", resource);`, "",
		`forbid (principal, action == Action::"plaatsen", resource) when { principal.soort == "verwerker" } unless { principal.stukken.contains("proefopdracht") };`, "```", "")
	by := gate.Request{Who: w.manager.Entity()}
	id, err := w.o.People.AddPerson(t.Context(), by, people.Person{Login: "vera", Name: "Vera van Buiten", Kind: "verwerker", ConfidentialityBasis: "contract"}, password)
	must(t, err)
	hans := w.as("hans")
	p := hans.get("/taken")
	p.says(t, 200, "Proefopdracht ontbreekt", "Proefbewijs ontbreekt", "/dossier/persoon/"+string(id)+"?stuk=proefopdracht", "?stuk=proefbewijs")
	if n := strings.Count(p.main(), "?stuk=proefopdracht"); n != 1 {
		t.Errorf("the document is asked of %d people", n)
	}
	hans.get("/dossier/persoon/"+string(w.manager)).says(t, 200, "hoeft niet voor deze persoon")
	hans.get("/dossier/persoon/"+string(id)).says(t, 200, "Proefopdracht", "niet vastgelegd")
}
