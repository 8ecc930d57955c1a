package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
)

// Under each regulation people can do something else, with the same program,
// the same pages and the same cameras. TestStory lives through the first of
// the five; the others are here and in the files beside this one.

// A stage is the demo under one regulation, and a browser to play in.
type stage struct {
	*browser
	cast  cast
	codes map[string]string // of workstations, by their name
	began time.Time
}

var greetedCode = regexp.MustCompile(`(?m)^  (\S{4}-\S{4}-\S{4})  .*, (.*)$`)

// under plays the demo under the regulation in a file.
func under(t *testing.T, file string, more ...string) *stage {
	t.Helper()
	t.Parallel()
	c, err := castFor(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{cast: c, codes: map[string]string{}, began: time.Now()}
	p := start(t, append([]string{"demo", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--regulation", file}, more...)...)
	s.browser = openBrowser(t, p.base)
	for _, m := range greetedCode.FindAllStringSubmatch(p.output(), -1) {
		s.codes[m[2]] = m[1]
	}
	return s
}

// as signs somebody of the cast in, alone.
func (s *stage) as(login string) {
	s.t.Helper()
	if js[bool](s.browser, `!!document.querySelector('form[action="/afmelden"]')`) {
		s.signOut()
	}
	s.signIn(login, s.password(login))
}

// beside lets somebody of the cast sit down too.
func (s *stage) beside(login string) {
	s.t.Helper()
	s.join(login, s.password(login))
}

func (s *stage) password(login string) string {
	s.t.Helper()
	for _, p := range s.cast.People {
		if p.Login == login {
			return p.Password
		}
	}
	s.t.Fatalf("nobody signs in as %s", login)
	return ""
}

// at makes the browser the workstation with a name.
func (s *stage) at(workstation string) {
	s.t.Helper()
	s.open("/werkplek")
	s.send(`form[action="/werkplek"]`, map[string]string{"code": s.codes[workstation]})
	s.until(10*time.Second, fmt.Sprintf(`document.querySelector("main .notice")?.innerText.includes(%q)`, workstation))
	s.accessible("workstation")
}

// recorded waits until the first camera has a piece of some seconds to look
// back at, by the table on the page, and returns a part of it.
func (s *stage) recorded() (from, to time.Time) {
	s.t.Helper()
	const enough = 8 * time.Second
	for time.Since(s.began) < 90*time.Second {
		for _, row := range js[[][2]string](s.browser, `(async () => {
			await new Promise(r => setTimeout(r, 500));
			const page = new DOMParser().parseFromString(await (await fetch("/terugkijken")).text(), "text/html");
			return [...page.querySelectorAll(".overview .pieces tbody tr")].filter(r => r.querySelector("a"))
				.map(r => [r.cells[0].innerText, r.cells[1].innerText]);
		})()`) {
			from, to = s.clock(row[0]), s.clock(row[1])
			if to.Sub(from) > enough {
				return from.Add(time.Second), from.Add(enough - time.Second)
			}
		}
	}
	s.t.Fatal("nothing to look back at was recorded")
	return from, to
}

// clock is a time of today as a page says it.
func (s *stage) clock(text string) time.Time {
	at, err := time.ParseInLocation(time.DateTime, typedDay(time.Now())+" "+text, calendar.Amsterdam)
	if err != nil {
		return time.Now() // "now" and the like
	}
	return at
}

// refuses expects the page of a refusal, by this article and with its text.
func (s *stage) refuses(article string) {
	s.t.Helper()
	a, ok := s.cast.law.Article(article)
	if !ok {
		s.t.Fatalf("%s has no article %s", s.cast.law.File, article)
	}
	if !js[bool](s.browser, `!!document.querySelector("h1.no")`) {
		s.screenshot("fault")
		s.t.Fatalf("%s isn't a refusal:\n%s", js[string](s.browser, "location.pathname"), s.text())
	}
	s.reads(a.Number, a.Title)
}

// plays expects a playback with a moving picture.
func (s *stage) plays() {
	s.t.Helper()
	if path := js[string](s.browser, "location.pathname"); !strings.HasPrefix(path, "/terugkijken/") {
		s.screenshot("fault")
		s.t.Fatalf("%s is no playback:\n%s", path, s.text())
	}
	s.until(15*time.Second, `document.querySelector("#film").currentTime > 0.5 && `+moving+` === 1`)
}

// first is the first choice there is for a field.
func (s *stage) first(field string) string {
	s.t.Helper()
	return js[string](s.browser, fmt.Sprintf(`[...document.querySelectorAll('select[name="%s"] option')].map(o => o.value).find(v => v)`, field))
}

// moves puts the demo's clock ahead.
func (s *stage) moves(hours int) {
	s.t.Helper()
	s.fill(`.demo-more form`, map[string]string{"uren": fmt.Sprint(hours)})
	s.until(30*time.Second, `location.pathname === "/aanmelden" && document.readyState === "complete"`)
}

// send fills in a form and waits for the page that follows.
func (s *stage) send(form string, fields map[string]string) {
	s.t.Helper()
	js[any](s.browser, `window.before = true`)
	s.fill(form, fields)
	s.until(15*time.Second, `!window.before && document.readyState === "complete"`)
}

// incident waits for the page of an incident that was just entered, and
// returns its id.
func (s *stage) incident() string {
	s.t.Helper()
	s.until(10*time.Second, `/^\/incidenten\/.+/.test(location.pathname) && document.readyState === "complete"`)
	return strings.TrimPrefix(js[string](s.browser, "location.pathname"), "/incidenten/")
}
