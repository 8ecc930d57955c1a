package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// A help is one thing that would have to be otherwise for something to be
// allowed.
type help struct {
	regulation.Change
	Line string // as people say it
}

// ask puts a request to the law in force, with the facts as they are, and
// reports whether there is a law at all. It changes nothing and is in no
// logbook; what counts is what the gate rules.
func (v *visit) ask(r gate.Request) (law *regulation.Regulation, q regulation.Question, ok bool) {
	law, q, err := v.Gate.Ask(v.ctx(), r)
	if err != nil {
		v.Report(fmt.Errorf("couldn't find out what the regulation would say: %w", err))
	}
	return law, q, err == nil && law != nil
}

// helps are what together would lift a refusal of r; none if nothing would.
func (v *visit) helps(r gate.Request) []help {
	if v.who.Empty() {
		return nil
	}
	law, q, ok := v.ask(r)
	if !ok {
		return nil
	}
	return v.helping(law, law.Lift(q))
}

// helping says changes in words, each once.
func (v *visit) helping(law *regulation.Regulation, changes []regulation.Change) []help {
	var out []help
	for _, c := range changes {
		h := help{c, v.saying(law, c)}
		if len(changes) == 1 && oneMore(c) {
			h.Line = v.word("lift:aanwezigen.one")
		}
		if !slices.ContainsFunc(out, func(o help) bool { return o.Line == h.Line }) {
			out = append(out, h)
		}
	}
	return out
}

// moreOfUs reports whether other people at the seat are all it takes.
func moreOfUs(helps []help) bool {
	return len(helps) > 0 && !slices.ContainsFunc(helps, func(h help) bool {
		return h.Of.Type != "" || h.Fact != "aanwezigen" && h.Fact != "samenstelling" || h.To == ""
	})
}

// oneMore reports whether one colleague is what a change asks. Where nothing
// else is amiss, who asks counts too, also if the gate counts nobody yet.
func oneMore(c regulation.Change) bool {
	from, err := strconv.Atoi(c.From)
	to, wrong := strconv.Atoi(c.To)
	return c.Fact == "aanwezigen" && err == nil && wrong == nil && to == max(from, 1)+1
}

// saying is one change as people say it.
func (v *visit) saying(law *regulation.Regulation, c regulation.Change) string {
	name, prefix, value := c.Fact, "lift:", c.To
	if c.Of.Type != "" {
		name = string(c.Of.Type) + "." + c.Fact
	}
	if c.To == "" {
		prefix, value = "lift-not:", c.From
	}
	for _, key := range []string{prefix + name + "=" + value, prefix + name} {
		if line, ok := v.words[key]; ok && takes(line[v.lang]) {
			return v.word(key, v.valued(law, c.Fact, value))
		} else if ok {
			return v.word(key)
		}
	}
	if c.To == "" {
		return v.word("helps.nomore", name, v.valued(law, c.Fact, value))
	}
	return v.word("helps.other", name, v.valued(law, c.Fact, value))
}

// takes reports whether a line has a place for what it is about.
func takes(line string) bool { return strings.Contains(line, "%s") }

// valued is a value of a fact as people say it: what the regulation calls it,
// or else the word for it.
func (v *visit) valued(law *regulation.Regulation, fact, value string) string {
	switch fact {
	case "stukken", "stuk":
		if f, ok := law.Terms.File(value); ok {
			return f.Title
		}
	case "rol", "functies", "neemt_waar", "samenstelling", "bezet", "vervangt", "adviezen":
		if r, ok := law.Terms.Role(value); ok {
			return r.Title
		}
	case "doel":
		if p, ok := law.Terms.Purpose(value); ok {
			return p.Text
		}
	case "instemmingen":
		for _, c := range law.Terms.Councils {
			if c.Key == value {
				return c.Title
			}
		}
	}
	for _, i := range law.Terms.Incidents {
		if fact == "soort" && i.Key == value {
			return i.Text
		}
	}
	return v.word("value:" + value)
}
