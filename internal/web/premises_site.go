package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"oogmerk/internal/premises"
)

// A placePage is what place.html shows.
type placePage struct {
	placing
	Site         premises.Site
	Rooms        []premises.Room
	Entrances    []entranceRow
	Stations     []stationRow
	Cameras      []premises.Camera
	Form         placeForm
	Today        day
	Kinds        []string // of site
	RoomKinds    []string
	StationKinds []string
}

// A stationRow is a workstation with where it stands.
type stationRow struct {
	premises.Workstation
	RoomName string
}

// visited is the site that the address is about.
func (v *visit) visited() (premises.Site, error) {
	return v.Premises.Site(v.ctx(), premises.SiteID(v.r.PathValue("id")))
}

// placePage is GET /plaatsen/{id}.
func (s *site) placePage(v *visit) error {
	place, err := v.visited()
	if err != nil {
		return err
	}
	return v.showPlace(http.StatusOK, place, placeForm{})
}

func (v *visit) showPlace(code int, place premises.Site, form placeForm) (err error) {
	page := placePage{Site: place, Form: form, Today: dayOf(v.now), RoomKinds: premises.RoomKinds(), StationKinds: premises.WorkstationKinds()}
	if page.placing, err = v.placing(place.ID.Entity(), deed("ruimte")); err != nil {
		return err
	}
	if page.Rooms, err = v.Premises.Rooms(v.ctx(), place.ID); err != nil {
		return err
	}
	if page.Entrances, err = v.entrances(place.ID); err != nil {
		return err
	}
	if err := v.furnish(&page); err != nil {
		return err
	}
	return v.send(code, "place", view{title: "place.title", with: []any{place.Name}, nav: "/plaatsen", data: page})
}

// furnish adds the workstations and cameras of a site.
func (v *visit) furnish(page *placePage) error {
	stations, err := v.Premises.Workstations(v.ctx(), page.Site.ID)
	if err != nil {
		return err
	}
	for _, w := range stations {
		row := stationRow{Workstation: w}
		for _, m := range page.Rooms {
			if m.ID == w.Room {
				row.RoomName = m.Name
			}
		}
		page.Stations = append(page.Stations, row)
	}
	cameras, err := v.Premises.Cameras(v.ctx())
	for _, c := range cameras {
		if c.Site == page.Site.ID {
			page.Cameras = append(page.Cameras, c)
		}
	}
	sites, listing := v.Premises.Sites(v.ctx())
	page.Kinds = v.siteKinds(sites)
	return errors.Join(err, listing)
}

// Change is the form to change the site, as it was filled in or else as it is.
func (p placePage) Change() siteFields {
	f := p.Form.In("locatie")
	if f.Part == "" {
		f = placeForm{Name: p.Site.Name, Kind: p.Site.Kind, Buildings: strconv.Itoa(p.Site.Buildings)}
	}
	return siteFields{f, p.Kinds}
}

// atPlace does what a form about a site asks for, and shows the site again: at
// the part it was about, or with what was wrong.
func (v *visit) atPlace(part string, do func(premises.SiteID, placeForm) error) error {
	return v.atPlaceShowing(part, do, func(place premises.Site) error { return v.goTo(placePath(place.ID) + "#" + part) })
}

// atPlaceShowing is atPlace for a form that is answered with a page of its own.
func (v *visit) atPlaceShowing(part string, do func(premises.SiteID, placeForm) error, done func(premises.Site) error) error {
	if err := v.readForm(); err != nil {
		return err
	}
	place, err := v.visited()
	if err != nil {
		return err
	}
	v.retry = placePath(place.ID)
	form := v.placeForm(part)
	err = do(place.ID, form)
	var wrong mistake
	if v.mend(err, &wrong) {
		form.Wrong = v.word(wrong.key, wrong.with...)
		return v.showPlace(wrong.code(), place, form)
	}
	if err != nil {
		return err
	}
	return done(place)
}

// changePlace is POST /plaatsen/{id}.
func (s *site) changePlace(v *visit) error {
	return v.atPlace("locatie", func(id premises.SiteID, f placeForm) error {
		place, err := f.site()
		if err != nil {
			return err
		}
		place.ID = id
		return s.Premises.ChangeSite(v.ctx(), v.by(), place)
	})
}

// addRoom is POST /plaatsen/{id}/ruimten.
func (s *site) addRoom(v *visit) error {
	return v.atPlace("ruimte", func(id premises.SiteID, f placeForm) error {
		_, err := s.Premises.AddRoom(v.ctx(), v.by(), premises.Room{Site: id, Name: f.Name, Kind: f.Kind, Storage: f.Storage})
		return err
	})
}

// removeRoom is POST /plaatsen/{id}/ruimten/weg.
func (s *site) removeRoom(v *visit) error {
	return v.atPlace("ruimte", func(id premises.SiteID, f placeForm) error {
		return s.Premises.RemoveRoom(v.ctx(), v.by(), premises.Room{ID: f.Of, Site: id})
	})
}

// setStorage is POST /plaatsen/{id}/ruimten/opslag.
func (s *site) setStorage(v *visit) error {
	return v.atPlace("ruimte", func(id premises.SiteID, f placeForm) error {
		return s.Premises.SetStorage(v.ctx(), v.by(), premises.Room{ID: f.Of, Site: id}, f.Storage)
	})
}

// addEntrance is POST /plaatsen/{id}/ingangen.
func (s *site) addEntrance(v *visit) error {
	return v.atPlace("ingang", func(id premises.SiteID, f placeForm) error {
		_, err := s.Premises.AddEntrance(v.ctx(), v.by(), premises.Entrance{Site: id, Name: f.Name})
		return err
	})
}

// removeEntrance is POST /plaatsen/{id}/ingangen/weg.
func (s *site) removeEntrance(v *visit) error {
	return v.atPlace("ingang", func(id premises.SiteID, f placeForm) error {
		return s.Premises.RemoveEntrance(v.ctx(), v.by(), premises.Entrance{ID: f.Of, Site: id})
	})
}

// removeSign is POST /plaatsen/{id}/borden/weg.
func (s *site) removeSign(v *visit) error {
	return v.atPlace("ingang", func(id premises.SiteID, f placeForm) error {
		return s.Premises.RemoveSign(v.ctx(), v.by(), premises.Sign{ID: f.Of, Site: id})
	})
}

// addSign is POST /plaatsen/{id}/borden/bestand: a sign, with a photo of it or
// where that is kept.
func (s *site) addSign(v *visit) error {
	photo, err := v.readFile("foto", premises.MaxPhoto)
	if err != nil {
		return err
	}
	return v.atPlace("bord", func(id premises.SiteID, f placeForm) error {
		sign := premises.Sign{Site: id, Entrance: f.Entrance, Evidence: f.Evidence, Photo: photo}
		d, err := readDay(f.Day)
		if err != nil {
			return err
		}
		if d != dayOf(v.now) { // today it hangs from now on, whatever the time
			sign.Placed = d.at(12, 0, 0)
		}
		return s.Premises.AddSign(v.ctx(), v.by(), sign)
	})
}

// readFile reads a form with a file of at most so many bytes, and the file; nil
// if none was chosen.
func (v *visit) readFile(name string, most int64) ([]byte, error) {
	err := v.r.ParseMultipartForm(most)
	if tooLarge(err) {
		return nil, err
	}
	if err != nil || !legibleForm(v.r.PostForm) {
		return nil, mistake{key: "wrong.form"}
	}
	file, _, err := v.r.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read the file %s: %w", name, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, most+1)) // one more: whoever checks sees that it is too large
	if err != nil {
		return nil, fmt.Errorf("couldn't read the file %s: %w", name, err)
	}
	return content, nil
}

// signPhoto is GET /plaatsen/{id}/borden/{bord}/foto. Somebody may have come by
// when it was taken, so it is for who may place.
func (s *site) signPhoto(v *visit) error {
	place, err := v.visited()
	if err != nil {
		return err
	}
	may, err := v.placing(place.ID.Entity(), deed("bord"))
	if err != nil {
		return err
	}
	if !may.May {
		return mistake{key: "wrong.placing", status: http.StatusForbidden}
	}
	photo, media, err := s.Premises.SignPhoto(v.ctx(), place.ID, v.r.PathValue("bord"))
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", media)
	_, _ = v.w.Write(photo) // fails only for who is gone already
	return nil
}
