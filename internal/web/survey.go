package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/survey"
)

// Placing a camera begins with finding it, and with trying whether it answers.
// Neither shows what it sees.

// surveyRoutes are those about cameras that aren't there yet.
func (s *site) surveyRoutes() []route {
	return []route{
		{"GET /cameras/zoeken", s.findPage, signedIn, paper},
		{"POST /cameras/zoeken", s.findCameras, signedIn, paper},
		{"GET /cameras/zoeken/{id}", s.foundPage, signedIn, paper},
		{"GET /cameras/proberen", s.tryPage, signedIn, paper},
		{"POST /cameras/proberen", s.tryCamera, signedIn, paper},
		{"GET /cameras/proberen/{id}", s.triedPage, signedIn, paper},
	}
}

// A findingPage is what findcamera.html shows.
type findingPage struct {
	placing
	Site   premises.Site
	Near   string
	Wrong  string
	ID     string // of the search; "" before there is one
	Search survey.Progress
}

// findPage is GET /cameras/zoeken: where to look for cameras.
func (s *site) findPage(v *visit) error {
	if v.query("locatie") == "" {
		return v.whichSite("/cameras/zoeken")
	}
	return v.showFinding(http.StatusOK, findingPage{Site: premises.Site{ID: premises.SiteID(v.query("locatie"))}})
}

// whichSite asks at which site a camera is to be added, unless there is only
// one; next is where to go with it.
func (v *visit) whichSite(next string) error {
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return err
	}
	if len(sites) == 1 {
		return v.goTo(next + "?locatie=" + string(sites[0].ID))
	}
	return v.show("whichsite", view{title: "newcamera.title", nav: "/cameras", data: whichPage{sites, next}})
}

// A whichPage is what whichsite.html shows.
type whichPage struct {
	Sites []premises.Site
	Next  string
}

// hereMay is a site, and whether the law would let a camera be placed there.
func (v *visit) hereMay(id premises.SiteID) (at premises.Site, p placing, err error) {
	if at, err = v.Premises.Site(v.ctx(), id); err != nil {
		return at, p, err
	}
	p, err = v.placing(id.Entity(), deed("camera"))
	return at, p, err
}

func (v *visit) showFinding(code int, page findingPage) (err error) {
	if page.Site, page.placing, err = v.hereMay(page.Site.ID); err != nil {
		return err
	}
	if v.part() {
		text, err := v.render("findcamera", "found", page)
		if err == nil {
			_, err = v.w.Write(text)
		}
		return err
	}
	w := view{title: "findcamera.title", with: []any{page.Site.Name}, nav: "/cameras", data: page}
	if page.ID != "" && !page.Search.Over {
		w.js = []string{"findcamera.js"}
	}
	return v.send(code, "findcamera", w)
}

// findCameras is POST /cameras/zoeken.
func (s *site) findCameras(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	at := premises.SiteID(v.form("locatie"))
	v.retry = "/cameras/zoeken?locatie=" + url.QueryEscape(string(at))
	id, err := s.Survey.Find(v.ctx(), v.who, at, v.form("waar"))
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showFinding(wrong.code(), findingPage{Site: premises.Site{ID: at}, Near: v.form("waar"), Wrong: v.word(wrong.key, wrong.with...)})
	}
	if err != nil {
		return err
	}
	return v.goTo("/cameras/zoeken/" + id)
}

// foundPage is GET /cameras/zoeken/{id}: what was found until now.
func (s *site) foundPage(v *visit) error {
	id := v.r.PathValue("id")
	p, err := s.Survey.Progress(v.who, id)
	if err != nil {
		return err
	}
	page := findingPage{Site: premises.Site{ID: p.Site}, Near: p.Near, ID: id, Search: p}
	if p.Wrong != "" {
		page.Wrong = v.word("invalid:" + string(p.Wrong))
	}
	return v.showFinding(http.StatusOK, page)
}

// A tryingPage is what trycamera.html shows: the form to try a camera with, as
// it was filled in, but for the password.
type tryingPage struct {
	placing
	Site                            premises.Site
	Address, Username, Trust, Wrong string
	Strange                         string // SHA-256 of a certificate nobody vouches for, as people compare it
}

// tryPage is GET /cameras/proberen.
func (s *site) tryPage(v *visit) error {
	if v.query("locatie") == "" {
		return v.whichSite("/cameras/proberen")
	}
	return v.showTrying(http.StatusOK, tryingPage{Site: premises.Site{ID: premises.SiteID(v.query("locatie"))}, Address: v.query("adres")})
}

func (v *visit) showTrying(code int, page tryingPage) (err error) {
	if page.Site, page.placing, err = v.hereMay(page.Site.ID); err != nil {
		return err
	}
	return v.send(code, "trycamera", view{title: "trycamera.title", with: []any{page.Site.Name}, nav: "/cameras", data: page})
}

// tryCamera is POST /cameras/proberen.
func (s *site) tryCamera(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	page := tryingPage{Site: premises.Site{ID: premises.SiteID(v.form("locatie"))}, Address: v.form("adres"), Username: v.form("gebruikersnaam"), Trust: v.form("certificaat")}
	v.retry = "/cameras/proberen?" + url.Values{"locatie": {string(page.Site.ID)}, "adres": {page.Address}}.Encode()
	id, err := s.Survey.Try(v.ctx(), v.who, page.Site.ID, survey.Attempt{Address: page.Address, Username: page.Username,
		Password: v.r.PostFormValue("wachtwoord"), Trust: page.Trust})
	var strange *survey.Untrusted
	var refusal *gate.Refusal
	var wrong mistake
	switch {
	case errors.As(err, &refusal):
		return err
	case errors.As(err, &strange):
		page.Trust, page.Strange = strange.Fingerprint, inPairs(strange.Fingerprint)
		return v.showTrying(http.StatusConflict, page)
	case v.mend(err, &wrong):
		page.Wrong = v.word(wrong.key, wrong.with...)
		return v.showTrying(wrong.code(), page)
	case err != nil:
		return err
	}
	return v.goTo("/cameras/proberen/" + id)
}

// inPairs is a hash as people compare it: in groups of four.
func inPairs(hash string) string {
	var out []byte
	for i := range len(hash) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, hash[i])
	}
	return string(out)
}

// A triedPage is what triedcamera.html shows: how a camera answers.
type triedPage struct {
	placing
	ID string
	*survey.Trial
	Site      premises.Site
	Main, Sub string // what we would choose
	Says      survey.Says
	Silent    bool // what would be recorded didn't answer itself
	Heavy     bool // what would be recorded can't be shown everywhere, and there is nothing else
}

// clockAgrees is how far a camera's clock may be off to be called right: it is
// told to the second.
const clockAgrees = 2 * time.Second

// Early is how far the camera's clock is ahead; 0 if it isn't.
func (p triedPage) Early() time.Duration { return off(p.Ahead) }

// Late is how far the camera's clock is behind; 0 if it isn't.
func (p triedPage) Late() time.Duration { return off(-p.Ahead) }

// off is d as people say it; 0 if that is no difference.
func off(d time.Duration) time.Duration {
	switch {
	case d <= clockAgrees:
		return 0
	case d < time.Minute:
		return d.Round(time.Second)
	}
	return d.Round(time.Minute)
}

// Light are the streams that can be shown beside the one that is recorded.
func (p triedPage) Light() []survey.Stream {
	return slices.DeleteFunc(slices.Clone(p.Streams), func(s survey.Stream) bool { return s.Codec != "h264" })
}

// triedPage is GET /cameras/proberen/{id}: how a camera answered.
func (s *site) triedPage(v *visit) (err error) {
	page := triedPage{ID: v.r.PathValue("id")}
	if page.Trial, err = s.Survey.Trial(v.who, page.ID); err != nil {
		return err
	}
	if page.Site, page.placing, err = v.hereMay(page.Trial.Site); err != nil {
		return err
	}
	if page.Says, err = s.Survey.Says(v.ctx(), page.Trial.Site); err != nil {
		return err
	}
	page.Main, page.Sub = page.Chosen()
	for _, one := range page.Streams {
		if one.Token == page.Main {
			page.Silent, page.Heavy = !one.Answers, one.Codec != "h264" && page.Sub == ""
		}
	}
	return v.send(http.StatusOK, "triedcamera", view{title: "triedcamera.title", with: []any{page.Site.Name}, nav: "/cameras", data: page})
}

// tried fills in the form of a new camera with what answered, and is the site
// where that was.
func (v *visit) tried(id string) (premises.Camera, cameraForm, error) {
	trial, err := v.Survey.Trial(v.who, id)
	if err != nil {
		return premises.Camera{}, cameraForm{}, err
	}
	c, err := trial.Camera(v.query("hoofd"), v.query("licht"))
	form := asItIs(c)
	form.Trial, form.Locked = id, c.Username != ""
	return c, form, err
}

// complete gives a new camera the password that it was tried with.
func (v *visit) complete(c premises.Camera) (premises.Camera, error) {
	id := v.form("poging")
	if id == "" || c.Password != "" || c.Username == "" {
		return c, nil
	}
	trial, err := v.Survey.Trial(v.who, id)
	if err != nil {
		return c, mistake{key: "wrong.trial"}
	}
	return trial.Complete(c), nil
}
