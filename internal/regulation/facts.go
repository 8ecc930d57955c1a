package regulation

import "github.com/cedar-policy/cedar-go"

// Merge is what two witnesses said of the same thing. Where they contradict
// each other, the last one is believed.
func Merge(a, b Fact) Fact {
	parents := append(a.Parents.Slice(), b.Parents.Slice()...)
	attributes := Context{}
	for _, f := range []Fact{a, b} {
		for k, v := range f.Attributes.All() {
			attributes[k] = v
		}
	}
	return NewFact(b.UID, parents, attributes)
}

// Strings is a set of words.
func Strings(words ...string) Attribute {
	var all []Attribute
	for _, w := range words {
		all = append(all, String(w))
	}
	return Set(all...)
}

// Roles is the set of roles that people have, for the organisation or at the
// place of a thing.
func Roles(facts Facts, people []Entity, on Entity) Attribute {
	place := on
	if site, ok := facts[on].Attributes.Get("locatie"); ok && on.Type != Site {
		place, _ = site.(Entity)
	}
	var all []Attribute
	for _, p := range people {
		for role := range facts[p].Parents.All() {
			all = append(all, role)
		}
		held, _ := facts[p].Attributes.Get("functies")
		functions, _ := held.(cedar.Set)
		for one := range functions.All() {
			record, _ := one.(cedar.Record)
			role, _ := record.Get("rol")
			if at, _ := record.Get("locatie"); at == Attribute(place) {
				all = append(all, role)
			}
		}
	}
	return Set(all...)
}
