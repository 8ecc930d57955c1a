package regulation

import (
	"cmp"
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
	Lacking  []Article // what could have allowed it, when nothing did, whether or not something forbids too
}

// An Article is a place in a regulation.
type Article struct {
	Number string // "4.3"
	Title  string // "Inrichting en beveiliging", the heading it stands under
	Text   string // its text in plain Dutch, without fences, as Markdown
	Why    string // what it means for who is refused, one sentence (@uitleg)
	File   string
	Line   int
}

// Rule answers q. What no article allows is forbidden, and one article that
// forbids outweighs all that allow. A policy that can't be evaluated forbids.
func (r *Regulation) Rule(q Question) Ruling {
	rules := r.policies.about[q.Act]
	decision, said := r.ask(rules.all, q)
	if decision == cedar.Allow && len(said.Errors) == 0 {
		return Ruling{Allowed: true, Articles: r.cite(said.Reasons, nil)}
	}
	if decision == cedar.Allow {
		return Ruling{Articles: r.cite(nil, said.Errors)}
	}
	ruling := Ruling{Articles: r.cite(said.Reasons, said.Errors)}
	if allowed, _ := r.ask(rules.permits, q); !allowed {
		ruling.Lacking = r.list(rules.permits.over(q.On))
	}
	if len(ruling.Articles) == 0 {
		ruling.Articles = ruling.Lacking
	}
	return ruling
}

// ask lets Cedar rule on q by these rules alone.
func (r *Regulation) ask(rules bench, q Question) (cedar.Decision, cedar.Diagnostic) {
	return cedar.Authorize(rules, known{r.policies.own, q.Facts}, cedar.Request{
		Principal: q.Who,
		Action:    NewEntity("Action", string(q.Act)),
		Resource:  q.On,
		Context:   cedar.NewRecord(q.Context),
	})
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

// cite returns the articles of the policies that decided, and of those that
// couldn't be evaluated.
func (r *Regulation) cite(reasons []cedar.DiagnosticReason, failed []cedar.DiagnosticError) []Article {
	var rules bench
	for _, reason := range reasons {
		rules = append(rules, r.policies.byID[reason.PolicyID])
	}
	for _, f := range failed {
		rules = append(rules, r.policies.byID[f.PolicyID])
	}
	slices.SortStableFunc(rules, func(a, b *rule) int { return cmp.Compare(a.article, b.article) })
	return r.list(rules)
}

// list returns the articles of rules, which are in document order. Each is
// there once, and says why in the words of those rules.
func (r *Regulation) list(rules bench) []Article {
	var out []Article
	for i, rule := range rules {
		if i > 0 && rules[i-1].article == rule.article {
			last := &out[len(out)-1]
			last.Why = join(last.Why, rule.why)
			continue
		}
		article := r.Articles[rule.article]
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
