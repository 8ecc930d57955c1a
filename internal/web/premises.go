package web

import (
	"net/http"
	"slices"
	"strconv"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A placing is whether the law would let whoever sits here change something,
// and if not, which articles are in the way. A page offers no form that would
// be refused anyway, and shows no technical address; what counts is what the
// gate rules.
type placing struct {
	May      bool
	Articles []regulation.Article
}

// placing asks the law, if there were people enough.
func (v *visit) placing(on regulation.Entity, details regulation.Context) (p placing, err error) {
	r := v.who.Request(regulation.Place, gate.Subject{Entity: on})
	r.Details = details
	law, q, err := v.Gate.Ask(v.ctx(), r)
	if err != nil || law == nil {
		return p, err
	}
	q.Context["aanwezigen"] = regulation.Long(enough)
	ruling := law.Rule(q)
	p.May = ruling.Allowed
	for _, a := range slices.Concat(ruling.Lacking, ruling.Articles) {
		if !slices.ContainsFunc(p.Articles, func(b regulation.Article) bool { return a.Number == b.Number }) {
			p.Articles = append(p.Articles, a)
		}
	}
	return p, nil
}

// deed are the details of placing something that is no camera.
func deed(what string) regulation.Context {
	return regulation.Context{"wat": regulation.String(what), "beeld": regulation.Boolean(false)}
}

// A placesPage is what places.html shows.
type placesPage struct {
	placing
	All     []placeRow
	Storage []storeroom
	Form    placeForm
	Kinds   []string // of site, to choose from
}

// A placeRow is a site in the list.
type placeRow struct {
	premises.Site
	Entrances, Silent, Cameras int // Silent of the entrances have no sign
}

// A storeroom is where recordings stand.
type storeroom struct {
	premises.Room
	SiteName string
}

// placesPage is GET /plaatsen.
func (s *site) placesPage(v *visit) error {
	return v.showPlaces(http.StatusOK, placeForm{Buildings: "1"})
}

func (v *visit) showPlaces(code int, form placeForm) (err error) {
	page := placesPage{Form: form}
	if page.placing, err = v.placing(organisation, deed("locatie")); err != nil {
		return err
	}
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return err
	}
	cameras, err := v.Premises.Cameras(v.ctx())
	if err != nil {
		return err
	}
	for _, s := range sites {
		row := placeRow{Site: s}
		for _, c := range cameras {
			if c.Site == s.ID {
				row.Cameras++
			}
		}
		if err := v.survey(&page, row); err != nil {
			return err
		}
	}
	page.Kinds = v.siteKinds(sites)
	return v.send(code, "places", view{title: "places.title", nav: "/plaatsen", data: page})
}

// survey adds a site to the list, with what it lacks.
func (v *visit) survey(page *placesPage, row placeRow) error {
	entrances, err := v.entrances(row.ID)
	if err != nil {
		return err
	}
	row.Entrances = len(entrances)
	for _, e := range entrances {
		if len(e.Signs) == 0 {
			row.Silent++
		}
	}
	page.All = append(page.All, row)
	rooms, err := v.Premises.Rooms(v.ctx(), row.ID)
	for _, m := range rooms {
		if m.Storage {
			page.Storage = append(page.Storage, storeroom{m, row.Name})
		}
	}
	return err
}

// siteKinds are the kinds of site that are in use, or that the regulation makes
// a difference for.
func (v *visit) siteKinds(sites []premises.Site) (kinds []string) {
	for _, s := range sites {
		if s.Kind != "" {
			kinds = append(kinds, s.Kind)
		}
	}
	if v.law != nil {
		for _, r := range v.law.Terms.Retentions {
			kinds = append(kinds, r.Sites...)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// An entranceRow is an entrance with what hangs there.
type entranceRow struct {
	premises.Entrance
	Signs []premises.Sign
}

// entrances are those of a site. A sign at a name that isn't there any more
// hangs nowhere.
func (v *visit) entrances(id premises.SiteID) (rows []entranceRow, err error) {
	all, err := v.Premises.Entrances(v.ctx(), id)
	if err != nil {
		return nil, err
	}
	signs, err := v.Premises.Signs(v.ctx(), id)
	for _, e := range all {
		row := entranceRow{Entrance: e}
		for _, s := range signs {
			if s.Entrance == e.Name {
				row.Signs = append(row.Signs, s)
			}
		}
		rows = append(rows, row)
	}
	return rows, err
}

// Change is the form for a new site.
func (p placesPage) Change() siteFields { return siteFields{p.Form, p.Kinds} }

// siteFields are the fields of a site, and what its kind may be.
type siteFields struct {
	Form  placeForm
	Kinds []string
}

// addPlace is POST /plaatsen.
func (s *site) addPlace(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/plaatsen"
	form := v.placeForm("locatie")
	place, err := form.site()
	if err == nil {
		place.ID, err = s.Premises.AddSite(v.ctx(), v.by(), place)
	}
	var wrong mistake
	if v.mend(err, &wrong) {
		form.Wrong = v.word(wrong.key, wrong.with...)
		return v.showPlaces(wrong.code(), form)
	}
	if err != nil {
		return err
	}
	return v.goTo(placePath(place.ID))
}

// A placeForm is any of the forms about a site, as it was filled in.
type placeForm struct {
	Part  string // which of them: "locatie", "ruimte", "ingang", "bord", "werkplek"
	Wrong string

	Of                    string // what it is about, if that was there
	Name, Kind, Buildings string
	Room, Entrance        string
	Evidence, Day         string
	Storage               bool
}

func (v *visit) placeForm(part string) placeForm {
	return placeForm{Part: part, Of: v.form("id"), Name: v.form("naam"), Kind: v.form("soort"), Buildings: v.form("gebouwen"),
		Room: v.form("ruimte"), Entrance: v.form("ingang"), Evidence: v.form("bewijs"), Day: v.form("datum"), Storage: v.form("opslag") != ""}
}

// In is f where it was sent from, and an empty form elsewhere.
func (f placeForm) In(part string) placeForm {
	if f.Part != part {
		return placeForm{}
	}
	return f
}

// site is the site that the form describes.
func (f placeForm) site() (premises.Site, error) {
	n, err := strconv.Atoi(f.Buildings)
	if err != nil || n < 1 {
		return premises.Site{}, mistake{key: "wrong.buildings", with: []any{clip(f.Buildings)}}
	}
	return premises.Site{Name: f.Name, Kind: f.Kind, Buildings: n}, nil
}

func placePath(id premises.SiteID) string { return "/plaatsen/" + string(id) }
