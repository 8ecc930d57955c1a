package web

import (
	"slices"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// The menu has two levels, both always open: the parts of the program, and the
// pages of the part one is in. So it needs no script, and no steady hand.

// A navItem is a part of the program, or a page of one.
type navItem struct {
	Key, Path   string
	Here        string // "page" for this very page, "true" for what it is part of, "" for others
	Count, Late int    // how much there is to do
}

// A navPart is a part of the program and its pages; none if it is one page.
type navPart struct {
	Key   string
	Pages []navItem
}

// parts are those of the program.
func parts() []navPart {
	return []navPart{
		{"nav.watch", []navItem{{Key: "nav.live", Path: "/"}, {Key: "nav.lookback", Path: "/terugkijken"}, {Key: "nav.checklists", Path: "/controlelijst"}}},
		{"nav.incidents", []navItem{{Key: "nav.incidents", Path: "/incidenten"}}},
		{"nav.tasks", []navItem{{Key: "nav.tasks", Path: "/taken"}}},
		{"nav.oversight", []navItem{{Key: "nav.logbook", Path: "/logboek"}, {Key: "nav.regulation", Path: "/reglement"},
			{Key: "nav.dossier", Path: "/dossier"}}},
		{"nav.setup", []navItem{{Key: "nav.places", Path: "/plaatsen"}, {Key: "nav.cameras", Path: "/cameras"},
			{Key: "nav.storage", Path: "/opslag"}, {Key: "nav.people", Path: "/mensen"},
			{Key: "nav.roster", Path: "/rooster"}, {Key: "nav.visitors", Path: "/bezoek"}}},
	}
}

// navigation is the menu for who sits here, on a page of the part at.
func (v *visit) navigation(at string) (top, sub []navItem) {
	if v.who.Empty() {
		return nil, nil
	}
	for _, part := range parts() {
		pages := slices.DeleteFunc(part.Pages, func(i navItem) bool { return v.closed(i.Path) })
		if len(pages) == 0 {
			continue
		}
		item := navItem{Key: part.Key, Path: pages[0].Path}
		for i := range pages {
			if pages[i].Path == at {
				pages[i].Here, item.Here = v.current(at), "true"
			}
		}
		if len(pages) == 1 {
			item.Here = pages[0].Here
		} else if item.Here != "" {
			sub = pages
		}
		if item.Path == "/taken" {
			todo := v.brief()
			item.Count, item.Late = todo.All, todo.Late
		}
		top = append(top, item)
	}
	return top, sub
}

// current is how a page of the menu is marked: as this page, or as what it
// belongs to.
func (v *visit) current(path string) string {
	if v.r.URL.Path == path {
		return "page"
	}
	return "true"
}

// closed reports whether a page of the menu would refuse who sits here whatever
// they do. Only what is soon asked is asked: what is left out is there for who
// is refused, with the reason.
func (v *visit) closed(path string) bool {
	switch path {
	case "/logboek":
		return !v.could(v.who.Request(regulation.Consult, wholeOrganisation))
	case "/incidenten":
		sites, err := v.Premises.Sites(v.ctx())
		return err == nil && len(sites) > 0 && !slices.ContainsFunc(sites, func(s premises.Site) bool {
			return v.could(v.who.Request(regulation.Consult, gate.Subject{Entity: s.ID.Entity()}))
		})
	}
	return false
}
