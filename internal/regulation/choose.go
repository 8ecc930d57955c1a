package regulation

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Choose returns the regulation as it is with these answers to its choices.
// What isn't answered has its first answer, the stricter one. Its hash covers
// all answers, so that consent is to a text and to how it is read.
func (r *Regulation) Choose(answers map[string]string) (*Regulation, error) {
	for _, question := range slices.Sorted(maps.Keys(answers)) {
		if err := r.Terms.answerable(question, answers[question]); err != nil {
			return nil, fmt.Errorf("%s: %w", r.File, err)
		}
	}
	chosen := *r
	if len(r.Terms.Choices) == 0 {
		return &chosen, nil
	}
	chosen.answers = r.Terms.complete(answers)
	canonical, err := json.Marshal(chosen.answers) // sorted by key
	if err != nil {
		return nil, fmt.Errorf("couldn't write down what was chosen: %w", err)
	}
	chosen.Hash = sha256.Sum256(slices.Concat(r.text, canonical))
	chosen.policies.own = maps.Clone(r.policies.own)
	chosen.policies.own[itself] = facts(r.Terms, chosen.answers)
	return &chosen, nil
}

// Chosen returns the answer to every choice.
func (r *Regulation) Chosen() map[string]string { return maps.Clone(r.answers) }

// answerable says what is wrong with an answer.
func (t Terms) answerable(question, answer string) error {
	c, ok := one(t.Choices, func(c ChoiceTerm) bool { return c.Key == question })
	if !ok {
		var known []string
		for _, c := range t.Choices {
			known = append(known, c.Key)
		}
		return fmt.Errorf("there is no choice %q: known are %s", question, orNone(known))
	}
	if slices.ContainsFunc(c.Answers, func(a Answering) bool { return a.Key == answer }) {
		return nil
	}
	var known []string
	for _, a := range c.Answers {
		known = append(known, a.Key)
	}
	return fmt.Errorf("choice %q has no answer %q: choose %s", question, answer, strings.Join(known, " or "))
}

func orNone(known []string) string {
	if len(known) == 0 {
		return "none"
	}
	return strings.Join(known, ", ")
}

// complete are the answers to all choices.
func (t Terms) complete(answers map[string]string) map[string]string {
	all := map[string]string{}
	for _, c := range t.Choices {
		all[c.Key] = c.Answers[0].Key
	}
	maps.Copy(all, answers)
	return all
}
