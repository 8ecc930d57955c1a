package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"oogmerk/internal/people"
)

// signingIn is what signin.html shows.
type signingIn struct {
	Back   string
	Login  string // as it was typed, after a failure
	Failed bool
	Notice string       // key of what to say first, "" for nothing
	Try    []DemoPerson // in the demo
}

// notices are what an address may ask the sign-in page to say.
var notices = []string{"verlopen", "afgemeld", "klok"}

// signInPage is GET /aanmelden.
func (s *site) signInPage(v *visit) error {
	in := signingIn{Back: localPath(v.query("terug"))}
	if n := v.query("bericht"); slices.Contains(notices, n) {
		in.Notice = "signin.notice." + n
	}
	return v.showSignIn(http.StatusOK, in)
}

func (v *visit) showSignIn(code int, in signingIn) error {
	if v.Demo != nil {
		in.Try = v.Demo.People
	}
	return v.send(code, "signin", view{title: "signin.title", js: []string{"signin.js"}, data: in})
}

// signIn is POST /aanmelden.
func (s *site) signIn(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	// Space is part of a password, and never of a login.
	token, err := s.People.SignIn(v.ctx(), v.token, v.form("naam"), v.r.PostFormValue("wachtwoord"))
	if errors.Is(err, people.ErrSignIn) {
		return v.showSignIn(http.StatusUnauthorized, signingIn{Back: v.back(), Login: v.form("naam"), Failed: true})
	}
	if err != nil {
		return err
	}
	v.setCookie(s.cookie(), token)
	if err := v.sitDown(token); err != nil {
		return err
	}
	return v.goTo(v.back())
}

// signOut is POST /afmelden: everyone leaves the seat.
func (s *site) signOut(v *visit) error {
	if !v.who.Empty() {
		if err := s.People.Leave(v.ctx(), v.token, v.who.Who().ID); err != nil {
			return err
		}
	}
	v.setCookie(s.cookie(), "")
	return v.goTo("/aanmelden?" + url.Values{"bericht": {"afgemeld"}}.Encode())
}
