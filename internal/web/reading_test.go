package web

import (
	"strings"
	"testing"

	"oogmerk/internal/db/dbtest"
)

// TestWhoReadsIncidents: what was written about an incident is for who deals
// with it, and for who watches over that.
func TestWhoReadsIncidents(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	board, err := w.o.People.ByLogin(t.Context(), "marijke")
	must(t, err)
	w.hire(board.ID, "joost", "Joost Bakker", "technisch_beheerder", "")
	w.hire(board.ID, "noor", "Noor Yilmaz", "functionaris_gegevensbescherming", "")
	samira := w.as("samira")
	at := samira.post("/incidenten", "soort", "diefstal", "locatie", string(w.site), "datum", dayOf(w.now()).String(), "tijd", clock(w.now()),
		"staat", "vermoed", "omschrijving", "Een rode fiets is weg.").header.Get("Location")
	if !strings.HasPrefix(at, "/incidenten/") {
		t.Fatalf("the incident wasn't reported, but led to %q", at)
	}
	for _, may := range []string{"samira", "hans", "noor"} {
		v := w.as(may)
		v.get("/incidenten").says(t, 200)
		v.get(at).says(t, 200, "Een rode fiets is weg.")
	}
	joost := w.as("joost")
	for _, path := range []string{"/incidenten", at, at + "/afhandelen"} {
		p := joost.get(path)
		p.says(t, 403, article(t, "Melden"))
		if strings.Contains(p.main(), "rode fiets") {
			t.Errorf("%s tells who may not read it about the incident", path)
		}
	}
	if p := joost.get("/terugkijken"); p.code != 200 || strings.Contains(p.body, "diefstal") {
		t.Errorf("the form offers an incident to who may not read it: %d", p.code)
	}
}
