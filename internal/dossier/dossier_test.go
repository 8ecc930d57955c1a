package dossier_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/dossier"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const origin = "test.invalid/logbook/1"

var (
	organisation = regulation.NewEntity(regulation.Organisation, "organisatie")
	camera       = regulation.NewEntity(regulation.Camera, "c1")
	site         = regulation.NewEntity(regulation.Site, "noord")
)

// A world is a house with one camera and one person of its board.
type world struct {
	t    *testing.T
	db   *db.DB
	at   atomic.Int64
	gate *gate.Gate
	book *logbook.Book
	file *dossier.Register
	anna people.PersonID
	law  *regulation.Regulation
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	key, _, err := logbook.NewKey(origin, rand.Reader)
	must(t, err)
	text, err := os.ReadFile("testdata/proef.md")
	must(t, err)
	law, err := regulation.Parse("proef.md", text)
	must(t, err)
	w := &world{t: t, db: d, law: law}
	w.at.Store(db.Micros(time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)))
	w.book, err = logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	must(t, err)
	inForce := func(time.Time) *regulation.Regulation { return law }
	w.gate = gate.New(w.book, d, inForce, w.now)
	crew := people.Open(d, w.gate, w.now)
	w.file = dossier.Open(d, w.gate, inForce, w.now)
	w.gate.Hear(crew, w.file)
	must(t, w.book.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
		w.anna, err = crew.FoundPerson(ctx, tx, people.Person{Login: "anna", Name: "Anna"}, "correct horse battery", "bestuur", "besluit 1")
		return err
	}))
	for _, row := range []string{"INSERT INTO site (id, name, created_at) VALUES ('noord', 'Noord', 0)",
		`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
			VALUES ('c1', 'Hal', 'noord', 'rtsp://camera.invalid/1', '', '', TRUE, 'de hal', '', 0)`} {
		_, err := d.ExecContext(t.Context(), row)
		must(t, err)
	}
	return w
}

func (w *world) now() time.Time       { return db.Time(w.at.Load()) }
func (w *world) pass(days int)        { w.at.Store(db.Micros(w.now().AddDate(0, 0, days))) }
func (w *world) by() gate.Request     { return gate.Request{Who: w.anna.Entity()} }
func (w *world) today() calendar.Date { return calendar.DateOf(w.now()) }
func (w *world) toets() dossier.Item  { return w.item("toets", camera) }
func (w *world) content() []byte      { return []byte("%PDF-1.7\nwat er in staat") }

func (w *world) item(kind string, about regulation.Entity) dossier.Item {
	return dossier.Item{Kind: kind, About: about, Title: "Een stuk", Dated: w.today(), Fields: map[string]string{"alternatieven": "geen"}}
}

// counts are the kinds of document that the gate hears of about e.
func (w *world) counts(e regulation.Entity) []string {
	w.t.Helper()
	_, q, err := w.gate.Ask(w.t.Context(), gate.Request{Act: regulation.File, Who: w.anna.Entity(), On: gate.Subject{Entity: e},
		Details: regulation.Context{"stuk": regulation.String(""), "volledig": regulation.Boolean(true)}})
	must(w.t, err)
	said, ok := q.Facts[e].Attributes.Get("stukken")
	if !ok {
		w.t.Fatalf("nothing was said of %s", e)
	}
	var kinds []string
	for _, kind := range []string{"toets", "advies", "verklaring", "plan"} {
		if strings.Contains(said.String(), `"`+kind+`"`) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (w *world) want(e regulation.Entity, kinds ...string) {
	w.t.Helper()
	if got := w.counts(e); !slices.Equal(got, kinds) {
		w.t.Errorf("on %s there counts %q about %s, want %q", w.today(), got, e, kinds)
	}
}

func TestFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.want(camera)
		stranger := gate.Request{Who: people.PersonID("vreemd").Entity()}
		var refusal *gate.Refusal
		if _, err := w.file.Add(t.Context(), stranger, w.toets(), nil); !errors.As(err, &refusal) {
			t.Errorf("a stranger put something on file: %v", err)
		}
		incomplete := w.toets()
		incomplete.Fields = map[string]string{"alternatieven": "  "}
		if _, err := w.file.Add(t.Context(), w.by(), incomplete, nil); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Volledig" {
			t.Errorf("an incomplete one is on file: %v", err)
		}
		id, err := w.file.Add(t.Context(), w.by(), w.toets(), w.content())
		must(t, err)
		w.want(camera, "toets")
		w.want(organisation)
		plan, err := w.file.Add(t.Context(), w.by(), w.item("plan", organisation), nil)
		must(t, err)
		w.want(organisation, "plan")
		_, err = w.file.Add(t.Context(), w.by(), w.item("verklaring", w.anna.Entity()), nil)
		must(t, err)
		w.want(w.anna.Entity(), "verklaring")

		items, err := w.file.About(t.Context(), camera)
		if err != nil || len(items) != 1 || items[0].ID != id || items[0].Media != "application/pdf" || items[0].By != string(w.anna) ||
			items[0].Fields["alternatieven"] != "geen" || items[0].Dated != w.today() || !items[0].At.Equal(w.now()) {
			t.Errorf("on file is %+v, %v", items, err)
		}
		must(t, w.file.Remove(t.Context(), w.by(), plan))
		w.want(organisation)
		if err := w.file.Remove(t.Context(), w.by(), plan); err == nil || !strings.Contains(err.Error(), "is er niet") {
			t.Errorf("took it off twice: %v", err)
		}
		if err := w.file.Remove(t.Context(), stranger, id); !errors.As(err, &refusal) {
			t.Errorf("a stranger took something off file: %v", err)
		}
		must(t, w.file.Check(t.Context(), w.book, func(line string) { t.Error(line) }))
	})
}

// What counts depends on the day, on what the camera sees, and on what the
// regulation names.
func TestCounting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		add := func(i dossier.Item) {
			t.Helper()
			_, err := w.file.Add(t.Context(), w.by(), i, nil)
			must(t, err)
		}
		old := w.item("advies", site)
		old.Dated = w.today() - 29
		add(old)
		w.want(site, "advies")
		until, err := w.file.Counting(t.Context(), w.law.Terms, site, w.now())
		if end := until["advies"]; err != nil || calendar.DateOf(end) != w.today()+1 || calendar.DateOf(end.Add(-1)) != w.today() {
			t.Errorf("it counts until %v, %v", until, err)
		}
		w.pass(1)
		w.want(site)
		older := old
		older.Dated = w.today() - 30
		add(older)
		w.want(site)

		add(w.toets())
		w.want(camera, "toets")
		w.pass(1)
		_, err = d.ExecContext(t.Context(), "UPDATE camera SET view_changed_at = $1", db.Micros(w.now()))
		must(t, err)
		w.want(camera)
		before := w.toets()
		before.Dated--
		add(before)
		w.want(camera)
		add(w.toets())
		w.want(camera, "toets")
		add(w.item("onbekend", camera)) // for a regulation to come
		w.want(camera, "toets")
	})
}

func TestAddRefuses(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for want, change := range map[string]func(*dossier.Item){
		"Vul de titel":            func(i *dossier.Item) { i.Title = " " },
		"Maak van de titel":       func(i *dossier.Item) { i.Title = "a\nb" },
		"Kies een soort stuk":     func(i *dossier.Item) { i.Kind = "Een Toets" },
		"Kies waar het stuk":      func(i *dossier.Item) { i.About = regulation.NewEntity(regulation.Seat, "s1") },
		"gaat over iets anders":   func(i *dossier.Item) { i.About = site },
		"Vul de datum in":         func(i *dossier.Item) { i.Dated = 0 },
		"moet nog komen":          func(i *dossier.Item) { i.Dated++ },
		"is er niet (meer)":       func(i *dossier.Item) { i.About = regulation.NewEntity(regulation.Camera, "c2") },
		"Houd elk vak korter":     func(i *dossier.Item) { i.Fields["alternatieven"] = strings.Repeat("a", 3000) },
		"gebruik gewone tekst":    func(i *dossier.Item) { i.Fields["alternatieven"] = "a\x00" },
		"Vul hoogstens 40 vakken": func(i *dossier.Item) { i.Fields = many(41) },
		"bij een camera":          func(i *dossier.Item) { i.About = organisation },
	} {
		i := w.toets()
		change(&i)
		if _, err := w.file.Add(t.Context(), w.by(), i, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	png := append([]byte("\x89PNG\r\n\x1a\n"), "de rest"...)
	for want, content := range map[string][]byte{
		"application/pdf": w.content(), "image/png": png, "image/jpeg": []byte("\xff\xd8\xff\xe0 enzovoort"), "text/plain": []byte("Gewone tekst, één regel.\n"),
		"geen pdf": []byte("PK\x03\x04 een zip"), "geen pdf, jpeg": []byte("<html><script>"), "geen pdf, jpeg, png": {}, "geen pdf, jpeg, png of": []byte("tekst\xff"),
		"groter dan 5 MB": bytes.Repeat([]byte("a"), dossier.MaxContent+1),
	} {
		id, err := w.file.Add(t.Context(), w.by(), w.toets(), content)
		if strings.Contains(want, "/") {
			must(t, err)
			if i, err := w.file.Item(t.Context(), id); err != nil || i.Media != want {
				t.Errorf("it is %s, want %s", i.Media, want)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func many(n int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[strings.Repeat("v", i+1)] = ""
	}
	return all
}

// Nobody reads a document without a permit to consult what it is about.
func TestContentWantsAPermit(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	about, err := w.file.Add(t.Context(), w.by(), w.toets(), w.content())
	must(t, err)
	person, err := w.file.Add(t.Context(), w.by(), w.item("verklaring", w.anna.Entity()), w.content())
	must(t, err)
	enter := func(e regulation.Entity) *gate.Permit {
		t.Helper()
		r := w.by()
		r.Act, r.On = regulation.Consult, gate.Subject{Entity: e}
		p, err := w.gate.Enter(t.Context(), r)
		must(t, err)
		return p
	}
	whole, here := enter(organisation), enter(site)
	elsewhere := enter(regulation.NewEntity(regulation.Site, "zuid"))
	for _, c := range []struct {
		permit *gate.Permit
		id     string
		may    bool
	}{{nil, about, false}, {&gate.Permit{}, about, false}, {whole, about, true}, {here, about, true}, {elsewhere, about, false},
		{whole, person, true}, {here, person, false}} {
		content, media, err := w.file.Content(t.Context(), c.permit, c.id)
		if may := err == nil; may != c.may || may && (media != "application/pdf" || !bytes.Equal(content, w.content())) || !may && !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("%+v: %q, %v", c, content, err)
		}
	}
	must(t, whole.Close(t.Context(), "gedaan", nil))
	if _, _, err := w.file.Content(t.Context(), whole, about); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("read with a closed permit: %v", err)
	}
	whole = enter(organisation)
	must(t, w.file.Remove(t.Context(), w.by(), person))
	for _, id := range []string{person, "niets"} {
		if content, _, err := w.file.Content(t.Context(), whole, id); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%s: %q, %v", id, content, err)
		}
	}
}

// Who changes a row behind the back of the logbook is found out.
func TestCheck(t *testing.T) {
	for change, want := range map[string]string{
		"UPDATE file_item SET dated = '2026-01-01'":             "isn't what the logbook says",
		"UPDATE file_item SET kind = 'plan'":                    "isn't what the logbook says",
		"UPDATE file_item SET about = 'Camera::\"c2\"'":         "isn't what the logbook says",
		"UPDATE file_item SET gone_at = 1":                      "isn't what the logbook says",
		"UPDATE file_item SET content = NULL":                   "isn't what the logbook says",
		"DELETE FROM file_item":                                 "but it isn't there",
		"UPDATE file_item SET content = CAST('anders' AS BLOB)": "isn't what the logbook says",
	} {
		w := newWorld(t, dbtest.SQLite(t))
		_, err := w.file.Add(t.Context(), w.by(), w.toets(), w.content())
		must(t, err)
		_, err = w.db.ExecContext(t.Context(), change)
		must(t, err)
		var faults string
		must(t, w.file.Check(t.Context(), w.book, func(line string) { faults += line }))
		if !strings.Contains(faults, want) {
			t.Errorf("%s: found %q", change, faults)
		}
	}
}
