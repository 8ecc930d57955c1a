package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// A visit is one request: who sits at the seat it came from, in which
// language they read, and at what time.
type visit struct {
	*site
	w     http.ResponseWriter
	r     *http.Request
	kind  kind
	lang  string
	token string // "" without a cookie
	who   people.Presence
	now   time.Time
	law   *regulation.Regulation // in force now; nil if none is
	names *names
	todo  []task // what is left to do, once somebody asked
	retry string // where to go after a refusal is lifted; "" for the front page
}

// visit begins one, with nobody known to be there.
func (s *site) visit(w http.ResponseWriter, r *http.Request) *visit {
	now := s.Now()
	v := &visit{site: s, w: w, r: r, lang: dutch, now: now, law: s.Board.InForce(now)}
	if c, err := r.Cookie(languageCookie); err == nil && c.Value == english {
		v.lang = english
	}
	if c, err := r.Cookie(s.cookie()); err == nil {
		v.token = c.Value
	}
	v.names = &names{visit: v}
	return v
}

// answer makes a route an http.Handler: it establishes who is there, and
// turns what goes wrong into a page.
func (s *site) answer(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.kind != stream {
			defer hurry(w)()
		}
		v := s.visit(w, r)
		v.kind = route.kind
		if err := v.enter(route); err != nil {
			v.fail(err)
		}
	})
}

func (v *visit) enter(route route) error {
	if !legible(v.r.URL.Path) {
		return missing
	}
	if query, err := url.ParseQuery(v.r.URL.RawQuery); err != nil || !legibleForm(query) {
		return mistake{key: "wrong.form"}
	}
	if err := v.sit(); err != nil {
		return err
	}
	if route.audience == signedIn && v.who.Empty() {
		return v.askToSignIn()
	}
	return route.do(v)
}

// sit establishes who is there. Only what people do themselves keeps a seat in
// use: scripts and players ask by themselves, whether anyone is there or not.
func (v *visit) sit() (err error) {
	switch {
	case v.token == "":
	case v.kind == paper:
		v.who, err = v.People.Present(v.ctx(), v.token)
	default:
		v.who, err = v.People.Sitting(v.ctx(), v.token)
	}
	return err
}

// askToSignIn sends a person to the sign-in page, and back here afterwards. A
// script is told that nobody is signed in.
func (v *visit) askToSignIn() error {
	if v.kind != paper {
		return mistake{key: "wrong.nobody", status: http.StatusUnauthorized}
	}
	back := "/"
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		back = v.r.URL.RequestURI()
	}
	q := url.Values{"terug": {localPath(back)}}
	if v.token != "" {
		q.Set("bericht", "verlopen")
	}
	return v.goTo("/aanmelden?" + q.Encode())
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// goTo answers a form: see there.
func (v *visit) goTo(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// form is a field of the form that was sent, without space around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// query is a field of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// back is where a form says to go next.
func (v *visit) back() string { return localPath(v.form("terug")) }

// readForm parses the form, so that a broken one is a mistake and not an
// empty one.
func (v *visit) readForm() error {
	err := v.r.ParseForm()
	if tooLarge(err) {
		return err
	}
	if err != nil || !legibleForm(v.r.PostForm) {
		return mistake{key: "wrong.form"}
	}
	return nil
}

// legible reports whether text is text. PostgreSQL doesn't even look for
// anything else.
func legible(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

func legibleForm(form url.Values) bool {
	for _, values := range form {
		if slices.ContainsFunc(values, func(v string) bool { return !legible(v) }) {
			return false
		}
	}
	return true
}

// part reports whether a script of ours wants a part of a page only.
func (v *visit) part() bool { return v.r.Header.Get("X-Oogmerk") == "deel" }

const (
	languageCookie = "taal"
	dutch          = "nl"
	english        = "en"
)

// cookie is the name of the cookie that holds the seat's token. The prefix
// makes browsers refuse it unless it came by https, for this host alone.
func (s *site) cookie() string {
	if s.Secure {
		return "__Host-oogmerk"
	}
	return "oogmerk"
}

// setCookie sets a cookie no script can read and no other site can send. It
// ends with the browser, or at once if value is empty.
func (v *visit) setCookie(name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteStrictMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

// chooseLanguage is POST /taal.
func (s *site) chooseLanguage(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	lang := v.form("taal")
	if lang != dutch && lang != english {
		return mistake{key: "wrong.language"}
	}
	v.setCookie(languageCookie, lang)
	return v.goTo(v.back())
}
