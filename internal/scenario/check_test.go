package scenario

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

func testdata(t *testing.T, file string) Document {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	must(t, err)
	return Document{file, text}
}

// sound demands that a document holds.
func sound(t *testing.T, doc Document) *Report {
	t.Helper()
	found, err := Check(t.Context(), doc)
	must(t, err)
	for _, fault := range found.Faults {
		t.Error(fault)
	}
	if len(found.Reports) != 1 {
		t.Fatalf("there are %d reports", len(found.Reports))
	}
	for _, fault := range found.Reports[0].Faults {
		t.Error(fault)
	}
	return found.Reports[0]
}

// TestEverySentence: zinnen.md plays all sentences there are, and each does
// what it says.
func TestEverySentence(t *testing.T) {
	used := map[*phrase]bool{}
	for _, r := range sound(t, testdata(t, "zinnen.md")).Results {
		note(used, r.Scenario)
	}
	for _, doc := range append(shipped(t), Document{regulationtest.File, regulationtest.Document()}) {
		books, err := open([]Document{doc})
		must(t, err)
		for _, s := range books[0].scenarios {
			note(used, s)
		}
	}
	for _, p := range phrases() {
		if !used[p] {
			t.Errorf("no scenario uses %s %s", p.kind, p.text)
		}
	}
}

func note(used map[*phrase]bool, s *Scenario) {
	for _, step := range s.Steps {
		used[step.phrase] = true
	}
}

// TestStranger: a regulation that nobody here has seen needs nothing but its
// document, and says nothing that no scenario shows.
func TestStranger(t *testing.T) {
	doc := testdata(t, "vreemd.md")
	sound(t, doc)
	verdicts, err := Mutate(t.Context(), doc)
	must(t, err)
	if verdicts[0].Mutants < 50 {
		t.Errorf("only %d mutants", verdicts[0].Mutants)
	}
	for _, m := range verdicts[0].Survivors {
		t.Errorf("%s:%d: %s, and no scenario notices", doc.File, m.Line, m.What)
	}
}

// TestMutants: nothing in our own regulations can be left out or shifted
// without a scenario that notices.
func TestMutants(t *testing.T) {
	verdicts, err := Mutate(t.Context(), shipped(t)...)
	must(t, err)
	for _, v := range verdicts {
		if v.Mutants < 20 {
			t.Errorf("%s: only %d mutants", v.File, v.Mutants)
		}
		for _, m := range v.Survivors {
			t.Errorf("%s:%d: %s, and no scenario notices", v.File, m.Line, m.What)
		}
	}
}

// TestStatute: a document that only forbids is played on the ground, and
// stands above the documents that are checked with it.
func TestStatute(t *testing.T) {
	const forbids = "# Wet\n\n```yaml\nlaag: wet\n```\n\n## Wet 1 – Niet kijken\n\nNiemand kijkt live.\n\n" +
		"```cedar\nforbid (principal, action == Action::\"uitkijken\", resource);\n```\n\n" +
		"```gherkin\nScenario: Niemand kijkt\nGegeven camera \"Gang\" hangt op \"Noord\"\n" +
		"Als Piet camera \"Gang\" live bekijkt voor \"veiligheid\"\nDan mag het niet volgens artikel wet.1\n```\n"
	const looks = "Scenario: Kijken\nGegeven Piet is wacht op \"Noord\"\nEn camera \"Gang\" hangt op \"Noord\"\n" +
		"En Piet en Kees zitten samen aan het scherm\nEn Kees is wacht op \"Noord\"\n" +
		"Als Piet camera \"Gang\" live bekijkt voor \"toezicht\"\nDan mag het"
	statute := Document{"wet.md", []byte(forbids)}
	sound(t, statute)
	sound(t, with(looks))
	found, err := Check(t.Context(), with(looks), statute)
	must(t, err)
	if r := found.Reports[0].Results[0]; r.State != Red || !strings.Contains(r.Why, "wet.1") {
		t.Errorf("under the statute it is %s: %s", r.State, r.Why)
	}
	verdicts, err := Mutate(t.Context(), statute)
	must(t, err)
	if v := verdicts[0]; v.Mutants != 1 || len(v.Survivors) != 0 {
		t.Errorf("%+v", v)
	}
}

// TestSilence: an article of which nothing came is a fault.
func TestSilence(t *testing.T) {
	doc := with("Scenario: Proef\nAls camera \"Gang\" opneemt\nDan mag het niet")
	doc.Text = append(doc.Text, "\n## Artikel 2 – Stil\n\nHier staat iets.\n\n## Artikel 3\n\nOok dit.\n\n### Lid 1\n\nEn dit.\n\n```onuitvoerbaar\n"+
		"waarom: dat kan niet\naanvaard_door: het bestuur\nbewijs: een brief\n```\n"...)
	found, err := Check(t.Context(), doc)
	must(t, err)
	faults := found.Reports[0].Faults
	line := 1 + strings.Count(string(doc.Text[:strings.Index(string(doc.Text), "## Artikel 2")]), "\n")
	if len(faults) != 1 || !strings.HasPrefix(faults[0], fmt.Sprintf("klein.md:%d: niets staat hier: article %s ", line, "2")) {
		t.Errorf("%q", faults)
	}
}

// TestUnknownSource, and what nobody works out is missing.
func TestUnknownSource(t *testing.T) {
	doc := with("Scenario: Proef\nAls camera \"Gang\" opneemt\nDan mag het niet")
	doc.Text = []byte(strings.Replace(string(doc.Text), "bewaartermijn:", "bron: nergens\nbewaartermijn:", 1))
	found, err := Check(t.Context(), doc)
	must(t, err)
	if faults := found.Reports[0].Faults; len(faults) != 1 || !strings.Contains(faults[0], `nobody knows the bron "nergens"`) {
		t.Errorf("%q", faults)
	}
	for _, a := range found.Accounts {
		if a.State != Missing || len(a.By) > 0 {
			t.Fatalf("%s is %s by %q", a.Clause, a.State, a.By)
		}
	}
}

// TestJudge: when a clause is honoured, and by what.
func TestJudge(t *testing.T) {
	law, err := regulation.Parse("oordeel.md", []byte("# Oordeel\n\n## Artikel 1\n\n### Lid 1\n\nEen regel.\n\n```cedar\n"+
		"permit (principal, action, resource);\n```\n\n## Artikel 2\n\nDat kan niet.\n\n```onuitvoerbaar\nwaarom: x\naanvaard_door: y\nbewijs: z\n```\n\n"+
		"## Artikel 3\n\nTekst.\n"))
	must(t, err)
	ends := func(state, last string) Result {
		p, args, why := understand(law, outcome, last)
		if p == nil {
			t.Fatal(why)
		}
		return Result{State: state, Scenario: &Scenario{Steps: []Step{{Text: last, phrase: p, args: args}}}}
	}
	allowed, refused, red := ends(Green, "mag het"), ends(Green, "mag het niet"), ends(Red, "mag het")
	waiting := Result{State: Waiting, Scenario: &Scenario{Waits: true, Steps: []Step{{Text: "later"}}}}
	for _, c := range []struct {
		article string
		results []Result
		state   string
		by      []string
	}{
		{only + "." + only, []Result{allowed}, Honoured, []string{"rule"}},
		{"1", []Result{allowed, refused}, Honoured, []string{"rule"}},
		{"1", nil, Missing, nil},
		{"1", []Result{allowed, red}, Missing, nil},
		{"1", []Result{allowed, waiting}, Waiting, nil},
		{"2", []Result{allowed}, Honoured, []string{"evidence"}},
		{"2", []Result{refused}, Missing, nil},
		{"3", []Result{refused}, Honoured, []string{"step"}},
		{"3", []Result{allowed}, Honoured, []string{"register"}},
	} {
		a := Account{State: Missing, Results: c.results}
		a.judge(law, c.article)
		if a.State != c.state || !slices.Equal(a.By, c.by) {
			t.Errorf("article %s with %d results: %s by %q, want %s by %q", c.article, len(c.results), a.State, a.By, c.state, c.by)
		}
	}
}
