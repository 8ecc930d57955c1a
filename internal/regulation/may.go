package regulation

import (
	"maps"
	"slices"
)

// An Answer says whether a role may do an act, and in which situations.
type Answer struct {
	Role  string
	Act   Act
	May   bool // in some situation
	Needs []Dimension
}

// Acts are all acts, in the order of the vocabulary.
func Acts() []Act {
	return []Act{Record, Watch, PlayBack, Hold, Erase, Report, Settle, Appoint, Place, Adopt, Consult}
}

// May answers for each role and act whether it is ever allowed. Needs are the
// facts that must be so: of each, the values with which there is a situation
// that is allowed, where that isn't all of them.
func (r *Regulation) May() []Answer {
	var out []Answer
	for _, act := range Acts() {
		dims := Dimensions(act, r)
		for _, role := range dims[0].Values {
			allowed := newTally(dims)
			situations(dims, role, func(s Situation) {
				if r.Ask(act, s).Allowed {
					allowed.add(s)
				}
			})
			out = append(out, Answer{role, act, allowed.n > 0, allowed.narrow()})
		}
	}
	return out
}

// situations goes through all situations of a role. The situation is reused.
func situations(dims []Dimension, role string, do func(Situation)) {
	s := Situation{ByRole: role}
	var fill func(i int)
	fill = func(i int) {
		if i == len(dims) {
			do(s)
			return
		}
		if dims[i].Name == ByRole {
			fill(i + 1)
			return
		}
		for _, v := range dims[i].Values {
			s[dims[i].Name] = v
			fill(i + 1)
		}
	}
	fill(0)
}

// A tally counts situations, and which values occur in them.
type tally struct {
	dims []Dimension
	n    int
	seen map[string]map[string]bool
}

func newTally(dims []Dimension) *tally {
	t := &tally{dims: dims, seen: map[string]map[string]bool{}}
	for _, d := range dims {
		t.seen[d.Name] = map[string]bool{}
	}
	return t
}

func (t *tally) add(s Situation) {
	t.n++
	for _, d := range t.dims {
		t.seen[d.Name][s[d.Name]] = true
	}
}

// narrow returns the dimensions of which not all values occurred.
func (t *tally) narrow() []Dimension {
	var out []Dimension
	for _, d := range t.dims {
		if d.Name == ByRole || t.n == 0 || len(t.seen[d.Name]) == len(d.Values) {
			continue
		}
		values := slices.DeleteFunc(slices.Clone(d.Values), func(v string) bool { return !t.seen[d.Name][v] })
		out = append(out, Dimension{d.Name, values})
	}
	return out
}

// Complete adds to a situation what it leaves open, so that as little as
// possible stands in the way: as in the first situation that is allowed, if
// there is one.
func (r *Regulation) Complete(act Act, s Situation) Situation {
	dims := Dimensions(act, r)
	full := Situation{}
	for _, d := range dims {
		full[d.Name] = d.Values[0]
	}
	maps.Copy(full, s)
	found := false
	for _, role := range append([]string{full[ByRole]}, dims[0].Values...) {
		situations(dims, role, func(other Situation) {
			if !found && r.Ask(act, other).Allowed {
				found = true
				maps.Copy(full, other)
				maps.Copy(full, s)
			}
		})
	}
	return full
}

// A Change is one fact made otherwise.
type Change struct{ Fact, To string }

// Lift returns what would lift a refusal: every single fact that, changed
// alone, would make the law allow it; if there is none, every two.
func (r *Regulation) Lift(act Act, s Situation) [][]Change {
	dims := Dimensions(act, r)
	var singles, pairs [][]Change
	var all []Change
	for _, d := range dims {
		for _, v := range d.Values {
			if v != s[d.Name] && !(d.Name == ByRole && v == systemRole) {
				all = append(all, Change{d.Name, v})
			}
		}
	}
	for i, a := range all {
		if r.allows(act, s, a) {
			singles = append(singles, []Change{a})
		}
		for _, b := range all[i+1:] {
			if a.Fact != b.Fact && r.allows(act, s, a, b) {
				pairs = append(pairs, []Change{a, b})
			}
		}
	}
	if len(singles) > 0 {
		return singles
	}
	return pairs
}

func (r *Regulation) allows(act Act, s Situation, changes ...Change) bool {
	s = maps.Clone(s)
	for _, c := range changes {
		s[c.Fact] = c.To
	}
	return r.Ask(act, s).Allowed
}

// A Difference is what a role may do under one regulation and not under
// another.
type Difference struct {
	Role       string
	Act        Act
	Situations int         // in which the answer differs this way
	When       []Dimension // what those situations have in common
}

// Compare returns what may be done under the first only, and under the second
// only.
func Compare(a, b *Regulation) (lost, gained []Difference) {
	for _, act := range Acts() {
		dims := Dimensions(act, a, b)
		for _, role := range dims[0].Values {
			less, more := newTally(dims), newTally(dims)
			situations(dims, role, func(s Situation) {
				switch first, second := a.Ask(act, s).Allowed, b.Ask(act, s).Allowed; {
				case first && !second:
					less.add(s)
				case second && !first:
					more.add(s)
				}
			})
			if less.n > 0 {
				lost = append(lost, Difference{role, act, less.n, less.narrow()})
			}
			if more.n > 0 {
				gained = append(gained, Difference{role, act, more.n, more.narrow()})
			}
		}
	}
	return lost, gained
}

// A TermChange is a term that differs between two regulations.
type TermChange struct {
	Term   string `json:"term"`
	Before string `json:"before"` // "" if it wasn't there
	After  string `json:"after"`
}

// CompareTerms returns the terms that differ.
func CompareTerms(a, b *Regulation) []TermChange {
	out := []TermChange{}
	before, after := a.Terms.flat(), b.Terms.flat()
	for _, name := range slices.Sorted(maps.Keys(merged(before, after))) {
		if before[name] != after[name] {
			out = append(out, TermChange{name, before[name], after[name]})
		}
	}
	return out
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// flat is each term under a name of its own.
func (t Terms) flat() map[string]string {
	out := map[string]string{}
	if t.Retention.Text != "" {
		out["bewaartermijn"] = t.Retention.Text
	}
	for _, p := range t.Purposes {
		out["doel "+string(p.Key)] = p.Text
		if p.Incident {
			out["doel "+string(p.Key)] += " (alleen bij een incident)"
		}
	}
	for _, r := range t.Roles {
		out["rol "+r.Key] = r.Title + " (voor de hele organisatie)"
		if r.PerSite {
			out["rol "+r.Key] = r.Title + " (op een locatie)"
		}
	}
	return out
}
