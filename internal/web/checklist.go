package web

import (
	"slices"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A checklist is what the regulation asks before a camera may record.
type checklist struct {
	Camera   premises.Camera
	Site     string
	Law      bool // one is in force
	Allowed  bool
	LiveOnly bool
	Open     []check // what isn't in order
	Warnings []check // what isn't either, but doesn't stop it
	Done     []check
	Helps    []help // what would make it all in order
}

// A check is what one article asks.
type check struct {
	regulation.Article
	Whys []string // in the words of each of its rules
}

// All is how many points there are.
func (c checklist) All() int { return len(c.Open) + len(c.Done) }

// checklistPage is GET /camera/{id}/controlelijst.
func (s *site) checklistPage(v *visit) error {
	c, err := s.Premises.Camera(v.ctx(), premises.CameraID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	list, err := v.checklist(c)
	if err != nil {
		return err
	}
	return v.show("checklist", view{title: "checklist.title", with: []any{c.Name}, nav: "/controlelijst", data: list})
}

// checklistsPage is GET /controlelijst: how far every camera is.
func (s *site) checklistsPage(v *visit) error {
	cameras, err := s.Premises.Cameras(v.ctx())
	if err != nil {
		return err
	}
	var all []checklist
	for _, c := range cameras {
		list, err := v.checklist(c)
		if err != nil {
			return err
		}
		all = append(all, list)
	}
	return v.show("checklists", view{title: "checklists.title", nav: "/controlelijst", data: all})
}

// checklist asks the law how each of its rules about recording stands.
func (v *visit) checklist(c premises.Camera) (checklist, error) {
	place, err := v.names.of(c.Site.Entity().String())
	if err != nil {
		return checklist{}, err
	}
	list := checklist{Camera: c, Site: place.Name}
	law, q, err := v.Gate.Ask(v.ctx(), gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: gate.Subject{Entity: c.ID.Entity()}})
	if err != nil || law == nil {
		return list, err
	}
	list.Law, list.Allowed = true, law.Rule(q).Allowed
	list.LiveOnly = c.Mode == regulation.LiveOnly || c.Mode == "" && law.Terms.Recording.Mode == regulation.LiveOnly
	list.sort(law.Standing(q))
	list.Helps = v.helping(law, law.Lift(q))
	return list, nil
}

// sort puts each rule where it belongs. Who else might have been allowed says
// nothing where somebody is.
func (c *checklist) sort(all []regulation.Standing) {
	permitted := slices.ContainsFunc(all, func(s regulation.Standing) bool { return s.Permit && s.Holds })
	for _, s := range all {
		switch {
		case s.Permit && permitted && !s.Holds:
		case s.Holds && !s.Warning:
			c.Done = point(c.Done, s.Article)
		case !s.Holds && s.Warning:
			c.Warnings = point(c.Warnings, s.Article)
		case !s.Holds:
			c.Open = point(c.Open, s.Article)
		}
	}
	c.Done = slices.DeleteFunc(c.Done, func(d check) bool {
		return slices.ContainsFunc(c.Open, func(o check) bool { return o.Number == d.Number })
	})
}

// point adds a rule to its article.
func point(list []check, a regulation.Article) []check {
	i := slices.IndexFunc(list, func(c check) bool { return c.Number == a.Number })
	if i < 0 {
		i, list = len(list), append(list, check{Article: a})
	}
	if a.Why != "" && !slices.Contains(list[i].Whys, a.Why) {
		list[i].Whys = append(list[i].Whys, a.Why)
	}
	return list
}
