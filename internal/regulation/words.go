package regulation

import (
	"maps"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
)

// itself is what a regulation calls itself.
var itself = NewEntity("Reglement", "dit")

// A Vocabulary is the words a regulation may use: regulations/woorden.md.
type Vocabulary struct {
	words *resolved.Schema
}

// ParseVocabulary reads a vocabulary: a Markdown document with a Cedar schema
// in its fences, in any number of pieces.
func ParseVocabulary(file string, doc []byte) (*Vocabulary, error) {
	d := read(file, doc, "cedarschema")
	var text strings.Builder
	lines := 1
	for _, s := range d.sections {
		for _, f := range s.Fences {
			// Blank lines keep the schema's line numbers those of the document.
			text.WriteString(strings.Repeat("\n", f.Line+1-lines) + f.Text + "\n")
			lines = f.Line + 2 + strings.Count(f.Text, "\n")
		}
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(text.String())); err != nil {
		line, what := Fence{Text: text.String()}.locate(err, cedarPosition)
		d.fault(max(line, 1), "can't read the words: %s", what)
		return nil, d.err()
	}
	words, err := s.Resolve()
	if err != nil {
		d.fault(1, "can't put the words together: %v", err)
		return nil, d.err()
	}
	return &Vocabulary{words: words}, nil
}

// Acts returns the acts in the vocabulary, by name.
func (v *Vocabulary) Acts() []Act {
	var out []Act
	for act := range v.words.Actions {
		out = append(out, Act(act.ID))
	}
	slices.Sort(out)
	return out
}

// with adds the roles a regulation defines to the words: a role that it
// doesn't define can't be meant by it.
func (v *Vocabulary) with(t Terms) *resolved.Schema {
	words := *v.words
	words.Enums = maps.Clone(v.words.Enums)
	roles := words.Enums[Role]
	roles.Name, roles.Values = Role, slices.Clone(roles.Values)
	for _, r := range t.Roles {
		roles.Values = append(roles.Values, NewEntity(Role, r.Key))
	}
	words.Enums[Role] = roles
	return &words
}

// own are the facts a regulation brings itself: its terms, and how acts are
// grouped.
func (v *Vocabulary) own(t Terms) cedar.EntityMap {
	all := cedar.EntityMap{itself: facts(t, t.complete(nil))}
	for uid, act := range v.words.Actions {
		all[uid] = act.Entity
	}
	return all
}

// facts are what a regulation says of itself, with these answers to its
// choices.
func facts(t Terms, answers map[string]string) Fact {
	var all, withIncident, councils, incidents, chosen []string
	for _, p := range t.Purposes {
		all = append(all, string(p.Key))
		if p.Incident {
			withIncident = append(withIncident, string(p.Key))
		}
	}
	for _, c := range t.Councils {
		councils = append(councils, c.Key)
	}
	for _, i := range t.Incidents {
		incidents = append(incidents, i.Key)
	}
	for question, answer := range answers {
		chosen = append(chosen, question+"."+answer)
	}
	return NewFact(itself, nil, Context{
		"doelen":              Strings(all...),
		"doelen_bij_incident": Strings(withIncident...),
		"verboden_plaatsen":   Strings(t.Forbidden...),
		"toegestane_plaatsen": Strings(t.Allowed...),
		"raden":               Strings(councils...),
		"incidentsoorten":     Strings(incidents...),
		"verboden_functies":   Strings(t.Banned...),
		"keuzes":              Strings(chosen...),
	})
}
