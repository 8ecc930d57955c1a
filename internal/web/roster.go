package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

// rosterAhead is how far the roster looks; longestSession is how long one can take.
const (
	rosterAhead    = 90 * 24 * time.Hour
	longestSession = 24 * time.Hour
)

// A sessionForm is a session as it was filled in.
type sessionForm struct {
	Kind, Title, Place, Day, From, To string
	OnDuty                            []string
}

// Picked reports whether someone was chosen in the form.
func (f sessionForm) Picked(id people.PersonID) bool { return slices.Contains(f.OnDuty, string(id)) }

// A rosterPage is what roster.html shows.
type rosterPage struct {
	All     []sessionRow
	Form    sessionForm
	Wrong   string
	Places  []sitePlaces
	Persons []people.Person
}

// sitePlaces is a site and its rooms, to choose from.
type sitePlaces struct {
	premises.Site
	Rooms []premises.Room
}

// A sessionRow is one session in words.
type sessionRow struct {
	people.Session
	Place, RoomName, ByName string
	Names                   []string // who has duty
	Now                     bool
}

// rosterPage is GET /rooster.
func (s *site) rosterPage(v *visit) error {
	return v.showRoster(http.StatusOK, sessionForm{Day: dayOf(v.now).String()}, nil)
}

func (v *visit) showRoster(code int, form sessionForm, wrong *mistake) error {
	page := rosterPage{Form: form}
	if wrong != nil {
		page.Wrong = v.word(wrong.key, wrong.with...)
	}
	rooms := map[string]string{}
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return err
	}
	for _, s := range sites {
		of, err := v.Premises.Rooms(v.ctx(), s.ID)
		if err != nil {
			return err
		}
		for _, r := range of {
			rooms[r.ID] = r.Name
		}
		page.Places = append(page.Places, sitePlaces{s, of})
	}
	if page.Persons, err = v.persons(); err != nil {
		return err
	}
	all, err := v.People.Sessions(v.ctx(), "", v.now, v.now.Add(rosterAhead))
	if err != nil {
		return err
	}
	for _, session := range all {
		row, err := v.sessionRow(session, rooms)
		if err != nil {
			return err
		}
		page.All = append(page.All, row)
	}
	return v.send(code, "roster", view{title: "roster.title", nav: "/rooster", data: page})
}

func (v *visit) sessionRow(s people.Session, rooms map[string]string) (row sessionRow, err error) {
	row = sessionRow{Session: s, RoomName: rooms[s.Room], Now: !s.From.After(v.now)}
	if row.Place, err = v.placeName(s.Site); err != nil {
		return row, err
	}
	if row.ByName, err = v.personName(s.By); err != nil {
		return row, err
	}
	for _, id := range s.OnDuty {
		name, err := v.personName(id)
		if err != nil {
			return row, err
		}
		row.Names = append(row.Names, name)
	}
	return row, nil
}

// addSession is POST /rooster.
func (s *site) addSession(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/rooster"
	form := sessionForm{Kind: v.form("soort"), Title: v.form("titel"), Place: v.form("plaats"), Day: v.form("datum"),
		From: v.form("van"), To: v.form("tot"), OnDuty: v.r.PostForm["dienst"]}
	session, err := form.read()
	if err == nil {
		_, err = s.People.AddSession(v.ctx(), v.by(), session)
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showRoster(http.StatusBadRequest, form, &wrong)
	}
	if err != nil {
		return err
	}
	return v.goTo("/rooster")
}

// read is the session the form holds. A place is a site, or a site and a room.
func (f sessionForm) read() (people.Session, error) {
	site, room, _ := strings.Cut(f.Place, " ")
	s := people.Session{Kind: f.Kind, Title: f.Title, Site: site, Room: room}
	for _, id := range f.OnDuty {
		s.OnDuty = append(s.OnDuty, people.PersonID(id))
	}
	span, err := readSpan(f.Day, f.From, f.To, longestSession)
	s.From, s.To = span.From, span.To
	return s, err
}

// endSession is POST /rooster/{id}/einde.
func (s *site) endSession(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/rooster"
	if err := s.People.EndSession(v.ctx(), v.by(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.goTo("/rooster")
}
