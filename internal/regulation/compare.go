package regulation

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// has gives what may be absent a value, or takes it away.
func (a alteration) has(n cedarast.NodeTypeHas, want bool, q Question) (moves []move) {
	at, ok := a.place(cedarast.NodeTypeAccess(n), q)
	if !ok {
		return nil
	}
	if !want {
		return a.free(at.with(goes, nil))
	}
	for _, v := range a.domain.optional(at.fact, q) {
		moves = append(moves, at.becoming(v))
	}
	return a.free(moves...)
}

// equal makes two expressions the same, or not the same.
func (a alteration) equal(left, right cedarast.IsNode, want bool, q Question) (moves []move) {
	for _, side := range [][2]cedarast.IsNode{{left, right}, {right, left}} {
		at, ok := a.place(side[0], q)
		v, known := a.eval(side[1], q)
		if !ok || !known || a.given(at, q) {
			continue
		}
		if want {
			moves = append(moves, at.becoming(v))
			continue
		}
		for _, other := range a.domain.others(at.fact, v) {
			moves = append(moves, at.becoming(other))
		}
	}
	return a.free(moves...)
}

// given reports whether a fact is which thing something is, or where it is:
// another one would be another question.
func (a alteration) given(at move, q Question) bool {
	_, thing := q.now(at).(Entity)
	return thing && at.of.Type != ""
}

// contains makes one a member of a set, or not.
func (a alteration) contains(set, one cedarast.IsNode, want bool, q Question) (moves []move) {
	how := loses
	if want {
		how = gains
	}
	if v, ok := a.eval(one, q); ok {
		if at, ok := a.place(set, q); ok {
			moves = append(moves, at.with(how, v))
		}
	}
	all, known := a.eval(set, q)
	at, ok := a.place(one, q)
	if !known || !ok || a.given(at, q) {
		return a.free(moves...)
	}
	choice := members(all)
	if !want {
		choice = slices.DeleteFunc(a.domain.others(at.fact, q.now(at)), func(v Attribute) bool { return all.(cedar.Set).Contains(v) })
	}
	for _, v := range choice {
		moves = append(moves, at.becoming(v))
	}
	return a.free(moves...)
}

// several is for containsAll and containsAny: which members of the one set the
// other must have, or mustn't.
func (a alteration) several(left, right cedarast.IsNode, all, want bool, q Question) (ways [][]move) {
	set, ok := a.eval(left, q)
	of, known := a.eval(right, q)
	if !ok || !known {
		return nil
	}
	var common, missing []Attribute
	for _, v := range members(of) {
		if set.(cedar.Set).Contains(v) {
			common = append(common, v)
		} else {
			missing = append(missing, v)
		}
	}
	at, mine := a.place(left, q)
	other, theirs := a.place(right, q)
	switch {
	case all && want:
		ways = append(a.together(at, mine, gains, missing), a.together(other, theirs, loses, missing)...)
	case !all && !want:
		ways = append(a.together(at, mine, loses, common), a.together(other, theirs, loses, common)...)
	case all:
		ways = append(a.apart(at, mine, loses, common), a.apart(other, theirs, gains, a.domain.others(other.fact, nil))...)
	default:
		ways = append(a.apart(at, mine, gains, missing), a.apart(other, theirs, gains, members(set))...)
	}
	return ways
}

func (a alteration) together(at move, ok bool, how manner, values []Attribute) [][]move {
	var moves []move
	for _, v := range values {
		moves = append(moves, at.with(how, v))
	}
	if !ok || len(a.free(slices.Clone(moves)...)) < len(values) {
		return nil
	}
	return [][]move{moves}
}

func (a alteration) apart(at move, ok bool, how manner, values []Attribute) (ways [][]move) {
	if !ok {
		return nil
	}
	for _, v := range values {
		ways = append(ways, single(a.free(at.with(how, v)))...)
	}
	return ways
}

// within puts somebody in a role, or lets a condition name one of several.
func (a alteration) within(n cedarast.NodeTypeIn, want bool, q Question) (moves []move) {
	who, ok := a.eval(n.Left, q)
	group, known := a.eval(n.Right, q)
	if !known {
		return nil
	}
	groups := members(group)
	if one, ok := group.(Entity); ok {
		groups = []Attribute{one}
	}
	if at, named := a.place(n.Left, q); named && !a.given(at, q) && want {
		for _, v := range groups {
			moves = append(moves, at.becoming(v))
		}
		return a.free(moves...)
	}
	person, _ := who.(Entity)
	for _, v := range groups {
		role, _ := v.(Entity)
		if !ok || role.Type != Role || person.Type != Person {
			continue
		}
		if want {
			moves = append(moves, move{of: person, how: joins, value: role})
		} else if q.Facts[person].Parents.Contains(role) && len(groups) == 1 {
			moves = append(moves, move{of: person, how: leaves, value: role})
		}
	}
	return a.free(moves...)
}

func (a alteration) empty(n cedarast.NodeTypeIsEmpty, want bool, q Question) (moves []move) {
	at, ok := a.place(n.Arg, q)
	if !ok {
		return nil
	}
	if !want {
		for _, v := range a.domain.others(at.fact, nil) {
			moves = append(moves, at.with(gains, v))
		}
		return a.free(moves...)
	}
	if at.of.Type == "" {
		return a.free(at.becoming(Set()))
	}
	return nil
}

// order is a comparison of numbers as "low plus step is at most high"; ok is
// false for what is none.
func order(n cedarast.IsNode, want bool) (low, high cedarast.IsNode, step cedar.Long, ok bool) {
	var b cedarast.BinaryNode
	strict, up := false, false
	switch n := n.(type) {
	case cedarast.NodeTypeLessThan:
		b, strict, up = n.BinaryNode, true, true
	case cedarast.NodeTypeLessThanOrEqual:
		b, up = n.BinaryNode, true
	case cedarast.NodeTypeGreaterThan:
		b, strict = n.BinaryNode, true
	case cedarast.NodeTypeGreaterThanOrEqual:
		b = n.BinaryNode
	default:
		return nil, nil, 0, false
	}
	low, high = b.Left, b.Right
	if up != want {
		low, high = high, low
	}
	if strict == want {
		step = 1
	}
	return low, high, step, true
}

// compare moves a number to where low plus step is at most high.
func (a alteration) compare(low, high cedarast.IsNode, step cedar.Long, q Question) (moves []move) {
	small, _ := a.eval(low, q)
	large, _ := a.eval(high, q)
	if at, ok := a.place(low, q); ok {
		if v, ok := large.(cedar.Long); ok && v-step >= 0 {
			moves = append(moves, at.becoming(v-step))
		}
	}
	if at, ok := a.place(high, q); ok {
		if v, ok := small.(cedar.Long); ok {
			moves = append(moves, at.becoming(v+step))
		}
	}
	return a.free(moves...)
}
