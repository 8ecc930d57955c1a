package people_test

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

// A clock is what the test says the time is.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A school is a place with people under the example regulation.
type school struct {
	*people.Register
	places  *premises.Register
	t       testing.TB
	db      *db.DB
	gate    *gate.Gate
	book    *logbook.Book
	clock   *clock
	site    premises.SiteID
	camera  premises.CameraID
	board   people.PersonID
	manager people.PersonID
	pieter  people.PersonID
	samira  people.PersonID
}

const password = "correct horse battery"

func found(t testing.TB, d *db.DB) school {
	t.Helper()
	return foundUnder(t, d, regulationtest.Law(t))
}

func foundUnder(t testing.TB, d *db.DB, law *regulation.Regulation) school {
	t.Helper()
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(t, err)
	book, err := logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(t, err)
	c := &clock{now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	g := gate.New(book, d, func(time.Time) *regulation.Regulation { return law }, c.read)
	places := premises.Open(d, g, c.read)
	s := school{Register: people.Open(d, g, c.read), places: places, t: t, db: d, gate: g, book: book, clock: c}
	s.Register.HashCheaply()
	g.Hear(s.Register, places)
	must(t, book.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
		s.board, err = s.FoundPerson(ctx, tx, people.Person{Login: "Bestuur", Name: "Anna de Vries"}, password, "bestuur", "oprichting")
		return err
	}))
	s.manager, err = s.AddPerson(t.Context(), s.byBoard(), people.Person{Login: "wim", Name: "Wim"}, password)
	must(t, err)
	must(t, s.Appoint(t.Context(), s.byBoard(), people.Appointment{Person: s.manager, Role: "beheerder", Basis: "besluit 1"}))
	s.site, err = places.AddSite(t.Context(), s.byManager(), premises.Site{Name: "Hoofdgebouw"})
	must(t, err)
	s.camera, err = places.AddCamera(t.Context(), s.byManager(), premises.Camera{Name: "Hal", Site: s.site, URL: "rtsp://camera.invalid/1", Aim: "de hal"})
	must(t, err)
	s.pieter = s.add("pieter", "Pieter Bos")
	s.samira = s.add("samira", "Samira el Idrissi")
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s school) byBoard() gate.Request   { return gate.Request{Who: s.board.Entity()} }
func (s school) byManager() gate.Request { return gate.Request{Who: s.manager.Entity()} }

// add adds someone with authority to look.
func (s school) add(login, name string) people.PersonID {
	s.t.Helper()
	id, err := s.AddPerson(s.t.Context(), s.byManager(), people.Person{Login: login, Name: name, Confidentiality: s.clock.read()}, password)
	must(s.t, err)
	must(s.t, s.Appoint(s.t.Context(), s.byManager(), people.Appointment{Person: id, Role: "bevoegd_medewerker", Site: string(s.site), Basis: "brief"}))
	return id
}

func (s school) signIn(login string) string {
	s.t.Helper()
	token, err := s.SignIn(s.t.Context(), "", login, password)
	must(s.t, err)
	return token
}

func (s school) present(token string) people.Presence {
	s.t.Helper()
	p, err := s.Present(s.t.Context(), token)
	must(s.t, err)
	return p
}

func (s school) wantPresent(token string, want ...people.PersonID) {
	s.t.Helper()
	var got []people.PersonID
	for _, a := range s.present(token).All {
		got = append(got, a.Person.ID)
	}
	if len(got) != len(want) {
		s.t.Fatalf("%v are present, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			s.t.Fatalf("%v are present, want %v", got, want)
		}
	}
}

func (s school) last() logbook.Record {
	s.t.Helper()
	all, err := s.book.Records(s.t.Context(), -1, 1)
	must(s.t, err)
	return all[0]
}

// records are the lines of the logbook about an act, newest first.
func (s school) records(act string) []logbook.Record {
	s.t.Helper()
	all, err := s.book.Records(s.t.Context(), -1, 1000)
	must(s.t, err)
	return slices.DeleteFunc(all, func(r logbook.Record) bool { return r.Act != act })
}
