package regulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// A Change is one fact made otherwise. What a set gains has no From, what it
// loses has no To.
type Change struct {
	Of       Entity // whose fact; the zero Entity: the circumstances
	Fact     string // "staat", "rol", "werkplek.ruimte"
	From, To string // as people write them: ja, nee, a number, a key
}

// String says what changes, in Dutch and in the words of the vocabulary.
func (c Change) String() string {
	name := c.Fact
	if c.Of.Type != "" {
		name = strings.ToLower(string(c.Of.Type)) + " " + name
	}
	switch {
	case c.To == "":
		return fmt.Sprintf("%s: niet meer %s", name, c.From)
	case c.From == "":
		return fmt.Sprintf("%s: %s erbij", name, c.To)
	}
	return fmt.Sprintf("%s: %s wordt %s", name, c.From, c.To)
}

// How a fact changes.
type manner int

const (
	becomes manner = iota
	goes           // what may be absent, is
	gains          // a set has one more
	loses
	joins // an entity is in one more: a role
	leaves
)

// A move is a change that can be made.
type move struct {
	of    Entity // zero: the circumstances
	fact  string // "" for joins and leaves
	how   manner
	value Attribute
}

// place is what a move changes: two moves of one place can't both be made.
func (m move) place() string {
	at := m.of.String() + "|" + m.fact
	if m.how >= gains {
		at += "|" + text(m.value)
	}
	return at
}

func (m move) String() string { return fmt.Sprintf("%s=%d=%s", m.place(), m.how, text(m.value)) }

// text is a value as people write it.
func text(v Attribute) string {
	switch v := v.(type) {
	case nil:
		return ""
	case cedar.String:
		return string(v)
	case cedar.Boolean:
		return map[bool]string{true: yes, false: no}[bool(v)]
	case cedar.EntityUID:
		return string(v.ID)
	case cedar.Record:
		if role, ok := v.Get("rol"); ok {
			return text(role)
		}
		if kind, ok := v.Get("soort"); ok {
			return text(kind)
		}
	case cedar.Set:
		var all []string
		for _, one := range members(v) {
			all = append(all, text(one))
		}
		return strings.Join(all, ", ")
	}
	return v.String()
}

// members are those of a set, in an order that is always the same.
func members(v Attribute) []Attribute {
	set, ok := v.(cedar.Set)
	if !ok {
		return nil
	}
	return slices.SortedFunc(set.All(), func(a, b Attribute) int { return strings.Compare(a.String(), b.String()) })
}

// apply is q after moves.
func (q Question) apply(moves ...move) Question {
	for _, m := range moves {
		if m.of.Type == "" {
			q.Context = q.put(q.Context, m)
		} else {
			q.Facts = maps.Clone(q.Facts)
			q.Facts[m.of] = q.change(q.Facts[m.of], m)
		}
		q = q.follow(m)
	}
	return q
}

// change is a fact after a move.
func (q Question) change(f Fact, m move) Fact {
	role, _ := m.value.(Entity)
	in := f.Parents.Slice()
	switch m.how {
	case joins:
		in = append(in, role)
	case leaves:
		in = slices.DeleteFunc(in, func(e Entity) bool { return e == role })
	default:
		return NewFact(m.of, in, q.put(f.Attributes.Map(), m))
	}
	return NewFact(m.of, in, f.Attributes.Map())
}

// put is values after a move; the values it was given stay as they are.
func (q Question) put(values Context, m move) Context {
	values = maps.Clone(values)
	field, inner, nested := strings.Cut(m.fact, ".")
	name := String(field)
	switch {
	case nested:
		record, ok := values[name].(cedar.Record)
		if !ok {
			record = q.workstation()
		}
		values[name] = Struct(q.put(record.Map(), move{fact: inner, how: m.how, value: m.value}))
	case m.how == becomes:
		values[name] = m.value
	case m.how == goes:
		delete(values, name)
	case m.how == gains:
		values[name] = Set(append(without(values[name], m.value), m.value)...)
	case m.how == loses:
		values[name] = Set(without(values[name], m.value)...)
	}
	return values
}

// follow adds what a move brings with it: who gets a role brings it to the
// seat, and an incident that is named is known.
func (q Question) follow(m move) Question {
	if m.of == q.Who && (m.how == joins || m.how == gains && m.fact == "functies") {
		role := m.value
		if at, ok := role.(cedar.Record); ok {
			role, _ = at.Get("rol")
		}
		q.Context = q.put(q.Context, move{fact: "samenstelling", how: gains, value: role})
	}
	incident, ok := m.value.(Entity)
	if _, known := q.Facts[incident]; ok && !known && m.fact == "incident" {
		q.Facts = maps.Clone(q.Facts)
		q.Facts[incident] = NewFact(incident, nil, q.supposed(string(incident.ID)))
	}
	return q
}

// site is where a question is about.
func (q Question) site() Entity {
	if q.On.Type == Site {
		return q.On
	}
	at, _ := q.Facts[q.On].Attributes.Get("locatie")
	site, _ := at.(Entity)
	return site
}

// sites are those that are known, first the one it is about.
func (q Question) sites() (out []Attribute) {
	for e := range q.Facts {
		if e.Type == Site {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Attribute) int {
		if a == Attribute(q.site()) {
			return -1
		}
		return strings.Compare(text(a), text(b))
	})
	return out
}

// supposed are the facts of an incident that somebody would name.
func (q Question) supposed(state string) Context {
	return Context{"staat": String(state), "soort": String(""), "locatie": q.site(), "waarnemer": Boolean(true), "verwijzing": Boolean(true),
		"alleen_gezien": Boolean(false), "toegewezen": Boolean(true)}
}

// workstation is one that says nothing for itself, but that it is registered.
func (q Question) workstation() cedar.Record {
	return cedar.NewRecord(Context{"soort": String("kantoor"), "ruimte": String(""), "locatie": q.desk(), "zelfde_ruimte": Boolean(false)})
}

// desk is where a workstation would be: where the question is about, or where
// who acts has a role if it is about no place.
func (q Question) desk() Entity {
	site := q.site()
	if site != (Entity{}) {
		return site
	}
	held, _ := q.Facts[q.Who].Attributes.Get("functies")
	for _, one := range members(held) {
		record, _ := one.(cedar.Record)
		at, _ := record.Get("locatie")
		if site, ok := at.(Entity); ok {
			return site
		}
	}
	return site
}

// without are the members of a set but one.
func without(set, one Attribute) []Attribute {
	return slices.DeleteFunc(members(set), func(v Attribute) bool { return v.Equal(one) })
}

// now is what a move would change, as it is.
func (q Question) now(m move) Attribute {
	values := q.Facts[m.of].Attributes
	if m.of.Type == "" {
		values = cedar.NewRecord(q.Context)
	}
	field, inner, nested := strings.Cut(m.fact, ".")
	v, _ := values.Get(String(field))
	if record, ok := v.(cedar.Record); ok && nested {
		v, _ = record.Get(String(inner))
	}
	return v
}

// change is what a move does to q, for people.
func (m move) change(q Question) Change {
	c := Change{Of: m.of, Fact: m.fact, To: text(m.value)}
	switch m.how {
	case becomes, goes:
		c.From = text(q.now(m))
	case joins:
		c.Fact = "rol"
	case loses:
		c.From, c.To = c.To, ""
	case leaves:
		c.Fact, c.From, c.To = "rol", c.To, ""
	}
	if m.how == goes {
		c.To = ""
	}
	return c
}
