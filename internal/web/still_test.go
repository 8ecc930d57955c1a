package web

import (
	"context"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/still"
)

// stillLaw is what the example regulation doesn't say about stills.
const stillLaw = `
## Artikel 9 – Stilzetten

` + "```cedar" + `
permit (principal, action in [Action::"stilzetten", Action::"bewerken", Action::"bedienen"], resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
` + "```" + `

## Artikel 10 – Alleen scherper

` + "```cedar" + `
@uitleg("Scherper maken is het enige wat mag.")
forbid (principal, action == Action::"bewerken", resource) unless { context.filter == "verscherpen" };
` + "```\n"

// develops has the world make stills with the real ffmpeg.
func (w *world) develops() {
	w.t.Helper()
	maker, err := still.Open(w.t.Context(), "ffmpeg", "")
	must(w.t, err)
	w.o.Room.Develop = maker.Make
}

func (w *world) moment() string {
	return strconv.FormatInt(w.filmed.From.Add(time.Second).UnixMilli(), 10)
}

// The page offers what the law allows, says which article refuses the rest, and
// gives a picture that is kept nowhere.
func TestStillPage(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), stillLaw)
	v, at := w.playBack()
	v.get(at).says(t, 200, "Stilstaand beeld", "Op deze machine kunnen geen stilstaande beelden worden gemaakt", `id="sharp"`)
	v.post(at+"/stil", "moment", w.moment()).says(t, 400, "zet de film op pauze")

	w.develops()
	page := v.get(at)
	page.says(t, 200, "Beeld stilzetten", "Scherper maken is het enige wat mag.", `value="verscherpen">`)
	for _, refused := range []string{"verlichten", "vergroten"} {
		if !strings.Contains(page.body, `value="`+refused+`" disabled`) {
			t.Errorf("%s is offered", refused)
		}
	}
	if strings.Contains(page.body, "still-place") {
		t.Error("parts to enlarge are offered")
	}
	for _, filter := range []string{"", "verscherpen"} {
		got := v.post(at+"/stil", "moment", w.moment(), "filter", filter)
		got.says(t, 200, "\x89PNG")
		if got.header.Get("Content-Type") != "image/png" || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Oogmerk-Moment") == "" {
			t.Errorf("%q comes with %v", filter, got.header)
		}
	}
	v.post(at+"/stil", "moment", w.moment(), "filter", "vergroten", "deel", "midden").says(t, 403)
	v.post(at+"/stil", "moment", w.moment(), "filter", "vergroten", "deel", "iw").says(t, 400, "welk deel")
	v.post(at+"/stil", "moment", w.moment(), "filter", "omkeren").says(t, 400, "Kies hoe het beeld wordt bewerkt")
	v.post(at+"/stil", "moment", "straks").says(t, 400, "geen moment van de film")
	v.post(at+"/stil", "moment", "1").says(t, 400, "hoort niet bij het stuk")
	w.as("hans").get("/logboek").says(t, 200, "beeld stilzetten", "beeld bewerken")
	v.post(at+"/einde").says(t, 303)
	v.post(at+"/stil", "moment", w.moment()).says(t, 410)
}

// Without a word about stills nobody has one, and the page says so.
func TestStillUnsaid(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v, at := w.playBack()
	made := false
	w.o.Room.Develop = func(_ context.Context, j still.Job) ([]byte, error) { made = true; return io.ReadAll(j.Footage) }
	v.get(at).says(t, 200, `value="" disabled`, "Geen artikel staat het toe.")
	v.post(at+"/stil", "moment", w.moment()).says(t, 403)
	if made {
		t.Error("a still was made")
	}
}

// sightVisits are those of the routes in still.go.
func (w *world) sightVisits(v *visitor, at string) map[string]page {
	camera := "/camera/" + string(w.camera)
	return map[string]page{
		"POST /terugkijken/{id}/stil": v.post(at + "/stil"),
		"GET /camera/{id}/standen":    v.get(camera + "/standen"),
		"POST /camera/{id}/bedienen":  v.post(camera+"/bedienen", "draai", "1"),
	}
}
