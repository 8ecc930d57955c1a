package web

import (
	"time"

	"oogmerk/internal/people"
)

// A frame is what every page has around it. It is what templates get.
type frame struct {
	Lang         string
	Title        string
	Dark         bool
	Here         string // address to come back to
	Nav          []navItem
	Sub          []navItem // of the part this page is in
	Alarms       []alarm   // what can't wait, for who could see to it
	Present      presence
	Modules      []string
	Organisation string
	Demo         *demoStrip
	Data         any
}

// presence is who is at the seat, as the header shows it.
type presence struct {
	People []sitter
	Back   string // where its forms return to
}

// A sitter is one of those present.
type sitter struct {
	ID     people.PersonID
	Name   string
	Titles []string // what they were appointed to
	Acts   bool     // the first: the others are there with them
	Left   int      // seconds until their stay ends
}

// A demoStrip is the clock of the demo.
type demoStrip struct {
	Now   time.Time
	Ahead time.Duration // of the real time
	Back  string
}

func (v *visit) frame(w view) (frame, error) {
	present, err := v.presence(v.here())
	if err != nil {
		return frame{}, err
	}
	f := frame{Lang: v.lang, Title: v.word(w.title, w.with...), Dark: w.dark, Here: v.here(), Present: present,
		Modules: append([]string{"page.js"}, w.js...), Organisation: v.Board.Organisation(), Data: w.data}
	f.Nav, f.Sub = v.navigation(w.nav)
	f.Alarms = v.alarms()
	if v.Demo != nil {
		f.Demo = &demoStrip{Now: v.now, Ahead: v.Demo.Offset(), Back: f.Here}
	}
	return f, nil
}

// here is the page to come back to: this one, or for the answer to a form the
// page the form was on.
func (v *visit) here() string {
	if v.r.Method == "GET" {
		return localPath(v.r.URL.RequestURI())
	}
	if v.retry != "" {
		return v.retry
	}
	return "/"
}

func (v *visit) presence(back string) (presence, error) {
	p := presence{Back: back}
	for i, a := range v.who.All {
		titles, err := v.titles(a.Person.ID)
		if err != nil {
			return p, err
		}
		p.People = append(p.People, sitter{ID: a.Person.ID, Name: a.Person.Name, Titles: titles, Acts: i == 0,
			Left: max(0, int(a.Until.Sub(v.now)/time.Second))})
	}
	return p, nil
}

// titles are what the regulation in force calls the roles of a person.
func (v *visit) titles(id people.PersonID) ([]string, error) {
	if v.law == nil {
		return nil, nil
	}
	appointments, err := v.People.Appointments(v.ctx(), id, v.now)
	if err != nil {
		return nil, err
	}
	var titles []string
	seen := map[string]bool{}
	for _, role := range v.law.Terms.Roles {
		for _, a := range appointments {
			if a.Role == role.Key && !seen[role.Key] {
				seen[role.Key] = true
				titles = append(titles, role.Title)
			}
		}
	}
	return titles, nil
}

// presentPart is GET /aanwezig: the part of the header that says who is here,
// for a script that saw someone move or leave. So it keeps the seat in use.
func (s *site) presentPart(v *visit) (err error) {
	if v.who, err = s.People.Present(v.ctx(), v.token); err != nil {
		return err
	}
	return v.sendPresence(localPath(v.query("terug")))
}

func (v *visit) sendPresence(back string) error {
	present, err := v.presence(back)
	if err != nil {
		return err
	}
	text, err := v.render("fault", "presence", present)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = v.w.Write(text) // fails only for who is gone already
	return nil
}
