package scenario

import (
	"fmt"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

func (w *world) enrols(a []string) error {
	return w.as(a[0], regulation.Appoint, func(who people.Presence) error {
		_, err := w.people.AddPerson(w.ctx, who.Request("", gate.Subject{}), people.Person{Login: "iemand", Name: "Iemand"}, password)
		return err
	})
}

func (w *world) appoints(a []string) error {
	return w.appoint(a[0], a[1], "", a[2], "besluit van vandaag")
}
func (w *world) appointsUndecided(a []string) error { return w.appoint(a[0], a[1], "", a[2], "") }
func (w *world) appointsAt(a []string) error {
	return w.appoint(a[0], a[1], a[2], a[3], "brief van vandaag")
}

func (w *world) appoint(name, whom, site, role, basis string) error {
	id, err := w.person(whom)
	if err != nil {
		return err
	}
	term, _ := roleNamed(w.law, role)
	ap := people.Appointment{Person: id, Role: term.Key, Basis: basis}
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

// withdraws: who, role, of whom.
func (w *world) withdraws(a []string) error {
	found, err := w.appointed(a[2], a[1], "")
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
