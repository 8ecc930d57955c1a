package incident_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/vault"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	origin = "test.invalid/logbook/1"
	camera = premises.CameraID("gang")
)

// A world is a school of two sites under the example regulation.
type world struct {
	t         *testing.T
	law       *regulation.Regulation
	db        *db.DB
	at        atomic.Int64 // microseconds
	gate      *gate.Gate
	book      *logbook.Book
	keys      *vault.Vault
	footage   *footage.Store
	incidents *incident.Register
}

func (w *world) now() time.Time       { return db.Time(w.at.Load()) }
func (w *world) pass(d time.Duration) { w.at.Add(d.Microseconds()) }

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	law := regulationtest.Law(t)
	key, _, err := logbook.NewKey(origin, rand.Reader)
	must(t, err)
	w := &world{t: t, db: d, law: law}
	w.at.Store(db.Micros(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)))
	w.book, err = logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	must(t, err)
	w.gate = gate.New(w.book, d, func(time.Time) *regulation.Regulation { return law }, w.now)
	dir := t.TempDir()
	w.keys, err = vault.Open(dir, rand.Reader)
	must(t, err)
	t.Cleanup(func() { must(t, w.keys.Close()) })
	blobs, err := blob.Open(filepath.Join(dir, "segments"))
	must(t, err)
	w.footage = footage.Open(d, blobs, w.keys, w.now)
	w.incidents = incident.Open(d, w.gate, w.footage, func(time.Time) regulation.Terms { return law.Terms }, w.now)
	w.gate.Hear(people.Open(d, w.gate, w.now), premises.Open(d, w.gate, w.now), w.incidents)
	w.fill()
	return w
}

// fill puts a site manager at each of two sites, and a camera at the first.
func (w *world) fill() {
	w.t.Helper()
	at := w.at.Load()
	for site, person := range map[string]string{"noord": "nora", "zuid": "zeger"} {
		w.exec("INSERT INTO site (id, name, created_at) VALUES ($1, $1, $2)", site, at)
		w.exec("INSERT INTO entrance (id, site, name) VALUES ($1, $1, 'hek')", site)
		w.exec("INSERT INTO sign (id, site, entrance, evidence, placed_at) VALUES ($1, $1, 'hek', 'foto', $2)", site, at)
		w.exec("INSERT INTO person (id, login, name, password, confidentiality_at, created_at) VALUES ($1, $1, $1, '', $2, $2)", person, at)
		w.exec(`INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at)
			VALUES ($1, $1, 'locatiebeheerder', $2, 'bestuur', 'besluit', $3)`, person, site, at)
		until := db.Micros(w.now().AddDate(1, 0, 0))
		w.exec("INSERT INTO seat (id, token_hash, created_at, seen_at) VALUES ($1, $2, $3, $4)", person, []byte(person), at, until)
		w.exec("INSERT INTO sign_in (id, seat, person, place, since_at, until_at) VALUES ($1, $1, $1, 0, $2, $3)", person, at, until)
	}
	w.exec(`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
		VALUES ($1, 'Gang', 'noord', 'rtsp://192.0.2.1/', '', '', $2, 'de gang', 'toets 1', $3)`, string(camera), true, at)
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.ExecContext(context.Background(), query, args...)
	must(w.t, err)
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	must(w.t, w.db.QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

func sits(name string) people.Presence {
	return people.Presence{Seat: name, All: []people.Attendance{{Person: people.Person{ID: people.PersonID(name)}}}}
}

func (w *world) theft() incident.Incident {
	return incident.Incident{Kind: "diefstal", State: incident.Suspected, Site: "noord", Happened: w.now().Add(-time.Minute), Description: "Fiets weg."}
}

func (w *world) report() incident.Incident {
	w.t.Helper()
	i, err := w.incidents.Report(w.t.Context(), sits("nora"), w.theft())
	must(w.t, err)
	return i
}

func TestReport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := w.report()
		if first.Number != "2026-001" || first.By != "nora" || first.State != incident.Suspected || !first.Reported.Equal(w.now()) || first.ID == "" {
			t.Errorf("reported %+v", first)
		}
		w.pass(time.Second)
		second := w.report()
		w.exec("UPDATE incident SET number = '2026-999' WHERE id = $1", second.ID)
		w.pass(time.Second)
		if i := w.report(); i.Number != "2026-1000" {
			t.Errorf("after 999 comes %s", i.Number)
		}
		w.pass(time.Second)
		if i := w.report(); i.Number != "2026-1001" {
			t.Errorf("after 1000 comes %s", i.Number)
		}
		w.pass(100 * 24 * time.Hour)
		last := w.report()
		if last.Number != "2027-001" {
			t.Errorf("the new year begins with %s", last.Number)
		}

		all, err := w.incidents.All(t.Context())
		must(t, err)
		if len(all) != 5 || all[0] != last || all[4] != first {
			t.Errorf("incidents are %+v", all)
		}
		got, err := w.incidents.Get(t.Context(), first.ID)
		if err != nil || got != first {
			t.Errorf("got %+v, %v, want %+v", got, err, first)
		}
		for _, id := range []string{"", "geen", "\x00", "\xff", "' OR 1=1 --"} {
			if _, err := w.incidents.Get(t.Context(), id); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("incident %q: %v", id, err)
			}
		}
	})
}

func TestReportRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for want, change := range map[string]func(*incident.Incident){
			"Kies een soort incident":        func(i *incident.Incident) { i.Kind = "brand" },
			"vermoed of waargenomen":         func(i *incident.Incident) { i.State = incident.Settled },
			"Kies de locatie":                func(i *incident.Incident) { i.Site = "" },
			"Vul in wanneer":                 func(i *incident.Incident) { i.Happened = time.Time{} },
			"in de toekomst":                 func(i *incident.Incident) { i.Happened = w.now().Add(time.Second) },
			"voor het jaar 2000":             func(i *incident.Incident) { i.Happened = time.Unix(0, 0) },
			"Vul in wat er is gebeurd":       func(i *incident.Incident) { i.Description = " \n" },
			"hoogstens 4000 tekens":          func(i *incident.Incident) { i.Description = strings.Repeat("é", 4001) },
			"onzichtbare tekens":             func(i *incident.Incident) { i.Description = "a\x00b" },
			"staan onzichtbare tekens: typ ": func(i *incident.Incident) { i.Description = "\xff" },
		} {
			i := w.theft()
			change(&i)
			_, err := w.incidents.Report(t.Context(), sits("nora"), i)
			var invalid incident.Invalid
			if !errors.As(err, &invalid) || !strings.Contains(string(invalid), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		var refusal *gate.Refusal
		for name, who := range map[string]people.Presence{"another site": sits("zeger"), "a stranger": sits("vreemd"), "nobody": {}} {
			if _, err := w.incidents.Report(t.Context(), who, w.theft()); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Melden" {
				t.Errorf("%s: %v", name, err)
			}
		}
		nowhere := w.theft()
		nowhere.Site = "west"
		if _, err := w.incidents.Report(t.Context(), sits("nora"), nowhere); !errors.As(err, &refusal) {
			t.Errorf("reported nowhere: %v", err)
		}
		if n := w.count("SELECT count(*) FROM incident"); n != 0 {
			t.Errorf("%d incidents after refusals", n)
		}
	})
}

// film records a minute and holds it for an incident.
func (w *world) film(i incident.Incident) {
	w.t.Helper()
	ctx := w.t.Context()
	span := footage.Span{From: w.now(), To: w.now().Add(time.Minute)}
	p, err := w.gate.Enter(ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: footage.Subject(camera, span)})
	must(w.t, err)
	writer := w.footage.Record(p, camera)
	for at := span.From; at.Before(span.To); at = at.Add(20 * time.Second) {
		must(w.t, writer.Write(ctx, picture(at)))
		w.pass(20 * time.Second)
	}
	must(w.t, writer.Close(ctx))
	must(w.t, p.Close(ctx, "gedaan", nil))
	over, stop := context.WithCancel(ctx)
	stop()
	must(w.t, w.footage.Run(over)) // brings the index up to date, and stops

	req := sits("nora").Request(regulation.Hold, footage.Subject(camera, span))
	req.Under = i.Entity()
	must(w.t, w.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO hold (id, incident, camera, from_at, to_at, reason, placed_at, placed_by)
			VALUES ($1, $1, $2, $3, $4, '', $3, 'nora')`, i.ID, string(camera), db.Micros(span.From), db.Micros(span.To))
		if err != nil {
			return err
		}
		kept, err := w.footage.Preserve(ctx, tx, p, i.ID, camera, span)
		if err == nil && kept == 0 {
			w.t.Error("nothing was held")
		}
		return err
	}))
}

func picture(at time.Time) *media.Fragment {
	data := binary.BigEndian.AppendUint32(nil, 3)
	data = append(data, 0x65, 1, 2)
	return &media.Fragment{Start: at, Data: data, Config: &media.Config{Codec: media.H264, SPS: []byte{0x67, 0x42, 0, 0x1e}, PPS: []byte{0x68, 0xce}},
		Samples: []media.Sample{{Size: uint32(len(data)), Duration: 20 * media.Clock, Key: true}}}
}

// held reports whether something is still kept for an incident, in the
// database or in the vault.
func (w *world) held(i incident.Incident) bool {
	w.t.Helper()
	if w.count("SELECT count(*) FROM held_key WHERE incident = $1", i.ID) > 0 {
		return true
	}
	_, err := w.keys.Unwrap(i.ID, "", make([]byte, 60))
	return !errors.Is(err, vault.ErrErased)
}

func TestSettle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		i := w.report()
		w.film(i)
		if !w.held(i) {
			t.Fatal("the hold holds nothing")
		}
		var refusal *gate.Refusal
		if err := w.incidents.Settle(t.Context(), sits("zeger"), i.ID); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Bewaren" {
			t.Errorf("the manager of another site settled: %v", err)
		}
		if !w.held(i) {
			t.Fatal("a refused settlement erased")
		}

		must(t, w.incidents.Settle(t.Context(), sits("nora"), i.ID))
		got, err := w.incidents.Get(t.Context(), i.ID)
		if err != nil || got.State != incident.Settled || !got.SettledAt.Equal(w.now()) {
			t.Errorf("settled is %+v, %v", got, err)
		}
		if w.held(i) || w.count("SELECT count(*) FROM hold WHERE lifted_at IS NULL") != 0 {
			t.Error("something is still held")
		}
		w.lastEntry("gedaan", "systeem")

		var invalid incident.Invalid
		if err := w.incidents.Settle(t.Context(), sits("nora"), i.ID); !errors.As(err, &invalid) {
			t.Errorf("settled twice: %v", err)
		}
		if err := w.incidents.Settle(t.Context(), sits("nora"), "geen"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("settled what isn't there: %v", err)
		}
		// Nothing was held for this one: nothing to erase, nothing to say.
		before := w.count("SELECT count(*) FROM log_entry")
		j := w.report()
		must(t, w.incidents.Settle(t.Context(), sits("nora"), j.ID))
		if n := w.count("SELECT count(*) FROM log_entry") - before; n != 4 {
			t.Errorf("reporting and settling took %d entries, want 4", n)
		}
	})
}

// lastEntry sees to it that the last thing in the logbook is that someone
// settled.
func (w *world) lastEntry(result, who string) {
	w.t.Helper()
	records, err := w.book.Records(w.t.Context(), -1, 1)
	must(w.t, err)
	var person struct{ Wie string }
	must(w.t, json.Unmarshal(records[0].Person, &person))
	if r := records[0]; r.Act != "afhandelen" || r.Result != result || person.Wie != `Persoon::"`+who+`"` {
		w.t.Errorf("the last entry is %s %s by %s: %s", r.Act, r.Result, person.Wie, r.Header)
	}
}

// A crash between the deed and the key is finished at the next start.
func TestRecover(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		settled, open := w.report(), w.report()
		w.film(settled)
		w.film(open)
		w.exec("UPDATE incident SET state = 'afgehandeld', settled_at = $2 WHERE id = $1", settled.ID, w.at.Load())
		w.exec("UPDATE hold SET lifted_at = $2 WHERE incident = $1", settled.ID, w.at.Load())

		must(t, w.incidents.Recover(t.Context()))
		if w.held(settled) {
			t.Error("a settled incident still holds footage")
		}
		if !w.held(open) {
			t.Error("an open incident lost its footage")
		}
		before := w.count("SELECT count(*) FROM log_entry")
		must(t, w.incidents.Recover(t.Context()))
		if n := w.count("SELECT count(*) FROM log_entry"); n != before {
			t.Error("recovering twice did something")
		}
	})
}

func TestTestify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		i := w.report()
		watch := gate.Request{Act: regulation.Watch, Who: sits("nora").Who().ID.Entity(), On: gate.Subject{Entity: camera.Entity()}, For: "incident"}
		for name, c := range map[string]struct {
			under regulation.Entity
			want  string
		}{
			"running": {i.Entity(), ""},
			"none":    {regulation.Entity{}, "Incident"},
			"unknown": {regulation.NewEntity(regulation.Incident, "geen"), "Incident"},
			"broken":  {regulation.NewEntity(regulation.Incident, "\x00\xff"), "Incident"},
			"a site":  {regulation.NewEntity(regulation.Site, "noord"), "Incident"},
		} {
			watch.Under = c.under
			p, err := w.gate.Enter(t.Context(), watch)
			var refusal *gate.Refusal
			switch {
			case c.want == "":
				must(t, err)
				must(t, p.Close(t.Context(), "gedaan", nil))
			case !errors.As(err, &refusal) || len(refusal.Articles) != 1 || refusal.Articles[0].Title != c.want:
				t.Errorf("%s: got %v, want a refusal by %s", name, err, c.want)
			}
		}
	})
}

// An open picture that rests on an incident stops when it is settled.
func TestSettleEndsPermits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	i := w.report()
	p, err := w.gate.Enter(t.Context(), gate.Request{Act: regulation.Watch, Who: sits("nora").Who().ID.Entity(),
		On: gate.Subject{Entity: camera.Entity()}, For: "incident", Under: i.Entity()})
	must(t, err)
	must(t, w.incidents.Settle(t.Context(), sits("nora"), i.ID))
	if why := p.Withdrawn(); why == nil || why.Articles[0].Title != "Incident" {
		t.Errorf("withdrawn because of %v", why)
	}
	must(t, p.Close(t.Context(), "gedaan", nil))
}
