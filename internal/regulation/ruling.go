package regulation

import (
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// A Question asks whether someone may act on something, given the facts.
type Question struct {
	Who     Entity
	Act     Act
	On      Entity
	Facts   Facts
	Context Context
}

// A Ruling is the answer, and the articles it rests on. When nothing forbids
// but nothing allows either, Articles are those that could have allowed it.
type Ruling struct {
	Allowed  bool
	Articles []Article // in document order
	Warnings []Article // what doesn't forbid, but must be said; also when it is allowed
	Lacking  []Article // what could have allowed it, when nothing did, whether or not something forbids too
}

// An Article is a place in a regulation.
type Article struct {
	Number string // with dots, of all it stands under
	Title  string // "Inrichting en beveiliging", the heading it stands under
	Text   string // its text in plain Dutch, without fences, as Markdown
	Why    string // what it means for who is refused, one sentence (@uitleg)
	File   string
	Line   int
}

// Rule answers q. What no article allows is forbidden, and one article that
// forbids outweighs all that allow, whichever document it is in. A policy that
// can't be evaluated forbids.
func (r *Regulation) Rule(q Question) Ruling {
	ask := inquiry{r, q, q.request()}
	rules := r.policies.about[q.Act]
	ruling := ask.decide(rules)
	ruling.Warnings = ask.cite(rules.warn)
	for _, l := range r.over {
		if reaches(l.Scope, q) {
			ask.layer(&ruling, l.Law.policies.about[q.Act])
		}
	}
	if !ruling.Allowed && len(ruling.Articles) == 0 {
		ruling.Articles = ruling.Lacking
	}
	return ruling
}

// request is q as Cedar asks it.
func (q Question) request() cedar.Request {
	return cedar.Request{Principal: q.Who, Action: NewEntity("Action", string(q.Act)), Resource: q.On, Context: cedar.NewRecord(q.Context)}
}

// An inquiry is a question being ruled on.
type inquiry struct {
	law     *Regulation
	q       Question
	request cedar.Request
}

// decide lets the regulation itself rule. What may allow and what may forbid
// are asked apart: who is refused has a right to hear of both, and neither is
// evaluated twice.
func (i inquiry) decide(rules benches) Ruling {
	allows, said := i.ask(rules.permits)
	_, against := i.ask(rules.forbids)
	against.Errors = append(against.Errors, said.Errors...)
	if allows == cedar.Allow && len(against.Reasons)+len(against.Errors) == 0 {
		return Ruling{Allowed: true, Articles: cite(rules.permits, said)}
	}
	ruling := Ruling{Articles: cite(rules.decide, against)}
	if allows != cedar.Allow {
		ruling.Lacking = list(i.law.standing(rules.permits, i.q).over(i.q.On))
	}
	return ruling
}

// layer adds what a document above or beside the regulation forbids.
func (i inquiry) layer(ruling *Ruling, rules benches) {
	ruling.Warnings = append(ruling.Warnings, i.cite(rules.warn)...)
	against := i.cite(rules.forbids)
	if len(against) == 0 {
		return
	}
	if ruling.Allowed {
		ruling.Allowed, ruling.Articles = false, nil
	}
	ruling.Articles = append(ruling.Articles, against...)
}

// cite returns the articles of the rules that match, or that can't be
// evaluated.
func (i inquiry) cite(rules bench) []Article {
	if len(rules) == 0 {
		return nil
	}
	_, said := i.ask(rules)
	return cite(rules, said)
}

// ask lets Cedar rule by these rules alone, which are of one document.
func (i inquiry) ask(rules bench) (cedar.Decision, cedar.Diagnostic) {
	if rules = i.law.standing(rules, i.q); len(rules) == 0 {
		return cedar.Deny, cedar.Diagnostic{}
	}
	return cedar.Authorize(rules, i.law.sees(rules[0], i.q), i.request)
}

// known is all that is known: what a regulation says of itself, which no
// witness can contradict, and what the witnesses said.
type known struct{ own, said cedar.EntityMap }

// Get makes known something Cedar can ask.
func (k known) Get(e Entity) (cedar.Entity, bool) {
	if fact, ok := k.own[e]; ok {
		return fact, true
	}
	fact, ok := k.said[e]
	return fact, ok
}

// cite returns the articles of the rules that decided, and of those that
// couldn't be evaluated.
func cite(rules bench, said cedar.Diagnostic) []Article {
	if len(said.Reasons)+len(said.Errors) == 0 {
		return nil
	}
	spoke := func(r *rule) bool {
		return slices.ContainsFunc(said.Reasons, func(d cedar.DiagnosticReason) bool { return d.PolicyID == r.id }) ||
			slices.ContainsFunc(said.Errors, func(d cedar.DiagnosticError) bool { return d.PolicyID == r.id })
	}
	var decided bench
	for _, r := range rules {
		if spoke(r) {
			decided = append(decided, r)
		}
	}
	return list(decided)
}

// list returns the articles of rules, which are in document order. Each is
// there once, and says why in the words of those rules.
func list(rules bench) []Article {
	var out []Article
	for i, rule := range rules {
		if i > 0 && rules[i-1].article == rule.article {
			last := &out[len(out)-1]
			last.Why = join(last.Why, rule.why)
			continue
		}
		article := rule.in.Articles[rule.article]
		article.Why = rule.why
		out = append(out, article)
	}
	return out
}

// join puts two explanations after each other, without saying one twice.
func join(a, b string) string {
	switch {
	case b == "" || strings.Contains(a, b):
		return a
	case a == "":
		return b
	}
	return a + " " + b
}
