package people_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

func TestFoundOnlyOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		err := s.book.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			_, err := s.FoundPerson(ctx, tx, people.Person{Login: "dief", Name: "Dief"}, password, "bestuur", "zelf bedacht")
			return err
		})
		if err == nil {
			t.Error("a second founder was let in")
		}
		all, err := s.Persons(t.Context())
		must(t, err)
		if len(all) != 4 || all[0].Name != "Anna de Vries" || all[0].Login != "bestuur" {
			t.Errorf("the persons are %+v", all)
		}
	})
}

func TestAppoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		var refusal *gate.Refusal
		byPieter := gate.Request{Who: s.pieter.Entity()}
		if _, err := s.AddPerson(ctx, byPieter, people.Person{Login: "x", Name: "X"}, password); !errors.As(err, &refusal) {
			t.Errorf("anyone adds persons: %v", err)
		}
		if err := s.Appoint(ctx, byPieter, people.Appointment{Person: s.pieter, Role: "bestuur", Basis: "ik"}); !errors.As(err, &refusal) {
			t.Errorf("anyone appoints: %v", err)
		}
		if _, err := s.AddPerson(ctx, gate.Request{}, people.Person{Login: "x", Name: "X"}, password); !errors.As(err, &refusal) {
			t.Errorf("nobody adds persons: %v", err)
		}
		for _, bad := range []people.Appointment{
			{Person: s.pieter, Role: "", Basis: "b"}, {Person: s.pieter, Role: "systeem", Basis: "b"},
			{Person: "niemand", Role: "bestuur", Basis: "b"},
			{Person: s.pieter, Role: "bestuur", Basis: "b", To: s.clock.read()},
		} {
			var invalid people.Invalid
			if err := s.Appoint(ctx, s.byBoard(), bad); !errors.As(err, &invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		nowhere := people.Appointment{Person: s.pieter, Role: "locatiebeheerder", Site: "nergens", Basis: "b"}
		var where people.Invalid
		if err := s.Appoint(ctx, s.byManager(), nowhere); !errors.As(err, &where) {
			t.Errorf("appointed nowhere: %v", err)
		}
		if err := s.Appoint(ctx, s.byBoard(), people.Appointment{Person: s.pieter, Role: "bestuur"}); !errors.As(err, &refusal) {
			t.Errorf("the law asks for a decision: %v", err)
		}
		nowhere.Basis = ""
		if err := s.Appoint(ctx, s.byManager(), nowhere); !errors.As(err, &where) || !strings.Contains(err.Error(), "besluit") {
			t.Errorf("the law doesn't ask for a decision: %v", err)
		}
		for _, bad := range []people.Person{{Login: "", Name: "X"}, {Login: "pieter", Name: "X"}, {Login: "a b", Name: "X"}, {Login: "x"}} {
			var invalid people.Invalid
			if _, err := s.AddPerson(ctx, s.byBoard(), bad, password); !errors.As(err, &invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		var invalid people.Invalid
		if _, err := s.AddPerson(ctx, s.byBoard(), people.Person{Login: "x", Name: "X"}, "kort"); !errors.As(err, &invalid) {
			t.Errorf("a short password: %v", err)
		}
		if _, err := s.Person(ctx, "niemand"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("nobody: %v", err)
		}
	})
}

// What the regulation allowed because of an appointment or a presence stops
// when that ends.
func TestReconsidered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		token := s.signIn("pieter")
		look := func() (*gate.Permit, error) {
			r := s.present(token).Request(regulation.PlayBack, gate.Subject{Entity: s.camera.Entity()})
			r.For = "veiligheid"
			return s.gate.Enter(ctx, r)
		}
		var refusal *gate.Refusal
		if _, err := look(); !errors.As(err, &refusal) {
			t.Fatalf("alone: %v", err)
		}
		must(t, s.Join(ctx, token, "samira", password))
		permit, err := look()
		must(t, err)
		must(t, s.Leave(ctx, token, s.samira))
		if permit.Withdrawn() == nil {
			t.Error("the permit outlived the second person's presence")
		}

		must(t, s.Join(ctx, token, "samira", password))
		permit, err = look()
		must(t, err)
		all, err := s.Appointments(ctx, s.samira, s.clock.read())
		must(t, err)
		if len(all) != 1 || all[0].Role != "bevoegd_medewerker" || all[0].By != s.manager {
			t.Fatalf("samira is %+v", all)
		}
		must(t, s.Withdraw(ctx, s.byManager(), all[0].ID))
		if permit.Withdrawn() == nil {
			t.Error("the permit outlived the appointment")
		}
		if all, err = s.Appointments(ctx, s.samira, s.clock.read()); err != nil || len(all) != 0 {
			t.Errorf("after withdrawal samira is %+v, %v", all, err)
		}
		if _, err := look(); !errors.As(err, &refusal) {
			t.Errorf("with someone without authority: %v", err)
		}
	})
}

// An appointment that ends by itself ends what was allowed because of it.
func TestAppointmentEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		karin, err := s.AddPerson(ctx, s.byManager(), people.Person{Login: "karin", Name: "Karin", Confidentiality: s.clock.read()}, password)
		must(t, err)
		must(t, s.Appoint(ctx, s.byManager(), people.Appointment{Person: karin, Role: "bevoegd_medewerker", Site: string(s.site),
			Basis: "brief", To: s.clock.read().Add(10 * time.Minute)}))
		token := s.signIn("pieter")
		must(t, s.Join(ctx, token, "karin", password))
		r := s.present(token).Request(regulation.PlayBack, gate.Subject{Entity: s.camera.Entity()})
		r.For = "veiligheid"
		permit, err := s.gate.Enter(ctx, r)
		must(t, err)
		s.clock.pass(10*time.Minute - time.Second)
		must(t, s.gate.Reconsider(ctx))
		if permit.Withdrawn() != nil {
			t.Error("withdrawn before the appointment ended")
		}
		s.clock.pass(time.Second)
		must(t, s.gate.Reconsider(ctx))
		why := permit.Withdrawn()
		if why == nil || len(why.Articles) != 1 || why.Articles[0].Title != "Vier ogen" {
			t.Errorf("withdrawn because of %v, want 4.3", why)
		}
	})
}

func TestTestify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		token := s.signIn("pieter")
		must(t, s.Join(ctx, token, "samira", password))
		hear := func(r gate.Request) *gate.Testimony {
			said := &gate.Testimony{Facts: regulation.Facts{}, Context: regulation.Context{}}
			must(t, s.Testify(ctx, d, r, s.clock.read(), said))
			return said
		}
		// Who claims to sit with people who aren't there, sits alone.
		r := s.present(token).Request(regulation.Appoint, gate.Subject{Entity: s.board.Entity()})
		r.With = []regulation.Entity{s.board.Entity()}
		said := hear(r)
		if len(said.Present) != 1 || said.Present[0] != s.pieter.Entity() {
			t.Errorf("present are %v", said.Present)
		}
		if _, ok := said.Facts[s.board.Entity()]; !ok {
			t.Error("the subject isn't testified to")
		}
		// Who doesn't sit there isn't present.
		r = s.present(token).Request(regulation.PlayBack, gate.Subject{})
		r.Who = s.board.Entity()
		if said = hear(r); len(said.Present) != 1 || said.Present[0] != s.samira.Entity() {
			t.Errorf("present are %v", said.Present)
		}
		if said = hear(gate.Request{Who: people.System.Entity()}); len(said.Present) != 1 {
			t.Errorf("the system isn't present: %v", said.Present)
		}
		// Who signed out, or never sat there, is nothing at that seat, but still
		// someone elsewhere. What they undertook, they undertook.
		gone := s.present(token).Request(regulation.Watch, gate.Subject{})
		nobody := regulation.NewFact(s.pieter.Entity(), nil, regulation.Context{
			"functies": regulation.Set(), "neemt_waar": regulation.Set(), "soort": regulation.String("medewerker"), "geheimhouding": regulation.Boolean(true)})
		must(t, s.Leave(ctx, token, s.pieter))
		if is := hear(gone).Facts[s.pieter.Entity()]; !is.Equal(nobody) {
			t.Errorf("who left is still %v at that seat", is)
		}
		token = s.signIn("pieter")
		here := s.present(token).Request(regulation.Watch, gate.Subject{})
		someone := hear(here).Facts[s.pieter.Entity()]
		if someone.Equal(nobody) {
			t.Error("who sits elsewhere is nobody there")
		}
		never := here
		never.Where = regulation.NewEntity(regulation.Seat, "00")
		if is := hear(never).Facts[s.pieter.Entity()]; !is.Equal(nobody) {
			t.Errorf("who never sat there is %v", is)
		}
		s.clock.pass(people.IdleLimit + time.Second)
		if is := hear(here).Facts[s.pieter.Entity()]; !is.Equal(nobody) {
			t.Errorf("who hasn't touched anything for half an hour is %v", is)
		}
		s.clock.pass(-people.IdleLimit - time.Second)
		if _, err := d.Exec("UPDATE person SET ended_at = $1 WHERE id = $2", db.Micros(s.clock.read()), string(s.pieter)); err != nil {
			t.Fatal(err)
		}
		r.Who = s.pieter.Entity()
		said = hear(r)
		if _, ok := said.Facts[s.pieter.Entity()]; ok || len(said.Present) != 0 {
			t.Errorf("someone who left is still someone: %v", said)
		}
	})
}
