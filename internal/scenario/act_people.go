package scenario

import (
	"fmt"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

func (w *world) enrols(a []string) error { return w.enrol(a[0], people.Employee) }

// enrolsAs: who, and the capacity of whoever is new.
func (w *world) enrolsAs(a []string) error { return w.enrol(a[0], a[1]) }

func (w *world) enrol(name, kind string) error {
	return w.as(name, regulation.Appoint, func(who people.Presence) error {
		_, err := w.people.AddPerson(w.ctx, who.Request("", gate.Subject{}), people.Person{Login: "iemand", Name: "Iemand", Kind: kind}, password)
		return err
	})
}

const decision = "besluit van vandaag"

func (w *world) appoints(a []string) error {
	return w.appoint(a[0], "", people.Appointment{Person: people.PersonID(a[1]), Role: a[2], Basis: decision})
}

func (w *world) appointsUndecided(a []string) error {
	return w.appoint(a[0], "", people.Appointment{Person: people.PersonID(a[1]), Role: a[2]})
}

// appointsAt: who, whom, site, role.
func (w *world) appointsAt(a []string) error {
	return w.appoint(a[0], a[2], people.Appointment{Person: people.PersonID(a[1]), Role: a[3], Basis: "brief van vandaag"})
}

// appointsDeputy: who, whom, of whom, role and, maybe, site.
func (w *world) appointsDeputy(a []string) error {
	site := ""
	if len(a) > 4 {
		site = a[4]
	}
	return w.appoint(a[0], site, people.Appointment{Person: people.PersonID(a[1]), StandsFor: people.PersonID(a[2]), Role: a[3], Basis: decision})
}

// appoint has someone appoint someone. Person, role and who they stand for
// are still what the sentence calls them.
func (w *world) appoint(name, site string, ap people.Appointment) error {
	var err error
	if ap.Person, err = w.person(string(ap.Person)); err != nil {
		return err
	}
	if ap.StandsFor != "" {
		if ap.StandsFor, err = w.person(string(ap.StandsFor)); err != nil {
			return err
		}
	}
	term, _ := roleNamed(w.law, ap.Role) // where it may be held is the law's to say
	ap.Role = term.Key
	if site != "" {
		place, err := w.site(site)
		if err != nil {
			return err
		}
		ap.Site = string(place)
	}
	return w.as(name, regulation.Appoint, func(who people.Presence) error {
		return w.people.Appoint(w.ctx, who.Request("", gate.Subject{}), ap)
	})
}

// withdraws: who, role, of whom and, maybe, site.
func (w *world) withdraws(a []string) error {
	site := ""
	if len(a) > 3 {
		site = a[3]
	}
	found, err := w.appointed(a[2], a[1], site)
	if err != nil {
		return err
	}
	if found == nil {
		return fmt.Errorf("%s is geen %s", a[2], a[1])
	}
	return w.as(a[0], regulation.Appoint, func(who people.Presence) error {
		return w.people.Withdraw(w.ctx, who.Request("", gate.Subject{}), found.ID)
	})
}

// appointed finds what makes someone something now: at a site, or, if that is
// "", anywhere.
func (w *world) appointed(name, role, site string) (*people.Appointment, error) {
	id, err := w.person(name)
	if err != nil {
		return nil, err
	}
	all, err := w.people.Appointments(w.ctx, id, w.now())
	if err != nil {
		return nil, err
	}
	term, _ := roleNamed(w.law, role)
	for _, a := range all {
		if a.Role == term.Key && (site == "" || a.Site == string(w.sites[site])) {
			return &a, nil
		}
	}
	return nil, nil
}

// isNow: name, role and, maybe, site.
func (w *world) isNow(a []string) error {
	site := ""
	if len(a) > 2 {
		site = a[2]
	}
	if _, err := w.reaches(a[1], site != ""); err != nil {
		return err
	}
	found, err := w.appointed(a[0], a[1], site)
	if err == nil && found == nil {
		err = fmt.Errorf("%s is het niet", a[0])
	}
	return err
}

func (w *world) isNot(a []string) error {
	found, err := w.appointed(a[0], a[1], "")
	if err == nil && found != nil {
		err = fmt.Errorf("%s is het wel", a[0])
	}
	return err
}

// authorises: who, whom, act: with a reason and conditions, and without end.
func (w *world) authorises(a []string) error {
	return w.authorise(a, people.Grant{Reason: "nodig", Conditions: "alleen hier"}, "")
}

func (w *world) authorisesFor(a []string) error {
	return w.authorise(a, people.Grant{Reason: "nodig", Conditions: "alleen hier"}, a[3])
}

func (w *world) authorisesPurpose(a []string) error {
	return w.authorise(a, people.Grant{Reason: "nodig", Conditions: "alleen hier", Purpose: regulation.Purpose(a[3])}, "")
}

func (w *world) authorisesGroundless(a []string) error {
	return w.authorise(a, people.Grant{Conditions: "alleen hier"}, "1 week")
}

func (w *world) authorisesUnbound(a []string) error {
	return w.authorise(a, people.Grant{Reason: "nodig"}, "1 week")
}

// authorise: who, whom, act; and for how long, if not for ever.
func (w *world) authorise(a []string, g people.Grant, period string) error {
	id, err := w.person(a[1])
	if err != nil {
		return err
	}
	g.Person, g.Act = id, a[2]
	if period != "" {
		if g.To, err = later(w.now(), period); err != nil {
			return err
		}
	}
	return w.as(a[0], regulation.Grant, func(who people.Presence) error {
		_, err := w.people.GiveGrant(w.ctx, who.Request("", gate.Subject{}), g)
		return err
	})
}

// absents: who, whom.
func (w *world) absents(a []string) error {
	id, err := w.person(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Absent, func(who people.Presence) error {
		_, err := w.people.EnterAbsence(w.ctx, who.Request("", gate.Subject{}), people.Absence{Person: id, Reason: "vrij"})
		return err
	})
}

// rosters: who, site, kind of session: for the next two hours.
func (w *world) rosters(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	s := people.Session{Kind: a[2], Site: string(site), Title: a[2], From: w.now(), To: w.now().Add(2 * time.Hour)}
	return w.as(a[0], regulation.Roster, func(who people.Presence) error {
		_, err := w.people.AddSession(w.ctx, who.Request("", gate.Subject{}), s)
		return err
	})
}

func (w *world) receives(a []string) error {
	return w.receive(a, people.Visitor{Document: "dienstpas", Reason: "komt beelden bekijken"})
}

func (w *world) receivesUnidentified(a []string) error {
	return w.receive(a, people.Visitor{Reason: "komt beelden bekijken"})
}

func (w *world) receivesGroundless(a []string) error {
	return w.receive(a, people.Visitor{Document: "dienstpas"})
}

// receive: who, site, capacity of the visitor.
func (w *world) receive(a []string, v people.Visitor) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	v.Name, v.Capacity, v.Site = "Bezoeker", a[2], string(site)
	return w.as(a[0], regulation.Receive, func(who people.Presence) error {
		_, err := w.people.ReceiveVisitor(w.ctx, who.Request("", gate.Subject{}), v)
		return err
	})
}
