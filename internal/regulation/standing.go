package regulation

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// A Standing says how one policy stands towards a question: what is done of
// what it demands, and what isn't.
type Standing struct {
	Article Article // says why in the words of this policy alone
	Permit  bool    // else it forbids
	Holds   bool    // a permit that matches, or a forbid that doesn't
	Warning bool    // it only warns
}

// Standing returns every policy that could have a say in q, in the order of
// the document. A policy that can't be evaluated doesn't hold.
func (r *Regulation) Standing(q Question) []Standing {
	var out []Standing
	for _, rule := range r.rulesFor(q) {
		article := rule.in.Articles[rule.article]
		article.Why = rule.why
		s := Standing{Article: article, Permit: rule.permits(), Warning: rule.warns}
		matches, failed := r.matches(rule, q)
		s.Holds = !failed && matches == s.Permit
		out = append(out, s)
	}
	return out
}

// matches reports whether a rule has its say in q, or can't be evaluated.
func (r *Regulation) matches(rule *rule, q Question) (matches, failed bool) {
	_, said := cedar.Authorize(bench{rule}, r.sees(rule, q), cedar.Request{
		Principal: q.Who, Action: NewEntity("Action", string(q.Act)), Resource: q.On, Context: cedar.NewRecord(q.Context)})
	return len(said.Reasons) > 0, len(said.Errors) > 0
}

// bodies are the conditions of a rule, and what each must be for it to match.
func (r *rule) bodies() []cedarast.ConditionType { return slices.Clone(r.policy.AST().Conditions) }
