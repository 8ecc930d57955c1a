package web

import (
	"net/http"
	"time"

	"oogmerk/internal/premises"
)

// stationStay is as long as browsers keep a cookie.
const stationStay = 400 * 24 * time.Hour

// stationCookie is the name of the cookie by which a computer proves which
// workstation it is.
func (s *site) stationCookie() string { return s.cookie() + "-werkplek" }

// station is which workstation this computer is, if it is one.
func (v *visit) station() (w premises.Workstation, is bool, err error) {
	c, err := v.r.Cookie(v.stationCookie())
	if err != nil {
		return w, false, nil // without the cookie it is none
	}
	return v.Premises.StationOf(v.ctx(), c.Value)
}

// sitDown puts a seat that was just taken at the workstation this computer is.
func (v *visit) sitDown(token string) error {
	w, is, err := v.station()
	if err != nil || !is {
		return err
	}
	return v.People.AtStation(v.ctx(), token, w.ID)
}

// A newStation is what newstation.html shows: its code, this once.
type newStation struct {
	Site       premises.Site
	Name, Code string
	Address    string // where to type it
	Until      time.Time
}

// addStation is POST /plaatsen/{id}/werkplekken.
func (s *site) addStation(v *visit) error {
	var made newStation
	return v.atPlaceShowing("werkplek", func(id premises.SiteID, f placeForm) (err error) {
		_, made.Code, err = s.Premises.AddWorkstation(v.ctx(), v.by(), premises.Workstation{Site: id, Room: f.Room, Name: f.Name, Kind: f.Kind})
		made.Name = f.Name
		return err
	}, func(place premises.Site) error {
		made.Site, made.Until, made.Address = place, v.now.Add(premises.CodeValid), v.address()+"/werkplek"
		return v.show("newstation", view{title: "newstation.title", nav: "/plaatsen", data: made})
	})
}

// removeStation is POST /plaatsen/{id}/werkplekken/weg.
func (s *site) removeStation(v *visit) error {
	return v.atPlace("werkplek", func(id premises.SiteID, f placeForm) error {
		return s.Premises.RemoveWorkstation(v.ctx(), v.by(), premises.Workstation{ID: f.Of, Site: id})
	})
}

// A stationPage is what station.html shows.
type stationPage struct {
	Is              bool
	Station         premises.Workstation
	Site, Room      string
	RoomKind, Wrong string
	Code            string
}

// stationPage is GET /werkplek: which workstation this computer is, and where
// to type the code that makes it one.
func (s *site) stationPage(v *visit) error { return v.showStation(http.StatusOK, stationPage{}) }

func (v *visit) showStation(code int, page stationPage) (err error) {
	if page.Station, page.Is, err = v.station(); err != nil {
		return err
	}
	if page.Is {
		place, err := v.Premises.Site(v.ctx(), page.Station.Site)
		if err != nil {
			return err
		}
		room, err := v.Premises.Room(v.ctx(), page.Station.Room)
		if err != nil {
			return err
		}
		page.Site, page.Room, page.RoomKind = place.Name, room.Name, room.Kind
	}
	return v.send(code, "station", view{title: "station.title", nav: "/plaatsen", data: page})
}

// enrol is POST /werkplek.
func (s *site) enrol(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	device, err := s.Premises.EnrolDevice(v.ctx(), v.form("code"))
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showStation(wrong.code(), stationPage{Wrong: v.word(wrong.key, wrong.with...), Code: v.form("code")})
	}
	if err != nil {
		return err
	}
	// The code is spent: whatever fails from here on, the computer is enrolled.
	http.SetCookie(v.w, &http.Cookie{Name: s.stationCookie(), Value: device, Path: "/", HttpOnly: true, Secure: s.Secure,
		SameSite: http.SameSiteStrictMode, MaxAge: int(stationStay / time.Second)})
	w, _, err := s.Premises.StationOf(v.ctx(), device)
	if err != nil {
		return err
	}
	if err := s.People.AtStation(v.ctx(), v.token, w.ID); err != nil {
		return err
	}
	return v.goTo("/werkplek")
}
