package governance_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// trial is the founding of an installation under the regulation of testdata,
// to which its council consented.
func (w *world) trial() governance.Founding {
	return governance.Founding{Organisation: "De proef", File: "proef.md", Document: testdata(w.t, "proef.md"), Decision: "besluit 1",
		Consents: []governance.Consent{{Council: "huurders", Evidence: "brief 1", On: calendar.DateOf(w.now())}},
		Do: func(ctx context.Context, tx *logbook.Tx) (err error) {
			w.anna, err = w.crew.FoundPerson(ctx, tx, people.Person{Login: "anna", Name: "Anna"}, "correct horse battery", "bestuur", "besluit 1")
			return err
		}}
}

// by is a request of who is of the board.
func (w *world) by() gate.Request { return gate.Request{Who: w.anna.Entity()} }

// changed is the trial regulation with another sentence in it.
func changed(t testing.TB, text string) []byte {
	return append(testdata(t, "proef.md"), "\n"+text+"\n"...)
}

// cites expects a refusal by the articles with these titles.
func cites(t *testing.T, err error, titles ...string) {
	t.Helper()
	var refusal *gate.Refusal
	var got []string
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal", err)
	}
	for _, a := range refusal.Articles {
		got = append(got, a.Title)
	}
	if !slices.Equal(got, titles) {
		t.Errorf("refused by %q, want %q", got, titles)
	}
}

func says(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("got %v, want %q", err, part)
	}
}

// A first text is judged by its own rules, except for who acts.
func TestFoundUnderItsOwnRules(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for want, change := range map[string]func(*governance.Founding){
		"De raad heeft ingestemd met precies": func(f *governance.Founding) { f.Consents = nil },
		"Deze raad noemt de tekst niet":       func(f *governance.Founding) { f.Consents[0].Council = "vissers" },
		"vandaag of eerder":                   func(f *governance.Founding) { f.Consents[0].On++ },
		"Vul waaruit de instemming blijkt in": func(f *governance.Founding) { f.Consents[0].Evidence = " " },
		"lets nobody adopt": func(f *governance.Founding) {
			f.Document = bytes.Replace(f.Document, []byte(`permit (principal in Rol::"bestuur", action == Action::"vaststellen"`),
				[]byte(`permit (principal in Rol::"bestuur", action == Action::"raadplegen"`), 1)
			f.Document = bytes.Replace(f.Document, []byte(`when { context has besluit && context.besluit != "" };`), []byte(";"), 1)
		},
		`no answer "misschien"`: func(f *governance.Founding) { f.Choices = map[string]string{"nacht": "misschien"} },
		"leave out laag": func(f *governance.Founding) {
			f.File, f.Document = "opdracht.md", testdata(t, "opdracht.md")
		},
	} {
		f := w.trial()
		change(&f)
		says(t, w.board.Found(t.Context(), f), want)
	}
	must(t, w.board.Found(t.Context(), w.trial()))
	must(t, w.board.Check(t.Context(), func(line string) { t.Error(line) }))
}

// A next text needs its own consents, and to be known for a week.
func TestConsentIsToExactlyOneText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.board.Found(t.Context(), w.trial()))
		w.pass(time.Hour)
		next := governance.Adoption{File: "proef.md", Document: changed(t, "Anders."), Decision: "besluit 2"}
		cites(t, w.board.Adopt(t.Context(), w.gate, w.by(), next), "Raden", "Bekendmaking")

		_, err := w.board.Draft(t.Context(), w.gate, gate.Request{Who: people.PersonID("vreemd").Entity()}, "proef.md", next.Document, nil)
		cites(t, err, "Vastleggen")
		_, err = w.board.Draft(t.Context(), w.gate, w.by(), "proef.md", []byte("# Niets\n"), nil)
		says(t, err, "proef.md:1: there is no article")
		id, err := w.board.Draft(t.Context(), w.gate, w.by(), "proef.md", next.Document, nil)
		must(t, err)
		today := calendar.DateOf(w.now())
		says(t, w.board.Consent(t.Context(), w.gate, w.by(), "niets", "huurders", "brief", today), "Dit ontwerp is er niet")
		must(t, w.board.Consent(t.Context(), w.gate, w.by(), id, "huurders", "brief 2", today))
		says(t, w.board.Consent(t.Context(), w.gate, w.by(), id, "huurders", "brief 3", today), "er al")
		must(t, w.board.Announce(t.Context(), w.gate, w.by(), id))
		says(t, w.board.Announce(t.Context(), w.gate, w.by(), id), "al bekendgemaakt")

		cites(t, w.board.Adopt(t.Context(), w.gate, w.by(), next), "Bekendmaking")
		next.From = w.now().AddDate(0, 0, 7)
		other := next
		other.Document = changed(t, "Nog anders.")
		cites(t, w.board.Adopt(t.Context(), w.gate, w.by(), other), "Raden", "Bekendmaking")
		other = next
		other.Choices = map[string]string{"nacht": "ja"}
		cites(t, w.board.Adopt(t.Context(), w.gate, w.by(), other), "Raden", "Bekendmaking")

		must(t, w.board.Adopt(t.Context(), w.gate, w.by(), next))
		must(t, w.board.Check(t.Context(), func(line string) { t.Error(line) }))
		drafts, err := w.open().Drafts(t.Context())
		must(t, err)
		if len(drafts) != 1 || drafts[0].Author != string(w.anna) || drafts[0].Announced.IsZero() || !bytes.Equal(drafts[0].Document, next.Document) {
			t.Errorf("drafts are %+v", drafts)
		}
		consents, err := w.board.Consents(t.Context(), drafts[0].Hash)
		if err != nil || len(consents) != 1 || consents[0].Council != "huurders" || consents[0].On != today {
			t.Errorf("consents are %+v, %v", consents, err)
		}
	})
}

// prepared enters a text with all that its adoption needs.
func (w *world) prepared(doc []byte) {
	w.t.Helper()
	id, err := w.board.Draft(w.t.Context(), w.gate, w.by(), "proef.md", doc, nil)
	must(w.t, err)
	must(w.t, w.board.Consent(w.t.Context(), w.gate, w.by(), id, "huurders", "brief", calendar.DateOf(w.now())))
	must(w.t, w.board.Announce(w.t.Context(), w.gate, w.by(), id))
}

// What is adopted for later leaves what holds now as it is; what is adopted
// after that takes its place.
func TestAdoptForLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.board.Found(t.Context(), w.trial()))
		first := w.now()
		w.pass(time.Hour)
		second, third := changed(t, "Twee."), changed(t, "Drie.")
		w.prepared(second)
		w.prepared(third)
		later := w.now().AddDate(0, 0, 20)
		must(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: second, Decision: "besluit 2", From: later}))
		says(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: second, Decision: "besluit 2", From: first}), "terugwerkende kracht")
		in := func(b *governance.Board, at time.Time, want int64) {
			t.Helper()
			if v, _ := b.VersionAt(at); v.ID != want {
				t.Errorf("at %s version %d is in force, want %d", at, v.ID, want)
			}
			if law := b.InForce(at); (law == nil) != (want == 0) {
				t.Errorf("at %s in force is %v", at, law)
			}
		}
		for _, b := range []*governance.Board{w.board, w.open()} {
			in(b, first.Add(-time.Microsecond), 0)
			in(b, first, 1)
			in(b, later.Add(-time.Microsecond), 1)
			in(b, later, 2)
		}
		sooner := w.now().AddDate(0, 0, 10)
		must(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: third, Decision: "besluit 3", From: sooner}))
		for _, b := range []*governance.Board{w.board, w.open()} {
			in(b, sooner.Add(-time.Microsecond), 1)
			in(b, sooner, 3)
			in(b, later, 3)
		}
		must(t, w.board.Check(t.Context(), func(line string) { t.Error(line) }))
	})
}

// A text may say itself from when until when it holds.
func TestValidity(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	day := calendar.DateOf(w.now())
	f := w.trial()
	f.Document = changed(t, "## Artikel 10 – Hoe lang\n\n```yaml\ngeldig: {vanaf: "+(day+2).String()+", tot: "+(day+4).String()+"}\n```\n")
	must(t, w.board.Found(t.Context(), f))
	for days, want := range map[int]bool{0: false, 1: false, 2: true, 3: true, 4: true, 5: false} {
		at := w.now().AddDate(0, 0, days)
		if _, holds := w.board.VersionAt(at); holds != want {
			t.Errorf("after %d days it holds: %t", days, holds)
		}
		if law := w.board.InForce(at); (law != nil) != (days >= 2) {
			t.Errorf("after %d days in force is %v", days, law)
		}
	}
	w.pass(7 * 24 * time.Hour)
	says(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: f.Document, Decision: "weer"}), "holds until")
}

// recording asks whether a camera like this may record at t.
func (w *world) recording(b *governance.Board, at time.Time, visible bool, room string) bool {
	camera, site, system := regulation.NewEntity(regulation.Camera, "c1"), regulation.NewEntity(regulation.Site, "noord"), regulation.NewEntity(regulation.Person, "systeem")
	law := b.InForce(at)
	return law != nil && law.Rule(regulation.Question{Who: system, Act: regulation.Record, On: camera, Context: regulation.Context{},
		Facts: regulation.Facts{camera: regulation.NewFact(camera, nil, regulation.Context{"locatie": site,
			"zichtbaar": regulation.Boolean(visible), "ruimte": regulation.String(room)})}}).Allowed
}
