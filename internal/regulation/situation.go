package regulation

import (
	"fmt"
	"slices"
	"strings"
)

// A Dimension is a fact that may be one thing or another.
type Dimension struct {
	Name   string // "aanwezigen"
	Values []string
}

// A Situation says of each dimension which it is.
type Situation map[string]string

// Dimensions that are no single fact.
const (
	ByRole  = "rol"
	atPlace = "plaats"   // where a role that is held at a site is held
	object  = "voorwerp" // what the act is done to

	none, yes, no, here, elsewhere = "geen", "ja", "nee", "hier", "elders"
)

// Subjects are the kinds of thing an act can be done to.
func Subjects(act Act) []string {
	switch act {
	case Report, Roster, Receive:
		return []string{Site}
	case Settle, Decide:
		return []string{Incident}
	case Appoint, Grant, Absent:
		return []string{Person}
	case Adopt:
		return []string{Organisation}
	case Consult:
		return []string{Organisation, Site}
	case Place, Deviate:
		return []string{Camera, Site, Organisation}
	case File:
		return []string{Camera, Site, Person, Organisation}
	}
	return []string{Camera}
}

// blank is a question of somebody without a role about an act to something of
// this kind, where all is in order as far as a fact can say so by itself.
func blank(act Act, kind string) Question {
	site, other := NewEntity(Site, here), NewEntity(Site, elsewhere)
	q := Question{Who: NewEntity(Person, "wie"), Act: act, On: NewEntity(kind, strings.ToLower(kind)), Facts: Facts{}, Context: Context{}}
	switch kind {
	case Site:
		q.On = site
	case Organisation:
		q.On = NewEntity(Organisation, "organisatie")
	}
	for _, e := range []Entity{site, other, NewEntity(Organisation, "organisatie"), q.Who, q.On} {
		q.Facts[e] = NewFact(e, nil, orderly(string(e.Type), site))
	}
	for name, v := range circumstances(act) {
		q.Context[name] = v
	}
	return q
}

// orderly are the facts of a thing that nothing is wrong with, and that has
// nothing.
func orderly(kind string, site Entity) Context {
	switch kind {
	case Person:
		return Context{"functies": Set(), "neemt_waar": Set(), "geheimhouding": Boolean(true), "soort": String("medewerker"), "stukken": Set()}
	case Site:
		return Context{"soort": String(""), "gebouwen": Long(1), "borden": Boolean(true), "bezet": Set(), "stukken": Set()}
	case Organisation:
		return Context{"bezet": Set(), "opslagruimte": Boolean(true), "kan": Strings(Abilities()...), "stukken": Set()}
	case Camera:
		return Context{"locatie": site, "ruimte": String(""), "zichtbaar": Boolean(true), "privacytoets": Boolean(true),
			"aangekondigd": Boolean(true), "in_beeld": Set(), "afgedekt": Set(), "gericht_op": String(""), "wijze": String(Continuous),
			"pixels_per_meter": Long(250), "klokverschil": Long(0), "stukken": Set(), "wacht_op_samen": Boolean(false)}
	}
	q := Question{On: site}
	return q.supposed("waargenomen")
}

// circumstances are those of every act, and what the deed says of itself.
func circumstances(act Act) Context {
	c := Context{"aanwezigen": Long(1), "samenstelling": Set(), "vensters": Set(), "zittingen": Set(), "in_dienst": Set(), "gemachtigd": Boolean(false)}
	for name, v := range Details(act) {
		c[name] = v
	}
	return c
}

// Details are what a deed says of itself where it says all it should.
func Details(act Act) Context {
	switch act {
	case Process:
		return Context{"filter": String("verscherpen")}
	case Erase:
		return Context{"termijn_voorbij": Boolean(true)}
	case Report:
		return Context{"staat": String("waargenomen"), "soort": String(""), "waarnemer": Boolean(true)}
	case Decide:
		return Context{"toewijzen": Boolean(true), "gemotiveerd": Boolean(true)}
	case Appoint:
		return Context{"intrekken": Boolean(false), "vervangt": Set(), "houders": Long(0), "soort": String("medewerker")}
	case Grant:
		return Context{"handeling": String(string(PlayBack)), "reden": Boolean(true), "voorwaarden": Boolean(true), "doelgebonden": Boolean(true), "dagen": Long(1)}
	case Roster:
		return Context{"soort": String("")}
	case Receive:
		return Context{"hoedanigheid": String("politie"), "gelegitimeerd": Boolean(true), "reden": Boolean(true)}
	case Place:
		return Context{"wat": String("camera"), "beeld": Boolean(false)}
	case File:
		return Context{"stuk": String(""), "volledig": Boolean(true)}
	case Adopt:
		return Context{"instemmingen": Set(), "wijziging": Boolean(true)}
	case Deviate:
		return Context{"soort": String("afwijking"), "artikel": String(""), "dagen": Long(1), "reden": Boolean(true), "gemeld": Boolean(true), "adviezen": Set()}
	}
	return nil
}

// full is q with a value for everything that may be absent, so that what a
// policy reads can be found.
func (q Question) full() Question {
	for name, v := range (Context{"doel": String(""), "werkplek": q.workstation(), "incident": NewEntity(Incident, "waargenomen"),
		"rol": NewEntity(Role, ""), "locatie": q.site(), "besluit": String(""), "ruimte": String(""), "dagen_na_bekendmaking": Long(0)}) {
		if _, there := q.Context[name]; !there {
			q = q.apply(move{fact: string(name), value: v})
		}
	}
	return q
}

// play is somebody with one role, for the organisation or at a place.
func (q Question) play(r *Regulation, role, place string) Question {
	was := q.Facts[q.Who]
	if role == systemRole {
		q.Who = NewEntity(Person, systemRole)
		q.Facts[q.Who] = NewFact(q.Who, nil, was.Attributes.Map())
		return q.apply(move{of: q.Who, how: joins, value: NewEntity(Role, systemRole)})
	}
	t, ok := r.Terms.role(role)
	switch {
	case !ok:
		return q
	case t.PerSite:
		return q.apply(move{of: q.Who, fact: "functies", how: gains,
			value: Struct(Context{"rol": NewEntity(Role, role), "locatie": NewEntity(Site, place)})})
	}
	return q.apply(move{of: q.Who, how: joins, value: NewEntity(Role, role)})
}

func (t Terms) role(key string) (RoleTerm, bool) {
	i := slices.IndexFunc(t.Roles, func(r RoleTerm) bool { return r.Key == key })
	if i < 0 {
		return RoleTerm{}, false
	}
	return t.Roles[i], true
}

// Check refuses a situation with a fact that isn't one, or of a value that
// there isn't.
func (s Situation) Check(dims []Dimension) error {
	var names []string
	for _, d := range dims {
		names = append(names, d.Name)
		if v, ok := s[d.Name]; ok && !slices.Contains(d.Values, v) {
			return fmt.Errorf("%s can't be %q: it is one of %s", d.Name, v, strings.Join(d.Values, ", "))
		}
	}
	for name := range s {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%q makes no difference to this act: what does is %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}
