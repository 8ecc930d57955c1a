package web

import (
	"net/http"
	"slices"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// peopleRoutes are the registers of who is who, who has duty and who visits.
func (s *site) peopleRoutes() []route {
	return []route{
		{"GET /mensen", s.peoplePage, signedIn, paper},
		{"POST /mensen", s.addPerson, signedIn, paper},
		{"GET /mensen/{id}", s.personPage, signedIn, paper},
		{"POST /mensen/{id}/aanwijzen", s.appoint, signedIn, paper},
		{"POST /mensen/{id}/intrekken", s.withdraw, signedIn, paper},
		{"POST /mensen/{id}/afwezig", s.enterAbsence, signedIn, paper},
		{"POST /mensen/{id}/terug", s.endAbsence, signedIn, paper},
		{"POST /mensen/{id}/machtigen", s.giveGrant, signedIn, paper},
		{"POST /mensen/{id}/ontmachtigen", s.endGrant, signedIn, paper},
		{"POST /mensen/{id}/geheimhouding", s.undertake, signedIn, paper},
		{"POST /mensen/{id}/weg", s.endPerson, signedIn, paper},
		{"GET /rooster", s.rosterPage, signedIn, paper},
		{"POST /rooster", s.addSession, signedIn, paper},
		{"POST /rooster/{id}/einde", s.endSession, signedIn, paper},
		{"GET /bezoek", s.visitorsPage, signedIn, paper},
		{"POST /bezoek", s.receiveVisitor, signedIn, paper},
		{"POST /bezoek/{id}/vertrek", s.visitorLeaves, signedIn, paper},
	}
}

// by is a change to a register in the name of who sits here.
func (v *visit) by() gate.Request { return v.who.Request("", gate.Subject{}) }

// A personForm is someone new as they were filled in; the password isn't kept.
type personForm struct{ Login, Name, Kind, Basis string }

// A peoplePage is what people.html shows.
type peoplePage struct {
	All   []personRow
	Form  personForm
	Wrong string
	Kinds []string
}

// A personRow is one person in the list.
type personRow struct {
	people.Person
	Posts []postRow
	Away  bool
}

// A postRow is one appointment in words.
type postRow struct {
	people.Appointment
	Title, Place, ByName, ForName string
	Coming                        bool // it hasn't begun
	Acting                        bool // who they stand for is away now
}

// peoplePage is GET /mensen.
func (s *site) peoplePage(v *visit) error {
	return v.showPeople(http.StatusOK, personForm{Kind: people.Employee}, nil)
}

func (v *visit) showPeople(code int, form personForm, wrong *mistake) error {
	page := peoplePage{Form: form, Kinds: people.Kinds()}
	if wrong != nil {
		page.Wrong = v.word(wrong.key, wrong.with...)
	}
	persons, err := v.persons()
	if err != nil {
		return err
	}
	away, err := v.away()
	if err != nil {
		return err
	}
	posts, err := v.posts(away)
	if err != nil {
		return err
	}
	for _, p := range persons {
		page.All = append(page.All, personRow{Person: p, Posts: posts[p.ID], Away: away[p.ID]})
	}
	return v.send(code, "people", view{title: "people.title", nav: "/mensen", data: page})
}

// persons is everyone who is with us, by name.
func (v *visit) persons() ([]people.Person, error) {
	all, err := v.People.Persons(v.ctx())
	return slices.DeleteFunc(all, func(p people.Person) bool { return !p.Ended.IsZero() && !p.Ended.After(v.now) }), err
}

// away is who is away now.
func (v *visit) away() (map[people.PersonID]bool, error) {
	absences, err := v.People.Absences(v.ctx(), "", v.now)
	away := map[people.PersonID]bool{}
	for _, a := range absences {
		if !a.From.After(v.now) {
			away[a.Person] = true
		}
	}
	return away, err
}

// posts are everyone's appointments that aren't over.
func (v *visit) posts(away map[people.PersonID]bool) (map[people.PersonID][]postRow, error) {
	all, err := v.People.Appointed(v.ctx(), v.now)
	if err != nil {
		return nil, err
	}
	posts := map[people.PersonID][]postRow{}
	for _, a := range all {
		row := postRow{Appointment: a, Title: v.roleTitle(a.Role), Coming: a.From.After(v.now), Acting: a.StandsFor != "" && away[a.StandsFor]}
		if row.Place, err = v.placeName(a.Site); err != nil {
			return nil, err
		}
		if row.ByName, err = v.personName(a.By); err != nil {
			return nil, err
		}
		if row.ForName, err = v.personName(a.StandsFor); err != nil {
			return nil, err
		}
		posts[a.Person] = append(posts[a.Person], row)
	}
	return posts, nil
}

// roleTitle is what the regulation in force calls a role; a role it doesn't
// know any more speaks for itself.
func (v *visit) roleTitle(key string) string {
	if v.law != nil {
		if r, ok := v.law.Terms.Role(key); ok {
			return r.Title
		}
	}
	return key
}

// placeName is where something holds: a site, or everywhere.
func (v *visit) placeName(site string) (string, error) {
	if site == "" {
		return v.word("people.everywhere"), nil
	}
	t, err := v.names.of(regulation.NewEntity(regulation.Site, site).String())
	return t.Name, err
}

// personName is "" for nobody.
func (v *visit) personName(id people.PersonID) (string, error) {
	if id == "" {
		return "", nil
	}
	t, err := v.names.of(id.Entity().String())
	return t.Name, err
}

// addPerson is POST /mensen.
func (s *site) addPerson(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/mensen"
	form := personForm{Login: v.form("aanmeldnaam"), Name: v.form("naam"), Kind: v.form("soort"), Basis: v.form("geheimhouding")}
	id, err := s.People.AddPerson(v.ctx(), v.by(), people.Person{Login: form.Login, Name: form.Name, Kind: form.Kind,
		ConfidentialityBasis: form.Basis}, v.r.PostFormValue("wachtwoord"))
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showPeople(http.StatusBadRequest, form, &wrong)
	}
	if err != nil {
		return err
	}
	return v.goTo("/mensen/" + string(id))
}

// readPeriod reads a first and a last day, as people mean them: the last one
// counts. Today, or nothing, is from now on; no last day is without end.
func readPeriod(first, last string, now time.Time) (from, to time.Time, err error) {
	if first != "" {
		d, err := readDay(first)
		if err != nil {
			return from, to, err
		}
		if d != dayOf(now) {
			from = d.at(0, 0, 0)
		}
	}
	if last != "" {
		d, err := readDay(last)
		if err != nil {
			return from, to, err
		}
		to = d.next().at(0, 0, 0)
	}
	return from, to, nil
}
