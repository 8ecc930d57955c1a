package people_test

import (
	"context"
	"database/sql"
	"errors"
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
			{Person: s.pieter, Role: "bestuur"}, {Person: "niemand", Role: "bestuur", Basis: "b"},
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

// TestIdle: what one person may see alone stops when nobody has done anything
// at that seat for too long.
func TestIdle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		r := s.present(s.signIn("pieter")).Request(regulation.Watch, gate.Subject{Entity: s.camera.Entity()})
		r.For = "veiligheid"
		permit, err := s.gate.Enter(t.Context(), r)
		must(t, err)
		s.clock.pass(people.IdleLimit)
		must(t, s.gate.Reconsider(t.Context()))
		if permit.Withdrawn() != nil {
			t.Error("the picture stopped too early")
		}
		s.clock.pass(time.Second)
		must(t, s.gate.Reconsider(t.Context()))
		if permit.Withdrawn() == nil {
			t.Error("the picture outlived the seat's use")
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
		// Who signed out is nobody at that seat, but still someone elsewhere.
		gone := s.present(token).Request(regulation.Watch, gate.Subject{})
		must(t, s.Leave(ctx, token, s.pieter))
		if _, ok := hear(gone).Facts[s.pieter.Entity()]; ok {
			t.Error("who left is still someone at that seat")
		}
		token = s.signIn("pieter")
		if _, ok := hear(s.present(token).Request(regulation.Watch, gate.Subject{})).Facts[s.pieter.Entity()]; !ok {
			t.Error("who sits elsewhere is nobody there")
		}
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
