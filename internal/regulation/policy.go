package regulation

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	cedarast "github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// A rule is one policy and the article it stands under.
type rule struct {
	id      cedar.PolicyID // the article's number, with #2, #3 … for further ones
	in      *Regulation    // as it was read
	article int            // index in its Articles
	why     string         // its @uitleg
	warns   bool           // its @gevolg: it doesn't forbid
	acts    []Act          // that its head lets it be about
	line    int            // in its document
	policy  *cedar.Policy
	ruled   *cedar.Policy // without its act, to rule by: who rules knows it is about the act
}

// policies are the rules of a regulation, found by the act they are about, so
// that a question touches no more of them than it must.
type policies struct {
	inOrder bench
	about   map[Act]benches
	own     cedar.EntityMap // what the document says of itself
}

// The benches of an act: every rule that may have a say in it, those of them
// that decide, that can allow it, that can forbid it, and that only warn.
type benches struct{ every, decide, permits, forbids, warn bench }

// A bench is rules in document order, to rule by.
type bench []*rule

// All makes a bench something Cedar can rule with.
func (b bench) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, r := range b {
			if !yield(r.id, r.ruled) {
				return
			}
		}
	}
}

// policies reads the cedar fences of d for r, whose articles and terms are
// there already.
func (d *document) policies(v *Vocabulary, r *Regulation) policies {
	p := policies{about: map[Act]benches{}, own: v.own(r.Terms)}
	words := v.with(r.Terms)
	judge := validate.New(words)
	for _, s := range d.sections {
		n := 0
		for _, f := range s.Fences {
			if f.Language != "cedar" {
				continue
			}
			for _, policy := range d.cedar(f) {
				n++
				rule := &rule{id: policyID(s.Number, n), in: r, article: r.byNumber[s.Number], policy: policy,
					ruled: withoutAct(policy), line: f.Line + policy.Position().Line}
				d.annotations(rule)
				d.validate(rule, words, judge)
				p.add(rule, words)
				article := &r.Articles[rule.article]
				article.Why = join(article.Why, rule.why)
			}
		}
	}
	d.conflicts(p, r.Terms.Layer)
	return p
}

// withoutAct is a policy that doesn't ask what the act is.
func withoutAct(p *cedar.Policy) *cedar.Policy {
	tree := *p.AST()
	tree.Action = cedarast.ScopeTypeAll{}
	return cedar.NewPolicyFromAST(&tree)
}

func policyID(article string, n int) cedar.PolicyID {
	if n == 1 {
		return cedar.PolicyID(article)
	}
	return cedar.PolicyID(fmt.Sprintf("%s#%d", article, n))
}

func (p *policies) add(r *rule, words *resolved.Schema) {
	p.inOrder = append(p.inOrder, r)
	for act := range words.Actions {
		if !concerns(r.policy, act, words) {
			continue
		}
		r.acts = append(r.acts, Act(act.ID))
		p.about[Act(act.ID)] = p.about[Act(act.ID)].with(r)
	}
}

// with seats a rule.
func (b benches) with(r *rule) benches {
	b.every = append(b.every, r)
	if r.warns {
		b.warn = append(b.warn, r)
		return b
	}
	b.decide = append(b.decide, r)
	if r.permits() {
		b.permits = append(b.permits, r)
	} else {
		b.forbids = append(b.forbids, r)
	}
	return b
}

func (r *rule) permits() bool { return r.policy.Effect() == cedar.Permit }

// over keeps the rules that can be about something of the kind of on: a rule
// about sites isn't what the reader of a logbook lacks.
func (b bench) over(on Entity) bench {
	return slices.DeleteFunc(slices.Clone(b), func(r *rule) bool {
		is, typed := r.policy.AST().Resource.(cedarast.ScopeTypeIs)
		return typed && is.Type != on.Type
	})
}

// concerns reports whether the head of a policy lets it be about act.
func concerns(p *cedar.Policy, act cedar.EntityUID, words *resolved.Schema) bool {
	switch scope := p.AST().Action.(type) {
	case cedarast.ScopeTypeEq:
		return scope.Entity == act
	case cedarast.ScopeTypeIn:
		return within(act, scope.Entity, words)
	case cedarast.ScopeTypeInSet:
		return slices.ContainsFunc(scope.Entities, func(e cedar.EntityUID) bool { return within(act, e, words) })
	}
	return true
}

// within reports whether act is group, or in it. The schema has no cycles.
func within(act, group cedar.EntityUID, words *resolved.Schema) bool {
	if act == group {
		return true
	}
	for parent := range words.Actions[act].Entity.Parents.All() {
		if within(parent, group, words) {
			return true
		}
	}
	return false
}

var cedarPosition = regexp.MustCompile(`(?:parser error: )?(?:parse error at )?<input>:(\d+):\d+:? ?`)

// cedar parses the policies in a fence.
func (d *document) cedar(f Fence) cedar.PolicyList {
	if nested(f.Text) > maxNesting {
		d.fault(f.Line, "these policies nest more than %d brackets: split them", maxNesting)
		return nil
	}
	list, err := cedar.NewPolicyListFromBytes(d.file, []byte(f.Text))
	if err != nil {
		line, text := f.locate(err, cedarPosition)
		d.fault(line, "can't read this policy: %s", text)
		return nil
	}
	if len(list) == 0 {
		d.fault(f.Line, "there is no policy in this fence: write one, or remove the fence")
	}
	return list
}

// maxNesting is far more than people can read. What prints a type that is
// nested thousands of times takes seconds.
const maxNesting = 32

// nested is how deep brackets nest in text.
func nested(text string) int {
	depth, deepest := 0, 0
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			depth--
		}
	}
	return deepest
}

// annotations takes the words of explanation from a policy, and whether it
// only warns. A policy says nothing else about itself: its number is that of
// the heading.
func (d *document) annotations(r *rule) {
	for key, value := range r.policy.Annotations() {
		switch key {
		case "uitleg":
			if r.why = strings.TrimSpace(string(value)); r.why == "" {
				d.fault(r.line, "@uitleg is empty: say in one sentence what this means for who is refused")
			}
		case "gevolg":
			r.warns = true
			if value != "waarschuwing" || r.permits() {
				d.fault(r.line, "@gevolg(\"waarschuwing\") on a forbid is the only gevolg there is: leave it out for a policy that decides")
			}
		default:
			d.fault(r.line, "unknown annotation @%s: only @uitleg(\"…\") and @gevolg(\"waarschuwing\") are known; the article is that of the heading above", key)
		}
	}
}

// validate sees to it that a policy uses the words of the vocabulary, and
// uses them right.
func (d *document) validate(r *rule, words *resolved.Schema, judge *validate.Validator) {
	err := judge.Policy("", (*cedarast.Policy)(r.policy.AST()))
	for _, err := range each(err) {
		d.fault(r.line, "article %s: %v; the words are in woorden.md", r.id, err)
	}
	d.named(r, words)
}

// each returns the errors that were joined in err.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// named sees to it that things of which all names are known are called by
// one of them: Cedar's validator knows the list, but doesn't look.
func (d *document) named(r *rule, words *resolved.Schema) {
	for _, e := range entities(reflect.ValueOf(r.policy.AST()), nil) {
		if only, ok := names()[string(e.Type)]; ok && e != only {
			d.fault(r.line, "article %s: there is no %s: the only one a document can name is %s", r.id, e, only)
		}
		enum, ok := words.Enums[e.Type]
		if ok && !slices.Contains(enum.Values, e) {
			var known []string
			for _, v := range enum.Values {
				known = append(known, string(v.ID))
			}
			d.fault(r.line, "article %s: there is no %s: known are %s", r.id, e, strings.Join(known, ", "))
		}
	}
}

// names are the things that a document can call by name, where it knows one.
func names() map[string]Entity {
	all := map[string]Entity{}
	for _, e := range []Entity{itself, NewEntity(Site, "overal"), NewEntity(Organisation, "organisatie")} {
		all[string(e.Type)] = e
	}
	return all
}

// entities adds to found every entity that a part of a policy's tree names.
// Cedar has no way to walk the tree, and to list all its kinds of node here
// would miss the next one.
func entities(part reflect.Value, found []cedar.EntityUID) []cedar.EntityUID {
	switch part.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !part.IsNil() {
			found = entities(part.Elem(), found)
		}
	case reflect.Slice:
		for i := range part.Len() {
			found = entities(part.Index(i), found)
		}
	case reflect.Struct:
		if part.Type() == reflect.TypeFor[cedar.EntityUID]() {
			return append(found, NewEntity(part.FieldByName("Type").String(), part.FieldByName("ID").String()))
		}
		for i := range part.NumField() {
			found = entities(part.Field(i), found)
		}
	}
	return found
}
