package regulation

import (
	"slices"
	"strings"
)

// An Aside is an article that doesn't hold for now. What stands under it is
// aside too.
type Aside struct {
	Article string
	Scope   Entity // the camera, site or organisation it is aside for; the zero Entity for all
	All     bool   // nothing of it holds, as when a judge suspends it; else only what it forbids doesn't
}

// SetAside returns the regulation without the policies of these articles. A
// statute can't be set aside. Terms stay.
func (r *Regulation) SetAside(a ...Aside) *Regulation {
	without := *r
	without.asides = slices.Concat(r.asides, a)
	return &without
}

// standing are the rules that aren't set aside for q.
func (r *Regulation) standing(rules bench, q Question) bench {
	if len(r.asides) == 0 {
		return rules
	}
	return slices.DeleteFunc(slices.Clone(rules), func(rule *rule) bool {
		return slices.ContainsFunc(r.asides, func(a Aside) bool { return r.sets(a, rule) && reaches(a.Scope, q) })
	})
}

// sets reports whether a rule is one that a sets aside. A number that several
// documents have is that of the regulation, not of an order beside it.
func (r *Regulation) sets(a Aside, rule *rule) bool {
	number := rule.in.Articles[rule.article].Number
	if number != a.Article && !strings.HasPrefix(number, a.Article+".") {
		return false
	}
	if _, ours := r.byNumber[a.Article]; ours != (rule.in == r.parsed) {
		return false
	}
	return rule.in.Terms.Layer != Statute && (a.All || !rule.permits())
}
