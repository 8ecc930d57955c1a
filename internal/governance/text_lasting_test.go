package governance_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/governance"
)

// What only forbids can't take the place of the regulation: nobody could do
// anything any more, not even adopt another.
func TestLayerIsNoRegulation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.board.Found(t.Context(), w.trial()))
		w.pass(time.Hour)
		for _, doc := range [][]byte{testdata(t, "opdracht.md"), testdata(t, "wet.md")} {
			w.prepared(doc)
			w.pass(8 * 24 * time.Hour)
			err := w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "x.md", Document: doc, Decision: "besluit 2"})
			var unfit governance.Unfit
			if !errors.As(err, &unfit) {
				t.Errorf("got %v, want that it is unfit", err)
			}
			for _, b := range []*governance.Board{w.board, w.open()} {
				if !w.recording(b, w.now(), true, "hal") {
					t.Fatal("an order took the place of the regulation")
				}
			}
		}
	})
}

// A derogation is from what was written: another article that gets its number
// later holds in full.
func TestDerogationIsFromOneText(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.board.Found(t.Context(), w.trial()))
	w.pass(time.Hour)
	second := bytes.Replace(testdata(t, "proef.md"), []byte("forbid (principal, action == Action::\"opnemen\", resource) unless { resource.zichtbaar };"),
		[]byte("forbid (principal, action == Action::\"opnemen\", resource) when { resource.ruimte == \"hal\" };"), 1)
	w.prepared(second)
	w.pass(7 * 24 * time.Hour)
	_, err := w.board.Derogate(t.Context(), w.gate, w.by(), governance.Derogation{Kind: governance.Deviation, Article: number(t, "Zichtbaar"),
		Reason: "storm", To: w.now().AddDate(0, 0, 20)})
	must(t, err)
	if !w.recording(w.board, w.now(), false, "hal") {
		t.Fatal("no derogation")
	}
	w.pass(time.Hour)
	must(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: second, Decision: "besluit 2"}))
	for _, b := range []*governance.Board{w.board, w.open()} {
		if w.recording(b, w.now(), true, "hal") {
			t.Error("the derogation reaches an article that wasn't there")
		}
	}
}

// What the law asks of a derogation must not keep it from ending.
func TestDerogationEndsUnderAStricterLaw(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.board.Found(t.Context(), w.trial()))
	w.pass(time.Hour)
	second := bytes.Replace(testdata(t, "proef.md"), []byte("context.dagen > 30)"), []byte("context.dagen > 3)"), 1)
	w.prepared(second)
	w.pass(7 * 24 * time.Hour)
	id, err := w.board.Derogate(t.Context(), w.gate, w.by(), governance.Derogation{Kind: governance.Deviation, Article: number(t, "Zichtbaar"),
		Reason: "storm", To: w.now().AddDate(0, 0, 20)})
	must(t, err)
	w.pass(time.Hour)
	must(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: second, Decision: "besluit 2"}))
	must(t, w.board.EndDerogation(t.Context(), w.gate, w.by(), id))
}

// A day in autumn has 25 hours, and is one day.
func TestDerogationDays(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.board.Found(t.Context(), w.trial()))
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, amsterdam)
	_, err = w.board.Derogate(t.Context(), w.gate, w.by(), governance.Derogation{Kind: governance.Deviation, Article: number(t, "Zichtbaar"),
		Reason: "storm", From: from, To: from.AddDate(0, 0, 30)})
	must(t, err)
}

// A text that leaves a council out needs the consent of that council first.
func TestCouncilLeavesByItsConsent(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.board.Found(t.Context(), w.trial()))
	w.pass(time.Hour)
	second := bytes.Replace(testdata(t, "proef.md"), []byte("huurders: {titel: Huurdersraad}"), []byte("bewoners: {titel: Bewonersraad}"), 1)
	w.prepared(second)
	w.pass(7 * 24 * time.Hour)
	must(t, w.board.Adopt(t.Context(), w.gate, w.by(), governance.Adoption{File: "proef.md", Document: second, Decision: "besluit 2"}))
}
