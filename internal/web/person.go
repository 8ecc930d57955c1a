package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// personForms are the forms about one person as they were filled in, and what
// is wrong with which.
type personForms struct {
	Appoint appointForm
	Absence absenceForm
	Grant   grantForm
	Secrecy secrecyForm
	At      string // the form that is wrong; "" for none
	Wrong   string
}

type (
	appointForm struct{ Role, Site, For, Basis, From, To string }
	absenceForm struct{ Reason, From, To string }
	secrecyForm struct{ Basis, Day string }
	grantForm   struct {
		Act, Purpose, Reason, Conditions, From, To string
		Cameras                                    []string
	}
)

// A personPage is what person.html shows.
type personPage struct {
	people.Person
	personForms
	Gone     bool
	Today    string
	Posts    []postRow
	Absences []absenceRow
	Grants   []grantRow
	Roles    []regulation.RoleTerm
	Sites    []premises.Site
	Others   []people.Person // whom they could stand for
	Cameras  []premises.Camera
	Purposes []regulation.PurposeTerm
	Acts     []regulation.Act
}

// An absenceRow is one absence in words.
type absenceRow struct {
	people.Absence
	ByName string
	Coming bool
}

// A grantRow is one grant in words.
type grantRow struct {
	people.Grant
	CameraNames, PurposeText, ByName string
	Coming                           bool
}

// lastDay is the last whole day before an end.
func lastDay(end time.Time) time.Time { return end.Add(-time.Second) }

// Last is the last day of an appointment, an absence or a grant.
func (r postRow) Last() time.Time    { return lastDay(r.To) }
func (r absenceRow) Last() time.Time { return lastDay(r.To) }
func (r grantRow) Last() time.Time   { return lastDay(r.To) }

// Picked reports whether a camera was chosen in the form.
func (f grantForm) Picked(id premises.CameraID) bool { return slices.Contains(f.Cameras, string(id)) }

// personPage is GET /mensen/{id}.
func (s *site) personPage(v *visit) error { return v.showPerson(http.StatusOK, personForms{}) }

func (v *visit) showPerson(code int, forms personForms) error {
	p, err := v.People.Person(v.ctx(), people.PersonID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	page := personPage{Person: p, personForms: forms, Gone: !p.Ended.IsZero() && !p.Ended.After(v.now),
		Today: dayOf(v.now).String(), Acts: people.Grantable()}
	if v.law != nil {
		page.Roles, page.Purposes = v.law.Terms.Roles, v.law.Terms.Purposes
	}
	away, err := v.away()
	if err != nil {
		return err
	}
	posts, err := v.posts(away)
	if err != nil {
		return err
	}
	page.Posts = posts[p.ID]
	if err := v.addTimes(&page); err != nil {
		return err
	}
	if err := v.addChoices(&page, posts); err != nil {
		return err
	}
	return v.send(code, "person", view{title: "person.title", with: []any{p.Name}, nav: "/mensen", data: page})
}

// addTimes adds when someone is away, and what they were granted.
func (v *visit) addTimes(page *personPage) error {
	absences, err := v.People.Absences(v.ctx(), page.ID, v.now)
	if err != nil {
		return err
	}
	for _, a := range absences {
		name, err := v.personName(a.By)
		if err != nil {
			return err
		}
		page.Absences = append(page.Absences, absenceRow{Absence: a, ByName: name, Coming: a.From.After(v.now)})
	}
	grants, err := v.People.Grants(v.ctx(), page.ID, v.now)
	if err != nil {
		return err
	}
	for _, g := range grants {
		row, err := v.grantRow(g)
		if err != nil {
			return err
		}
		page.Grants = append(page.Grants, row)
	}
	return nil
}

func (v *visit) grantRow(g people.Grant) (row grantRow, err error) {
	row = grantRow{Grant: g, PurposeText: v.purpose(string(g.Purpose)), Coming: g.From.After(v.now)}
	if row.ByName, err = v.personName(g.By); err != nil {
		return row, err
	}
	var names []string
	for _, c := range g.Cameras {
		camera, err := v.names.of(premises.CameraID(c).Entity().String())
		if err != nil {
			return row, err
		}
		names = append(names, camera.Name)
	}
	row.CameraNames = strings.Join(names, ", ")
	return row, nil
}

// addChoices adds what the forms let choose from.
func (v *visit) addChoices(page *personPage, posts map[people.PersonID][]postRow) (err error) {
	if page.Sites, err = v.Premises.Sites(v.ctx()); err != nil {
		return err
	}
	if page.Cameras, err = v.Premises.Cameras(v.ctx()); err != nil {
		return err
	}
	persons, err := v.persons()
	for _, p := range persons {
		if p.ID != page.ID && len(posts[p.ID]) > 0 {
			page.Others = append(page.Others, p)
		}
	}
	return err
}
