package incident_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

// requests is what the example regulation doesn't say.
const requests = `
## Artikel 9 – Verzoeken

Op een verzoek is er binnen twee weken een antwoord, met redenen.

` + "```yaml" + `
termijnen:
  bewaarverzoek:
    duur: 2 weken
    telling: Algemene termijnenwet
    wat: besluiten op een bewaarverzoek
    voor: ons
incidentsoorten:
  kabaal:
    tekst: Kabaal
` + "```" + `

` + "```cedar" + `
permit (principal, action == Action::"besluiten", resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
permit (principal == Persoon::"systeem", action == Action::"vasthouden", resource)
when { context has incident };
` + "```" + `

## Artikel 10 – Redenen

` + "```cedar" + `
forbid (principal, action == Action::"besluiten", resource) unless { context.gemotiveerd };
` + "```" + `

## Artikel 11 – Wie het zag

` + "```cedar" + `
forbid (principal, action == Action::"melden", resource)
when { context.staat == "waargenomen" } unless { context.waarnemer };
forbid (principal, action == Action::"melden", resource)
when { context.soort == "verboden" };
` + "```" + `

## Artikel 12 – Samen

` + "```cedar" + `
forbid (principal, action == Action::"uitkijken", resource) when { resource.wacht_op_samen } unless { context.aanwezigen >= 2 };
forbid (principal, action == Action::"afhandelen", resource) when { resource.alleen_gezien };
forbid (principal, action == Action::"uitkijken", resource)
when { context has incident && context.incident.staat == "verzocht" && !context.incident.toegewezen };
` + "```\n"

// asks gives the world a law with requests.
func (w *world) asks() {
	w.t.Helper()
	law, err := regulation.Parse("verzoeken.md", append(regulationtest.Document(), requests...))
	must(w.t, err)
	*w.law = *law
}

// request asks to keep footage.
func (w *world) request() incident.Incident {
	w.t.Helper()
	i, err := w.incidents.Report(w.t.Context(), sits("nora"), incident.Incident{State: incident.Requested, Site: "noord",
		Requester: " mevrouw De Vries ", Happened: time.Date(2026, 4, 27, 10, 0, 0, 0, time.UTC), Description: "Mijn fiets."})
	must(w.t, err)
	return i
}

func refusedBy(err error, title string) bool {
	var refusal *gate.Refusal
	return errors.As(err, &refusal) && refusal.Articles[len(refusal.Articles)-1].Title == title
}

func TestRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if i := w.request(); i.Due != 0 {
			t.Errorf("without a term it is due on %s", i.Due)
		}
		w.asks()
		i := w.request()
		// Two weeks from King's Day end on the 11th, a Monday.
		if want := calendar.NewDate(2026, 5, 11); i.Due != want || !i.Open() || i.Requester != "mevrouw De Vries" {
			t.Errorf("it is %+v, due on %s, want %s", i, i.Due, want)
		}
		if got, err := w.incidents.Get(t.Context(), i.ID); err != nil || got != i {
			t.Errorf("kept is %+v, %v, want %+v", got, err, i)
		}
		var invalid incident.Invalid
		if _, err := w.incidents.Report(t.Context(), sits("nora"), incident.Incident{State: incident.Requested, Site: "noord",
			Happened: w.now(), Description: "Iemand."}); !errors.As(err, &invalid) || !strings.Contains(string(invalid), "wie erom vraagt") {
			t.Errorf("a request of nobody: %v", err)
		}
	})
}

func TestDecide(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.asks()
		no, yes := w.request(), w.request()
		w.film(no)
		w.film(yes)
		if err := w.incidents.Decide(t.Context(), sits("zeger"), no.ID, false, "te laat"); !refusedBy(err, "Verzoeken") {
			t.Errorf("the manager of another site decided: %v", err)
		}
		if err := w.incidents.Decide(t.Context(), sits("nora"), no.ID, false, " "); !refusedBy(err, "Redenen") {
			t.Errorf("decided without reasons: %v", err)
		}
		watch := gate.Request{Act: regulation.Watch, Who: sits("nora").Who().ID.Entity(), On: gate.Subject{Entity: camera.Entity()}, For: "incident", Under: yes.Entity()}
		if _, err := w.gate.Enter(t.Context(), watch); !refusedBy(err, "Samen") {
			t.Errorf("watched for a request that wasn't granted: %v", err)
		}
		w.pass(time.Minute)
		must(t, w.incidents.Decide(t.Context(), sits("nora"), yes.ID, true, "het kan nog"))
		must(t, w.incidents.Decide(t.Context(), sits("nora"), no.ID, false, "te laat"))
		p, err := w.gate.Enter(t.Context(), watch)
		must(t, err)
		must(t, p.Close(t.Context(), "gedaan", nil))

		got, err := w.incidents.Get(t.Context(), yes.ID)
		must(t, err)
		if !got.Granted || got.State != incident.Requested || got.Open() || !got.Decided.Equal(w.now()) || got.DecidedBy != "nora" || got.Reasons != "het kan nog" {
			t.Errorf("a yes is kept as %+v", got)
		}
		if !w.held(yes) || w.held(no) {
			t.Errorf("held for the yes: %v, for the no: %v", w.held(yes), w.held(no))
		}
		if got, err = w.incidents.Get(t.Context(), no.ID); err != nil || got.State != incident.Settled || got.Granted || got.SettledAt.IsZero() {
			t.Errorf("a no is kept as %+v, %v", got, err)
		}
		var invalid incident.Invalid
		for _, id := range []string{yes.ID, no.ID} {
			if err := w.incidents.Decide(t.Context(), sits("nora"), id, true, "toch"); !errors.As(err, &invalid) {
				t.Errorf("decided twice: %v", err)
			}
		}
		theft, err := w.incidents.Report(t.Context(), sits("nora"), incident.Incident{Kind: "kabaal", State: incident.Suspected, Site: "noord", Happened: w.now(), Description: "x"})
		must(t, err)
		if err := w.incidents.Decide(t.Context(), sits("nora"), theft.ID, true, "ja"); !errors.As(err, &invalid) {
			t.Errorf("granted what nobody asked for: %v", err)
		}
	})
}

// The kinds are those of the regulation, and it speaks first.
func TestKindsOfTheLaw(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.asks()
	report := func(kind, observer string) error {
		_, err := w.incidents.Report(t.Context(), sits("nora"), incident.Incident{Kind: kind, State: incident.Observed, Observer: observer,
			Site: "noord", Happened: w.now(), Description: "Lawaai."})
		return err
	}
	must(t, report("kabaal", "Nora"))
	var invalid incident.Invalid
	if err := report("diefstal", "Nora"); !errors.As(err, &invalid) {
		t.Errorf("a kind that isn't there: %v", err)
	}
	for _, c := range [][2]string{{"kabaal", ""}, {"verboden", "Nora"}} {
		if err := report(c[0], c[1]); !refusedBy(err, "Wie het zag") {
			t.Errorf("%v: %v", c, err)
		}
	}
	if kinds := incident.Kinds(regulation.Terms{}); len(kinds) < 3 {
		t.Errorf("without a regulation there are %v", kinds)
	}
}

func TestRefer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		i := w.report()
		if err := w.incidents.Refer(t.Context(), sits("zeger"), i.ID, "map 3"); err == nil {
			t.Error("the manager of another site referred")
		}
		var invalid incident.Invalid
		for _, wrong := range []string{" ", "a\nb", strings.Repeat("x", 201)} {
			if err := w.incidents.Refer(t.Context(), sits("nora"), i.ID, wrong); !errors.As(err, &invalid) {
				t.Errorf("%.10q: %v", wrong, err)
			}
		}
		must(t, w.incidents.Refer(t.Context(), sits("nora"), i.ID, " map 3 "))
		if got, err := w.incidents.Get(t.Context(), i.ID); err != nil || got.Reference != "map 3" {
			t.Errorf("kept is %+v, %v", got, err)
		}
	})
}

// Years turn in Amsterdam.
func TestNumbersOfTheYear(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.at.Store(db.Micros(time.Date(2026, 12, 31, 22, 59, 59, 0, time.UTC)))
	w.exec("UPDATE sign_in SET until_at = until_at * 2")
	if i := w.report(); i.Number != "2026-001" {
		t.Errorf("just before midnight comes %s", i.Number)
	}
	w.pass(time.Second)
	if i := w.report(); i.Number != "2027-001" {
		t.Errorf("at midnight comes %s", i.Number)
	}
}

// What one person saw waits for two to look, on that camera alone.
func TestSeenAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.asks()
		i, err := w.incidents.Report(t.Context(), sits("nora"), incident.Incident{Kind: "kabaal", State: incident.Observed, Observer: "Nora",
			SeenAlone: true, Site: "noord", Happened: w.now(), Description: "Lawaai."})
		must(t, err)
		watch := gate.Request{Act: regulation.Watch, Who: sits("nora").Who().ID.Entity(), On: gate.Subject{Entity: camera.Entity()}, For: "veiligheid"}
		open, err := w.gate.Enter(t.Context(), watch)
		must(t, err)
		w.film(i)
		must(t, w.gate.Reconsider(t.Context()))
		if why := open.Withdrawn(); why == nil || why.Articles[0].Title != "Samen" {
			t.Errorf("the picture of what waits goes on: %v", why)
		}
		must(t, open.Close(t.Context(), "gedaan", nil))
		lonely, err := w.incidents.Lonely(t.Context(), camera)
		if err != nil || len(lonely) != 1 || lonely[0].Incident != i.ID || !i.Waits() {
			t.Fatalf("alone was seen %v, %v", lonely, err)
		}
		if err := w.incidents.Settle(t.Context(), sits("nora"), i.ID); !refusedBy(err, "Samen") {
			t.Errorf("settled before two looked: %v", err)
		}
		for _, p := range []*gate.Permit{nil, {}, open} {
			if err := w.incidents.SawTogether(context.Background(), p, lonely[0]); !errors.Is(err, gate.ErrNoPermit) {
				t.Errorf("two looked, says who has no permit: %v", err)
			}
		}
		if site, err := w.incidents.Site(t.Context(), camera); err != nil || site != "noord" {
			t.Errorf("the camera hangs at %s, %v", site, err)
		}
		w.exec("UPDATE incident SET seen_together_at = 1 WHERE id = $1", i.ID)
		p, err := w.gate.Enter(t.Context(), watch)
		must(t, err)
		must(t, p.Close(t.Context(), "gedaan", nil))
	})
}
