package regulation

import (
	"strings"
	"testing"
	"time"
)

// faultyTerms are more documents that can't be adopted, and the one line each
// must get. § stands for ```.
var faultyTerms = []struct{ name, doc, want string }{
	{"empty list", terms("doelen: {}"), `x.md:4: a list of "key: value" belongs here`},
	{"layer", terms("laag: provincie"), `x.md:4: "provincie" can't be a laag: use wet or opdracht`},
	{"layer twice", terms("laag: wet\n§\n### Lid 1\n§yaml\nlaag: wet"), `x.md:8: article inleiding has a laag already: keep one`},
	{"layer with roles", terms("laag: wet\nrollen:\n  a: {titel: A, bereik: locatie}"), `x.md:5: a document with laag wet can't have rollen: it only makes stricter`},
	{"layer that permits", terms("laag: opdracht\n§\n§cedar\npermit (principal, action, resource);"),
		`x.md:7: article inleiding permits, but a document with laag opdracht can only forbid`},
	{"controller", terms("verantwoordelijke: {naam: wij}"), `x.md:4: term "verantwoordelijke" needs a contact: where people can ask`},
	{"terms under the title", "# T\n\n§yaml\nbron: a\ngeldig: {vanaf: 2026-01-01}\n§\n## Inleiding\n", `x.md:3: this fence stands under no article: put it below a heading`},

	{"selector for nothing", terms("bewaartermijn:\n  a: {hoogstens: 2 weken, ruimte: []}"), `x.md:5: "ruimte" needs a list with something in it`},
	{"unknown room", terms("bewaartermijn:\n  a: {hoogstens: 2 weken, ruimte: [grot]}"), `x.md:5: "ruimte" has "grot", which isn't known: known are hal, gang, trappenhuis`},
	{"site that isn't a word", terms("bewaartermijn:\n  a: {hoogstens: 2 weken, locatie: [\"$\"]}"), `x.md:5: "$" can't be a kind of locatie`},
	{"row without term", terms("bewaartermijn:\n  a: {ruimte: [hal]}"), `x.md:5: bewaartermijn "a" needs a hoogstens`},
	{"row in working days", terms("bewaartermijn:\n  a: {hoogstens: 2 werkdagen}"), `x.md:5: footage can't be kept for a number of "werkdagen"`},
	{"unknown start", terms("bewaartermijn:\n  a: {hoogstens: 2 weken, vanaf: aankoop}"), `x.md:5: vanaf can't be "aankoop": use opname or afkeuring`},
	{"at least more than at most", terms("bewaartermijn:\n  a:\n    hoogstens: 2 weken\n    minstens: 15 kalenderdagen"), `x.md:7: bewaartermijn "a" is at least longer than at most`},
	{"at least 30 days of a month", terms("bewaartermijn:\n  a: {hoogstens: 1 maand, minstens: 30 kalenderdagen}"), `x.md:5: bewaartermijn "a" is at least longer`},
	{"two rows for one place", terms("bewaartermijn:\n  a: {hoogstens: 2 weken, ruimte: [hal, gang]}\n  b: {hoogstens: 3 weken, ruimte: [gang, hal]}"),
		`x.md:6: article inleiding has a bewaartermijn already: keep one for the same places`},
	{"same row", terms("bewaartermijn:\n  a: {hoogstens: 2 weken}\n§\n### Lid 1\n§yaml\nbewaartermijn:\n  a: {hoogstens: 3 weken, ruimte: [hal]}"),
		`x.md:10: bewaartermijn "a" is there already, in article inleiding`},
	{"for a thousand years", terms("bewaartermijn: 1000 jaar"), `x.md:4: 1000 jaar is longer than a hundred years`},

	{"ground", terms("doelen:\n  a: {tekst: A, grondslag: zomaar}"), `x.md:5: grondslag can't be "zomaar": use gerechtvaardigd belang or`},
	{"nature", terms("doelen:\n  a: {tekst: A, aard: streng}"), `x.md:5: aard can't be "streng": use preventief or repressief`},
	{"file about nothing", terms("stukken:\n  a: {titel: A}"), `x.md:5: file "a" needs an over: what it is about`},
	{"file about weather", terms("stukken:\n  a: {titel: A, over: weer}"), `x.md:5: over can't be "weer": use camera or locatie or organisatie or persoon`},
	{"fields as text", terms("stukken:\n  a: {titel: A, over: camera, velden: alles}"), `x.md:5: "velden" needs a list`},
	{"field twice", terms("stukken:\n  a: {titel: A, over: camera, velden: [x, x]}"), `x.md:5: "x" is there twice: remove one`},
	{"file for some days", terms("stukken:\n  a: {titel: A, over: camera, geldig: 3 dagen}"), `x.md:5: a file doesn't count for a number of "dagen": use uur, kalenderdagen`},
	{"person whose view changes", terms("stukken:\n  a: {titel: A, over: persoon, vervalt: wijziging}"), `x.md:5: only what is about a camera can lapse`},
	{"lapse", terms("stukken:\n  a: {titel: A, over: camera, vervalt: vanzelf}"), `x.md:5: vervalt can't be "vanzelf": use wijziging`},
	{"council", terms("raden:\n  or: {naam: OR}"), `x.md:5: unknown key "naam": known are titel`},

	{"deadline without telling", terms("termijnen:\n  a: {duur: 2 weken, wat: antwoorden}"), `x.md:5: termijn "a" needs a telling: what it does on a free day`},
	{"deadline without length", terms("termijnen:\n  a: {telling: op de dag zelf, wat: antwoorden}"), `x.md:5: termijn "a" needs a duur`},
	{"deadline counted strangely", terms("termijnen:\n  a: {duur: 2 weken, telling: ongeveer, wat: antwoorden}"), `x.md:5: telling can't be "ongeveer": use op de dag zelf or`},
	{"deadline in days", terms("termijnen:\n  a: {duur: 2 dagen, telling: op de dag zelf, wat: antwoorden}"), `x.md:5: a deadline can't be counted in "dagen": use werkdagen`},
	{"deadline of nobody", terms("termijnen:\n  a: {duur: 2 weken, telling: op de dag zelf, wat: antwoorden, voor: allen}"), `x.md:5: voor can't be "allen": use ons or burger`},

	{"window that ends before it begins", terms("vensters:\n  a: {dagen: [ma], van: \"22:00\", tot: \"06:00\"}"), `x.md:5: venster "a" ends before it begins: write a night as two`},
	{"window on no day", terms("vensters:\n  a: {dagen: [], van: \"08:00\", tot: \"09:00\"}"), `x.md:5: "dagen" needs a list with something in it`},
	{"window without days", terms("vensters:\n  a: {van: \"08:00\", tot: \"09:00\"}"), `x.md:5: venster "a" needs dagen`},
	{"window on a day that isn't", terms("vensters:\n  a: {dagen: [mo], van: \"08:00\", tot: \"09:00\"}"), `x.md:5: "dagen" has "mo", which isn't known: known are zo, ma`},
	{"window at 25", terms("vensters:\n  a: {dagen: [ma], van: \"25:00\", tot: \"26:00\"}"), `x.md:5: van can't be "25:00": write a time of day`},
	{"window past midnight", terms("vensters:\n  a: {dagen: [ma], van: \"20:00\", tot: \"24:30\"}"), `x.md:5: tot can't be "24:30"`},
	{"holidays", terms("vensters:\n  a: {dagen: [ma], van: \"08:00\", tot: \"09:00\", feestdagen: soms}"), `x.md:5: feestdagen can't be "soms": use ja or nee`},

	{"report to nobody", terms("verslagen:\n  a: {van: wij, wanneer: jaarlijks}"), `x.md:5: report "a" needs a aan: who gets it`},
	{"incident without words", terms("incidentsoorten:\n  a: {}"), `x.md:5: a list of "key: value" belongs here`},
	{"one answer", terms("keuzes:\n  a: {vraag: Wat?, antwoorden: {ja: Ja}}"), `x.md:5: choice "a" has one answer, so there is nothing to choose`},
	{"no answers", terms("keuzes:\n  a: {vraag: Wat?}"), `x.md:5: choice "a" needs antwoorden`},
	{"answer twice", terms("keuzes:\n  a: {vraag: Wat?, antwoorden: {ja: Ja, ja: Ja}}"), `x.md:5: "ja" is there twice`},
	{"no question", terms("keuzes:\n  a: {antwoorden: {nee: Nee, ja: Ja}}"), `x.md:5: choice "a" needs a vraag`},
	{"concept of something else", terms("begrippen:\n  rust: {tekst: Stilte, omvat: [Huis]}"), `x.md:5: "omvat" has "Huis", which isn't known: known are Camera, Incident, Locatie`},
	{"concept twice", terms("begrippen:\n  rust: {tekst: Stilte}\n§\n### Lid 1\n§yaml\nbegrippen:\n  rust: {tekst: Slaap}"), `x.md:10: word "rust" is there already, in article inleiding`},
	{"policy without title", terms("beleid:\n  a: {versie: 3}"), `x.md:5: policy "a" needs a titel`},

	{"place that isn't", terms("plaatsen: {verboden: [grot]}"), `x.md:4: "verboden" has "grot", which isn't known`},
	{"place forbidden and allowed", terms("plaatsen: {verboden: [hal], toegestaan: [hal]}"), `x.md:4: "hal" is among the plaatsen already`},
	{"place of another kind", terms("plaatsen: {misschien: [hal]}"), `x.md:4: unknown key "misschien": known are verboden, toegestaan`},
	{"ability", terms("verboden_functies: [vliegen]"), `x.md:4: "verboden_functies" has "vliegen", which isn't known: known are geluid`},
	{"ability as text", terms("verboden_functies: geluid"), `x.md:4: "verboden_functies" needs a list with something in it, like [een, twee]`},
	{"ability twice", terms("verboden_functies: [geluid]\n§\n### Lid 1\n§yaml\nverboden_functies: [geluid]"), `x.md:8: "geluid" is forbidden already: name it once`},
	{"recording", terms("opname: {wijze: soms}"), `x.md:4: wijze can't be "soms": use continu or beweging or alleen live`},
	{"recording of no mode", terms("opname: {voor: 3}"), `x.md:4: term "opname" needs a wijze`},
	{"around no motion", terms("opname: {wijze: continu, voor: 3}"), `x.md:4: voor is how many seconds around motion`},
	{"long before", terms("opname: {wijze: beweging, voor: 600}"), `x.md:4: voor can't be "600": use a number from 0 to 60`},
	{"recording twice", terms("opname: {wijze: continu}\n§\n### Lid 1\n§yaml\nopname: {wijze: continu}"), `x.md:8: article inleiding has a opname already: keep one`},
	{"quality", terms("beeldkwaliteit: {klasse: mooi, pixels_per_meter: 125}"), `x.md:4: klasse can't be "mooi": use bewaken or`},
	{"quality of nothing", terms("beeldkwaliteit: {klasse: herkennen, pixels_per_meter: veel}"), `x.md:4: pixels_per_meter can't be "veel": use a number from 1 to 10000`},
	{"date", terms("geldig: {vanaf: 1 mei}"), `x.md:4: vanaf: "1 mei" isn't a date: write it like 2026-05-15`},
	{"ends before it begins", terms("geldig: {vanaf: 2026-05-02, tot: 2026-05-01}"), `x.md:4: it ends on 2026-05-01, before it begins on 2026-05-02`},
	{"review after the end", terms("geldig: {tot: 2026-05-02, evaluatie: 2026-05-03}"), `x.md:4: evaluatie on 2026-05-03 is after the end on 2026-05-02`},

	{"unenforced by nobody", "# T\n## Inleiding\n§onuitvoerbaar\nwaarom: Het kan niet\nbewijs: het logboek\n§\n", `x.md:3: fence "onuitvoerbaar" needs a aanvaard_door: who accepted that`},
	{"unenforced as text", "# T\n## Inleiding\n§onuitvoerbaar\nHet kan niet\n§\n", `x.md:3: no terms in this fence`},
	{"unenforced and more", "# T\n## Inleiding\n§onuitvoerbaar\nwaarom: Het kan niet\naanvaard_door: het bestuur\nbewijs: het logboek\nprijs: 3\n§\n",
		`x.md:7: unknown key "prijs": known are waarom, aanvaard_door, bewijs`},

	{"consequence", policy("@gevolg(\"boete\")\nforbid (principal, action, resource);"), `x.md:5: @gevolg("waarschuwing") on a forbid is the only gevolg there is`},
	{"warning that permits", policy("@gevolg(\"waarschuwing\")\npermit (principal, action, resource);"), `x.md:5: @gevolg("waarschuwing") on a forbid is the only gevolg`},
	{"site by name", policy("permit (principal, action, resource) when { principal.functies.contains({rol: Rol::\"portier\", locatie: Locatie::\"oost\"}) };"),
		`x.md:5: article inleiding: there is no Locatie::"oost": the only one a document can name is Locatie::"overal"`},
	{"other organisation", policy("permit (principal, action == Action::\"vaststellen\", resource == Organisatie::\"buren\");"),
		`x.md:5: article inleiding: there is no Organisatie::"buren": the only one a document can name is Organisatie::"organisatie"`},
	{"permit for nothing", policy("permit (principal in Rol::\"portier\", action == Action::\"wissen\", resource);\n\nforbid (principal, action in [Action::\"opnemen\", Action::\"wissen\"], resource);"),
		`x.md:5: article inleiding permits what article inleiding#2, in line 7, forbids whatever happens: remove one, or give the forbid a condition`},
}

func TestFaultyTerms(t *testing.T) {
	for _, f := range faultyTerms {
		t.Run(f.name, func(t *testing.T) {
			_, err := Parse("x.md", []byte(fences(f.doc)))
			if err == nil {
				t.Fatalf("no fault in %q", f.doc)
			}
			if first, _, _ := strings.Cut(err.Error(), "\n"); !strings.HasPrefix(first, fences(f.want)) {
				t.Errorf("got  %s\nwant %s", err, fences(f.want))
			}
		})
	}
}

// What only looks like a contradiction is none.
func TestNoContradiction(t *testing.T) {
	for name, policies := range map[string]string{
		"a condition":    "permit (principal, action == Action::\"wissen\", resource);\nforbid (principal, action, resource) when { context.aanwezigen < 2 };",
		"fewer acts":     "permit (principal, action, resource);\nforbid (principal, action == Action::\"wissen\", resource);",
		"fewer people":   "permit (principal, action == Action::\"wissen\", resource);\nforbid (principal in Rol::\"portier\", action == Action::\"wissen\", resource);",
		"other things":   "permit (principal, action == Action::\"plaatsen\", resource is Camera);\nforbid (principal, action == Action::\"plaatsen\", resource is Locatie);",
		"only a warning": "permit (principal, action == Action::\"wissen\", resource);\n@gevolg(\"waarschuwing\")\nforbid (principal, action == Action::\"wissen\", resource);",
	} {
		if _, err := Parse("x.md", []byte(fences(policy(policies)))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However large or strange a file is, it is told in one line, and soon.
func TestHopelessFiles(t *testing.T) {
	large := strings.Repeat("# Titel\n", 10<<20/8)
	binary := strings.Repeat("\x00\xff\x89PNG", 100_000)
	for _, doc := range []string{large, binary, "# T\n" + binary} {
		begin := time.Now()
		_, err := Parse("x.md", []byte(doc))
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "x.md:") {
			t.Errorf("got %.200v", err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%d bytes took %s", len(doc), took)
		}
	}
}

func FuzzTerms(f *testing.F) {
	v, err := compiledIn()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(everything)
	for _, doc := range faultyTerms {
		_, fence, _ := strings.Cut(doc.doc, "§yaml\n")
		f.Add(strings.TrimSuffix(fence, "\n§\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseWith(v, "x.md", []byte(fences(terms(text))))
		if err != nil {
			return
		}
		at := time.Unix(1_800_000_000, 0)
		chosen, err := r.Choose(r.Chosen())
		if err != nil {
			t.Fatal(err)
		}
		law := Stack(chosen, Layered{Law: r}, Layered{Law: r, Scope: camera}).SetAside(Aside{Article: "inleiding", All: true})
		law.Windows(at)
		for _, row := range law.Terms.RetentionAt([]Entity{camera}, "hal", "school", Recorded) {
			if row.Least.End(at).After(row.Limit.End(at).Add(24 * time.Hour)) {
				t.Errorf("row %+v is at least longer than at most", row)
			}
		}
		law.Rule(Question{Who: who("noord"), Act: Watch, On: camera, Context: conditions(2, safe...)})
		if len(text) < 2000 {
			mutants, err := Mutants("x.md", []byte(fences(terms(text))))
			if err != nil || len(mutants) > 1000 {
				t.Errorf("%d mutants, %v", len(mutants), err)
			}
		}
	})
}
