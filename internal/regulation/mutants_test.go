package regulation

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

const mutable = `# T

## Artikel 1

§yaml
bewaartermijn: 6 kalenderdagen
doelen:
  veiligheid:
    tekst: Veilig
  incident:
    tekst: Uitzoeken
    incident: verplicht
rollen:
  wacht:
    titel: Wacht
    bereik: locatie
§

§cedar
@uitleg("Wacht: } telt niet.")
permit (principal, action == Action::"uitkijken", resource) when {
  principal.functies.contains({rol: Rol::"wacht", locatie: resource.locatie})
};
permit (principal in Rol::"systeem", action == Action::"opnemen", resource);
§

### Lid 1

§cedar
forbid (principal, action == Action::"uitkijken", resource) unless { context.aanwezigen >= 2 };
§
`

// TestMutants: each mutant can be read, differs from the original, and says
// in which line.
func TestMutants(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		doc := []byte(strings.ReplaceAll(strings.ReplaceAll(mutable, "§", "```"), "\n", end))
		list, err := Mutants("x.md", doc)
		if err != nil {
			t.Fatal(err)
		}
		var what []string
		for _, m := range list {
			what = append(what, m.What)
			if _, err := Parse("x.md", m.Document); err != nil {
				t.Errorf("%s: %v", m.What, err)
			}
			if bytes.Equal(m.Document, doc) || bytes.Count(m.Document, []byte("\n")) != bytes.Count(doc, []byte("\n")) {
				t.Errorf("%s: the document is the same, or has other lines", m.What)
			}
			if strings.Contains(m.What, "present") && m.Line != 30 {
				t.Errorf("%s: in line %d", m.What, m.Line)
			}
		}
		want := []string{"bewaartermijn 5 instead of 6", "bewaartermijn 7 instead of 6", "purpose veiligheid is off the list",
			"purpose incident is off the list", "the purpose needs no incident",
			"rollen wacht bereik organisatie instead of locatie", "policy 1 is gone", "policy 1 without its when",
			"policy 1 without role wacht", "policy 1#2 is gone", "policy 1.1 is gone", "policy 1.1 without its unless",
			"policy 1.1: 1 present instead of 2", "policy 1.1: 3 present instead of 2"}
		if !slices.Equal(what, want) {
			t.Errorf("got  %q\nwant %q", what, want)
		}
	}
}

// TestMutantsOfOurs: those of the documents we ship can be read too. Who makes
// them has read each; some are read again.
func TestMutantsOfOurs(t *testing.T) {
	const some = 17
	for file, doc := range documents(t) {
		list, err := Mutants(file, doc)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(list); i += some {
			if _, err := Parse(file, list[i].Document); err != nil {
				t.Errorf("%s: %v", list[i].What, err)
			}
		}
	}
}
