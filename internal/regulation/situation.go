package regulation

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Dimension is a fact that may be one thing or another.
type Dimension struct {
	Name   string // "aanwezigen"
	Values []string
}

// A Situation says of each dimension which it is.
type Situation map[string]string

// The dimensions of every question, in the words of the vocabulary.
const (
	ByRole   = "rol"
	atPlace  = "plaats" // where a role that is held at a site is held
	sworn    = "geheimhouding"
	present  = "aanwezigen"
	purpose  = "doel"
	incident = "incident"
	visible  = "zichtbaar"
	assessed = "privacytoets"
	signs    = "borden"
	newRole  = "nieuwe rol"
	newPlace = "nieuwe plaats"
	decision = "besluit"
	termOver = "termijn voorbij"
	object   = "voorwerp"

	none, yes, no, here, elsewhere, everywhere = "geen", "ja", "nee", "hier", "elders", "overal"
)

// states of an incident; none is no incident.
var states = []string{none, "vermoed", "waargenomen", "afgehandeld"}

// Dimensions are those of an act under these regulations together: all that
// could make a difference, as far as the vocabulary can tell.
func Dimensions(act Act, laws ...*Regulation) []Dimension {
	roles, purposes := []string{none}, []string{none}
	for _, r := range laws {
		for _, t := range r.Terms.Roles {
			roles = with(roles, t.Key)
		}
		for _, p := range r.Terms.Purposes {
			purposes = with(purposes, string(p.Key))
		}
	}
	camera := []Dimension{{visible, []string{yes, no}}, {assessed, []string{yes, no}}, {signs, []string{yes, no}}}
	out := []Dimension{{ByRole, append(slices.Clone(roles), systemRole)}, {atPlace, []string{here, elsewhere}},
		{sworn, []string{yes, no}}, {present, []string{"1", "2", "3"}}}
	switch act {
	case Record:
		return append(out, camera...)
	case Watch, PlayBack:
		return append(append(out, Dimension{purpose, purposes}, Dimension{incident, states}), camera...)
	case Hold:
		return append(append(out, Dimension{incident, states}), camera...)
	case Erase:
		return append(append(out, Dimension{termOver, []string{yes, no}}), camera...)
	case Settle:
		return append(out, Dimension{incident, states[1:]})
	case Appoint:
		return append(out, Dimension{newRole, roles}, Dimension{newPlace, []string{here, everywhere}}, Dimension{decision, []string{yes, no}})
	case Place:
		return append(out, Dimension{object, []string{Camera, Site, Organisation}})
	case Adopt:
		return append(out, Dimension{decision, []string{yes, no}})
	}
	return out
}

func with(list []string, one string) []string {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// Check refuses a situation with a fact that isn't one, or of a value that
// there isn't.
func (s Situation) Check(dims []Dimension) error {
	var names []string
	for _, d := range dims {
		names = append(names, d.Name)
		if v, ok := s[d.Name]; ok && !slices.Contains(d.Values, v) {
			return fmt.Errorf("%s can't be %q: it is one of %s", d.Name, v, strings.Join(d.Values, ", "))
		}
	}
	for name := range s {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%q makes no difference to this act: what does is %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}

// Ask rules on an act in a situation.
func (r *Regulation) Ask(act Act, s Situation) Ruling { return r.Rule(r.question(act, s)) }

// question puts a situation as the gate would.
func (r *Regulation) question(act Act, s Situation) Question {
	site, camera := NewEntity(Site, here), NewEntity(Camera, "camera")
	q := Question{Who: NewEntity(Person, "wie"), Act: act, On: camera, Facts: Facts{}, Context: Context{}}
	fact := func(e Entity, in []Entity, attributes Context) { q.Facts[e] = NewFact(e, in, attributes) }
	fact(site, nil, Context{"borden": Boolean(s[signs] != no)})
	fact(camera, nil, Context{"locatie": site, "zichtbaar": Boolean(s[visible] != no),
		"privacytoets": Boolean(s[assessed] != no), "aangekondigd": Boolean(s[signs] != no)})
	if s[ByRole] == systemRole {
		q.Who = NewEntity(Person, systemRole)
	}
	in, at := r.held(s)
	fact(q.Who, in, Context{"functies": Set(at...), "geheimhouding": Boolean(s[sworn] != no)})
	n, _ := strconv.Atoi(s[present]) // one of ours
	q.Context["aanwezigen"] = Long(n)
	if v := s[purpose]; v != "" && v != none {
		q.Context["doel"] = String(v)
	}
	if v := s[incident]; v != "" && v != none {
		i := NewEntity(Incident, "incident")
		fact(i, nil, Context{"staat": String(v), "locatie": site})
		q.Context["incident"] = i
	}
	q.about(act, s, site)
	return q
}

// held is which roles someone has: everywhere, or at a site.
func (r *Regulation) held(s Situation) (in []Entity, at []Attribute) {
	role := NewEntity(Role, s[ByRole])
	for _, t := range r.Terms.Roles {
		switch {
		case t.Key != s[ByRole]:
		case t.PerSite:
			at = append(at, Struct(Context{"rol": role, "locatie": NewEntity(Site, cmp.Or(s[atPlace], here))}))
		default:
			in = append(in, role)
		}
	}
	if s[ByRole] == systemRole {
		in = append(in, role)
	}
	return in, at
}

// about says what an act is about, and what the deed says of itself.
func (q *Question) about(act Act, s Situation, site Entity) {
	organisation := NewEntity(Organisation, "organisatie")
	q.Facts[organisation] = NewFact(organisation, nil, nil)
	switch act {
	case Report:
		q.On = site
	case Settle:
		q.On = NewEntity(Incident, "incident")
		delete(q.Context, "incident")
	case Appoint:
		q.On = NewEntity(Person, "ander")
		q.Facts[q.On] = NewFact(q.On, nil, Context{"functies": Set(), "geheimhouding": Boolean(true)})
		if v := s[newRole]; v != "" && v != none {
			q.Context["rol"] = NewEntity(Role, v)
			q.Context["besluit"] = String("")
			if s[newPlace] != everywhere {
				q.Context["locatie"] = site
			}
		}
	case Place:
		switch s[object] {
		case Site:
			q.On = site
		case Organisation:
			q.On = organisation
		}
	case Adopt, Consult:
		q.On = organisation
	case Erase:
		q.Context["termijn_voorbij"] = Boolean(s[termOver] != no)
	}
	if s[decision] == yes {
		q.Context["besluit"] = String("besluit")
	}
}
