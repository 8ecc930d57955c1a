package web

import (
	"strings"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

// holding is the form to hold what was filmed.
func (w *world) holding(more ...string) []string {
	return append([]string{"camera", string(w.camera), "datum", dayOf(w.filmed.From).String(), "van", exact(w.filmed.From),
		"tot", exact(w.filmed.To), "reden", "aangifte"}, more...)
}

// TestHoldFromPlayback: from what is on the screen to an incident with its
// footage in one form, also when no incident was reported yet.
func TestHoldFromPlayback(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v, at := w.playBack()
		v.get(at).says(t, 200, `action="/vasthouden"`, `value="nieuw"`, "Nieuw incident melden", `data-mark="hold-from"`)

		report := []string{"incident", "nieuw", "soort", "diefstal", "staat", "waargenomen", "terugkijken", strings.TrimPrefix(at, "/terugkijken/")}
		v.post("/vasthouden", w.holding(append(report, "omschrijving", "")...)...).says(t, 400, "Schrijf in het kort op wat er is gebeurd", `value="aangifte"`)
		v.get("/incidenten").says(t, 200, "Er zijn nog geen incidenten")

		held := v.post("/vasthouden", w.holding(append(report, "omschrijving", "Een fiets is weg.")...)...)
		held.says(t, 303)
		to := held.header.Get("Location")
		v.get(to).says(t, 200, "De beelden worden vastgehouden", "Een fiets is weg.", "aangifte", "Fietsenstalling", "Hoofdgebouw", "doel=incident")
		v.get(at).says(t, 200, "Het beeld is gestopt")
		v.get("/terugkijken?camera="+string(w.camera)).says(t, 200, "Vastgehouden tot incident 2026-001 is afgehandeld")
	})
}

// TestHoldOfNothing: a hold of a stretch without footage says so.
func TestHoldOfNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v := w.as("pieter")
	incident := strings.TrimPrefix(v.reports(), "/incidenten/")
	empty := w.place("Kantine")
	held := v.post("/vasthouden", append(w.holding("incident", incident), "camera", string(empty))...)
	v.get(held.header.Get("Location")).says(t, 200, "nog geen beelden")
	v.post("/vasthouden", w.holding("incident", "")...).says(t, 400, "Kies een incident")
	// What is refused comes back to the form, with what was asked for.
	w.as("marijke").post("/vasthouden", w.holding("incident", incident)...).says(t, 403, article(t, "Bewaren"), "/vasthouden?camera=")
}
