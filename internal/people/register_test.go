package people_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

// registered is a school whose regulation also has a say in registers.
func registered(t testing.TB, d *db.DB) school {
	t.Helper()
	more, err := os.ReadFile("testdata/registers.md")
	must(t, err)
	law, err := regulation.Parse(regulationtest.File, append(regulationtest.Document(), more...))
	must(t, err)
	return foundUnder(t, d, law)
}

// watch asks for live pictures in the name of someone at a seat of their own.
func (s school) watch(token string) (*gate.Permit, error) {
	s.t.Helper()
	r := s.present(token).Request(regulation.Watch, gate.Subject{Entity: s.camera.Entity()})
	r.For = "veiligheid"
	return s.gate.Enter(s.t.Context(), r)
}

// mayWatch expects live pictures to be allowed, and returns the permit.
func (s school) mayWatch(token, because string) *gate.Permit {
	s.t.Helper()
	p, err := s.watch(token)
	if err != nil {
		s.t.Fatalf("%s: %v", because, err)
	}
	return p
}

func (s school) mayNotWatch(token, because string) {
	s.t.Helper()
	var refusal *gate.Refusal
	if _, err := s.watch(token); !errors.As(err, &refusal) {
		s.t.Fatalf("%s: %v, want a refusal", because, err)
	}
}

// stopped expects a permit to have been withdrawn.
func (s school) stopped(p *gate.Permit, because string) {
	s.t.Helper()
	if p.Withdrawn() == nil {
		s.t.Errorf("%s, and the picture stayed", because)
	}
}

// outsider adds someone without any role, who signs in.
func (s school) outsider(login string) (people.PersonID, string) {
	s.t.Helper()
	id, err := s.AddPerson(s.t.Context(), s.byManager(), people.Person{Login: login, Name: login, ConfidentialityBasis: "verklaring"}, password)
	must(s.t, err)
	return id, s.signIn(login)
}

// hear is what the register says of a request.
func (s school) hear(r gate.Request) *gate.Testimony {
	s.t.Helper()
	said := &gate.Testimony{Facts: regulation.Facts{}, Context: regulation.Context{}}
	must(s.t, s.Testify(s.t.Context(), s.db, r, s.clock.read(), said))
	return said
}

// wants expects an attribute of something to be said.
func (s school) wants(said *gate.Testimony, e regulation.Entity, attribute regulation.String, want regulation.Attribute) {
	s.t.Helper()
	if got, ok := said.Facts[e].Attributes.Get(attribute); !ok || !got.Equal(want) {
		s.t.Errorf("%s of %s is %v, want %v", attribute, e, got, want)
	}
}

func roles(keys ...string) regulation.Attribute {
	var all []regulation.Attribute
	for _, k := range keys {
		all = append(all, regulation.NewEntity(regulation.Role, k))
	}
	return regulation.Set(all...)
}

func wantInvalid(t *testing.T, err error, about string) {
	t.Helper()
	var invalid people.Invalid
	if !errors.As(err, &invalid) || strings.Contains(invalid.Error(), "\n") {
		t.Errorf("%s: %v, want one line that says what is wrong", about, err)
	}
}

func wantRefused(t *testing.T, err error, article string) {
	t.Helper()
	var refusal *gate.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal because of %q", err, article)
	}
	for _, a := range refusal.Articles {
		if a.Title == article {
			return
		}
	}
	t.Errorf("refused because of %v, want %q", refusal.Articles, article)
}

// Someone stands in only while who they stand for is away.
func TestDeputy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		deputy, token := s.outsider("karin")
		stand := people.Appointment{Person: deputy, Role: "technisch_beheerder", Site: string(s.site), StandsFor: s.pieter, Basis: "brief"}
		must(t, s.Appoint(ctx, s.byManager(), stand))
		post := regulation.Set(regulation.Struct(regulation.Context{
			"locatie": s.site.Entity(), "rol": regulation.NewEntity(regulation.Role, "technisch_beheerder")}))
		said := s.hear(gate.Request{Who: deputy.Entity()})
		s.wants(said, deputy.Entity(), "functies", post)
		s.wants(said, deputy.Entity(), "neemt_waar", regulation.Set())
		s.mayNotWatch(token, "who she stands for is there")

		later := s.clock.read().Add(time.Hour)
		away, err := s.EnterAbsence(ctx, s.byManager(), people.Absence{Person: s.pieter, Reason: "verlof", From: later, To: later.Add(time.Hour)})
		must(t, err)
		s.mayNotWatch(token, "who she stands for is still there")
		s.clock.pass(time.Hour)
		token = s.signIn("karin")
		permit := s.mayWatch(token, "who she stands for is away")
		s.wants(s.hear(gate.Request{Who: deputy.Entity()}), deputy.Entity(), "neemt_waar", post)
		must(t, s.EndAbsence(ctx, s.byManager(), away))
		s.stopped(permit, "he is back")
		wantInvalid(t, s.EndAbsence(ctx, s.byManager(), away), "an absence that is over")

		_, err = s.EnterAbsence(ctx, s.byManager(), people.Absence{Person: s.pieter, To: s.clock.read().Add(time.Minute)})
		must(t, err)
		all, err := s.Absences(ctx, s.pieter, s.clock.read())
		if err != nil || len(all) != 1 || all[0].By != s.manager {
			t.Errorf("his absences are %+v, %v", all, err)
		}
		permit = s.mayWatch(token, "he is away again")
		s.clock.pass(time.Minute)
		must(t, s.gate.Reconsider(ctx))
		s.stopped(permit, "his absence ended by itself")
	})
}

// Whom somebody replaces, and how many have a role, is what the register says.
func TestAppointmentDetails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		karin, _ := s.outsider("karin")
		joost, _ := s.outsider("joost")
		stand := people.Appointment{Person: karin, Role: "technisch_beheerder", Site: string(s.site), Basis: "brief"}
		wantRefused(t, s.Appoint(ctx, s.byManager(), stand), "Wie vervangt")
		for who, about := range map[people.PersonID]string{"niemand": "unknown", karin: "herself"} {
			stand.StandsFor = who
			if err := s.Appoint(ctx, s.byManager(), stand); err == nil {
				t.Errorf("she stands for %s", about)
			}
		}
		stand.StandsFor, stand.Role = joost, "bevoegd_medewerker"
		wantInvalid(t, s.Appoint(ctx, s.byManager(), stand), "standing for someone who is nothing there")
		stand.StandsFor, stand.Role = s.pieter, "technisch_beheerder"
		must(t, s.Appoint(ctx, s.byManager(), stand))
		second := stand
		second.Person = joost
		wantRefused(t, s.Appoint(ctx, s.byManager(), second), "Wie vervangt")
		second.From = s.clock.read().Add(time.Hour)
		wantRefused(t, s.Appoint(ctx, s.byManager(), second), "Wie vervangt")
		all, err := s.Appointments(ctx, karin, s.clock.read())
		must(t, err)
		if len(all) != 1 || all[0].StandsFor != s.pieter {
			t.Fatalf("she is %+v", all)
		}
		must(t, s.Withdraw(ctx, s.byManager(), all[0].ID))
		must(t, s.Appoint(ctx, s.byManager(), second))
		coming, err := s.Appointed(ctx, s.clock.read())
		must(t, err)
		if n := len(coming); n != 5 || coming[n-1].Person != joost {
			t.Errorf("appointed are %+v", coming)
		}
		shared, err := s.AddPerson(ctx, s.byManager(), people.Person{Login: "balie", Name: "Balie", Kind: "gedeeld"}, password)
		wantRefused(t, err, "Wie vervangt")
		if shared != "" {
			t.Error("a shared name was added")
		}
	})
}

// Of two who are appointed at the same moment to what one can be, one is.
func TestAppointAtTheSameTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		var all sync.WaitGroup
		for i := range 4 {
			id, _ := s.outsider(fmt.Sprintf("p%d", i))
			all.Go(func() {
				_ = s.Appoint(t.Context(), s.byManager(), people.Appointment{Person: id, Role: "technisch_beheerder",
					Site: string(s.site), StandsFor: s.pieter, Basis: "brief"})
			})
		}
		all.Wait()
		var n int
		must(t, d.QueryRow("SELECT count(*) FROM appointment WHERE role = 'technisch_beheerder'").Scan(&n))
		if n != 1 {
			t.Errorf("%d have what one can have", n)
		}
	})
}

func TestGrant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		id, token := s.outsider("karin")
		g := people.Grant{Person: id, Act: "uitkijken", To: s.clock.read().Add(time.Hour)}
		_, err := s.GiveGrant(ctx, s.byManager(), g)
		wantRefused(t, err, "Met reden")
		g.Reason, g.Cameras = "evenement", []string{string(s.camera)}
		for about, change := range map[string]func(*people.Grant){
			"an act that isn't": func(g *people.Grant) { g.Act = "toveren" }, "an unknown camera": func(g *people.Grant) { g.Cameras = []string{"x"} },
			"nobody": func(g *people.Grant) { g.Person = "niemand" }, "backwards": func(g *people.Grant) { g.From = g.To },
			"a purpose that is a sentence": func(g *people.Grant) { g.Purpose = "Alles mag" },
		} {
			bad := g
			change(&bad)
			_, err := s.GiveGrant(ctx, s.byManager(), bad)
			wantInvalid(t, err, about)
		}
		s.mayNotWatch(token, "nothing was granted")
		for about, change := range map[string]func(*people.Grant){
			"another act": func(g *people.Grant) { g.Act = "terugkijken" }, "another aim": func(g *people.Grant) { g.Purpose = "diefstal" },
			"someone else": func(g *people.Grant) { g.Person = s.board }, "later": func(g *people.Grant) { g.From = s.clock.read().Add(time.Minute) },
			"another camera": func(g *people.Grant) { g.Cameras = []string{string(s.otherCamera())} },
		} {
			other := g
			change(&other)
			_, err := s.GiveGrant(ctx, s.byManager(), other)
			must(t, err)
			s.mayNotWatch(token, about+" was granted")
		}
		g.Purpose = "veiligheid"
		granted, err := s.GiveGrant(ctx, s.byManager(), g)
		must(t, err)
		permit := s.mayWatch(token, "it was granted")
		all, err := s.Grants(ctx, id, s.clock.read())
		if err != nil || len(all) != 5 {
			t.Errorf("granted is %+v, %v", all, err)
		}
		must(t, s.EndGrant(ctx, s.byManager(), granted))
		s.stopped(permit, "the grant was taken away")
		wantInvalid(t, s.EndGrant(ctx, s.byManager(), granted), "a grant that is over")
		if s.last().Act != "machtigen" {
			t.Errorf("the logbook says %+v", s.last())
		}
	})
}

// otherCamera is a second camera at the site.
func (s school) otherCamera() premises.CameraID {
	s.t.Helper()
	id, err := s.places.AddCamera(s.t.Context(), s.byManager(), premises.Camera{Name: "Gang", Site: s.site, URL: "rtsp://camera.invalid/2", Aim: "de gang"})
	must(s.t, err)
	return id
}
