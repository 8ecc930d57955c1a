package web

import (
	"net/http"
	"time"

	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// change does one thing to a person's register and shows it again: with the
// form as it was and what is wrong with it, if that can be mended.
func (v *visit) change(at string, do func(id people.PersonID, forms *personForms) error) error {
	if err := v.readForm(); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	if _, err := v.People.Person(v.ctx(), people.PersonID(id)); err != nil {
		return err
	}
	v.retry = "/mensen/" + id
	var forms personForms
	err := do(people.PersonID(id), &forms)
	var wrong mistake
	if v.mend(err, &wrong) {
		forms.At, forms.Wrong = at, v.word(wrong.key, wrong.with...)
		return v.showPerson(http.StatusBadRequest, forms)
	}
	if err != nil {
		return err
	}
	return v.goTo(v.retry)
}

// appoint is POST /mensen/{id}/aanwijzen.
func (s *site) appoint(v *visit) error {
	return v.change("aanwijzen", func(id people.PersonID, forms *personForms) error {
		f := appointForm{Role: v.form("rol"), Site: v.form("locatie"), For: v.form("vervangt"), Basis: v.form("besluit"),
			From: v.form("van"), To: v.form("tot")}
		forms.Appoint = f
		from, to, err := readPeriod(f.From, f.To, v.now)
		if err != nil {
			return err
		}
		return s.People.Appoint(v.ctx(), v.by(), people.Appointment{Person: id, Role: f.Role, Site: f.Site,
			StandsFor: people.PersonID(f.For), Basis: f.Basis, From: from, To: to})
	})
}

// withdraw is POST /mensen/{id}/intrekken.
func (s *site) withdraw(v *visit) error {
	return v.change("intrekken", func(people.PersonID, *personForms) error {
		return s.People.Withdraw(v.ctx(), v.by(), v.form("aanwijzing"))
	})
}

// enterAbsence is POST /mensen/{id}/afwezig.
func (s *site) enterAbsence(v *visit) error {
	return v.change("afwezig", func(id people.PersonID, forms *personForms) error {
		f := absenceForm{Reason: v.form("reden"), From: v.form("van"), To: v.form("tot")}
		forms.Absence = f
		from, to, err := readPeriod(f.From, f.To, v.now)
		if err != nil {
			return err
		}
		_, err = s.People.EnterAbsence(v.ctx(), v.by(), people.Absence{Person: id, Reason: f.Reason, From: from, To: to})
		return err
	})
}

// endAbsence is POST /mensen/{id}/terug.
func (s *site) endAbsence(v *visit) error {
	return v.change("terug", func(people.PersonID, *personForms) error {
		return s.People.EndAbsence(v.ctx(), v.by(), v.form("afwezigheid"))
	})
}

// giveGrant is POST /mensen/{id}/machtigen.
func (s *site) giveGrant(v *visit) error {
	return v.change("machtigen", func(id people.PersonID, forms *personForms) error {
		f := grantForm{Act: v.form("handeling"), Purpose: v.form("doel"), Reason: v.form("reden"), Conditions: v.form("voorwaarden"),
			From: v.form("van"), To: v.form("tot"), Cameras: v.r.PostForm["camera"]}
		forms.Grant = f
		from, to, err := readPeriod(f.From, f.To, v.now)
		if err != nil {
			return err
		}
		_, err = s.People.GiveGrant(v.ctx(), v.by(), people.Grant{Person: id, Act: f.Act, Cameras: f.Cameras,
			Purpose: regulation.Purpose(f.Purpose), Reason: f.Reason, Conditions: f.Conditions, From: from, To: to})
		return err
	})
}

// endGrant is POST /mensen/{id}/ontmachtigen.
func (s *site) endGrant(v *visit) error {
	return v.change("ontmachtigen", func(people.PersonID, *personForms) error {
		return s.People.EndGrant(v.ctx(), v.by(), v.form("machtiging"))
	})
}

// undertake is POST /mensen/{id}/geheimhouding.
func (s *site) undertake(v *visit) error {
	return v.change("geheimhouding", func(id people.PersonID, forms *personForms) error {
		f := secrecyForm{Basis: v.form("grond"), Day: v.form("sinds")}
		forms.Secrecy = f
		var since time.Time
		if f.Day != "" {
			d, err := readDay(f.Day)
			if err != nil {
				return err
			}
			since = d.at(0, 0, 0)
		}
		return s.People.Undertake(v.ctx(), v.by(), id, f.Basis, since)
	})
}

// endPerson is POST /mensen/{id}/weg.
func (s *site) endPerson(v *visit) error {
	return v.change("weg", func(id people.PersonID, _ *personForms) error {
		if v.form("zeker") != "ja" {
			return mistake{key: "wrong.gone"}
		}
		return s.People.EndPerson(v.ctx(), v.by(), id)
	})
}
