package governance_test

import (
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

// number is that of an article of the trial regulation.
func number(t *testing.T, title string) string {
	t.Helper()
	law, err := regulation.Parse("proef.md", testdata(t, "proef.md"))
	must(t, err)
	return regulationtest.NumberIn(t, law, title)
}

func TestDerogate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.board.Found(t.Context(), w.trial()))
		w.pass(time.Hour)
		deviation := governance.Derogation{Kind: governance.Deviation, Article: number(t, "Zichtbaar"), Reason: "storm", Advice: []string{"adviseur"},
			To: w.now().AddDate(0, 0, 2), Told: "de raad"}
		stranger := gate.Request{Who: people.PersonID("vreemd").Entity()}
		_, err := w.board.Derogate(t.Context(), w.gate, stranger, deviation)
		cites(t, err, "Afwijken")
		without := deviation
		without.Reason = ""
		_, err = w.board.Derogate(t.Context(), w.gate, w.by(), without)
		cites(t, err, "Afwijken")
		for want, wrong := range map[string]governance.Derogation{
			"staat niet in het reglement": {Kind: governance.Deviation, Article: "99", Reason: "x"},
			"van de wet":                  {Kind: governance.Suspension, Article: "wet.1", Reason: "x"},
			"Kies wat het is":             {Kind: "zomaar", Article: "7", Reason: "x"},
			"later einde":                 {Kind: governance.Deviation, Article: "7", Reason: "x", To: w.now()},
			"terugwerkende":               {Kind: governance.Deviation, Article: "7", Reason: "x", From: w.now().Add(-time.Hour)},
			"wie advies gaf":              {Kind: governance.Deviation, Article: "7", Reason: "x", Advice: []string{"De Adviseur"}},
			"waarvoor het is":             {Kind: governance.Deviation, Article: "7", Reason: "x", Scope: w.anna.Entity()},
		} {
			_, err := w.board.Derogate(t.Context(), w.gate, w.by(), wrong)
			says(t, err, want)
		}

		if w.recording(w.board, w.now(), false, "hal") {
			t.Error("a camera nobody sees records before the derogation")
		}
		id, err := w.board.Derogate(t.Context(), w.gate, w.by(), deviation)
		must(t, err)
		for _, b := range []*governance.Board{w.board, w.open()} {
			for at, want := range map[time.Time]bool{w.now().Add(-time.Microsecond): false, w.now(): true,
				deviation.To.Add(-time.Microsecond): true, deviation.To: false} {
				if w.recording(b, at, false, "hal") != want {
					t.Errorf("at %s recording is %v", at, !want)
				}
			}
			if w.recording(b, w.now(), false, "toilet") {
				t.Error("the statute was set aside")
			}
			got := b.Derogations()
			if len(got) != 1 || got[0].ID != id || got[0].Told != "de raad" || got[0].By != string(w.anna) || got[0].Advice[0] != "adviseur" || got[0].ToldAt.IsZero() {
				t.Errorf("derogations are %+v", got)
			}
		}
		w.pass(time.Hour)
		must(t, w.board.EndDerogation(t.Context(), w.gate, w.by(), id))
		says(t, w.board.EndDerogation(t.Context(), w.gate, w.by(), id), "al voorbij")
		if w.recording(w.board, w.now(), false, "hal") || !w.recording(w.board, w.now().Add(-time.Minute), false, "hal") {
			t.Error("it doesn't end when it was ended")
		}
		must(t, w.board.Check(t.Context(), func(line string) { t.Error(line) }))
	})
}

// What a judge suspends allows nothing either; what is unforeseen changes no
// article, but is written down, with who advised.
func TestSuspensionAndUnforeseen(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.board.Found(t.Context(), w.trial()))
	w.pass(time.Hour)
	suspension := governance.Derogation{Kind: governance.Suspension, Article: number(t, "Opnemen"), Reason: "vonnis"}
	id, err := w.board.Derogate(t.Context(), w.gate, w.by(), suspension)
	must(t, err)
	if w.recording(w.board, w.now(), true, "hal") {
		t.Error("what was suspended still allows")
	}
	must(t, w.board.Tell(t.Context(), w.gate, w.by(), id, "de toezichthouder"))
	says(t, w.board.Tell(t.Context(), w.gate, w.by(), id, "iemand"), "staat er al")
	if d := w.open().Derogations()[0]; d.Told != "de toezichthouder" || !d.ToldAt.Equal(w.now()) {
		t.Errorf("it is %+v", d)
	}
	unforeseen := governance.Derogation{Kind: governance.Unforeseen, Reason: "een geit in de hal"}
	_, err = w.board.Derogate(t.Context(), w.gate, w.by(), unforeseen)
	cites(t, err, "Afwijken")
	unforeseen.Advice = []string{"adviseur"}
	_, err = w.board.Derogate(t.Context(), w.gate, w.by(), unforeseen)
	must(t, err)
	must(t, w.board.Check(t.Context(), func(line string) { t.Error(line) }))
}

// An order only forbids, for one place, until it is ended.
func TestOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.board.Found(t.Context(), w.trial()))
		_, err := d.ExecContext(t.Context(), "INSERT INTO site (id, name, created_at) VALUES ('noord', 'Noord', 0), ('zuid', 'Zuid', 0)")
		must(t, err)
		w.pass(time.Hour)
		doc := testdata(t, "opdracht.md")
		w.prepared(doc)
		w.pass(7 * 24 * time.Hour)
		order := governance.Adoption{File: "opdracht.md", Document: doc, Decision: "besluit 9"}
		at := func(id string) regulation.Entity { return regulation.NewEntity(regulation.Site, id) }
		says(t, w.board.AdoptOrder(t.Context(), w.gate, w.by(), order, at("nergens")), "is er niet")
		says(t, w.board.AdoptOrder(t.Context(), w.gate, w.by(), order, w.anna.Entity()), "waarvoor de opdracht is")
		says(t, w.board.AdoptOrder(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: testdata(t, "proef.md"), Decision: "x"}, at("noord")), "isn't an order")
		must(t, w.board.AdoptOrder(t.Context(), w.gate, w.by(), order, at("zuid")))
		if !w.recording(w.board, w.now(), true, "terrein") {
			t.Error("the order for one site holds at another")
		}
		must(t, w.board.AdoptOrder(t.Context(), w.gate, w.by(), order, at("noord")))
		for _, b := range []*governance.Board{w.board, w.open()} {
			if w.recording(b, w.now(), true, "terrein") || !w.recording(b, w.now(), true, "hal") || len(b.Versions()) != 1 || len(b.Orders()) != 2 {
				t.Error("the order doesn't hold")
			}
		}
		w.pass(time.Hour)
		cites(t, w.board.EndOrder(t.Context(), w.gate, w.by(), 3, ""), "Vaststellen")
		must(t, w.board.EndOrder(t.Context(), w.gate, w.by(), 3, "besluit 10"))
		says(t, w.board.EndOrder(t.Context(), w.gate, w.by(), 3, "besluit 10"), "is er niet")
		if !w.recording(w.board, w.now(), true, "terrein") || w.recording(w.open(), w.now().Add(-time.Minute), true, "terrein") {
			t.Error("it doesn't end when it was ended")
		}
		must(t, w.board.Check(t.Context(), func(line string) { t.Error(line) }))
	})
}

// Who changes a row behind the back of the logbook is found out.
func TestCheckFindsWhatWasChanged(t *testing.T) {
	for what, change := range map[string]string{
		"version 1 (proef.md) doesn't begin": "UPDATE regulation_version SET from_at = from_at - 1",
		"regulation: draft":                  "UPDATE regulation_draft SET announced_at = NULL",
		"regulation: consent":                "UPDATE consent SET council = 'anders'",
		"the logbook says that consent":      "DELETE FROM consent",
		"regulation: derogation":             "UPDATE derogation SET to_at = NULL",
		"the logbook says that derogation":   "DELETE FROM derogation",
	} {
		w := newWorld(t, dbtest.SQLite(t))
		must(t, w.board.Found(t.Context(), w.trial()))
		w.pass(time.Hour)
		w.prepared(changed(t, "Twee."))
		_, err := w.board.Derogate(t.Context(), w.gate, w.by(), governance.Derogation{Kind: governance.Deviation,
			Article: number(t, "Zichtbaar"), Reason: "storm", To: w.now().AddDate(0, 0, 2)})
		must(t, err)
		must(t, w.open().Check(t.Context(), func(line string) { t.Error(line) }))
		_, err = w.db.ExecContext(t.Context(), change)
		must(t, err)
		var faults string
		must(t, w.open().Check(t.Context(), func(line string) { faults += line + "\n" }))
		if !strings.Contains(faults, what) {
			t.Errorf("%s: found %q, want %q", change, faults, what)
		}
	}
}
