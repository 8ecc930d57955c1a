package web

import (
	"slices"
	"strings"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A minePage is what the regulation means for who is signed in.
type minePage struct {
	Name              string
	Roles             []string
	Law               bool // one is in force
	May, When, Others []mine
	Never             []string // keys of deeds that no article allows anybody
}

// A mine is one deed, and where the same holds for it.
type mine struct {
	Deed     string // key of its words
	Places   []string
	All      bool // everywhere there is
	Helps    []help
	Articles []regulation.Article // that allow it, or could
}

// A target is something a deed can be done to.
type target struct {
	on   regulation.Entity
	name string
}

// minePage is GET /reglement/mij: what the regulation in force says when it is
// asked about every deed, for the first of those who sit here.
func (s *site) minePage(v *visit) error {
	titles, err := v.titles(v.who.All[0].Person.ID)
	if err != nil {
		return err
	}
	page := minePage{Name: v.who.All[0].Person.Name, Roles: titles, Law: v.law != nil}
	targets, err := v.targets()
	if err != nil {
		return err
	}
	for _, act := range regulation.Acts() {
		for _, kind := range regulation.Subjects(act) {
			if theirs := act == regulation.Record || act == regulation.Erase; !theirs && v.law != nil {
				v.ponder(&page, act, kind, targets[kind])
			}
		}
	}
	return v.show("mine", view{title: "mine.title", nav: "/reglement", data: page})
}

// targets are the things that deeds are done to, by kind. A deed to a person is
// asked of who asks. What needs an incident is asked about the incidents that
// are open.
func (v *visit) targets() (map[string][]target, error) {
	me := v.who.All[0].Person
	out := map[string][]target{regulation.Person: {{me.ID.Entity(), ""}}, regulation.Organisation: {{organisation, ""}}}
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return nil, err
	}
	called := map[premises.SiteID]string{}
	for _, s := range sites {
		called[s.ID] = s.Name
		out[regulation.Site] = append(out[regulation.Site], target{s.ID.Entity(), s.Name})
	}
	cameras, err := v.Premises.Cameras(v.ctx())
	if err != nil {
		return nil, err
	}
	for _, c := range cameras {
		name := c.Name
		if len(sites) > 1 {
			name += " (" + called[c.Site] + ")"
		}
		out[regulation.Camera] = append(out[regulation.Camera], target{c.ID.Entity(), name})
	}
	return out, nil
}

// ponder asks about one act to all things of a kind, and puts the answers
// where they belong: the same answer once.
func (v *visit) ponder(page *minePage, act regulation.Act, kind string, all []target) {
	deed := "deed:" + string(act)
	if _, own := v.words[deed+"."+kind]; own {
		deed += "." + kind
	}
	never := len(all) > 0
	for _, on := range all {
		r := v.who.Request(act, gate.Subject{Entity: on.on})
		r.Details = regulation.Details(act)
		law, q, ok := v.ask(r)
		if !ok {
			return
		}
		ruling, changes := law.Rule(q), law.Lift(q)
		m := mine{Deed: deed, Helps: v.helping(law, changes), Articles: ruling.Articles}
		list := &page.When
		switch {
		case ruling.Allowed:
			list = &page.May
		case len(changes) == 0 && len(ruling.Lacking) == 0:
			continue
		case len(ruling.Lacking) > 0 && (len(changes) == 0 || promotes(changes, q.Who)):
			list, m.Helps, m.Articles = &page.Others, nil, ruling.Lacking
		}
		*list, never = gather(*list, m, on.name), false
	}
	if never {
		page.Never = append(page.Never, deed)
	}
	page.everywhere(deed, len(all))
}

// everywhere marks the answers that are the same for all things of a kind.
func (page *minePage) everywhere(deed string, all int) {
	for _, list := range []*[]mine{&page.May, &page.When, &page.Others} {
		for i, m := range *list {
			(*list)[i].All = m.All || m.Deed == deed && all > 1 && len(m.Places) == all
		}
	}
}

// promotes reports whether changes make somebody something else than they are.
func promotes(changes []regulation.Change, who regulation.Entity) bool {
	return slices.ContainsFunc(changes, func(c regulation.Change) bool {
		return c.Of == who && (c.Fact == "rol" || c.Fact == "functies" || c.Fact == "neemt_waar")
	})
}

// gather adds an answer to those that say the same, or to the list.
func gather(list []mine, m mine, place string) []mine {
	i := slices.IndexFunc(list, func(o mine) bool { return o.Deed == m.Deed && o.says() == m.says() })
	if i < 0 {
		i, list = len(list), append(list, m)
	}
	if place != "" {
		list[i].Places = append(list[i].Places, place)
	}
	return list
}

// says is all that m tells, to compare.
func (m mine) says() string {
	var all []string
	for _, h := range m.Helps {
		all = append(all, h.Line)
	}
	for _, a := range m.Articles {
		all = append(all, a.Number+a.Why)
	}
	return strings.Join(all, "\n")
}
