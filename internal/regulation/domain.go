package regulation

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// A domain is which values the policies about an act, and the terms, name for
// each fact: what else it could be.
type domain map[string][]Attribute

// domain is that of the rules about q's act.
func (r *Regulation) domain(q Question) domain {
	d := domain{}
	for _, p := range r.Terms.Purposes {
		d.add("doel", String(p.Key))
	}
	for _, role := range r.Terms.Roles {
		d.add("rol", NewEntity(Role, role.Key))
	}
	for _, kind := range r.Terms.Incidents {
		d.add("soort", String(kind.Key))
	}
	for _, kind := range r.Terms.Allowed {
		d.add("ruimte", String(kind))
	}
	r.reads(q, func(a alteration, at move, with Attribute) {
		all := members(with)
		if _, set := with.(cedar.Set); !set {
			all = []Attribute{with}
		}
		for _, v := range all {
			d.add(at.fact, v)
		}
	})
	return d
}

// states of an incident that one can still work on.
var states = []Attribute{String("vermoed"), String("waargenomen"), String("verzocht")}

func (d domain) add(fact string, v Attribute) {
	if v != nil && !slices.ContainsFunc(d[fact], func(w Attribute) bool { return w.Equal(v) }) {
		d[fact] = append(slices.Clip(d[fact]), v)
	}
}

// others are the values a fact could have beside v.
func (d domain) others(fact string, v Attribute) []Attribute {
	out := slices.Clone(d[fact])
	switch v := v.(type) {
	case cedar.Boolean:
		return []Attribute{!v}
	case cedar.Long:
		return []Attribute{v + 1}
	case cedar.String:
		if fact == "staat" {
			out = append(out, states...)
		}
		out = append(out, String(anything))
	}
	return slices.DeleteFunc(out, func(w Attribute) bool { return v != nil && w.Equal(v) })
}

// anything is what people write where any words will do.
const anything = "…"

// optional are the values that a fact can have that isn't there.
func (d domain) optional(fact string, q Question) []Attribute {
	switch fact {
	case "incident":
		var out []Attribute
		for _, state := range states {
			out = append(out, NewEntity(Incident, string(state.(cedar.String))))
		}
		return out
	case "locatie":
		return q.sites()
	case "werkplek":
		return []Attribute{q.workstation()}
	case "besluit":
		return []Attribute{String(anything)}
	case "dagen_na_bekendmaking":
		return []Attribute{Long(0)}
	}
	return d[fact]
}

// reads tells do of every fact that a rule about q reads, and of the value the
// rule compares it with; that is nil where there is none.
func (r *Regulation) reads(q Question, do func(a alteration, at move, with Attribute)) {
	for _, rule := range r.rulesFor(q) {
		a := alteration{law: r, rule: rule}
		for _, c := range rule.bodies() {
			cedarast.Inspect(cedarast.NewNode(c.Body), func(n cedarast.IsNode) bool {
				a.read(n, q, do)
				return true
			})
		}
	}
}

// read tells what one part of a policy reads.
func (a alteration) read(n cedarast.IsNode, q Question, do func(alteration, move, Attribute)) {
	if has, ok := n.(cedarast.NodeTypeHas); ok {
		n = cedarast.NodeTypeAccess(has)
	}
	if at, ok := a.place(n, q); ok {
		do(a, at, nil)
	}
	for _, side := range sides(n) {
		if at, ok := a.place(side[0], q); ok {
			if v, ok := a.eval(side[1], q); ok {
				do(a, at, v)
			}
		}
	}
}

// sides are both orders of the two parts that a comparison compares.
func sides(n cedarast.IsNode) [][2]cedarast.IsNode {
	var b cedarast.BinaryNode
	switch n := n.(type) {
	case cedarast.NodeTypeEquals:
		b = n.BinaryNode
	case cedarast.NodeTypeNotEquals:
		b = n.BinaryNode
	case cedarast.NodeTypeContains:
		b = n.BinaryNode
	case cedarast.NodeTypeContainsAll:
		b = n.BinaryNode
	case cedarast.NodeTypeContainsAny:
		b = n.BinaryNode
	case cedarast.NodeTypeIn:
		b = n.BinaryNode
	default:
		low, high, _, ok := order(n, true)
		if !ok {
			return nil
		}
		b = cedarast.BinaryNode{Left: low, Right: high}
	}
	return [][2]cedarast.IsNode{{b.Left, b.Right}, {b.Right, b.Left}}
}
