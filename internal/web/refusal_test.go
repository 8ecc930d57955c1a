package web

import (
	"context"
	"database/sql"
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"oogmerk/internal/db/dbtest"
)

const offersJoin = `action="/erbij"`

// TestWhoAColleagueHelps: a refusal says to bring a colleague where that would
// make the difference, and nowhere else.
func TestWhoAColleagueHelps(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	without := func(p page, words ...string) {
		t.Helper()
		if p.says(t, 403, append(words, "Wat helpt")...); strings.Contains(p.main(), offersJoin) {
			t.Errorf("suggests a colleague: %s", p.main())
		}
	}
	// Who has no authority at all.
	without(w.as("hans").post("/terugkijken", w.wish()...), "Iemand die op deze locatie ‘Locatiebeheerder’ is, mag dit.")
	samira := w.as("samira")
	without(samira.get("/logboek"), "Iemand met de rol ‘")
	// Who lacks something else too: an incident.
	without(samira.post("/terugkijken", append(w.wish(), "doel", "incident")...), "Minstens 2 mensen aan dit scherm")

	alone := samira.post("/terugkijken", w.wish()...)
	alone.says(t, 403, offersJoin, "Nog één bevoegde collega erbij aan dit scherm.", "U bent alleen aan dit scherm", article(t, "Vier ogen"))
	samira.join("marijke") // who may not look herself
	samira.post("/terugkijken", w.wish()...).says(t, 403, offersJoin, "telt daarom niet mee")

	// The wish comes back filled in, and takes one click.
	back := samira.post("/erbij", "naam", "pieter", "wachtwoord", password, "terug", lookbackPath(w))
	form := samira.get(back.header.Get("Location"))
	form.says(t, 200, `form="wish"`, "Nu samen terugkijken", `value="`+exact(w.filmed.From)+`"`, `value="veiligheid" lang="nl" selected`)
	samira.post("/terugkijken", w.wish()...).says(t, 303)
	samira.post("/erbij", "naam", "pieter", "wachtwoord", password).says(t, 400, "Pieter Jansen is hier al aangemeld")
}

// lookbackPath is where a refused wish comes back to.
func lookbackPath(w *world) string {
	form, fields := url.Values{}, w.wish()
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return formOf(form).path()
}

// TestFormsAskNothing: who opens a form with incidents to choose from, and may
// read none, has not tried to.
func TestFormsAskNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	incident := w.as("pieter").reports()
	joost := w.hire(w.board, "joost", "Joost Bakker", "technisch_beheerder", "")
	if joost == "" {
		t.Fatal("there is no technician")
	}
	v := w.as("joost")
	for _, path := range []string{"/terugkijken", "/vasthouden"} {
		if p := v.get(path); strings.Contains(p.body, "2026-001") {
			t.Errorf("%s shows the incident: %s", path, p.main())
		}
	}
	w.as("hans").get("/logboek?wie=geweigerd").says(t, 200, "Er zijn geen regels gevonden")
	v.get("/incidenten").says(t, 403, article(t, "Melden"))
	v.get(incident).says(t, 403, article(t, "Melden"))
}

// TestStoppedPlaybackTellsWhatHelps: when a colleague leaves, the page says
// who would bring the picture back.
func TestStoppedPlaybackTellsWhatHelps(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v, at := w.playBack()
	v.post("/erbij/weg", "persoon", string(v.second())).says(t, 303)
	v.get(at).says(t, 200, "Het beeld is gestopt", article(t, "Vier ogen"), "/erbij?terug=%2fterugkijken%3f")
	v.get(at+"/toestand").says(t, 200, "event: einde", "/erbij?terug=")
}

// broken is a database that fails.
type broken struct{}

var errBroken = errors.New("sql: relation film is torn (at /var/lib/secret)")

func (broken) ExecContext(context.Context, string, ...any) (sql.Result, error) { return nil, errBroken }
func (broken) QueryContext(context.Context, string, ...any) (*sql.Rows, error) { return nil, errBroken }
func (broken) QueryRowContext(context.Context, string, ...any) *sql.Row        { return nil }

// TestFaultsStayInside: what went wrong is for who runs the program.
func TestFaultsStayInside(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v := w.as("pieter")
	o := w.o
	o.Reads = broken{}
	var reported []error
	o.Report = func(err error) { reported = append(reported, err) }
	handler, err := New(o)
	must(t, err)
	r := v.request("GET", "/terugkijken", nil)
	at, err := url.Parse(w.server.URL)
	must(t, err)
	for _, c := range v.client.Jar.Cookies(at) {
		r.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	p := page{answer.Code, answer.Header(), answer.Body.String()}
	p.says(t, 500, "Er ging iets mis in het programma", "Pieter Jansen")
	for _, inside := range []string{"sql", "relation", "secret", "couldn"} {
		if strings.Contains(p.main(), inside) {
			t.Errorf("the page says %q: %s", inside, p.main())
		}
	}
	if !errors.Is(errors.Join(reported...), errBroken) {
		t.Errorf("reported %v", reported)
	}
}
