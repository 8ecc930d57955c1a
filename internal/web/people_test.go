package web

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
)

// registers is what a regulation must say for people to keep registers.
func registers(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../people/testdata/registers.md")
	must(t, err)
	return string(text)
}

// register lets the manager register someone, and returns their page.
func (v *visitor) register(login, name string) string {
	v.t.Helper()
	p := v.post("/mensen", "aanmeldnaam", login, "naam", name, "soort", "medewerker", "wachtwoord", password, "geheimhouding", "verklaring")
	if p.code != http.StatusSeeOther {
		v.t.Fatalf("registering answered %d: %s", p.code, p.main())
	}
	return p.header.Get("Location")
}

// value is what the button called name says on a page: which row it is about.
func (p page) value(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([0-9a-f]+)"`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("there is no button %s: %s", name, p.main())
	}
	return m[1]
}

func TestPeoplePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, registers(t))
		hans := w.as("hans")
		hans.get("/mensen").says(t, 200, "Pieter Jansen", "Locatiebeheerder", "Hoofdgebouw", "hele organisatie")
		hans.post("/mensen", "naam", "<b>Karin</b>", "soort", "medewerker", "aanmeldnaam", "a b", "wachtwoord", password).
			says(t, 400, `id="wrong"`, "pas de aanmeldnaam aan", "&lt;b&gt;Karin&lt;/b&gt;")
		karin := hans.register("karin", "Karin")
		hans.get(karin).says(t, 200, "Karin", "Geen functie", "verklaring", "20 november 2026")

		appoint := []string{"rol", "bevoegd_medewerker", "locatie", string(w.site), "besluit", "brief 7", "van", "2026-11-20", "tot", "2026-11-22"}
		hans.post(karin+"/aanwijzen", appoint...).says(t, 303)
		p := hans.get(karin)
		p.says(t, 200, "Bevoegde medewerker", "20 november 2026 tot en met 22 november 2026", "Aangewezen door Hans Visser: brief 7")
		hans.post(karin+"/intrekken", "aanwijzing", p.value(t, "aanwijzing")).says(t, 303)
		hans.get(karin).says(t, 200, "Geen functie")
		hans.post(karin+"/aanwijzen", "rol", "bevoegd_medewerker", "locatie", string(w.site)).says(t, 400, "zonder kan het niet", "<details open>")
		hans.post(karin+"/aanwijzen", "rol", "bevoegd_medewerker", "besluit", "b", "van", "gisteren").says(t, 400, "is geen datum")
		w.as("pieter").post(karin+"/aanwijzen", appoint...).says(t, 403, article(t, "De beheerder kiest"))

		hans.post(karin+"/afwezig", "van", "2026-11-20", "tot", "2026-11-20", "reden", "geheime reden").says(t, 303)
		p = hans.get(karin)
		p.says(t, 200, "Nu afwezig", "20 november 2026 tot en met 20 november 2026")
		if strings.Contains(p.body, "geheime reden") {
			t.Error("everyone reads why she is away")
		}
		hans.get("/mensen").says(t, 200, "afwezig")
		hans.post(karin+"/terug", "afwezigheid", p.value(t, "afwezigheid")).says(t, 303)
		hans.post(karin+"/terug", "afwezigheid", p.value(t, "afwezigheid")).says(t, 400, "al voorbij")

		grant := []string{"handeling", "uitkijken", "doel", "veiligheid", "camera", string(w.camera), "tot", "2026-11-25", "voorwaarden", "alleen in de pauze"}
		hans.post(karin+"/machtigen", grant...).says(t, 403, "Met reden")
		hans.post(karin+"/machtigen", append(grant, "reden", "evenement")...).says(t, 303)
		p = hans.get(karin)
		p.says(t, 200, "live kijken", "Fietsenstalling", "evenement", "alleen in de pauze", "Mensen veilig en gezond houden")
		w.as("karin").get("/?doel=veiligheid").says(t, 200, "data-live")
		hans.post(karin+"/ontmachtigen", "machtiging", p.value(t, "machtiging")).says(t, 303)
		hans.get(karin).says(t, 200, "Geen machtiging")

		hans.post(karin+"/geheimhouding", "grond", "contract", "sinds", "2026-01-02").says(t, 303)
		hans.get(karin).says(t, 200, "2 januari 2026", "contract")
		hans.post(karin+"/weg").says(t, 400, "Kruis eerst aan")
		hans.post(karin+"/weg", "zeker", "ja").says(t, 303)
		hans.get(karin).says(t, 200, "Niet meer bij ons sinds 20 november 2026")
		hans.get("/mensen/geen").says(t, 404)
	})
}

func TestRosterPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, registers(t))
		hans := w.as("hans")
		karin := strings.TrimPrefix(hans.register("karin", "Karin"), "/mensen/")
		form := []string{"soort", "examen", "titel", "Wiskunde", "plaats", string(w.site), "datum", "2026-11-20", "van", "13:00", "tot", "15:00", "dienst", karin}
		hans.get("/rooster").says(t, 200, "Er staat niets op het rooster", "Hoofdgebouw")
		hans.post("/rooster", form[2:]...).says(t, 400, "met één woord", "Wiskunde", "checked")
		w.as("pieter").post("/rooster", form...).says(t, 403, "Wie bijhoudt")
		hans.post("/rooster", form...).says(t, 303)
		p := hans.get("/rooster")
		p.says(t, 200, "examen", "Wiskunde", "nu bezig", "Karin", "13:00", "15:00", "ingevoerd door Hans Visser")
		id := regexp.MustCompile(`/rooster/([0-9a-f]+)/einde`).FindStringSubmatch(p.body)[1]
		hans.post("/rooster/"+id+"/einde").says(t, 303)
		hans.get("/rooster").says(t, 200, "Er staat niets op het rooster")
	})
}

func TestVisitorsPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, registers(t))
		hans := w.as("hans")
		form := []string{"naam", "J. Jansen", "hoedanigheid", "politie", "organisatie", "politie", "locatie", string(w.site), "reden", "bevel"}
		hans.post("/bezoek", form...).says(t, 403, "Legitimatie")
		hans.post("/bezoek", append(form, "legitimatie", "pas 12345")...).says(t, 400, "het nummer schrijven we niet op", "J. Jansen")
		hans.post("/bezoek", append(form, "legitimatie", "politielegitimatie")...).says(t, 303)
		pieter := w.as("pieter")
		p := pieter.get("/bezoek")
		p.says(t, 200, "J. Jansen", "politielegitimatie", "bevel", "Hans Visser")
		id := regexp.MustCompile(`/bezoek/([0-9a-f]+)/vertrek`).FindStringSubmatch(p.body)[1]
		pieter.post("/bezoek/"+id+"/vertrek").says(t, 403)
		w.pass(time.Minute)
		hans.post("/bezoek/"+id+"/vertrek").says(t, 303)
		pieter.get("/bezoek").says(t, 200, "20 november 2026 om 13:31")
		// Who has nothing to do with the site reads nobody's name.
		elsewhere, err := w.o.Premises.AddSite(t.Context(), gate.Request{Who: w.manager.Entity()}, premises.Site{Name: "Bijgebouw"})
		must(t, err)
		w.hire(w.manager, "zoe", "Zoe", "locatiebeheerder", elsewhere)
		if p := w.as("zoe").get("/bezoek"); strings.Contains(p.body, "Jansen") {
			t.Error("anyone reads who came")
		}
	})
}

// peopleVisits visits every route of these registers.
func (w *world) peopleVisits() map[string]page {
	hans := w.as("hans")
	someone := hans.register("nieuw", "Nieuw")
	visits := map[string]page{"GET /mensen": hans.get("/mensen"), "GET /mensen/{id}": hans.get(someone), "GET /rooster": hans.get("/rooster"),
		"GET /bezoek": hans.get("/bezoek"), "POST /rooster": hans.post("/rooster"), "POST /rooster/{id}/einde": hans.post("/rooster/x/einde"),
		"POST /bezoek": hans.post("/bezoek"), "POST /bezoek/{id}/vertrek": hans.post("/bezoek/x/vertrek"), "POST /mensen": hans.post("/mensen")}
	for _, deed := range []string{"aanwijzen", "intrekken", "afwezig", "terug", "machtigen", "ontmachtigen", "geheimhouding", "weg"} {
		visits["POST /mensen/{id}/"+deed] = hans.post(someone + "/" + deed)
	}
	return visits
}

// peopleAnswers are what an empty form gets: a line, or what the regulation
// says.
func (w *world) peopleAnswers(visits map[string]page) map[string]int {
	want := map[string]int{}
	for pattern := range visits {
		if strings.HasPrefix(pattern, "POST") {
			want[pattern] = http.StatusBadRequest
		}
	}
	want["POST /mensen/{id}/afwezig"] = http.StatusForbidden
	return want
}
