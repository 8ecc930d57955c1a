package regulation

import (
	"slices"
	"strings"
	"testing"
)

// Every word the schema has is explained in the text around it.
func TestWordsAreExplained(t *testing.T) {
	doc := shipped(t, "woorden.md")
	v, err := ParseVocabulary("woorden.md", doc)
	if err != nil {
		t.Fatal(err)
	}
	prose := ""
	for _, s := range read("woorden.md", doc, "cedarschema").sections {
		prose += s.Text
	}
	words := map[string]bool{}
	for name, e := range v.words.Entities {
		words[string(name)] = true
		for attribute := range e.Shape {
			words[string(attribute)] = true
		}
	}
	for uid, act := range v.words.Actions {
		words[string(uid.ID)] = true
		for attribute := range act.AppliesTo.Context {
			words[string(attribute)] = true
		}
	}
	for word := range words {
		if !strings.Contains(prose, "`"+word+"`") && !strings.Contains(prose, "`"+word+"::") {
			t.Errorf("woorden.md doesn't explain %s", word)
		}
	}
	acts := slices.Sorted(slices.Values(Acts()))
	if !slices.Equal(acts, v.Acts()) {
		t.Errorf("the acts in Go are %v, those in woorden.md %v", acts, v.Acts())
	}
}
