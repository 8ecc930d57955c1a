package people_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// Who has duty at what is going on in the room of a camera, may look there.
func TestSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		id, token := s.outsider("karin")
		for room, name := range map[string]string{"a1": "Gymzaal", "b2": "Aula"} {
			_, err := d.Exec("INSERT INTO room (id, site, name, kind, storage) VALUES ($1, $2, $3, 'lokaal', FALSE)", room, string(s.site), name)
			must(t, err)
		}
		_, err := d.Exec("UPDATE camera SET room = 'a1' WHERE id = $1", string(s.camera))
		must(t, err)
		from := s.clock.read()
		exam := people.Session{Kind: "examen", Site: string(s.site), Room: "b2", Title: "Wiskunde", From: from, To: from.Add(2 * time.Hour),
			OnDuty: []people.PersonID{id}}
		for about, change := range map[string]func(*people.Session){
			"no kind": func(e *people.Session) { e.Kind = "" }, "an unknown room": func(e *people.Session) { e.Room = "c3" },
			"nowhere": func(e *people.Session) { e.Site, e.Room = "nergens", "" }, "no end": func(e *people.Session) { e.To = time.Time{} },
			"nobody on duty": func(e *people.Session) { e.OnDuty = []people.PersonID{"niemand"} },
		} {
			bad := exam
			change(&bad)
			_, err := s.AddSession(ctx, s.byManager(), bad)
			wantInvalid(t, err, about)
		}
		elsewhere, err := s.AddSession(ctx, s.byManager(), exam)
		must(t, err)
		s.mayNotWatch(token, "the exam is in another room")
		said := s.hear(gate.Request{Who: id.Entity(), On: gate.Subject{Entity: s.site.Entity()}})
		if got := fmt.Sprint(said.Context["zittingen"], said.Context["in_dienst"]); got != `["examen"] ["examen"]` {
			t.Errorf("at the site is %s", got)
		}
		must(t, s.EndSession(ctx, s.byManager(), elsewhere))
		exam.Room = ""
		whole, err := s.AddSession(ctx, s.byManager(), exam)
		must(t, err)
		permit := s.mayWatch(token, "she has duty at the site")
		must(t, s.EndSession(ctx, s.byManager(), whole))
		s.stopped(permit, "the exam is over")

		exam.Room, exam.From, exam.To = "a1", from.Add(time.Hour), from.Add(2*time.Hour)
		_, err = s.AddSession(ctx, s.byManager(), exam)
		must(t, err)
		s.mayNotWatch(token, "the exam hasn't begun")
		s.clock.pass(time.Hour)
		token = s.signIn("karin")
		permit = s.mayWatch(token, "she has duty in the room")
		s.clock.pass(time.Hour)
		must(t, s.gate.Reconsider(ctx))
		s.stopped(permit, "the exam ended by itself")
		all, err := s.Sessions(ctx, string(s.site), from.Add(time.Minute), from.Add(3*time.Hour))
		if err != nil || len(all) != 1 || all[0].Room != "a1" || len(all[0].OnDuty) != 1 || all[0].OnDuty[0] != id {
			t.Errorf("the sessions are %+v, %v", all, err)
		}
	})
}

func TestVisitor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		v := people.Visitor{Name: " J. Jansen ", Capacity: "politie", Organisation: "politie", Site: string(s.site), Reason: "bevel"}
		_, err := s.ReceiveVisitor(ctx, s.byManager(), v)
		wantRefused(t, err, "Legitimatie")
		for about, change := range map[string]func(*people.Visitor){
			"no capacity": func(v *people.Visitor) { v.Capacity = "buurman" }, "no name": func(v *people.Visitor) { v.Name = "" },
			"nowhere": func(v *people.Visitor) { v.Site = "nergens" }, "a number": func(v *people.Visitor) { v.Document = "paspoort NX1234567" },
		} {
			bad := v
			bad.Document = "politielegitimatie"
			change(&bad)
			_, err := s.ReceiveVisitor(ctx, s.byManager(), bad)
			wantInvalid(t, err, about)
		}
		v.Document = "politielegitimatie"
		id, err := s.ReceiveVisitor(ctx, s.byManager(), v)
		must(t, err)
		s.clock.pass(time.Hour)
		all, err := s.Visitors(ctx, "", s.clock.read())
		if err != nil || len(all) != 1 || all[0].Name != "J. Jansen" || all[0].By != s.manager || !all[0].Left.IsZero() {
			t.Errorf("there are %+v, %v", all, err)
		}
		must(t, s.VisitorLeaves(ctx, s.byManager(), id))
		wantInvalid(t, s.VisitorLeaves(ctx, s.byManager(), id), "who left already")
		if all, err = s.Visitors(ctx, string(s.site), s.clock.read()); err != nil || len(all) != 0 {
			t.Errorf("there are still %+v, %v", all, err)
		}
		for _, r := range s.records("ontvangen") {
			if strings.Contains(string(r.Header), "Jansen") {
				t.Errorf("the header names a visitor: %s", r.Header)
			}
		}
	})
}

// What someone is registered as, promised, and that they went.
func TestPersons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		_, err := s.AddPerson(ctx, s.byManager(), people.Person{Login: "x", Name: "X", Kind: "robot"}, password)
		wantInvalid(t, err, "a kind that isn't")
		id, err := s.AddPerson(ctx, s.byManager(), people.Person{Login: "hulp", Name: "Hulp", Kind: "verwerker"}, password)
		must(t, err)
		facts := func(silent regulation.Boolean) {
			t.Helper()
			said := s.hear(gate.Request{Who: id.Entity()})
			s.wants(said, id.Entity(), "soort", regulation.String("verwerker"))
			s.wants(said, id.Entity(), "geheimhouding", silent)
		}
		facts(false)
		wantInvalid(t, s.Undertake(ctx, s.byManager(), id, " ", time.Time{}), "a promise that rests on nothing")
		must(t, s.Undertake(ctx, s.byManager(), id, "verklaring", s.clock.read().Add(time.Hour)))
		facts(false)
		must(t, s.Undertake(ctx, s.byManager(), id, "verklaring", time.Time{}))
		facts(true)
		if p, err := s.Person(ctx, id); err != nil || p.ConfidentialityBasis != "verklaring" || p.Kind != "verwerker" {
			t.Errorf("the register says %+v, %v", p, err)
		}
		var refusal *gate.Refusal
		if err := s.EndPerson(ctx, gate.Request{Who: s.pieter.Entity()}, id); !errors.As(err, &refusal) {
			t.Errorf("anyone ends persons: %v", err)
		}
		token := s.signIn("pieter")
		permit := s.mayWatch(token, "he is authorised")
		must(t, s.EndPerson(ctx, s.byManager(), s.pieter))
		s.stopped(permit, "he left")
		wantInvalid(t, s.EndPerson(ctx, s.byManager(), s.pieter), "who left already")
		wantInvalid(t, s.EndPerson(ctx, s.byManager(), "niemand"), "nobody")
		if _, err := s.SignIn(ctx, "", "pieter", password); !errors.Is(err, people.ErrSignIn) {
			t.Errorf("who left signs in: %v", err)
		}
	})
}

// A role is fulfilled as long as someone who is with us has it.
func TestOccupied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		organisation := regulation.NewEntity(regulation.Organisation, "organisatie")
		about := gate.Request{Who: people.System.Entity(), On: gate.Subject{Entity: s.camera.Entity()}}
		s.wants(s.hear(about), organisation, "bezet", roles("beheerder", "bestuur"))
		s.wants(s.hear(about), s.site.Entity(), "bezet", roles("bevoegd_medewerker"))
		must(t, s.EndPerson(ctx, s.byManager(), s.pieter))
		s.wants(s.hear(about), s.site.Entity(), "bezet", roles("bevoegd_medewerker"))
		must(t, s.EndPerson(ctx, s.byManager(), s.samira))
		s.wants(s.hear(about), s.site.Entity(), "bezet", roles())
		s.wants(s.hear(gate.Request{Who: people.System.Entity(), On: gate.Subject{Entity: s.site.Entity()}}), s.site.Entity(), "bezet", roles())
		if _, said := s.hear(gate.Request{On: gate.Subject{Entity: regulation.NewEntity(regulation.Site, "x")}}).Facts[regulation.NewEntity(regulation.Site, "x")]; said {
			t.Error("a site that isn't there is something")
		}
	})
}

func TestAtStation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		token := s.signIn("pieter")
		at := func() (station string) {
			must(t, d.QueryRow("SELECT COALESCE(station, '') FROM seat WHERE ended_at IS NULL").Scan(&station))
			return station
		}
		must(t, s.AtStation(t.Context(), token, "ab12"))
		must(t, s.AtStation(t.Context(), token, "ab12"))
		if at() != "ab12" {
			t.Errorf("he sits at %q", at())
		}
		must(t, s.AtStation(t.Context(), token, ""))
		must(t, s.AtStation(t.Context(), "geen", "ab12"))
		if at() != "" {
			t.Errorf("he sits at %q", at())
		}
		wantInvalid(t, s.AtStation(t.Context(), token, "Robert'); --"), "a station that isn't")
	})
}
