package regulation

import (
	"regexp"
	"strings"
)

// A token is the smallest part of a policy that means something.
type token struct {
	kind tokenKind
	text string
	at   int // in the policy
}

type tokenKind int

const (
	quoted tokenKind = iota
	numeral
	name
	sign
)

var anyToken = regexp.MustCompile(`(//[^\n]*)|("(?:[^"\\]|\\.)*")|([0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|(::|&&|\|\||[<>=!]=|\S)`)

// tokens takes a policy apart, without its comments.
func tokens(policy string) []token {
	var out []token
	for _, at := range anyToken.FindAllStringSubmatchIndex(policy, -1) {
		for kind, group := range []int{2, 3, 4, 5} {
			if at[2*group] >= 0 {
				out = append(out, token{tokenKind(kind), policy[at[0]:at[1]], at[0]})
			}
		}
	}
	return out
}

func (t token) end() int         { return t.at + len(t.text) }
func (t token) unquoted() string { return strings.Trim(t.text, `"`) }

// conditionStart reports whether the ith token begins a condition.
func (t token) conditionStart(all []token, i int) bool {
	return t.kind == name && (t.text == "when" || t.text == "unless") && i+1 < len(all) && all[i+1].text == "{"
}

// annotated reports whether the ith token is the text of an annotation:
// @name("…").
func annotated(all []token, i int) bool {
	return i > 2 && all[i-1].text == "(" && all[i-3].text == "@"
}

// compared reports whether the ith token stands beside a comparison.
func compared(all []token, i int) bool {
	return i > 0 && all[i-1].compares() || i+1 < len(all) && all[i+1].compares()
}

func (t token) compares() bool {
	switch t.text {
	case "<", ">", "<=", ">=", "==", "!=":
		return t.kind == sign
	}
	return false
}

// An operand is one of what && or || combines, and what to write for it so
// that the others decide.
type operand struct {
	from, to int
	neutral  string
}

// operands finds those of a policy, however deep in brackets.
func operands(all []token) []operand {
	var out []operand
	open := []chain{{}}
	for _, t := range all {
		top := &open[len(open)-1]
		switch t.text {
		case "(", "[", "{":
			top.take(t)
			open = append(open, chain{})
		case ")", "]", "}":
			out = append(out, top.operands()...)
			if open = open[:len(open)-1]; len(open) == 0 {
				return out // more are closed than were opened: no policy
			}
			open[len(open)-1].take(t)
		case ",", ";", "if", "then", "else":
			out = append(out, top.operands()...)
			*top = chain{}
		case "&&", "||":
			top.signs = append(top.signs, t.text)
			top.parts = append(top.parts, top.part)
			top.part = stretch{}
		default:
			top.take(t)
		}
	}
	return out
}

// A chain is a row of operands between the same brackets.
type chain struct {
	parts []stretch
	signs []string
	part  stretch // the one being read
}

type stretch struct{ from, to int }

func (c *chain) take(t token) {
	if c.part.to == 0 {
		c.part.from = t.at
	}
	c.part.to = t.end()
}

// operands are those of a chain that has more than one. An operand with && on
// either side belongs to that.
func (c chain) operands() []operand {
	if len(c.signs) == 0 {
		return nil
	}
	var out []operand
	for i, p := range append(c.parts, c.part) {
		neutral := "false"
		if i > 0 && c.signs[i-1] == "&&" || i < len(c.signs) && c.signs[i] == "&&" {
			neutral = "true"
		}
		out = append(out, operand{p.from, p.to, neutral})
	}
	return out
}
