package regulation

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
)

// An alteration finds which facts to change so that a part of a policy
// becomes true or false. It reads what the policy says; whether it helps is
// asked of the law.
type alteration struct {
	law    *Regulation
	rule   *rule
	domain domain
	fixed  func(move) bool // what can't be changed
}

// most is how many ways to change one part of a policy are looked at.
const most = 24

func (a alteration) eval(n cedarast.IsNode, q Question) (Attribute, bool) {
	v, err := eval.Eval(n, eval.Env{Entities: a.law.sees(a.rule, q), Principal: q.Who, Action: NewEntity("Action", string(q.Act)),
		Resource: q.On, Context: cedar.NewRecord(q.Context)})
	return v, err == nil
}

// becomes returns the ways in which a part of a policy becomes want: one
// without moves if it is so already, none if nothing helps.
func (a alteration) becomes(n cedarast.IsNode, want bool, q Question) [][]move {
	if v, ok := a.eval(n, q); ok && v == Attribute(Boolean(want)) {
		return [][]move{nil}
	}
	var ways [][]move
	switch n := n.(type) {
	case cedarast.NodeTypeAnd:
		ways = a.both(n.Left, n.Right, want, want, q)
	case cedarast.NodeTypeOr:
		ways = a.both(n.Left, n.Right, want, !want, q)
	case cedarast.NodeTypeNot:
		return a.becomes(n.Arg, !want, q)
	case cedarast.NodeTypeIfThenElse:
		ways = append(a.then(n.If, true, n.Then, want, q), a.then(n.If, false, n.Else, want, q)...)
	case cedarast.NodeTypeContainsAll:
		ways = a.several(n.Left, n.Right, true, want, q)
	case cedarast.NodeTypeContainsAny:
		ways = a.several(n.Left, n.Right, false, want, q)
	default:
		ways = single(a.simple(n, want, q))
	}
	return ways[:min(len(ways), most)]
}

// both is for && and ||: either all parts must become want, one after the
// other, or one of them is enough.
func (a alteration) both(left, right cedarast.IsNode, want, all bool, q Question) [][]move {
	if all {
		return a.then(left, want, right, want, q)
	}
	return append(a.becomes(left, want, q), a.becomes(right, want, q)...)
}

// then makes one part true or false, and after that another.
func (a alteration) then(first cedarast.IsNode, is bool, next cedarast.IsNode, want bool, q Question) (ways [][]move) {
	for _, one := range a.becomes(first, is, q) {
		for _, other := range a.becomes(next, want, q.apply(one...)) {
			ways = append(ways, slices.Concat(one, other))
		}
	}
	return ways
}

func single(moves []move) (ways [][]move) {
	for _, m := range moves {
		ways = append(ways, []move{m})
	}
	return ways
}

// matches returns the ways in which the rule gets its say.
func (a alteration) matches(q Question) [][]move {
	ways := a.scope(q)
	for _, c := range a.rule.bodies() {
		var longer [][]move
		for _, way := range ways {
			for _, more := range a.becomes(c.Body, bool(c.Condition), q.apply(way...)) {
				longer = append(longer, slices.Concat(way, more))
			}
		}
		ways = longer[:min(len(longer), most)]
	}
	return ways
}

// silent returns the ways in which the rule has no say any more.
func (a alteration) silent(q Question) (ways [][]move) {
	for _, c := range a.rule.bodies() {
		ways = append(ways, a.becomes(c.Body, !bool(c.Condition), q)...)
	}
	if in, ok := a.rule.policy.AST().Principal.(cedarast.ScopeTypeIn); ok {
		ways = append(ways, single(a.free(move{of: q.Who, how: leaves, value: in.Entity}))...)
	}
	return slices.DeleteFunc(ways, func(way []move) bool { return len(way) == 0 })
}

// scope returns the ways in which the head of the rule is about q.
func (a alteration) scope(q Question) [][]move {
	head := a.rule.policy.AST()
	if eq, ok := head.Resource.(cedarast.ScopeTypeEq); ok && eq.Entity != q.On {
		return nil
	}
	switch who := head.Principal.(type) {
	case cedarast.ScopeTypeEq:
		if who.Entity != q.Who {
			return nil
		}
	case cedarast.ScopeTypeIn:
		if !q.Facts[q.Who].Parents.Contains(who.Entity) {
			return single(a.free(move{of: q.Who, how: joins, value: who.Entity}))
		}
	}
	return [][]move{nil}
}

// free leaves out moves that can't be made.
func (a alteration) free(moves ...move) []move {
	return slices.DeleteFunc(moves, func(m move) bool {
		return m.of == itself || m.of.Type == Role || a.fixed != nil && a.fixed(m)
	})
}

// simple returns the single moves that make a comparison, a membership or a
// yes-or-no fact want.
func (a alteration) simple(n cedarast.IsNode, want bool, q Question) []move {
	switch n := n.(type) {
	case cedarast.NodeTypeAccess:
		if at, ok := a.place(n, q); ok {
			return a.free(at.becoming(Boolean(want)))
		}
	case cedarast.NodeTypeHas:
		return a.has(n, want, q)
	case cedarast.NodeTypeEquals:
		return a.equal(n.Left, n.Right, want, q)
	case cedarast.NodeTypeNotEquals:
		return a.equal(n.Left, n.Right, !want, q)
	case cedarast.NodeTypeContains:
		return a.contains(n.Left, n.Right, want, q)
	case cedarast.NodeTypeIn:
		return a.within(n, want, q)
	case cedarast.NodeTypeIsEmpty:
		return a.empty(n, want, q)
	}
	if low, high, step, ok := order(n, want); ok {
		return a.compare(low, high, step, q)
	}
	return nil
}

// place is the fact that an expression reads, as a move that changes it.
func (a alteration) place(n cedarast.IsNode, q Question) (move, bool) {
	access, ok := n.(cedarast.NodeTypeAccess)
	if !ok {
		return move{}, false
	}
	field := string(access.Value)
	if v, ok := access.Arg.(cedarast.NodeTypeVariable); ok && v.Name == "context" {
		return move{fact: field}, true
	}
	base, ok := a.eval(access.Arg, q)
	if !ok {
		return move{}, false
	}
	if of, ok := base.(Entity); ok {
		return move{of: of, fact: field}, of != itself
	}
	outer, ok := a.place(access.Arg, q)
	return move{of: outer.of, fact: outer.fact + "." + field}, ok
}

func (m move) becoming(v Attribute) move { return m.with(becomes, v) }

func (m move) with(how manner, v Attribute) move {
	m.how, m.value = how, v
	return m
}
