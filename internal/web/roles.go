package web

import (
	"slices"
	"strings"

	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// A rolesPage is what roles.html shows: which roles there are, who has them
// where, and what each may.
type rolesPage struct {
	Law   bool // one is in force
	Roles []roleRow
	Cols  []string // titles: the roles, and whoever has none
	Acts  []actRow
	Never []regulation.Act // that nobody may
	Alone []regulation.Act // that only the program does
}

// A roleRow is a role and who has it.
type roleRow struct {
	regulation.RoleTerm
	Posts []holderRow
	Empty []string // where it is nobody's
}

// A holderRow is one person in a role.
type holderRow struct {
	postRow
	Name string
}

// An actRow is an act, and for each column whether it may be done.
type actRow struct {
	Act   regulation.Act
	Cells []actCell
}

// An actCell says whether a role may do an act, and under which conditions
// that matter to who has it.
type actCell struct {
	May  bool
	Only []string // keys of words
}

// rolesPage is GET /rollen.
func (s *site) rolesPage(v *visit) error {
	page := rolesPage{Law: v.law != nil}
	if v.law == nil {
		return v.show("roles", view{title: "roles.title", nav: "/reglement", data: page})
	}
	holders, err := v.holders()
	if err != nil {
		return err
	}
	var sites []string
	all, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return err
	}
	for _, place := range all {
		sites = append(sites, string(place.ID))
	}
	var keys []string
	for _, r := range v.law.Terms.Roles {
		row := roleRow{RoleTerm: r, Posts: holders[r.Key]}
		if row.Empty, err = v.empty(row, sites); err != nil {
			return err
		}
		page.Roles, keys, page.Cols = append(page.Roles, row), append(keys, r.Key), append(page.Cols, r.Title)
	}
	page.Cols = append(page.Cols, v.word("roles.nobody"))
	v.matrixOf(v.law).fill(&page, append(keys, nobody))
	return v.show("roles", view{title: "roles.title", nav: "/reglement", data: page})
}

// holders are who has which role now.
func (v *visit) holders() (map[string][]holderRow, error) {
	away, err := v.away()
	if err != nil {
		return nil, err
	}
	posts, err := v.posts(away)
	if err != nil {
		return nil, err
	}
	persons, err := v.persons()
	if err != nil {
		return nil, err
	}
	out := map[string][]holderRow{}
	for _, p := range persons {
		for _, post := range posts[p.ID] {
			out[post.Role] = append(out[post.Role], holderRow{post, p.Name})
		}
	}
	return out, nil
}

// empty are the places where a role is nobody's now.
func (v *visit) empty(r roleRow, sites []string) (names []string, err error) {
	places := sites
	if !r.PerSite {
		places = []string{""}
	}
	for _, place := range places {
		if slices.ContainsFunc(r.Posts, func(p holderRow) bool { return p.Site == place && !p.Coming }) {
			continue
		}
		name, err := v.placeName(place)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// nobody is how answers call who has no role.
const nobody = "geen"

// fill adds what each of these may of their own, act by act. What one may on duty or with a grant is told of who has no role:
// it holds for everyone else as well.
func (m mayOf) fill(page *rolesPage, keys []string) {
	for _, act := range regulation.Acts() {
		row := actRow{Act: act, Cells: make([]actCell, len(keys))}
		for i, key := range keys {
			row.Cells[i] = m.cell(act, key)
		}
		switch {
		case slices.ContainsFunc(row.Cells, func(c actCell) bool { return c.May }):
			page.Acts = append(page.Acts, row)
		case answerTo(m.own, act, string(people.System)).May:
			page.Alone = append(page.Alone, act)
		default:
			page.Never = append(page.Never, act)
		}
	}
}

func (m mayOf) cell(act regulation.Act, role string) actCell {
	if own := answerTo(m.own, act, role); own.May {
		return actCell{true, only(own)}
	}
	var c actCell
	for _, more := range []struct {
		answers []regulation.Answer
		key     string
	}{{m.onDuty, "roles.duty"}, {m.granted, "roles.granted"}} {
		if answerTo(more.answers, act, role).May && (role == nobody || !answerTo(more.answers, act, nobody).May) {
			c.May, c.Only = true, append(c.Only, more.key)
		}
	}
	return c
}

// answerTo is whether a role may do an act; no where nobody was asked.
func answerTo(all []regulation.Answer, act regulation.Act, role string) regulation.Answer {
	i := slices.IndexFunc(all, func(a regulation.Answer) bool { return a.Act == act && a.Role == role })
	if i < 0 {
		return regulation.Answer{}
	}
	return all[i]
}

// only are the conditions of an answer that tell roles apart. What else must be
// so, each deed says when it is tried.
func only(a regulation.Answer) (keys []string) {
	for _, need := range a.Needs {
		switch {
		case need.Name == "plaats" && slices.Equal(need.Values, []string{"hier"}):
			keys = append(keys, "roles.own")
		case need.Name == "aanwezigen" && !slices.Contains(need.Values, "1"):
			keys = append(keys, "roles.together")
		case need.Name == "incident" && !slices.Contains(need.Values, "geen"):
			keys = append(keys, "roles.incident")
		case a.Act == regulation.Consult && need.Name == "voorwerp" && slices.Equal(need.Values, []string{regulation.Site}):
			keys = append(keys, "roles.incidents")
		}
	}
	return keys
}

// A mayOf is what each role may under a law: of its own, on duty, and with a
// grant.
type mayOf struct {
	of                   *regulation.Regulation
	own, onDuty, granted []regulation.Answer
}

// matrixOf is what each role may under a law. To find it takes a while, and a
// law stays as it is.
func (v *visit) matrixOf(law *regulation.Regulation) mayOf {
	v.mu.Lock()
	known := v.may
	v.mu.Unlock()
	if known.of == law {
		return known
	}
	const duty, grant, deputy = "in_dienst", "gemachtigd", "neemt_waar"
	known = mayOf{of: law, own: law.MayWithout(duty, grant, deputy)}
	if mentions(law, duty) {
		known.onDuty = law.MayWithout(grant, deputy)
	}
	if mentions(law, grant) {
		known.granted = law.MayWithout(duty, deputy)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.may = known
	return known
}

// mentions reports whether a rule of a law speaks of a fact.
func mentions(law *regulation.Regulation, fact string) bool {
	return slices.ContainsFunc(law.Sections, func(s regulation.Section) bool {
		return slices.ContainsFunc(s.Fences, func(f regulation.Fence) bool { return f.Language == "cedar" && strings.Contains(f.Text, fact) })
	})
}
