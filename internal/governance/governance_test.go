package governance_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const origin = "test.invalid/logbook/1"

// A world is an installation that may have been founded.
type world struct {
	t     *testing.T
	db    *db.DB
	at    atomic.Int64 // microseconds
	book  *logbook.Book
	board *governance.Board
	gate  *gate.Gate
	crew  *people.Register
	anna  people.PersonID // of the board, once founded
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	key, _, err := logbook.NewKey(origin, rand.Reader)
	must(t, err)
	w := &world{t: t, db: d}
	w.at.Store(db.Micros(time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)))
	w.book, err = logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	must(t, err)
	w.board = w.open()
	w.gate = gate.New(w.book, d, w.board.InForce, w.now)
	w.crew = people.Open(d, w.gate, w.now)
	w.gate.Hear(w.crew, w.board)
	return w
}

// open opens a board under a statute of the test's own.
func (w *world) open() *governance.Board {
	w.t.Helper()
	statutes, err := regulation.Parse("wet.md", testdata(w.t, "wet.md"))
	must(w.t, err)
	board, err := governance.Open(w.t.Context(), w.db, w.book, w.now, governance.Options{Statutes: statutes})
	must(w.t, err)
	return board
}

func testdata(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	must(t, err)
	return text
}

func (w *world) now() time.Time       { return db.Time(w.at.Load()) }
func (w *world) pass(d time.Duration) { w.at.Add(d.Microseconds()) }

func (w *world) founding() governance.Founding {
	return governance.Founding{Organisation: "De school", File: regulationtest.File, Document: regulationtest.Document(), Decision: "CvB 12, 31 augustus 2026",
		Do: func(ctx context.Context, tx *logbook.Tx) (err error) {
			w.anna, err = w.crew.FoundPerson(ctx, tx, people.Person{Login: "anna", Name: "Anna"}, "correct horse battery", "bestuur", "CvB 12")
			return err
		}}
}

func (w *world) count(table string) (n int) {
	w.t.Helper()
	must(w.t, w.db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

func TestFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if w.board.InForce(w.now()) != nil || w.board.Organisation() != "" {
			t.Error("something is in force before the founding")
		}
		must(t, w.board.Found(t.Context(), w.founding()))

		if got := w.board.Organisation(); got != "De school" {
			t.Errorf("organisation is %q", got)
		}
		law := w.board.InForce(w.now())
		if law == nil || law.Hash != sha256.Sum256(regulationtest.Document()) {
			t.Fatalf("in force is %v", law)
		}
		if w.board.InForce(w.now().Add(-time.Microsecond)) != nil {
			t.Error("it was in force before it was adopted")
		}
		first, err := w.book.Record(t.Context(), 0)
		must(t, err)
		var header map[string]string
		must(t, json.Unmarshal(first.Header, &header))
		if first.Kind != logbook.Note || first.Act != "vaststellen" || first.Object != `Organisatie::"organisatie"` ||
			header["vastgesteld_sha256"] != fmt.Sprintf("%x", law.Hash) || header["besluit"] != "CvB 12, 31 augustus 2026" {
			t.Errorf("the first entry is %+v, %v", first, header)
		}
		if w.count("person") != 1 || w.count("appointment") != 1 {
			t.Error("the first person isn't there")
		}
		if err := w.board.Found(t.Context(), w.founding()); err == nil || !strings.Contains(err.Error(), "there is one already") {
			t.Errorf("founded twice: %v", err)
		}
	})
}

func TestFoundIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		f := w.founding()
		full := errors.New("no more room")
		f.Do = func(context.Context, *logbook.Tx) error { return full }
		if err := w.board.Found(t.Context(), f); !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
		if n := w.count("regulation_version") + w.count("log_entry") + w.count("setting"); n != 0 || w.board.InForce(w.now()) != nil {
			t.Errorf("%d rows are left of a founding that failed", n)
		}
		must(t, w.board.Found(t.Context(), w.founding()))
	})
}

func TestFoundRefuses(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for want, change := range map[string]func(*governance.Founding){
		"no decision":                func(f *governance.Founding) { f.Decision = " " },
		"no organisation":            func(f *governance.Founding) { f.Organisation = "" },
		regulationtest.File + ":1: ": func(f *governance.Founding) { f.Document = nil },
		"add a bewaartermijn":        func(f *governance.Founding) { f.Document = []byte("# T\n## Artikel 1\nTekst.\n") },
		"has no legal basis": func(f *governance.Founding) {
			f.Document = bytes.Replace(f.Document, []byte("    grondslag: gerechtvaardigd belang\n"), nil, 1)
		},
		regulationtest.File + ":3: unknow": func(f *governance.Founding) { f.Document = []byte("# T\n## Artikel 1\n```wet\n```\n") },
	} {
		f := w.founding()
		change(&f)
		if err := w.board.Found(t.Context(), f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	must(t, w.gate.Note(t.Context(), gate.Memo{Act: "iets", Object: "iets", Result: "gedaan"}, nil))
	if err := w.board.Found(t.Context(), w.founding()); err == nil || !strings.Contains(err.Error(), "the logbook isn't empty") {
		t.Errorf("founded after something was done: %v", err)
	}
}

// stricter is the same regulation with a shorter term.
func stricter() []byte {
	return bytes.Replace(regulationtest.Document(), []byte("bewaartermijn: 6 kalenderdagen"), []byte("bewaartermijn: 72 uur"), 1)
}

func TestAdopt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		next := governance.Adoption{File: regulationtest.File, Document: stricter(), Decision: "CvB 40"}
		if err := w.board.Adopt(t.Context(), w.gate, gate.Request{}, next); err == nil {
			t.Fatal("adopted before the founding")
		}
		must(t, w.board.Found(t.Context(), w.founding()))
		began := w.now()
		w.pass(time.Hour)

		var refusal *gate.Refusal
		stranger := gate.Request{Who: people.PersonID("vreemd").Entity()}
		if err := w.board.Adopt(t.Context(), w.gate, stranger, next); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Vaststellen" {
			t.Errorf("a stranger adopted: %v", err)
		}
		if len(w.board.Versions()) != 1 || w.count("regulation_version") != 1 {
			t.Fatal("a refused version is there")
		}

		must(t, w.board.Adopt(t.Context(), w.gate, gate.Request{Who: w.anna.Entity()}, next))
		changed := w.now()
		w.pass(time.Hour)
		check := func(b *governance.Board) {
			t.Helper()
			for at, want := range map[time.Time]string{
				began: "6 kalenderdagen", changed.Add(-time.Microsecond): "6 kalenderdagen", changed: "72 uur", w.now().AddDate(10, 0, 0): "72 uur",
			} {
				if got := b.InForce(at); got == nil || got.Terms.Retention.Text != want {
					t.Errorf("at %s the term is %v, want %s", at, got, want)
				}
			}
			v := b.Versions()
			if len(v) != 2 || !v[0].Until.Equal(changed) || !v[1].From.Equal(changed) || !v[1].Until.IsZero() || v[1].Decision != "CvB 40" {
				t.Errorf("versions are %+v", v)
			}
		}
		check(w.board)
		again := w.open()
		check(again)
		must(t, again.Check(t.Context(), func(line string) { t.Error(line) }))
		doc, err := again.Document(t.Context(), 2)
		if err != nil || !bytes.Equal(doc, stricter()) {
			t.Errorf("document 2 isn't what was adopted: %v", err)
		}
		if _, err := again.Document(t.Context(), 3); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("document 3: %v", err)
		}
	})
}

// Two versions can't begin at the same instant, or in the past.
func TestAdoptWithClockBehind(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.board.Found(t.Context(), w.founding()))
	w.pass(time.Hour)
	next := governance.Adoption{File: regulationtest.File, Document: stricter(), Decision: "CvB 40"}
	must(t, w.board.Adopt(t.Context(), w.gate, gate.Request{Who: w.anna.Entity()}, next))
	w.pass(-time.Minute)
	err := w.board.Adopt(t.Context(), w.gate, gate.Request{Who: w.anna.Entity()}, next)
	if err == nil || !strings.Contains(err.Error(), "set the clock right") {
		t.Errorf("got %v", err)
	}
	if n := len(w.board.Versions()); n != 2 {
		t.Errorf("%d versions", n)
	}
}

// What is in the database must be what was adopted.
func TestTampering(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.board.Found(t.Context(), w.founding()))
		var faults []string
		must(t, w.board.Check(t.Context(), func(line string) { faults = append(faults, line) }))
		if len(faults) > 0 {
			t.Errorf("faults in a sound installation: %q", faults)
		}
		_, err := d.ExecContext(t.Context(), "UPDATE regulation_version SET document = $1", stricter())
		must(t, err)
		if _, err := governance.Open(t.Context(), d, w.book, w.now); err == nil || !strings.Contains(err.Error(), "isn't the document that was adopted") {
			t.Errorf("opened an altered document: %v", err)
		}
		// Whoever alters the hash too is caught by the logbook.
		hash := sha256.Sum256(stricter())
		_, err = d.ExecContext(t.Context(), "UPDATE regulation_version SET hash = $1", hash[:])
		must(t, err)
		altered := w.open()
		must(t, altered.Check(t.Context(), func(line string) { faults = append(faults, line) }))
		if len(faults) != 1 || !strings.Contains(faults[0], "version 1") {
			t.Errorf("faults are %q", faults)
		}
	})
}

func BenchmarkInForce(b *testing.B) {
	d := dbtest.SQLite(b)
	key, _, err := logbook.NewKey(origin, rand.Reader)
	must(b, err)
	book, err := logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	must(b, err)
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	board, err := governance.Open(b.Context(), d, book, func() time.Time { return at })
	must(b, err)
	must(b, board.Found(b.Context(), governance.Founding{Organisation: "x", File: regulationtest.File, Document: regulationtest.Document(), Decision: "x"}))
	var law *regulation.Regulation
	for b.Loop() {
		law = board.InForce(at)
	}
	if law == nil {
		b.Fatal("nothing is in force")
	}
}
