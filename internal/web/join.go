package web

import (
	"errors"
	"net/http"

	"oogmerk/internal/people"
)

// joining is the form with which a further person signs in at the seat.
type joining struct {
	Back   string
	Login  string
	Failed bool
	Wrong  string // what else to mend, "" if nothing
	Try    []DemoPerson
}

// joinPage is GET /erbij.
func (s *site) joinPage(v *visit) error {
	return v.showJoin(http.StatusOK, joining{Back: localPath(v.query("terug"))})
}

func (v *visit) showJoin(code int, j joining) error {
	if v.Demo != nil {
		j.Try = v.others(v.Demo.People)
	}
	return v.send(code, "join", view{title: "join.title", js: []string{"signin.js"}, data: j})
}

// others are those who don't sit here yet.
func (v *visit) others(all []DemoPerson) []DemoPerson {
	var out []DemoPerson
	for _, p := range all {
		here := false
		for _, a := range v.who.All {
			here = here || a.Person.Login == p.Login
		}
		if !here {
			out = append(out, p)
		}
	}
	return out
}

// join is POST /erbij.
func (s *site) join(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = v.back()
	for _, a := range v.who.All {
		if a.Person.Login == v.form("naam") {
			j := joining{Back: v.back(), Wrong: v.word("wrong.already", a.Person.Name)}
			return v.showJoin(http.StatusBadRequest, j)
		}
	}
	err := s.People.Join(v.ctx(), v.token, v.form("naam"), v.r.PostFormValue("wachtwoord"))
	if errors.Is(err, people.ErrSignIn) {
		return v.showJoin(http.StatusUnauthorized, joining{Back: v.back(), Login: v.form("naam"), Failed: true})
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showJoin(wrong.code(), joining{Back: v.back(), Login: v.form("naam"), Wrong: v.word(wrong.key, wrong.with...)})
	}
	if err != nil {
		return err
	}
	return v.goTo(v.back())
}

// leave is POST /erbij/weg: one of those present leaves. A script that asks
// gets the new header back, so that its page can stay.
func (s *site) leave(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	id := people.PersonID(v.form("persoon"))
	if !v.sits(id) {
		return mistake{key: "wrong.leave"}
	}
	if err := s.People.Leave(v.ctx(), v.token, id); err != nil {
		return err
	}
	if !v.part() {
		return v.goTo(v.back())
	}
	var err error
	if v.who, err = s.People.Present(v.ctx(), v.token); err != nil {
		return err
	}
	return v.sendPresence(v.back())
}

func (v *visit) sits(id people.PersonID) bool {
	for _, a := range v.who.All {
		if a.Person.ID == id {
			return true
		}
	}
	return false
}
