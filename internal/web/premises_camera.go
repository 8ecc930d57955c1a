package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A camerasPage is what cameras.html shows.
type camerasPage struct {
	placing
	Sites []camerasAt
}

// A camerasAt is the cameras of one site.
type camerasAt struct {
	premises.Site
	Cameras []cameraRow
}

// A cameraRow is a camera in the list.
type cameraRow struct {
	premises.Camera
	Room premises.Room
}

// camerasPage is GET /cameras.
func (s *site) camerasPage(v *visit) (err error) {
	var page camerasPage
	if page.placing, err = v.placing(organisation, deed("locatie")); err != nil {
		return err
	}
	sites, err := s.Premises.Sites(v.ctx())
	if err != nil {
		return err
	}
	cameras, err := s.Premises.Cameras(v.ctx())
	if err != nil {
		return err
	}
	for _, place := range sites {
		rooms, err := s.Premises.Rooms(v.ctx(), place.ID)
		if err != nil {
			return err
		}
		at := camerasAt{Site: place}
		for _, c := range cameras {
			if c.Site == place.ID {
				at.Cameras = append(at.Cameras, cameraRow{c, roomIn(rooms, c.Room)})
			}
		}
		page.Sites = append(page.Sites, at)
	}
	return v.show("cameras", view{title: "cameras.title", nav: "/cameras", data: page})
}

// roomIn is a room in a list, or none.
func roomIn(rooms []premises.Room, id string) premises.Room {
	for _, m := range rooms {
		if m.ID == id {
			return m
		}
	}
	return premises.Room{}
}

// A cameraForm is the form of a camera, as it was filled in.
type cameraForm struct {
	Wrong, Name, Room, URL, Username       string
	Aim, AimedAt, Mode, Pixels, Assessment string
	Sub, Device, Profile, Trust, Senses    string
	InView                                 []string
	Visible, Locked                        bool // Locked: a password is kept
	Steers                                 bool
	Trial                                  string // of the try it was filled in from
}

// Sees reports whether something was ticked as being in view.
func (f cameraForm) Sees(what string) bool { return slices.Contains(f.InView, what) }

// A placingPage is what setcamera.html shows: a camera, or the form for a new
// one.
type placingPage struct {
	placing
	Site         premises.Site
	Camera       premises.Camera // without ID for a new one
	Room         premises.Room
	Rooms        []premises.Room
	Form         cameraForm
	Views, Modes []string
	Senses       []string
	Masks        []premises.Mask
	Mask         maskForm
	Law          regulation.Recording
	Sharp        regulation.Quality
}

// A maskForm is the form of a mask, as it was filled in.
type maskForm struct{ Wrong, Covers, Area string }

// newCameraPage is GET /cameras/nieuw: the form, at the site that was chosen.
func (s *site) newCameraPage(v *visit) error {
	if id := v.query("poging"); id != "" {
		c, form, err := v.tried(id)
		if err != nil {
			return err
		}
		return v.showCamera(http.StatusOK, placingPage{Camera: premises.Camera{Site: c.Site}, Form: form})
	}
	if v.query("locatie") == "" {
		return v.whichSite("/cameras/nieuw")
	}
	return v.showCamera(http.StatusOK, placingPage{Camera: premises.Camera{Site: premises.SiteID(v.query("locatie"))}, Form: cameraForm{Pixels: "0"}})
}

// setCameraPage is GET /cameras/{id}: what is known of a camera, and the form
// to change it.
func (s *site) setCameraPage(v *visit) error {
	c, err := v.placedCamera()
	if err != nil {
		return err
	}
	return v.showCamera(http.StatusOK, placingPage{Camera: c, Form: asItIs(c)})
}

// placedCamera is the camera that the address is about.
func (v *visit) placedCamera() (premises.Camera, error) {
	c, err := v.Premises.Camera(v.ctx(), premises.CameraID(v.r.PathValue("id")))
	if err == nil && !c.Removed.IsZero() {
		return c, missing
	}
	return c, err
}

// showCamera answers with a camera, or the form for a new one. What may change
// nothing isn't told where the camera can be reached.
func (v *visit) showCamera(code int, page placingPage) (err error) {
	c := page.Camera
	if page.Site, err = v.Premises.Site(v.ctx(), c.Site); err != nil {
		return err
	}
	if page.Rooms, err = v.Premises.Rooms(v.ctx(), c.Site); err != nil {
		return err
	}
	page.Room = roomIn(page.Rooms, c.Room)
	on, title := c.ID.Entity(), []any{c.Name}
	key := "setcamera.title"
	if c.ID == "" {
		on, title, key = c.Site.Entity(), []any{page.Site.Name}, "newcamera.title.at"
	} else if page.Masks, err = v.Premises.Masks(v.ctx(), c.ID); err != nil {
		return err
	}
	if page.placing, err = v.placing(on, aCamera(page.Room)); err != nil {
		return err
	}
	if !page.May {
		page.Form = cameraForm{}
		page.Camera.URL, page.Camera.Username = "", ""
		page.Camera.Sub, page.Camera.Device, page.Camera.Profile, page.Camera.Trust = "", "", "", ""
	}
	page.Camera.Password = ""
	page.Views, page.Modes, page.Senses = premises.Views(), premises.Modes(), premises.Senses()
	if v.law != nil {
		page.Law, page.Sharp = v.law.Terms.Recording, v.law.Terms.Quality
	}
	return v.send(code, "setcamera", view{title: key, with: title, nav: "/cameras", data: page})
}

// aCamera are the details of placing a camera in a room. Of a new camera the
// room is still to be chosen: then the law is asked about what it allows.
func aCamera(m premises.Room) regulation.Context {
	details := deed("camera")
	if m.ID != "" {
		details["ruimte"] = regulation.String(m.Kind)
	}
	return details
}

// asItIs is the form with a camera as it is.
func asItIs(c premises.Camera) cameraForm {
	return cameraForm{Name: c.Name, Room: c.Room, URL: c.URL, Username: c.Username, Aim: c.Aim, AimedAt: c.AimedAt, Mode: c.Mode,
		Pixels: strconv.Itoa(c.Pixels), Assessment: c.Assessment, InView: c.InView, Visible: c.Visible, Locked: c.Password != "",
		Sub: c.Sub, Device: c.Device, Profile: c.Profile, Trust: c.Trust, Senses: c.Senses, Steers: c.Steers}
}

// cameraForm is the form that was sent.
func (v *visit) cameraForm() cameraForm {
	return cameraForm{Name: v.form("naam"), Room: v.form("ruimte"), URL: v.form("adres"), Username: v.form("gebruikersnaam"),
		Aim: v.form("zicht"), AimedAt: v.form("gericht_op"), Mode: v.form("wijze"), Pixels: v.form("pixels"),
		Assessment: v.form("privacytoets"), InView: v.r.PostForm["in_beeld"], Visible: v.form("zichtbaar") != "",
		Sub: v.form("licht"), Device: v.form("onvif"), Profile: v.form("profiel"), Trust: fingerprint(v.form("certificaat")), Senses: v.form("merkt"),
		Steers: v.form("draait") != "", Trial: v.form("poging")}
}

// apply is c as the form wants it. Without a new password the old one stays;
// without a name to go with it there is none.
func (f cameraForm) apply(c premises.Camera, password string) (premises.Camera, error) {
	pixels, err := strconv.Atoi(f.Pixels)
	if err != nil {
		return c, mistake{key: "wrong.pixels", with: []any{clip(f.Pixels)}}
	}
	c.Name, c.Room, c.URL, c.Username = f.Name, f.Room, f.URL, f.Username
	c.Aim, c.AimedAt, c.InView, c.Mode, c.Pixels = f.Aim, f.AimedAt, f.InView, f.Mode, pixels
	c.Assessment, c.Visible = f.Assessment, f.Visible
	c.Sub, c.Device, c.Profile, c.Trust, c.Senses, c.Steers = f.Sub, f.Device, f.Profile, f.Trust, f.Senses, f.Steers
	switch {
	case f.Username == "":
		c.Password = ""
	case password != "":
		c.Password = password
	}
	return c, nil
}

// fingerprint is a hash without the colons and capitals that it is often
// written with.
func fingerprint(text string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(text))
}

// newCamera is POST /cameras.
func (s *site) newCamera(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	empty := premises.Camera{Site: premises.SiteID(v.form("locatie"))}
	v.retry = "/cameras/nieuw?locatie=" + string(empty.Site)
	return v.setCamera(empty, func(c premises.Camera) (err error) {
		c.ID, err = s.Premises.AddCamera(v.ctx(), v.by(), c)
		v.retry = cameraPath(c.ID)
		return err
	})
}

// changeCamera is POST /cameras/{id}.
func (s *site) changeCamera(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	was, err := v.placedCamera()
	if err != nil {
		return err
	}
	v.retry = cameraPath(was.ID)
	return v.setCamera(was, func(c premises.Camera) error { return s.Premises.ChangeCamera(v.ctx(), v.by(), c) })
}

// setCamera does what the form of a camera asks for, and goes to v.retry or
// shows what was wrong.
func (v *visit) setCamera(was premises.Camera, set func(premises.Camera) error) error {
	form := v.cameraForm()
	c, err := form.apply(was, v.r.PostFormValue("wachtwoord"))
	if err == nil && was.ID == "" {
		c, err = v.complete(c)
	}
	if err == nil {
		err = set(c)
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		form.Wrong, form.Locked = v.word(wrong.key, wrong.with...), was.Password != "" || form.Trial != ""
		return v.showCamera(wrong.code(), placingPage{Camera: was, Form: form})
	}
	if err != nil {
		return err
	}
	return v.goTo(v.retry)
}

// removeCamera is POST /cameras/{id}/weg.
func (s *site) removeCamera(v *visit) error {
	return v.aboutCamera("/cameras", func(c premises.Camera) error { return s.Premises.RemoveCamera(v.ctx(), v.by(), c.ID) })
}

// removeMask is POST /cameras/{id}/maskers/weg.
func (s *site) removeMask(v *visit) error {
	return v.aboutCamera("", func(c premises.Camera) error {
		return s.Premises.RemoveMask(v.ctx(), v.by(), premises.Mask{ID: v.form("id"), Camera: c.ID})
	})
}

// addMask is POST /cameras/{id}/maskers.
func (s *site) addMask(v *visit) error {
	return v.aboutCamera("", func(c premises.Camera) error {
		_, err := s.Premises.AddMask(v.ctx(), v.by(), premises.Mask{Camera: c.ID, Covers: v.form("afgedekt"), Area: v.form("deel")})
		return err
	})
}

// aboutCamera does something with a camera, and goes on to a page; "" is that
// of the camera, which also shows what was wrong.
func (v *visit) aboutCamera(next string, do func(premises.Camera) error) error {
	if err := v.readForm(); err != nil {
		return err
	}
	c, err := v.placedCamera()
	if err != nil {
		return err
	}
	v.retry = cameraPath(c.ID)
	err = do(c)
	var wrong mistake
	if v.mend(err, &wrong) {
		mask := maskForm{Wrong: v.word(wrong.key, wrong.with...), Covers: v.form("afgedekt"), Area: v.form("deel")}
		return v.showCamera(wrong.code(), placingPage{Camera: c, Form: asItIs(c), Mask: mask})
	}
	if err != nil {
		return err
	}
	if next == "" {
		next = v.retry + "#maskers"
	}
	return v.goTo(next)
}

func cameraPath(id premises.CameraID) string { return "/cameras/" + string(id) }
