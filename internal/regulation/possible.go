package regulation

import "slices"

// outcomes are which values of which dimensions occur in situations.
type outcomes map[string]map[string]bool

func (o outcomes) add(s Situation) {
	for name, v := range s {
		o.one(name, v)
	}
}

func (o outcomes) one(name, v string) {
	if o[name] == nil {
		o[name] = map[string]bool{}
	}
	o[name][v] = true
}

// narrow returns the dimensions of which not all values occurred.
func (o outcomes) narrow(dims []Dimension) []Dimension {
	var out []Dimension
	for _, d := range dims {
		if d.Name == ByRole || o[d.Name] == nil {
			continue
		}
		values := slices.DeleteFunc(slices.Clone(d.Values), func(v string) bool { return !o[d.Name][v] })
		if len(values) < len(d.Values) && len(values) > 0 {
			out = append(out, Dimension{d.Name, values})
		}
	}
	return out
}

// possible returns with which values a role is ever allowed the act, without
// the moves that are closed; none if it never is.
func (s survey) possible(law *Regulation, role string, closed func(move) bool) outcomes {
	found := outcomes{}
	for _, kind := range s.kinds {
		for _, place := range s.places {
			q, ok := s.allow(law, s.question(law, Situation{ByRole: role, atPlace: place, object: kind}), closed)
			if !ok {
				continue
			}
			found.add(s.situation(q, role, place, kind))
			for _, a := range s.axes[kind] {
				s.values(law, q, a, found, closed)
			}
		}
	}
	return found
}

func unpinned(move) bool { return false }

// values adds with which values of an axis q can be allowed.
func (s survey) values(law *Regulation, q Question, a axis, found outcomes, closed func(move) bool) {
	for _, v := range a.values {
		if found[a.name][v.text] || closed(v.move) {
			continue
		}
		other := a.set(q, v)
		if _, ok := s.allow(law, other, func(m move) bool { return a.pinned(other, m) || closed(m) }); ok {
			found.one(a.name, v.text)
		}
	}
}

// A Difference is what a role may do under one regulation and not under
// another.
type Difference struct {
	Role       string
	Act        Act
	Situations int         // that were looked at in which the answer differs this way
	When       []Dimension // what those situations have in common
}

// Compare returns what may be done under the first only, and under the second
// only, as far as it shows in situations near those that are just allowed.
func Compare(a, b *Regulation) (lost, gained []Difference) {
	for _, act := range Acts() {
		s := look(act, a, b)
		for _, role := range s.roles {
			if d, ok := s.only(a, b, role); ok {
				lost = append(lost, d)
			}
			if d, ok := s.only(b, a, role); ok {
				gained = append(gained, d)
			}
		}
	}
	return lost, gained
}

// only is what a role may under one law and not under the other.
func (s survey) only(one, other *Regulation, role string) (Difference, bool) {
	d, when, seen := Difference{Role: role, Act: s.act}, outcomes{}, map[string]bool{}
	for _, kind := range s.kinds {
		for _, place := range s.places {
			for _, q := range s.near(one, other, Situation{ByRole: role, atPlace: place, object: kind}) {
				if !one.Rule(q).Allowed {
					continue
				}
				at := s.situation(q, role, place, kind)
				theirs := s.question(other, at)
				key := keyOfSituation(at)
				if seen[key] || other.Rule(theirs).Allowed {
					continue
				}
				seen[key] = true
				d.Situations++
				when.add(at)
			}
		}
	}
	d.When = when.narrow(s.dimensions())
	return d, d.Situations > 0
}

// near are the questions in which the laws could differ: what the one just
// allows by each of its permits, with what the other forbids, and one or two
// facts beside.
func (s survey) near(one, other *Regulation, at Situation) []Question {
	start := s.question(one, at)
	if _, ok := s.allow(one, start, unpinned); !ok {
		return nil
	}
	var seeds []Question
	add := func(q Question) {
		if found, ok := s.allow(one, q, unpinned); ok {
			seeds = append(seeds, found)
		}
	}
	add(start)
	a := alteration{law: one, domain: one.domain(start.full()), fixed: func(m move) bool { return m.of == start.Who }}
	for _, rule := range one.rulesFor(start) {
		if a.rule = rule; rule.permits() {
			for _, way := range a.matches(start) {
				add(start.apply(way...))
			}
		}
	}
	a.law, a.domain = other, other.domain(start.full())
	for _, rule := range other.rulesFor(start) {
		if a.rule = rule; !rule.permits() {
			for _, way := range a.matches(seeds[0]) {
				add(seeds[0].apply(way...))
			}
		}
	}
	return s.around(seeds, s.axes[s.kind(at)])
}

// around adds to questions those in which one fact is otherwise, and to the
// first those in which two are.
func (s survey) around(seeds []Question, all []axis) []Question {
	out := slices.Clone(seeds)
	for n, q := range seeds {
		for i, a := range all {
			for _, v := range a.values {
				one := a.set(q, v)
				out = append(out, one)
				if n > 0 {
					continue
				}
				for _, b := range all[i+1:] {
					for _, w := range b.values {
						out = append(out, b.set(one, w))
					}
				}
			}
		}
	}
	return out
}
