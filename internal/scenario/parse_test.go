package scenario

import (
	"strconv"
	"strings"
	"testing"

	"oogmerk/internal/regulation"
)

// TestFaults: each fault is one line, with file and line, and how to mend it.
func TestFaults(t *testing.T) {
	rows, err := Clauses()
	must(t, err)
	clause := rows[0].Clause.String()
	const fine = "Scenario: Proef\nGegeven er is een locatie \"Noord\"\nAls camera \"Gang\" opneemt\nDan mag het niet\n"
	first := strings.Count(small, "\n") + 1
	for what, c := range map[string]struct {
		lines string
		line  int
		want  string
	}{
		"unknown sentence":       {strings.Replace(fine, "opneemt", "vliegt", 1), 3, `unknown sentence "camera \"Gang\" vliegt"; the nearest one is: Als camera {camera} opneemt`},
		"sentence of other kind": {strings.Replace(fine, "Als camera", "Gegeven camera", 1), 3, "after Gegeven no sentence like"},
		"unknown role":           {strings.Replace(fine, `er is een locatie "Noord"`, "Piet is koning", 1), 2, `no role "koning": known are wacht, baas`},
		"unknown article":        {strings.Replace(fine, "niet", "niet volgens artikel "+only+"z", 1), 4, "there is no article " + only + "z"},
		"unknown act":            {fine + "En staat in het logboek: dansen geweigerd", 5, `"dansen" is nothing that the logbook knows`},
		"unknown tag":            {"@snel\n" + fine, 2, "unknown tag @snel"},
		"unknown clause":         {"@nergens-1\n" + fine, 2, "there is no clause nergens-1"},
		"clause twice":           {"@" + clause + " @" + clause + "\n" + fine, 2, "is there twice"},
		"no name":                {strings.Replace(fine, "Proef", "", 1), 1, "has no name"},
		"the same name":          {fine + fine, 5, "a scenario with this name already"},
		"before the first":       {"Gegeven er is een locatie \"Noord\"\n" + fine, 1, "before the first scenario"},
		"another word":           {strings.Replace(fine, "Als", "Wanneer", 1), 3, `"Wanneer" begins no line`},
		"begins with En":         {"Scenario: Proef\nEn er is een locatie \"Noord\"\nDan mag het niet\n", 2, "can't begin a scenario"},
		"no outcome":             {"Scenario: Proef\nAls camera \"Gang\" opneemt\n", 1, "doesn't end with what must come of it"},
		"nothing":                {"# leeg", 0, "there is no scenario in this fence"},
		"tags at the end":        {fine + "@wacht", 0, "no scenario follows the tags"},
		"too long":               {fine + strings.Repeat("En mag het niet\n", maxSteps), 1, "more than 40"},
	} {
		t.Run(what, func(t *testing.T) {
			law, err := regulation.Parse("klein.md", with(c.lines).Text)
			must(t, err)
			_, err = Parse(law)
			if err == nil {
				t.Fatal("no fault")
			}
			got, _, _ := strings.Cut(err.Error(), "\n")
			at := "klein.md:" + strconv.Itoa(first+c.line-1) + ": "
			if !strings.HasPrefix(got, at) || !strings.Contains(got, c.want) {
				t.Errorf("%s\nwant %s… %s", got, at, c.want)
			}
		})
	}
}

// FuzzParse: whatever stands in a fence, it is read or it is a fault, and
// what is read can be told apart.
func FuzzParse(f *testing.F) {
	for _, doc := range shipped(f) {
		law, err := regulation.Parse(doc.File, doc.Text)
		must(f, err)
		for _, s := range law.Sections {
			for _, fence := range s.Fences {
				if fence.Language == "gherkin" && len(fence.Text) < 500 {
					f.Add(fence.Text)
				}
			}
		}
	}
	f.Add("Scenario: \x00\n@\nEn")
	f.Add("@nergens-1\n@nergens-\nScenario: a\nDan mag het niet volgens artikel " + only + ", " + only + " en " + only)
	law, err := regulation.Parse("klein.md", with("").Text)
	must(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		changed := *law
		changed.Sections = []regulation.Section{{Number: "1", Fences: []regulation.Fence{{Language: "gherkin", Text: text, Line: 1}}}}
		all, err := parse(&changed, law)
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if !strings.HasPrefix(line, "klein.md:") {
					t.Errorf("a fault without a place: %q", line)
				}
			}
			return
		}
		for _, s := range all {
			for _, step := range s.Steps {
				if step.phrase == nil && !s.Waits {
					t.Errorf("line %d was understood as nothing", step.Line)
				}
			}
		}
	})
}
