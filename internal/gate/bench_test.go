package gate_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/dossier"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

// A campus is 256 cameras at eight sites, with all witnesses that the program
// has, and two people at a screen.
type campus struct {
	*gate.Gate
	look gate.Request
}

const cameras, perSite = 256, 32

func newCampus(b *testing.B) campus {
	b.Helper()
	d := dbtest.SQLite(b)
	d.SetMaxOpenConns(1) // so that the next line is for all there is
	exec := func(query string, args ...any) {
		b.Helper()
		if _, err := d.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	exec("PRAGMA synchronous = OFF") // the program is measured, not the disk
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(b, err)
	book, err := logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(b, err)
	now := func() time.Time { return ten }
	board, err := governance.Open(b.Context(), d, book, now)
	must(b, err)
	l := regulationtest.Law(b)
	g := gate.New(book, d, board.InForce, now)
	crew, places := people.Open(d, g, now), premises.Open(d, g, now)
	terms := func(t time.Time) regulation.Terms { return board.InForce(t).Terms }
	g.Hear(crew, incident.Open(d, g, nil, terms, now), places, board, dossier.Open(d, g, board.InForce, now))
	must(b, board.Found(b.Context(), governance.Founding{Organisation: "x", File: regulationtest.File,
		Document: regulationtest.Document(), Decision: "besluit 1"}))
	c := campus{Gate: g}
	c.furnish(exec, l)
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// furnish fills the registers without asking.
func (c *campus) furnish(exec func(string, ...any), l *regulation.Regulation) {
	at := db.Micros(ten)
	for i := range cameras {
		site := fmt.Sprint("s", i/perSite)
		if i%perSite == 0 {
			exec("INSERT INTO site (id, name, kind, created_at) VALUES ($1, $1, 'school', 0)", site)
			exec("INSERT INTO room (id, site, name, kind, storage) VALUES ($1, $2, 'x', 'hal', TRUE)", "r"+site, site)
			for j := range 4 {
				exec("INSERT INTO entrance (id, site, name) VALUES ($1, $2, $1)", fmt.Sprint(site, "e", j), site)
				exec("INSERT INTO sign (id, site, entrance, evidence, placed_at) VALUES ($1, $2, $1, 'x', 0)", fmt.Sprint(site, "e", j), site)
			}
		}
		exec(`INSERT INTO camera (id, name, site, room, url, username, password, visible, aim, assessment, added_at)
			VALUES ($1, $1, $2, $3, 'rtsp://x/', '', '', TRUE, 'x', 'x', 0)`, fmt.Sprint("c", i), site, "r"+site)
	}
	exec("INSERT INTO seat (id, token_hash, created_at, seen_at) VALUES ('zit', $1, $2, $2)", []byte{1}, at)
	for i, id := range []string{"a", "b"} {
		exec("INSERT INTO person (id, login, name, password, confidentiality_at, created_at) VALUES ($1, $1, $1, '', 0, 0)", id)
		for _, r := range l.Terms.Roles {
			site := "s0"
			if !r.PerSite {
				site = ""
			}
			exec(`INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at) VALUES ($1, $2, $3, NULLIF($4, ''), '', '', 0)`,
				id+r.Key, id, r.Key, site)
		}
		exec("INSERT INTO sign_in (id, seat, person, place, since_at, until_at) VALUES ($1, 'zit', $1, $2, $3, $4)", id, i, at, at+1e10)
	}
	person := func(id string) regulation.Entity { return regulation.NewEntity(regulation.Person, id) }
	c.look = gate.Request{Act: regulation.PlayBack, Who: person("a"), With: []regulation.Entity{person("b")},
		Where: regulation.NewEntity(regulation.Seat, "zit"), For: l.Terms.Purposes[0].Key,
		On: gate.Subject{Entity: regulation.NewEntity(regulation.Camera, "c3"), From: ten.Add(-time.Hour), To: ten}}
}

func recording(i int) gate.Request {
	return gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: gate.Subject{Entity: regulation.NewEntity(regulation.Camera, fmt.Sprint("c", i))}}
}

// BenchmarkEnter is the way in to recording, and to playing back by two.
func BenchmarkEnter(b *testing.B) {
	for name, ask := range map[string]func(campus) gate.Request{
		"record":   func(campus) gate.Request { return recording(7) },
		"playback": func(c campus) gate.Request { return c.look },
	} {
		b.Run(name, func(b *testing.B) {
			c := newCampus(b)
			r := ask(c)
			for b.Loop() {
				p, err := c.Enter(b.Context(), r)
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				must(b, p.Close(b.Context(), "gedaan", nil))
				b.StartTimer()
			}
		})
	}
}

// BenchmarkReconsider is a round over a recording permit for every camera.
func BenchmarkReconsider(b *testing.B) {
	c := newCampus(b)
	for i := range cameras {
		if _, err := c.Enter(b.Context(), recording(i)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		must(b, c.Reconsider(b.Context()))
	}
}
