package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ours = "../../regulations/clusius.md"

// tool runs oogmerk regulation as a person does.
func tool(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, fault strings.Builder
	if code := run(t.Context(), append([]string{"regulation"}, args...), &out, &fault); code != want {
		t.Fatalf("oogmerk regulation %s ends with %d, want %d: %s%s", strings.Join(args, " "), code, want, out.String(), fault.String())
	}
	return out.String() + fault.String()
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func changed(t *testing.T, old, by string) string {
	t.Helper()
	text, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "anders.md")
	if !strings.Contains(string(text), old) {
		t.Fatalf("there is no %q", old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, by, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRegulationCheck(t *testing.T) {
	var all checked
	decode(t, tool(t, 0, "check", "--json", ours, "../../regulations/woorden.md"), &all)
	states := map[string]int{}
	for _, c := range all.Clauses {
		states[c.State]++
		if c.State == "honoured" && (len(c.By) == 0 || len(c.Scenarios) == 0) {
			t.Errorf("%s is honoured by nothing", c.Clause)
		}
	}
	if len(all.Clauses) != 57 || states["honoured"] < 27 || len(all.Faults) != 0 {
		t.Errorf("%d clauses, %v, faults %q", len(all.Clauses), states, all.Faults)
	}
	if text := tool(t, 0, "check", ours); !strings.Contains(text, "honoured  4.3") {
		t.Error(text)
	}
}

// TestRegulationCheckFails: a document that doesn't hold, or can't be read,
// fails with file and line.
func TestRegulationCheckFails(t *testing.T) {
	for old, c := range map[string]struct{ by, want string }{
		"bewaartermijn: 6 kalenderdagen":  {"bewaartermijn: 7 kalenderdagen", "Na zes dagen zijn beelden weg: het beeld is er nog"},
		"Dan mag het volgens artikel 2.1": {"Dan vliegt het volgens artikel 2.1", "unknown sentence"},
		"bron: clusius":                   {"bron: clusio", "nobody knows the bron"},
		"bewaartermijn: 6":                {"bewaardermijn: 6", "unknown term"},
	} {
		path := changed(t, old, c.by)
		if text := tool(t, 1, "check", path); !strings.Contains(text, path+":") || !strings.Contains(text, c.want) {
			t.Errorf("with %q: %s", c.by, text)
		}
	}
}

func TestRegulationMutate(t *testing.T) {
	// Without its scenario, a policy can go unnoticed.
	path := changed(t, "  Maar over camera \"Gang\" gaat geen privacytoets\n  Als camera \"Gang\" opneemt\n  Dan mag het niet volgens artikel 3.2", "  Als camera \"Gang\" opneemt\n  Dan mag het")
	var all struct {
		Mutants   int
		Survivors []struct {
			File, What string
			Line       int
		}
	}
	decode(t, tool(t, 1, "mutate", "--json", path), &all)
	if s := all.Survivors; all.Mutants < 60 || len(s) != 1 || s[0].What != "policy 3.2 is gone" || s[0].File != path || s[0].Line == 0 {
		t.Errorf("%+v", all)
	}
}

func TestRegulationMay(t *testing.T) {
	if text := tool(t, 0, "may", ours); !strings.Contains(text, "aanwezigen 2|3") {
		t.Error(text)
	}
	var answer struct {
		Allowed bool
		Reasons []struct{ Article string }
		Lift    [][]fact
	}
	decode(t, tool(t, 0, "may", "--json", "--act", "terugkijken", "--with", "rol=locatiebeheerder", "--with", "aanwezigen=1", ours), &answer)
	if answer.Allowed || len(answer.Reasons) != 1 || answer.Reasons[0].Article != "4.3" || len(answer.Lift) != 2 || answer.Lift[0][0].String() != "aanwezigen 2" {
		t.Errorf("%+v", answer)
	}
	for _, args := range [][]string{{"may"}, {"may", "--act", "dansen", ours}, {"may", "--act", "uitkijken", "--with", "doel", ours},
		{"may", "--act", "uitkijken", "--with", "doel=gevoel", ours}, {"may", ours, ours}, {"diff", ours}, {"vouwen"}, {}, {"check", "nergens.md"}} {
		tool(t, 1, args...)
	}
}

func TestRegulationDiffAndRender(t *testing.T) {
	path := changed(t, "context.aanwezigen >= 2", "context.aanwezigen >= 3")
	if text := tool(t, 0, "diff", ours, path); text != "locatiebeheerder terugkijken: mag niet meer (plaats hier; geheimhouding ja; aanwezigen 2; doel veiligheid|toegang|bewaking|incident)\n"+
		"bevoegd_medewerker terugkijken: mag niet meer (plaats hier; geheimhouding ja; aanwezigen 2; doel veiligheid|toegang|bewaking|incident)\n" {
		t.Error(text)
	}
	if text := tool(t, 0, "diff", "--json", ours, changed(t, "6 kalenderdagen\n", "2 weken\n")); !strings.Contains(text, `"after": "2 weken"`) {
		t.Error(text)
	}
	text := tool(t, 0, "render", ours)
	if !strings.Contains(text, "**Voorbeeld: Alleen kijk je niet terug**") || strings.Contains(text, "```") || strings.Contains(text, "permit") {
		t.Error("the page isn't as people read it")
	}
}
