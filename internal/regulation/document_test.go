package regulation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"
)

// faulty documents, and the one line each must get. § stands for ```.
var faulty = []struct{ name, doc, want string }{
	{"empty", "", `x.md:1: the document has no title: begin it with a line like "# Reglement cameratoezicht"`},
	{"no title", "## Artikel 1\n", `x.md:1: this stands above the title`},
	{"text above the title", "Hallo\n\nHallo\n# T\n## Artikel 1\n", `x.md:1: this stands above the title`},
	{"two titles", "# T\n## Artikel 1\n# U\n", `x.md:3: a document has one title`},
	{"no article", "# T\n\nHallo\n", `x.md:1: there is no article in this document`},
	{"same article", "# T\n## Inleiding\n## Inleiding – Weer\n", `x.md:3: article inleiding is there already, in line 2`},
	{"same paragraph", "# T\n## Inleiding\n### Lid 2\n### Lid 2 (termijn)\n", `x.md:4: article inleiding.2 is there already, in line 3`},
	{"bad number", "# T\n## Artikel IV\n", `x.md:2: can't make out the number in this heading: write it like "## Artikel 4"`},
	{"no number", "# T\n## Artikel\n", `x.md:2: can't make out the number`},
	{"loose paragraph", "# T\n## Artikel 1\n## Lid 2\n", `x.md:3: Lid 2 belongs to no article`},
	{"empty heading", "# T\n## Artikel 1\n##  \n", `x.md:3: this heading is empty`},
	{"heading without space", "# T\n## Artikel 1\n##Artikel 2\n", `x.md:3: this isn't a heading: put a space after #`},
	{"indented heading", "# T\n## Artikel 1\n  ## Artikel 2\n", `x.md:3: a heading must begin at the start of its line`},
	{"underlined heading", "# T\n## Artikel 1\nNog iets\n---\n", `x.md:4: this makes the line above a heading`},
	{"hidden text", "# T\n## Artikel 1\nNiet <!-- wel --> mogen.\n", `x.md:3: HTML can't be in a regulation`},
	{"html", "# T\n## Artikel 1\n<details>\n", `x.md:3: HTML can't be in a regulation`},
	{"binary", "# T\n## Artikel 1\n\x00\x01\n", `x.md:3: this isn't plain text`},
	{"latin-1", "# T\n## Artikel 1\nge\xebindigd\n", `x.md:3: this isn't plain text`},
	{"text turned round", "# T\n## Artikel 1\nniet \u202emogen\n", `x.md:3: this isn't plain text`},
	{"too large", "# T\n## Artikel 1\n" + strings.Repeat("a\n", 1<<20), `x.md:1: the document has 2097169 bytes, more than 1048576`},
	{"fence without article", "# T\n§yaml\nbewaartermijn: 2 weken\n§\n## Artikel 1\n", `x.md:2: this fence stands under no article: put it below a heading`},
	{"fence under other heading", "# T\n## Artikel 1\n### Toelichting\n§yaml\nbewaartermijn: 2 weken\n§\n", `x.md:4: this fence stands under no article`},
	{"fence above all", "§yaml\na: b\n§\n# T\n## Artikel 1\n", `x.md:1: this fence stands under no heading`},
	{"unclosed fence", "# T\n## Artikel 1\n§cedar\npermit (principal, action, resource);\n", `x.md:3: this fence is never closed: end it with a line §`},
	{"fence in fence", "# T\n## Artikel 1\n§cedar\n§yaml\nbewaartermijn: 1 week\n§\n", `x.md:3: this fence isn't closed before another opens in line 4`},
	{"unknown fence", "# T\n## Artikel 1\n§python\nx\n§\n", `x.md:3: unknown fence §python: use cedar, yaml, gherkin, onuitvoerbaar`},
	{"nameless fence", "# T\n## Artikel 1\n§\nx\n§\n", `x.md:3: unknown fence §: use cedar`},
	{"indented fence", "# T\n## Artikel 1\n  §cedar\n", `x.md:3: a fence must begin at the start of its line`},
	{"fence in a list", "# T\n## Artikel 1\n- §cedar\n", `x.md:3: a fence must begin at the start of its line`},
	{"other fence", "# T\n## Artikel 1\n~~~cedar\n", `x.md:3: a fence must begin at the start of its line with §`},
	{"large fence", "# T\n## Artikel 1\n§cedar\n" + strings.Repeat("(", 17<<10) + "\n§\n", `x.md:3: this fence has 17408 bytes, more than 16384`},

	{"no policy", policy("// later"), `x.md:4: there is no policy in this fence`},
	{"broken policy", policy("permit (principal, action\nresource);"), `x.md:6: can't read this policy: ")": exact got resource want ,`},
	{"unfinished policy", policy("permit (principal, action, resource)"), `x.md:5: can't read this policy`},
	{"open string", policy("permit (principal, action == Action::\"wissen, resource);"), `x.md:5: can't read this policy`},
	{"deep policy", policy("permit (principal, action, resource) when { " + strings.Repeat("(", 15<<10) + " };"), `x.md:4: these policies nest more than 32 brackets: split them`},
	{"own number", policy("@artikel(\"vier\")\npermit (principal, action, resource);"), `x.md:5: unknown annotation @artikel: only @uitleg`},
	{"empty explanation", policy("@uitleg(\" \")\npermit (principal, action, resource);"), `x.md:5: @uitleg is empty`},
	{"unknown act", policy("permit (principal, action == Action::\"streamen\", resource);"), "x.md:5: article inleiding: unrecognized action `Action::\"streamen\"`"},
	{"unknown kind", policy("permit (principal is Mens, action, resource);"), "x.md:5: article inleiding: unrecognized entity type `Mens`"},
	{"unknown role", policy("permit (principal in Rol::\"baas\", action, resource);"), `x.md:5: article inleiding: there is no Rol::"baas": known are systeem, portier`},
	{"unknown role deeper", policy("permit (principal, action, resource) when { principal.functies.contains({rol: Rol::\"baas\", locatie: Locatie::\"a\"}) };"), `x.md:5: article inleiding: there is no Rol::"baas"`},
	{"other regulation", policy("permit (principal, action, resource) when { Reglement::\"dat\".doelen.contains(\"x\") };"), `x.md:5: article inleiding: there is no Reglement::"dat"`},
	{"unknown attribute", policy("forbid (principal, action == Action::\"opnemen\", resource) unless { resource.kleur };"), "x.md:5: article inleiding: attribute `kleur`"},
	{"unguarded condition", policy("forbid (principal, action == Action::\"uitkijken\", resource) unless { context.doel == \"x\" };"), "x.md:5: article inleiding: unable to guarantee safety of access to optional attribute `doel`"},
	{"wrong type", policy("forbid (principal, action == Action::\"uitkijken\", resource) unless { context.aanwezigen >= \"twee\" };"), `x.md:5: article inleiding: `},
	{"second fence", policy("permit (principal, action, resource);\n§\n\n§cedar\npermit (principal, action, ding);"), `x.md:9: can't read this policy`},

	{"no terms", terms("# niets"), `x.md:3: no terms in this fence`},
	{"list of terms", terms("- bewaartermijn"), `x.md:3: no terms in this fence`},
	{"unknown term", terms("bewaren: 6 kalenderdagen"), `x.md:4: unknown term "bewaren": known are beeldkwaliteit, begrippen`},
	{"source twice", terms("bron: a\n§\n### Lid 1\n§yaml\nbron: b"), `x.md:8: this document has a bron already, "a"`},
	{"source that isn't one", terms("bron: Het Reglement"), `x.md:4: "Het Reglement" can't be a bron`},
	{"broken yaml", terms("doelen:\n  - a\n  b"), `x.md:6: can't read these terms: `},
	{"second document", terms("bewaartermijn: 6 kalenderdagen\n---\nbewaartermijn: 7 kalenderdagen"), `x.md:5: a fence has one list of terms`},
	{"term twice", terms("bewaartermijn: 6 kalenderdagen\nbewaartermijn: 7 kalenderdagen"), `x.md:5: "bewaartermijn" is there twice`},
	{"two retention terms", terms("bewaartermijn: 6 kalenderdagen\n§\n### Lid 1\n§yaml\nbewaartermijn: 7 kalenderdagen"), `x.md:8: article inleiding has a bewaartermijn already: keep one`},
	{"wrong unit", terms("bewaartermijn: 6 werkdagen"), `x.md:4: footage can't be kept for a number of "werkdagen": use uur, kalenderdagen, weken, maanden or jaar`},
	{"vague unit", terms("bewaartermijn: 6 dagen"), `x.md:4: footage can't be kept for a number of "dagen"`},
	{"no unit", terms("bewaartermijn: 6"), `x.md:4: can't read the period "6": write it like "6 kalenderdagen"`},
	{"no time", terms("bewaartermijn: 0 kalenderdagen"), `x.md:4: can't read the period "0 kalenderdagen"`},
	{"for ever", terms("bewaartermijn: 999999 weken"), `x.md:4: can't read the period`},
	{"empty term", terms("bewaartermijn:"), `x.md:4: "bewaartermijn" needs a single value`},
	{"alias", terms("doelen: &a\n  x: *a"), `x.md:4: anchors, aliases and tags can't be used`},
	{"tag", terms("bewaartermijn: !!str 6 kalenderdagen"), `x.md:4: anchors, aliases and tags can't be used`},
	{"purpose without text", terms("doelen:\n  veiligheid:\n    incident: verplicht"), `x.md:5: purpose "veiligheid" needs a tekst`},
	{"purpose with more", terms("doelen:\n  veiligheid:\n    tekst: x\n    prijs: 3"), `x.md:7: unknown key "prijs": known are tekst, incident`},
	{"purpose twice", terms("doelen:\n  a:\n    tekst: x\n§\n### Lid 1\n§yaml\ndoelen:\n  a:\n    tekst: y"), `x.md:11: purpose "a" is there already`},
	{"half an incident", terms("doelen:\n  a:\n    tekst: x\n    incident: soms"), `x.md:5: incident can only be "verplicht"`},
	{"purposes as text", terms("doelen: alles"), `x.md:4: a list of "key: value" belongs here`},
	{"bad key", terms("doelen:\n  Mijn doel:\n    tekst: x"), `x.md:5: "Mijn doel" can't be a key`},
	{"role without reach", terms("rollen:\n  baas:\n    titel: Baas"), `x.md:5: role "baas" needs a bereik: locatie or organisatie`},
	{"role without title", terms("rollen:\n  baas:\n    bereik: locatie"), `x.md:5: role "baas" needs a titel`},
	{"role twice", terms("rollen:\n  baas: {titel: Baas, bereik: locatie}\n§\n### Lid 1\n§yaml\nrollen:\n  baas: {titel: Baas, bereik: locatie}"), `x.md:10: role "baas" is there already`},
	{"role of the program", terms("rollen:\n  systeem: {titel: Baas, bereik: organisatie}"), `x.md:5: role "systeem" is the program's own`},
}

func policy(policies string) string {
	return "# T\n## Inleiding\n\n§cedar\n" + policies + "\n§\n## Artikel 5\n§yaml\nrollen:\n  portier: {titel: Portier, bereik: locatie}\n§\n"
}

func terms(t string) string { return "# T\n## Inleiding\n§yaml\n" + t + "\n§\n" }

func TestFaults(t *testing.T) {
	for _, f := range faulty {
		t.Run(f.name, func(t *testing.T) {
			r, err := Parse("x.md", []byte(fences(f.doc)))
			if err == nil {
				t.Fatalf("no fault in %q", f.doc)
			}
			if r != nil {
				t.Error("a faulty document gave a regulation")
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			if !strings.HasPrefix(first, fences(f.want)) {
				t.Errorf("got  %s\nwant %s", err, fences(f.want))
			}
		})
	}
}

func fences(s string) string { return strings.ReplaceAll(s, "§", "```") }

// All faults are told at once, one line each, and not without end.
func TestManyFaults(t *testing.T) {
	_, err := Parse("x.md", []byte("# T\n## Artikel 1\n"+strings.Repeat("<p>\n", 50)))
	if lines := strings.Count(err.Error(), "\n") + 1; lines != maxFaults {
		t.Errorf("%d lines, want %d", lines, maxFaults)
	}
}

const structured = `# Reglement

## Inleiding

Hallo.

## Hoofdstuk 1

### Artikel 2a – Kijken

#### Lid 1
Eén.

§gherkin
# language: nl
Functionaliteit: kijken
§

Twee.

##### Onderdeel b – Eigen titel

§onuitvoerbaar
waarom: het kan niet
aanvaard_door: het bestuur
bewijs: het logboek
§

#### Toelichting

Drie.

### Artikel 2.3: Anders
`

func TestSections(t *testing.T) {
	// Written on Windows, with a byte order mark.
	doc := "\ufeff" + strings.ReplaceAll(fences(structured), "\n", "\r\n")
	r, err := Parse("x.md", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Sections {
		got = append(got, fmt.Sprintf("%d|%s|%s %s|%s|%s|%d", s.Line, s.Number, strings.Repeat("#", s.Level), s.Heading, s.Title, strings.ReplaceAll(s.Text, "\n", "/"), len(s.Fences)))
	}
	want := []string{
		"1||# Reglement|||0",
		"3|inleiding|## Inleiding||Hallo.|0",
		"7||## Hoofdstuk 1|||0",
		"9|2a|### Artikel 2a – Kijken|||0",
		"11|2a.1|#### Lid 1|Kijken|Eén.///Twee.|1",
		"21|2a.1.b|##### Onderdeel b – Eigen titel|||1",
		"29||#### Toelichting||Drie.|0",
		"33|2.3|### Artikel 2.3: Anders|||0",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var titles []string
	for _, a := range r.Articles {
		titles = append(titles, a.Number+" "+a.Title)
	}
	if got, want := strings.Join(titles, ", "), "inleiding Inleiding, 2a Kijken, 2a.1 Kijken, 2a.1.b Eigen titel, 2.3 Anders"; got != want {
		t.Errorf("articles are %s, want %s", got, want)
	}
	if f := r.Sections[4].Fences[0]; f != (Fence{"gherkin", "# language: nl\nFunctionaliteit: kijken", 14}) {
		t.Errorf("fence is %+v", f)
	}
}

// Several policies under one article are told apart, and cited as one.
func TestPoliciesOfOneArticle(t *testing.T) {
	doc := "# T\n## Artikel 4\n§cedar\n@uitleg(\"Een.\")\nforbid (principal, action, resource) when { context.aanwezigen < 9 };\n@uitleg(\"Twee.\")\nforbid (principal, action, resource) when { context.aanwezigen < 9 };\n§\n§cedar\npermit (principal, action, resource);\n§\n"
	r, err := Parse("x.md", []byte(fences(doc)))
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []cedar.PolicyID{"4", "4#2", "4#3"} {
		if got := r.policies.inOrder[i].id; got != id {
			t.Errorf("policy %s is called %s", id, got)
		}
	}
	ruling := r.Rule(Question{Act: Record})
	if len(ruling.Articles) != 1 || ruling.Articles[0].Why != "Een. Twee." {
		t.Errorf("got %+v", ruling)
	}
}

// A policy that can't be evaluated forbids, even one that would permit.
func TestFailureForbids(t *testing.T) {
	doc := "# T\n## Artikel 1 – Een\n§cedar\npermit (principal, action, resource);\n§\n## Artikel 2 – Twee\n§cedar\npermit (principal, action == Action::\"opnemen\", resource) when { context.aanwezigen + 9223372036854775807 > 0 };\n§\n"
	r, err := Parse("x.md", []byte(fences(doc)))
	if err != nil {
		t.Fatal(err)
	}
	if got := say(r.Rule(Question{Act: Record, Context: conditions(0)})); got != "ja: Een, Twee" {
		t.Errorf("without failure: %s", got)
	}
	if got := say(r.Rule(Question{Act: Record, Context: conditions(1)})); got != "nee: Twee" {
		t.Errorf("with a policy that overflows: %s", got)
	}
}

// A vocabulary's faults are told in its own lines.
func TestVocabularyFaults(t *testing.T) {
	for doc, want := range map[string]string{
		"# W\n§cedarschema\nentity A\n§\n":                              "w.md:4: can't read the words: expected ';'",
		"# W\n§cedarschema\nentity A { b: Onbekend };\n§\n":             "w.md:1: can't put the words together",
		"# W\n§cedar\npermit(principal, action, resource);\n§\n":        "w.md:2: unknown fence §cedar: use cedarschema",
		"# W\n§cedarschema\nentity A;\n§\n§cedarschema\nentity A;\n§\n": "w.md:7: can't read the words: entity \"A\" is declared twice",
	} {
		_, err := ParseVocabulary("w.md", []byte(fences(doc)))
		if err == nil || !strings.HasPrefix(err.Error(), fences(want)) {
			t.Errorf("%q: got %v, want %s", doc, err, fences(want))
		}
	}
}

func FuzzParse(f *testing.F) {
	v, err := ParseVocabulary("woorden.md", shipped(f, "woorden.md"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fixtureText(f))
	for _, doc := range documents(f) {
		f.Add(doc)
	}
	for _, doc := range faulty {
		if len(doc.doc) < 4096 {
			f.Add([]byte(fences(doc.doc)))
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := ParseWith(v, "x.md", doc)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				var n int
				if _, err := fmt.Sscanf(line, "x.md:%d: ", &n); err != nil || n < 1 {
					t.Errorf("a fault without a line: %q", line)
				}
			}
			return
		}
		for _, a := range r.Articles {
			if got, ok := r.Article(a.Number); !ok || got.Line != a.Line {
				t.Errorf("article %s is lost", a.Number)
			}
		}
		r.Terms.Retention.Limit.End(time.Unix(1_800_000_000, 0))
		for _, act := range v.Acts() {
			r.Rule(Question{Who: who("noord"), Act: act, On: camera, Context: conditions(2, safe...)})
		}
	})
}
