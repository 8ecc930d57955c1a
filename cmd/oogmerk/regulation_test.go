package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/scenario"
)

const example = "../../internal/regulation/regulationtest/" + regulationtest.File

// shipped are the files that come with the program.
func shipped(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../regulations/*.md")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%v, %v", paths, err)
	}
	return paths
}

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
	text, err := os.ReadFile(example)
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

// TestRegulationCheck: every clause of the sources that our documents work out
// is accounted for, and nothing is wrong.
func TestRegulationCheck(t *testing.T) {
	var all checked
	decode(t, tool(t, 0, append([]string{"check", "--json"}, shipped(t)...)...), &all)
	rows, err := scenario.Clauses()
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]int{}
	for _, row := range rows {
		left[row.Seed]++
	}
	states := map[string]int{}
	for _, c := range all.Clauses {
		left[c.Seed]--
		states[c.State]++
		if c.State == "honoured" && (len(c.By) == 0 || len(c.Scenarios) == 0) {
			t.Errorf("%s-%s is honoured by nothing", c.Seed, c.Clause)
		}
	}
	for _, c := range all.Clauses {
		if left[c.Seed] != 0 {
			t.Errorf("%s: %d clauses too few", c.Seed, left[c.Seed])
		}
	}
	if states["honoured"] < 27 || len(all.Faults) != 0 {
		t.Errorf("%v, faults %q", states, all.Faults)
	}
	text := tool(t, 0, append([]string{"check"}, shipped(t)...)...)
	for _, c := range all.Clauses {
		if line := fmt.Sprintf("  %-9s %-8s", c.State, c.Clause); !strings.Contains(text, line) {
			t.Errorf("there is no line %q", line)
		}
	}
}

// TestRegulationCheckFails: a document that doesn't hold, or can't be read,
// fails with file and line.
func TestRegulationCheckFails(t *testing.T) {
	const term = "bewaartermijn: 6 kalenderdagen"
	for _, c := range []struct{ old, by, want string }{
		{term, "bewaartermijn: 7 kalenderdagen", "Na zes dagen zijn beelden weg: het beeld is er nog"},
		{"Dan mag het volgens artikel", "Dan vliegt het volgens artikel", "unknown sentence"},
		{term, "bron: nergens\n" + term, "nobody knows the bron"},
		{term, "bewaardermijn: 6 kalenderdagen", "unknown term"},
	} {
		path := changed(t, c.old, c.by)
		if text := tool(t, 1, "check", path); !strings.Contains(text, path+":") || !strings.Contains(text, c.want) {
			t.Errorf("with %q: %s", c.by, text)
		}
	}
}

func TestRegulationMutate(t *testing.T) {
	// Without its scenario, a policy can go unnoticed.
	assessment := regulationtest.Number(t, "Privacytoets")
	path := changed(t, "  Maar over camera \"Gang\" gaat geen privacytoets\n  Als camera \"Gang\" opneemt\n  Dan mag het niet volgens artikel "+assessment, "  Als camera \"Gang\" opneemt\n  Dan mag het")
	var all struct {
		Mutants   int
		Survivors []struct {
			File, What string
			Line       int
		}
	}
	decode(t, tool(t, 1, "mutate", "--json", path), &all)
	if s := all.Survivors; all.Mutants < 60 || len(s) != 1 || s[0].What != "policy "+assessment+" is gone" || s[0].File != path || s[0].Line == 0 {
		t.Errorf("%+v", all)
	}
}

func TestRegulationMay(t *testing.T) {
	if text := tool(t, 0, "may", example); !strings.Contains(text, "aanwezigen 2|3") {
		t.Error(text)
	}
	var answer struct {
		Allowed bool
		Reasons []struct{ Article string }
		Lift    []lifted
	}
	decode(t, tool(t, 0, "may", "--json", "--act", "terugkijken", "--with", "rol=locatiebeheerder", "--with", "aanwezigen=1", example), &answer)
	if answer.Allowed || len(answer.Reasons) != 1 || answer.Reasons[0].Article != regulationtest.Number(t, "Vier ogen") || !slices.Equal(answer.Lift, []lifted{{Fact: "aanwezigen", From: "1", To: "2"}}) {
		t.Errorf("%+v", answer)
	}
	for _, args := range [][]string{{"may"}, {"may", "--act", "dansen", example}, {"may", "--act", "uitkijken", "--with", "doel", example},
		{"may", "--act", "uitkijken", "--with", "doel=gevoel", example}, {"may", example, example}, {"diff", example}, {"vouwen"}, {}, {"check", "nergens.md"}} {
		tool(t, 1, args...)
	}
}

func TestRegulationDiffAndRender(t *testing.T) {
	path := changed(t, "context.aanwezigen >= 2", "context.aanwezigen >= 3")
	if text := tool(t, 0, "diff", example, path); text != "locatiebeheerder terugkijken: mag niet meer (plaats hier; doel veiligheid|toegang|bewaking|incident; aanwezigen 2; geheimhouding ja)\n"+
		"bevoegd_medewerker terugkijken: mag niet meer (plaats hier; doel veiligheid|toegang|bewaking|incident; aanwezigen 2; geheimhouding ja)\n" {
		t.Error(text)
	}
	if text := tool(t, 0, "diff", "--json", example, changed(t, "6 kalenderdagen\n", "2 weken\n")); !strings.Contains(text, `"after": "2 weken"`) {
		t.Error(text)
	}
	text := tool(t, 0, "render", example)
	if !strings.Contains(text, "**Voorbeeld: Alleen kijk je niet terug**") || strings.Contains(text, "```") || strings.Contains(text, "permit") {
		t.Error("the page isn't as people read it")
	}
}
