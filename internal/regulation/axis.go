package regulation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// An axis is a dimension that is one fact, and how each of its values is made.
type axis struct {
	name   string
	at     move // its place
	under  bool // it is a fact of the incident that is named
	values []value
}

type value struct {
	text string
	move move
}

// axes are the facts that the policies of laws about q read: nothing else can
// make a difference.
func axes(q Question, laws ...*Regulation) []axis {
	full := q.full()
	var out []axis
	for _, law := range laws {
		known := law.domain(full)
		law.reads(full, func(_ alteration, at move, with Attribute) {
			under := at.of == named(full)
			if at.fact == "functies" || fixedPlace(at, full) || under && at.fact == "staat" {
				return
			}
			out = extend(out, at, with, full, known)
		})
	}
	for i := range out {
		out[i].finish(q, full)
		out[i].under = out[i].at.of == named(full)
	}
	call(out)
	return out
}

// named is the incident that q names; the zero Entity if it names none.
func named(q Question) Entity {
	incident, _ := q.Context["incident"].(Entity)
	return incident
}

// fixedPlace reports whether a fact is which thing something is.
func fixedPlace(at move, q Question) bool {
	_, thing := q.now(at).(Entity)
	return thing && at.of.Type != ""
}

// extend adds what a policy reads to the axes: a set has one for each member
// that is named, anything else one for itself.
func extend(all []axis, at move, with Attribute, q Question, known domain) []axis {
	is := q.now(at)
	if _, set := is.(cedar.Set); set {
		named := members(with)
		if _, several := with.(cedar.Set); !several && with != nil {
			named = []Attribute{with}
		}
		for _, m := range named {
			all = grow(all, at.with(gains, m), value{yes, at.with(gains, m)}, value{no, at.with(loses, m)})
		}
		return all
	}
	at = at.with(becomes, nil)
	all = grow(all, at)
	switch v := with.(type) {
	case cedar.Long:
		for _, n := range []Long{v - 1, v, v + 1} {
			if n >= 0 && (n > 0 || at.fact != "aanwezigen") {
				all = grow(all, at, value{strconv.Itoa(int(n)), at.becoming(n)})
			}
		}
	case cedar.String, cedar.EntityUID:
		all = grow(all, at, value{words(v), at.becoming(v)})
	}
	if at.of.Type == "" && (at.fact == "doel" || at.fact == "rol") {
		for _, v := range known[at.fact] {
			all = grow(all, at, value{words(v), at.becoming(v)})
		}
	}
	return all
}

// words is what a value is called; what may be empty is called so.
func words(v Attribute) string {
	if t := text(v); t != "" {
		return t
	}
	return none
}

// grow adds values to the axis of a place.
func grow(all []axis, at move, values ...value) []axis {
	i := slices.IndexFunc(all, func(a axis) bool { return a.at.place() == at.place() })
	if i < 0 {
		i, all = len(all), append(all, axis{at: at})
	}
	for _, v := range values {
		if !slices.ContainsFunc(all[i].values, func(w value) bool { return w.text == v.text }) {
			all[i].values = append(all[i].values, v)
		}
	}
	return all
}

// finish adds the values that no policy names but that there are: yes and no,
// nothing, and something else.
func (a *axis) finish(q, full Question) {
	is := full.now(a.at)
	at := []axis{*a}
	add := func(text string, m move) { at = grow(at, a.at, value{text, m}) }
	_, there := q.Context[String(a.at.fact)]
	free := a.at.fact != "doel" && !strings.HasPrefix(a.at.fact, "werkplek")
	switch is.(type) {
	case cedar.Boolean:
		add(yes, a.at.becoming(Boolean(true)))
		add(no, a.at.becoming(Boolean(false)))
	case cedar.Long:
		slices.SortFunc(at[0].values, func(v, w value) int {
			x, y := v.move.value.(cedar.Long), w.move.value.(cedar.Long)
			return int(x - y)
		})
	case cedar.String:
		if a.at.fact == "staat" && a.at.of.Type == Incident {
			for _, s := range append(slices.Clone(states), String("afgehandeld")) {
				add(text(s), a.at.becoming(s))
			}
		} else if free || len(at[0].values) == 0 {
			other := "anders"
			if a.silent() {
				other = yes
			}
			add(other, a.at.becoming(String(anything)))
		}
	case cedar.EntityUID:
		a.entity(add)
	}
	if a.at.of.Type == "" && !there && !strings.Contains(a.at.fact, ".") {
		at[0].values = slices.DeleteFunc(at[0].values, func(v value) bool { return v.text == none })
		at[0].values = slices.Insert(at[0].values, 0, value{none, a.at.with(goes, nil)})
	}
	*a = at[0]
}

// silent reports whether the policies ask only whether something is said.
func (a *axis) silent() bool { return len(a.values) == 1 && a.values[0].text == none }

// entity adds the values of what names a thing.
func (a *axis) entity(add func(string, move)) {
	switch a.at.fact {
	case "incident":
		for _, s := range append(slices.Clone(states), String("afgehandeld")) {
			add(text(s), a.at.becoming(NewEntity(Incident, text(s))))
		}
	case "locatie":
		add(here, a.at.becoming(NewEntity(Site, here)))
		add(elsewhere, a.at.becoming(NewEntity(Site, elsewhere)))
	}
}

// call gives each axis the name people use: the fact's own, and whose it is
// where that isn't clear.
func call(all []axis) {
	short := func(a axis) string {
		name := a.at.fact
		if a.at.of.Type == "" && (name == "rol" || name == "locatie") {
			name = map[string]string{"rol": "nieuwe rol", "locatie": "nieuwe plaats"}[name]
		}
		if a.at.how == gains {
			name += " " + text(a.at.value)
		}
		return name
	}
	n := map[string]int{}
	for _, a := range all {
		n[short(a)]++
	}
	for i, a := range all {
		all[i].name = short(a)
		if n[short(a)] > 1 && a.at.of.Type != "" {
			all[i].name = fmt.Sprintf("%s van %s", short(a), strings.ToLower(string(a.at.of.Type)))
		}
	}
}

// of is the place of the axis in q.
func (a axis) of(q Question) move {
	if a.under {
		a.at.of = named(q)
	}
	return a.at
}

// is returns which value of the axis holds in q.
func (a axis) is(q Question) string {
	if a.at.fact == "incident" && a.at.of.Type == "" {
		return words(q.now(move{of: named(q), fact: "staat"}))
	}
	v := q.now(a.of(q))
	if a.at.how == gains {
		set, _ := v.(cedar.Set)
		return map[bool]string{true: yes, false: no}[set.Contains(a.at.value)]
	}
	for _, one := range a.values {
		if one.move.how == goes && v == nil || v != nil && one.move.value != nil && one.move.value.Equal(v) {
			return one.text
		}
	}
	return words(v)
}

// set is q with a value of the axis.
func (a axis) set(q Question, to value) Question {
	if a.under && named(q).Type == "" {
		q = q.apply(move{fact: "incident", value: NewEntity(Incident, "waargenomen")})
	}
	if a.under {
		to.move.of = named(q)
	}
	return q.apply(to.move)
}

// pinned reports whether a move would change the axis in q.
func (a axis) pinned(q Question, m move) bool {
	if a.at.fact == "incident" && a.at.of.Type == "" && m.of == named(q) && m.fact == "staat" {
		return true
	}
	return m.place() == a.of(q).place()
}
