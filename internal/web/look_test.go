package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/regulation/regulationtest"
)

// acts are what a page of the logbook tells of, in its order.
func (p page) acts() (acts []string) {
	for _, m := range regexp.MustCompile(`<span class="story-kind">[^<]*</span> <strong>([^<]*)</strong>`).FindAllStringSubmatch(p.body, -1) {
		acts = append(acts, m[1])
	}
	return acts
}

func (p page) tells(act string) bool {
	for _, a := range p.acts() {
		if a == act {
			return true
		}
	}
	return false
}

func TestLookingThroughTheLogbook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		other := w.place("Kantine")
		w.as("samira").post("/terugkijken", w.wish()...).says(t, 403)
		hans := w.as("hans")

		people := hans.get("/logboek")
		people.says(t, 200, "Wat het programma zelf doet", `value="mensen" checked`)
		if people.tells("opnemen") || !people.tells("terugkijken") {
			t.Errorf("what people did: %v", people.acts())
		}
		if all := hans.get("/logboek?wie=alles"); !all.tells("opnemen") || !all.tells("terugkijken") {
			t.Errorf("everything: %v", all.acts())
		}
		if refused := hans.get("/logboek?wie=geweigerd"); fmt.Sprint(refused.acts()) != "[terugkijken]" {
			t.Errorf("refusals: %v", refused.acts())
		}
		if one := hans.get("/logboek?wie=alles&camera=" + string(w.camera)); !one.tells("opnemen") || one.tells("raadplegen") {
			t.Errorf("one camera: %v", one.acts())
		}
		hans.get("/logboek?camera="+string(other)).says(t, 200, "Er zijn geen regels gevonden")
		if today := hans.get("/logboek?dag=20-11-2026"); !today.tells("terugkijken") {
			t.Errorf("today: %v", today.acts())
		}
		hans.get("/logboek?dag=2026-11-19").says(t, 200, "Er zijn geen regels gevonden", `value="2026-11-19"`)

		for path, line := range map[string]string{"?dag=gisteren": "is geen datum", "?wie=niemand": "Kies wat u wilt zien", "?voor=x": "bladzijde van het logboek"} {
			p := hans.get("/logboek" + path)
			if p.says(t, 400, line); len(p.acts()) > 0 {
				t.Errorf("%s tells of %v", path, p.acts())
			}
		}
	})
}

// TestOlderKeepsLooking: turning the page keeps to what was looked for.
func TestOlderKeepsLooking(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for range perPage/2 + 2 { // each is a line for coming and one for going
		w.as("samira").post("/afmelden").says(t, 303)
	}
	w.pass(time.Minute)
	hans := w.as("hans")
	older := regexp.MustCompile(`href="(/logboek\?[^"]*)" rel="next"`)
	first := hans.get("/logboek?dag=2026-11-20")
	m := older.FindStringSubmatch(first.body)
	if m == nil || !strings.Contains(m[1], "dag=2026-11-20") {
		t.Fatalf("older entries are at %v", m)
	}
	second := hans.get(strings.ReplaceAll(m[1], "&amp;", "&"))
	second.says(t, 200, `href="/logboek?dag=2026-11-20"`)
	if len(second.acts()) == 0 || second.tells("opnemen") {
		t.Errorf("the second page tells of %v", second.acts())
	}
}

// TestEntriesTellTheirPlaces: nothing in a story is an id.
func TestEntriesTellTheirPlaces(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := w.as("hans").get("/logboek?wie=alles")
	p.says(t, 200, "Locatiebeheerder", "Hoofdgebouw", "camera erbij", "Functie")
	if strings.Contains(p.main(), string(w.site)) {
		t.Error("a site is told by its id")
	}
	entry := w.as("hans").get("/logboek/3")
	entry.says(t, 200, "oogmerk-verify logbook "+w.server.URL+"/logboek/boom/ --key", `href="/logboek/2" rel="prev"`, `href="/logboek/4" rel="next"`)
}

// TestRegulationIsReadable: the text is there, what the machine makes of it is
// folded, and every article has a place to link to.
func TestRegulationIsReadable(t *testing.T) {
	w, eyes := newWorld(t, dbtest.SQLite(t)), regulationtest.Number(t, "Vier ogen")
	p := w.visitor().get("/reglement")
	p.says(t, 200, "Geldt sinds 20 november 2026", "besluit 1", `id="`+eyes+`"`, `href="#`+eyes+`" aria-label="Artikel `+eyes+`"`,
		`id="`+regulationtest.Number(t, "Incident")+`"`, `href="#`+regulationtest.Number(t, "Rollen")+`"`,
		"Opnamen bekijk je met twee mensen", "Bij terugkijken zitten minstens twee mensen die dit allebei mogen.")
	if strings.Contains(p.body, "<details class=\"machine\" open") {
		t.Error("the machine's part is unfolded")
	}
}
