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
	return []Act{Record, Watch, PlayBack, Hold, Reject, Release, Process, Still, Steer, Erase, Report, Settle, Decide, Appoint, Grant,
		Absent, Roster, Receive, Place, File, Adopt, Deviate, Consult}
}

// May answers for each role and act whether it is ever allowed. Needs are the
// facts that must be so: of each, the values with which there is a situation
// that is allowed, where that isn't all of them.
func (r *Regulation) May() []Answer { return r.MayWithout() }

// MayWithout is May where none of these facts helps: what a role may of its
// own, without a grant (gemachtigd) or somebody else's work (neemt_waar).
func (r *Regulation) MayWithout(facts ...string) []Answer {
	var out []Answer
	closed := func(m move) bool { return slices.Contains(facts, m.fact) }
	for _, act := range Acts() {
		s := look(act, r)
		for _, role := range s.roles {
			found := s.possible(r, role, closed)
			out = append(out, Answer{role, act, len(found) > 0, found.narrow(s.dimensions())})
		}
	}
	return out
}

// A survey is all that can make a difference to an act under some laws.
type survey struct {
	act    Act
	laws   []*Regulation
	roles  []string
	places []string
	kinds  []string
	axes   map[string][]axis // by kind
}

func look(act Act, laws ...*Regulation) survey {
	s := survey{act: act, laws: laws, roles: []string{none}, places: []string{here, elsewhere}, kinds: Subjects(act), axes: map[string][]axis{}}
	for _, law := range laws {
		for _, t := range law.Terms.Roles {
			if !slices.Contains(s.roles, t.Key) {
				s.roles = append(s.roles, t.Key)
			}
		}
	}
	s.roles = append(s.roles, systemRole)
	for _, kind := range s.kinds {
		s.axes[kind] = axes(blank(act, kind), laws...)
	}
	return s
}

// Dimensions are those of an act under these regulations together: all that
// their policies about it read.
func Dimensions(act Act, laws ...*Regulation) []Dimension { return look(act, laws...).dimensions() }

func (s survey) dimensions() []Dimension {
	out := []Dimension{{ByRole, s.roles}, {atPlace, s.places}}
	if len(s.kinds) > 1 {
		out = append(out, Dimension{object, s.kinds})
	}
	for _, kind := range s.kinds {
		for _, a := range s.axes[kind] {
			i := slices.IndexFunc(out, func(d Dimension) bool { return d.Name == a.name })
			if i < 0 {
				i, out = len(out), append(out, Dimension{Name: a.name})
			}
			for _, v := range a.values {
				if !slices.Contains(out[i].Values, v.text) {
					out[i].Values = append(out[i].Values, v.text)
				}
			}
		}
	}
	return out
}

// kind is what a situation is about.
func (s survey) kind(of Situation) string {
	if k := of[object]; k != "" {
		return k
	}
	return s.kinds[0]
}

// question puts a situation to a law; what it leaves open is in order.
func (s survey) question(law *Regulation, of Situation) Question {
	kind, place := s.kind(of), of[atPlace]
	if place == "" {
		place = here
	}
	q := blank(s.act, kind).play(law, of[ByRole], place)
	for _, a := range s.axes[kind] {
		for _, v := range a.values {
			if v.text == of[a.name] {
				q = a.set(q, v)
			}
		}
	}
	return q
}

// situation is what a question says, dimension by dimension.
func (s survey) situation(q Question, role, place, kind string) Situation {
	out := Situation{ByRole: role, atPlace: place}
	if len(s.kinds) > 1 {
		out[object] = kind
	}
	for _, a := range s.axes[kind] {
		out[a.name] = a.is(q)
	}
	return out
}

// Question is what a situation asks.
func (r *Regulation) Question(act Act, s Situation) Question { return look(act, r).question(r, s) }

// Ask rules on an act in a situation.
func (r *Regulation) Ask(act Act, s Situation) Ruling { return r.Rule(r.Question(act, s)) }

// Complete adds to a situation what it leaves open, so that as little as
// possible stands in the way.
func (r *Regulation) Complete(act Act, s Situation) Situation {
	of := look(act, r)
	role := s[ByRole]
	if role == "" {
		role = none
	}
	place, kind := s[atPlace], of.kind(s)
	if place == "" {
		place = here
	}
	q := of.question(r, s)
	found, ok := of.allow(r, q, of.pins(s, kind, q))
	for _, try := range append([]string{role}, of.roles...) {
		if !ok {
			found, ok = of.allow(r, of.question(r, Situation{ByRole: try, object: kind}), unpinned)
		}
	}
	full := of.situation(found, role, place, kind)
	maps.Copy(full, s)
	return full
}

// pins are the axes that a situation settles.
func (s survey) pins(of Situation, kind string, q Question) func(move) bool {
	return func(m move) bool {
		for _, a := range s.axes[kind] {
			if _, said := of[a.name]; said && a.pinned(q, m) {
				return true
			}
		}
		return false
	}
}

// allow is q with as few changes as make the law allow it; who acts stays who
// they are.
func (s survey) allow(law *Regulation, q Question, pinned func(move) bool) (Question, bool) {
	if law.Rule(q).Allowed {
		return q, true
	}
	const tries = 60
	moves := law.lift(q, tries, func(m move) bool {
		return m.of == q.Who && (m.how == joins || m.how == leaves || m.fact == "functies") || pinned(m)
	})
	return q.apply(moves...), len(moves) > 0
}
