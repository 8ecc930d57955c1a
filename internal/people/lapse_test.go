package people_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// Who stands in does nobody's work any more when they are away themselves, or
// when who they stand for has no work there.
func TestDeputyStops(t *testing.T) {
	cases := map[string]func(school, people.PersonID) error{
		"she is away too": func(s school, deputy people.PersonID) error {
			_, err := s.EnterAbsence(s.t.Context(), s.byManager(), people.Absence{Person: deputy})
			return err
		},
		"he has no role any more": func(s school, _ people.PersonID) error {
			all, err := s.Appointments(s.t.Context(), s.pieter, s.clock.read())
			must(s.t, err)
			return s.Withdraw(s.t.Context(), s.byManager(), all[0].ID)
		},
		"he isn't with us any more": func(s school, _ people.PersonID) error {
			return s.EndPerson(s.t.Context(), s.byManager(), s.pieter)
		},
	}
	for because, happens := range cases {
		t.Run(because, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := registered(t, d)
				deputy, token := s.outsider("karin")
				must(t, s.Appoint(t.Context(), s.byManager(), people.Appointment{Person: deputy, Role: "technisch_beheerder",
					Site: string(s.site), StandsFor: s.pieter, Basis: "brief"}))
				_, err := s.EnterAbsence(t.Context(), s.byManager(), people.Absence{Person: s.pieter})
				must(t, err)
				permit := s.mayWatch(token, "who she stands for is away")
				must(t, happens(s, deputy))
				s.stopped(permit, because)
			})
		})
	}
}

// Nobody stands for who only stands in: who they do it for may be there.
func TestDeputyOfDeputy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		karin, _ := s.outsider("karin")
		joost, token := s.outsider("joost")
		stand := people.Appointment{Person: karin, Role: "technisch_beheerder", Site: string(s.site), StandsFor: s.pieter, Basis: "brief"}
		must(t, s.Appoint(ctx, s.byManager(), stand))
		wantInvalid(t, s.Appoint(ctx, s.byManager(), people.Appointment{Person: joost, Role: "bevoegd_medewerker", Site: string(s.site),
			StandsFor: karin, Basis: "brief"}), "standing for who only stands in")

		_, err := d.Exec(`INSERT INTO appointment (id, person, role, site, stands_for, by_whom, basis, from_at)
			VALUES ('oud', $1, 'technisch_beheerder', $2, $3, '', '', 0)`, string(joost), string(s.site), string(karin))
		must(t, err)
		_, err = s.EnterAbsence(ctx, s.byManager(), people.Absence{Person: karin})
		must(t, err)
		s.wants(s.hear(gate.Request{Who: joost.Entity()}), joost.Entity(), "neemt_waar", regulation.Set())
		s.mayNotWatch(token, "who he stands for could do nothing either")
	})
}

// What was cancelled before it began isn't to come any more.
func TestCancelled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := registered(t, d)
		ctx := t.Context()
		from, now := s.clock.read().Add(time.Hour), s.clock.read()
		away, err := s.EnterAbsence(ctx, s.byManager(), people.Absence{Person: s.pieter, From: from})
		must(t, err)
		must(t, s.EndAbsence(ctx, s.byManager(), away))
		grant, err := s.GiveGrant(ctx, s.byManager(), people.Grant{Person: s.pieter, Act: "uitkijken", Reason: "x", From: from, To: from.Add(time.Hour)})
		must(t, err)
		must(t, s.EndGrant(ctx, s.byManager(), grant))
		karin, _ := s.outsider("karin")
		must(t, s.Appoint(ctx, s.byManager(), people.Appointment{Person: karin, Role: "bevoegd_medewerker", Site: string(s.site), Basis: "brief", From: from}))
		roles, err := s.Appointed(ctx, now)
		must(t, err)
		for _, a := range roles {
			if a.Person == karin {
				must(t, s.Withdraw(ctx, s.byManager(), a.ID))
			}
		}
		absences, err := s.Absences(ctx, "", now)
		must(t, err)
		grants, err := s.Grants(ctx, "", now)
		must(t, err)
		after, err := s.Appointed(ctx, now)
		must(t, err)
		if len(absences)+len(grants) > 0 || len(after) != len(roles)-1 {
			t.Errorf("to come are %+v, %+v and %+v", absences, grants, after)
		}
	})
}

// A database that doesn't answer isn't a mistake of who filled in the form.
func TestUnknownOrUnanswered(t *testing.T) {
	s := registered(t, dbtest.SQLite(t))
	gone, stop := context.WithCancel(t.Context())
	stop()
	for about, do := range map[string]func(context.Context, people.PersonID) error{
		"an undertaking": func(ctx context.Context, id people.PersonID) error {
			return s.Undertake(ctx, s.byManager(), id, "verklaring", time.Time{})
		},
		"an end": func(ctx context.Context, id people.PersonID) error { return s.EndPerson(ctx, s.byManager(), id) },
	} {
		wantInvalid(t, do(t.Context(), "niemand"), about)
		var invalid people.Invalid
		if err := do(gone, s.pieter); err == nil || errors.As(err, &invalid) {
			t.Errorf("%s: %v", about, err)
		}
	}
}
