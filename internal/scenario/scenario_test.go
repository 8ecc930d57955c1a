package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/regulations"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// shipped are the regulations that come with the program.
func shipped(t testing.TB) []Document {
	t.Helper()
	files, err := regulations.Files.ReadDir(".")
	must(t, err)
	var out []Document
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".md" || f.Name() == "woorden.md" {
			continue
		}
		text, err := regulations.Files.ReadFile(f.Name())
		must(t, err)
		out = append(out, Document{f.Name(), text})
	}
	return out
}

// TestShipped: what our own regulations say holds in the program, and every
// clause is accounted for.
func TestShipped(t *testing.T) {
	found, err := Check(t.Context(), shipped(t)...)
	must(t, err)
	for _, fault := range found.Faults {
		t.Error(fault)
	}
	for _, report := range found.Reports {
		for _, fault := range report.Faults {
			t.Error(fault)
		}
	}
	rows, err := Clauses()
	must(t, err)
	if len(found.Accounts) != len(rows) {
		t.Errorf("%d clauses are accounted for, there are %d", len(found.Accounts), len(rows))
	}
}

// TestClauses: each clause is there once, and the article that a document has
// for it is in that document.
func TestClauses(t *testing.T) {
	rows, err := Clauses()
	must(t, err)
	seen := map[Clause]bool{}
	for _, row := range rows {
		if seen[row.Clause] {
			t.Errorf("%s is there twice", row.Clause)
		}
		seen[row.Clause] = true
	}
	for _, doc := range shipped(t) {
		law, err := regulation.Parse(doc.File, doc.Text)
		must(t, err)
		for _, row := range rows {
			if _, ok := law.Article(row.Article); row.Seed == law.Terms.Source && !ok {
				t.Errorf("%s: %s has no article %q", row.Clause, doc.File, row.Article)
			}
		}
	}
}

// only is the number of the one article of small.
const only = "1"

// small is a regulation with three rules and one scenario to fill in.
const small = "# Klein\n\n## Artikel " + only + " – Alles\n\n" + "```yaml" + `
bewaartermijn: 2 kalenderdagen
doelen:
  toezicht:
    tekst: Toezicht houden
    grondslag: gerechtvaardigd belang
rollen:
  wacht:
    titel: Wacht
    bereik: locatie
  baas:
    titel: Baas
    bereik: organisatie
` + "```" + `

` + "```cedar" + `
permit (principal == Persoon::"systeem", action in [Action::"opnemen", Action::"wissen"], resource);
permit (principal, action == Action::"uitkijken", resource) when {
  principal.functies.contains({rol: Rol::"wacht", locatie: resource.locatie})
};
forbid (principal, action == Action::"uitkijken", resource) unless { context.aanwezigen >= 2 };
permit (principal, action == Action::"terugkijken", resource) when { context has incident };
permit (principal, action == Action::"vaststellen", resource);
` + "```" + `

` + "```gherkin\n"

func with(lines string) Document {
	return Document{"klein.md", []byte(small + lines + "\n```\n")}
}

// results are what comes of the scenarios of a document.
func results(t *testing.T, doc Document) []Result {
	t.Helper()
	found, err := Check(t.Context(), doc)
	must(t, err)
	if len(found.Reports) != 1 {
		t.Fatal(found.Faults)
	}
	return found.Reports[0].Results
}

// waiting is the tag of a clause that waits for casework.
func waiting(t *testing.T) string {
	t.Helper()
	rows, err := Clauses()
	must(t, err)
	i := slices.IndexFunc(rows, func(r ClauseRow) bool { return r.Case != "" })
	return "@" + rows[i].Clause.String()
}

// TestRed: a scenario that doesn't hold is red, at the sentence that doesn't.
func TestRed(t *testing.T) {
	const camera = "Scenario: Proef\nGegeven Piet is wacht op \"Noord\"\nEn camera \"Gang\" hangt op \"Noord\"\n"
	for what, c := range map[string]struct {
		steps string
		line  int // of the fence's text
		why   string
	}{
		"it is refused":         {camera + `Als Piet camera "Gang" live bekijkt zonder doel` + "\nDan mag het", 5, "het mocht niet"},
		"it is allowed":         {camera + `Als camera "Gang" opneemt` + "\nDan mag het niet", 5, "het mocht wel"},
		"nobody says it failed": {camera + `Als Piet camera "Gang" live bekijkt zonder doel` + "\nEn Piet weggaat\nDan staat in het logboek: afmelden gedaan", 5, "geen zin zegt dat"},
		"nothing was asked":     {camera + "Dan mag het", 4, "er is niets gevraagd"},
		"it isn't erased":       {camera + `En camera "Gang" heeft opgenomen` + "\n" + `Dan is het beeld van camera "Gang" gewist`, 5, "is er nog"},
		"it is erased":          {camera + `En camera "Gang" heeft opgenomen` + "\nAls er 2 dagen voorbij zijn\n" + `Dan is het beeld van camera "Gang" te openen`, 6, "is weg"},
		"it isn't logged":       {camera + "Dan staat in het logboek: uitkijken geweigerd", 4, "staat er alleen"},
		"no picture was open":   {camera + "Dan loopt het beeld door", 4, "stond geen beeld open"},
		"no such incident":      {camera + `Als Piet incident "fiets" afhandelt` + "\nDan mag het", 4, `geen incident "fiets"`},
		"no such camera":        {camera + `Als Piet camera "Zaal" live bekijkt zonder doel` + "\nDan mag het niet", 4, `geen camera "Zaal"`},
		"a role somebody lacks": {camera + "Dan is Kees nu wacht op \"Noord\"", 4, "Kees is het niet"},
		"no such time":          {camera + `En camera "Gang" heeft om 25:00 opgenomen` + "\nDan mag het", 4, "geen tijd"},
	} {
		t.Run(what, func(t *testing.T) {
			r, first := results(t, with(c.steps))[0], strings.Count(small, "\n")+1
			if r.State != Red || r.Line != first+c.line-1 || !strings.Contains(r.Why, c.why) {
				t.Errorf("%s in line %d, %q; want red in line %d, %q", r.State, r.Line, r.Why, first+c.line-1, c.why)
			}
		})
	}
}

// TestGreen: what does hold is green, and what waits isn't played.
func TestGreen(t *testing.T) {
	lines := `Scenario: Met twee
Gegeven Piet is wacht op "Noord"
En Kees is wacht op "Noord"
En camera "Gang" hangt op "Noord"
En camera "Gang" heeft om 10:05 opgenomen
En Piet en Kees zitten samen aan het scherm
Als Piet camera "Gang" live bekijkt voor "toezicht"
Dan mag het volgens artikel ` + only + `
Als Kees weggaat
Dan stopt het beeld volgens artikel ` + only + `
En staat er op de schijf geen leesbaar beeld
@wacht ` + waiting(t) + `
Scenario: Later
Gegeven iets wat nog niemand kan
Dan gebeurt er iets`
	all := results(t, with(lines))
	if r := all[0]; r.State != Green {
		t.Error(r)
	}
	if r := all[1]; r.State != Waiting {
		t.Error(r)
	}
	v, err := Mutate(t.Context(), with(lines))
	must(t, err)
	var what []string
	for _, m := range v[0].Survivors {
		what = append(what, m.What)
	}
	// Three lines of law that the scenario says nothing about, and two that it does.
	for _, survives := range []string{"bewaartermijn 3 instead of 2", "policy 1#4 is gone", "policy 1#2 without its when"} {
		if !slices.Contains(what, survives) {
			t.Errorf("%s was noticed, but by what? Survivors: %q", survives, what)
		}
	}
	for _, dies := range []string{"policy 1#2 is gone", "policy 1#3 is gone"} {
		if slices.Contains(what, dies) {
			t.Errorf("%s went unnoticed", dies)
		}
	}
}

// TestSeal: footage that lies about in the clear would be found.
func TestSeal(t *testing.T) {
	w := &world{dir: t.TempDir(), shots: []shot{{camera: "Gang", text: "dit zag Gang"}}}
	must(t, w.isSealed(nil))
	must(t, os.WriteFile(filepath.Join(w.dir, "kopie.mp4"), []byte("... dit zag Gang ..."), 0o600))
	if w.isSealed(nil) == nil {
		t.Error("a copy in the clear isn't found")
	}
}

// TestSentences: each sentence has an example that is understood as that
// sentence and as no other, and the page lists both.
func TestSentences(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/scenario.md")
	must(t, err)
	law := regulationtest.Law(t)
	for _, p := range phrases() {
		example := p.example
		for _, number := range regulationtest.Numbers(t, "Een doel kiezen", "Vier ogen") {
			example = strings.Replace(example, "{artikel}", number, 1)
		}
		if !strings.Contains(string(page), "| `"+p.text+"` | `"+p.example+"` |") {
			t.Errorf("docs/formats/scenario.md doesn't list `%s` with `%s`", p.text, p.example)
		}
		found, _, why := understand(law, p.kind, example)
		if found != p {
			t.Errorf("%q isn't understood as %q: %s", example, p.text, why)
		}
		n := 0
		for _, other := range phrases() {
			if other.kind == p.kind && other.fixed >= p.fixed && other.form.MatchString(example) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q can be understood in %d ways", example, n)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `").FindAllString(string(page), -1)
	if len(rows) != len(phrases()) {
		t.Errorf("docs/formats/scenario.md lists %d sentences, there are %d", len(rows), len(phrases()))
	}
}
