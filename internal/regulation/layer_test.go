package regulation

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"oogmerk/internal/calendar"
)

const house = `# Huis

## Inleiding
§yaml
keuzes:
  kijken: {vraag: Wie kijkt?, antwoorden: {niemand: Niemand, wacht: De wacht}}
bewaartermijn: 4 weken
plaatsen: {verboden: [toilet], toegestaan: [hal, gang]}
verboden_functies: [geluid]
stukken:
  toets: {titel: Toets, over: camera, velden: [nut], geldig: 1 jaar}
termijnen:
  antwoord: {duur: 1 maand, telling: op de dag zelf, wat: antwoorden}
§
§cedar
permit (principal, action == Action::"opnemen", resource);
permit (principal, action == Action::"uitkijken", resource) when { Reglement::"dit".keuzes.contains("kijken.wacht") };
§
### Lid 1 – Niet alleen
§cedar
@uitleg("Kijk met zijn tweeën.")
forbid (principal, action == Action::"uitkijken", resource) unless { context.aanwezigen >= 2 };
§
## Artikel 2 – Liever niet
§cedar
@gevolg("waarschuwing")
@uitleg("De klok loopt scheef.")
forbid (principal, action == Action::"opnemen", resource) when { resource.klokverschil > 60 };
§
`

const statute = `# Wet
§yaml
laag: wet
§
## Wet 1 – Geluid
§yaml
verboden_functies: [geluid, volgen]
plaatsen: {verboden: [kleedkamer], toegestaan: [gang]}
termijnen:
  antwoord: {duur: 3 weken, telling: op de dag zelf, wat: antwoorden}
  melden: {duur: 72 uur, telling: op de dag zelf, wat: melden}
stukken:
  toets: {titel: Anders, over: camera, velden: [risico], vervalt: wijziging}
§
§cedar
forbid (principal, action == Action::"opnemen", resource) when { Reglement::"dit".verboden_functies.contains("volgen") && !resource.zichtbaar };
@gevolg("waarschuwing")
forbid (principal, action == Action::"opnemen", resource) when { resource.pixels_per_meter > 1000 };
§
`

const local = `# Opdracht
§yaml
laag: opdracht
bron: noord
§
## Artikel 7 – Korter
§yaml
bewaartermijn: 2 weken
§
§cedar
forbid (principal, action in [Action::"opnemen", Action::"plaatsen"], resource) when { context.vensters.contains("open") };
§
`

func record(on Entity) Question {
	return Question{Who: who("systeem"), Act: Record, On: on, Facts: everyone(), Context: conditions(1)}
}

func numbers(articles []Article) string {
	var out []string
	for _, a := range articles {
		out = append(out, a.File+"/"+a.Number)
	}
	return strings.Join(out, " ")
}

func read3(t testing.TB) (base, law, order *Regulation) {
	t.Helper()
	parse := func(file, doc string) *Regulation {
		r, err := Parse(file, []byte(fences(doc)))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return parse("huis.md", house), parse("wet.md", statute), parse("opdracht.md", local)
}

// What a statute or an order forbids binds, each where it holds, and is cited
// from its own document.
func TestStack(t *testing.T) {
	base, law, order := read3(t)
	stacked := Stack(base, Layered{Law: law}, Layered{Law: order, Scope: north})
	open := conditions(1)
	open["vensters"] = Strings("open")
	for _, c := range []struct {
		on      Entity
		context Context
		want    string
	}{
		{camera, conditions(1), "true huis.md/inleiding"},
		{covert, conditions(1), "false wet.md/wet.1"},
		{covert, open, "false wet.md/wet.1 opdracht.md/7"},
		{camera, open, "false opdracht.md/7"},
		{southern, open, "true huis.md/inleiding"},
	} {
		q := record(c.on)
		q.Context = c.context
		ruling := stacked.Rule(q)
		if got := fmt.Sprint(ruling.Allowed, " ", numbers(ruling.Articles)); got != c.want {
			t.Errorf("%s: %s, not %s", c.on, got, c.want)
		}
		if alone := base.Rule(q); !alone.Allowed {
			t.Errorf("%s: the regulation itself says %s", c.on, numbers(alone.Articles))
		}
	}
	if got := stacked.Rule(Question{Who: who("noord"), Act: Place, On: north, Facts: everyone(), Context: open}); numbers(got.Articles) != "opdracht.md/7" {
		t.Errorf("at the site itself: %s", numbers(got.Articles))
	}
	if article, ok := stacked.Article("wet.1"); !ok || article.File != "wet.md" {
		t.Errorf("article wet.1 is %+v", article)
	}
	if _, ok := base.Article("wet.1"); ok {
		t.Error("the regulation itself was changed")
	}
	if stacked.Hash != base.Hash || len(stacked.Layers()) != 2 {
		t.Error("it has another hash, or other layers")
	}
}

// A layer's terms make the regulation's stricter, and never looser.
func TestStackedTerms(t *testing.T) {
	base, law, order := read3(t)
	got := Stack(base, Layered{Law: law}, Layered{Law: order, Scope: north}).Terms
	answer, _ := got.Deadline("antwoord")
	report, _ := got.Deadline("melden")
	file, _ := got.File("toets")
	for name, pair := range map[string][2]any{
		"forbidden":   {fmt.Sprint(got.Forbidden), "[toilet kleedkamer hal]"},
		"allowed":     {fmt.Sprint(got.Allowed), "[gang]"},
		"banned":      {fmt.Sprint(got.Banned), "[geluid volgen]"},
		"shorter":     {answer.Text, "3 weken"},
		"new":         {report.Text, "72 uur"},
		"fields":      {fmt.Sprint(file.Title, file.Fields, file.Changes), "Toets[nut risico] true"},
		"valid":       {file.Valid, calendar.StorageLimit{Months: 12}},
		"general":     {got.Retention.Text, "4 weken"},
		"everywhere":  {len(got.RetentionFor("hal", "school", Recorded)), 1},
		"at the site": {len(got.RetentionAt([]Entity{camera, north}, "hal", "school", Recorded)), 2},
		"untouched":   {fmt.Sprint(base.Terms.Forbidden, base.Terms.Allowed, len(base.Terms.Retentions)), "[toilet] [hal gang] 1"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %v, not %v", name, pair[0], pair[1])
		}
	}
	if got := Stack(base, Layered{Law: order}).Terms.Retention.Text; got != "2 weken" {
		t.Errorf("an order for all leaves %s", got)
	}
}

// A statute only forbids, whatever it would permit.
func TestPermitsOfALayerDontCount(t *testing.T) {
	base, _, _ := read3(t)
	generous := parsed(t, "# T\n## Artikel 9\n§cedar\npermit (principal, action == Action::\"wissen\", resource);\n§\n")
	q := Question{Who: who("systeem"), Act: Erase, On: camera, Facts: everyone(), Context: conditions(1)}
	if ruling := Stack(base, Layered{Law: generous}).Rule(q); ruling.Allowed || len(ruling.Articles) > 0 {
		t.Errorf("got %+v", ruling)
	}
}

func TestSetAside(t *testing.T) {
	base, law, order := read3(t)
	chosen, err := base.Choose(map[string]string{"kijken": "wacht"})
	if err != nil {
		t.Fatal(err)
	}
	stacked := Stack(chosen, Layered{Law: law}, Layered{Law: order})
	watch := func(on Entity) Question {
		return Question{Who: who("noord"), Act: Watch, On: on, Facts: everyone(), Context: conditions(1)}
	}
	open := record(camera)
	open.Context["vensters"] = Strings("open")
	for _, c := range []struct {
		name  string
		aside Aside
		q     Question
		want  bool
	}{
		{"nothing", Aside{Article: "3"}, watch(camera), false},
		{"what forbids", Aside{Article: "inleiding.1"}, watch(camera), true},
		{"what stands under it", Aside{Article: "inleiding"}, watch(camera), true},
		{"there", Aside{Article: "inleiding.1", Scope: north}, watch(camera), true},
		{"that camera", Aside{Article: "inleiding.1", Scope: camera}, watch(camera), true},
		{"elsewhere", Aside{Article: "inleiding.1", Scope: north}, watch(southern), false},
		{"what permits too", Aside{Article: "inleiding", All: true}, watch(camera), false},
		{"what permits stays", Aside{Article: "inleiding"}, record(camera), true},
		{"suspended", Aside{Article: "inleiding", All: true}, record(camera), false},
		{"a statute", Aside{Article: "wet.1", All: true}, record(covert), false},
		{"an order", Aside{Article: "7"}, open, true},
		{"no order", Aside{Article: "8"}, open, false},
	} {
		if got := stacked.SetAside(c.aside).Rule(c.q); got.Allowed != c.want {
			t.Errorf("%s: %v by %s", c.name, got.Allowed, numbers(got.Articles))
		}
	}
	if stacked.Rule(watch(camera)).Allowed {
		t.Error("the regulation itself was changed")
	}
}

func TestChoose(t *testing.T) {
	base, _, _ := read3(t)
	q := Question{Who: who("noord"), Act: Watch, On: camera, Facts: everyone(), Context: conditions(2)}
	for _, c := range []struct {
		answers map[string]string
		allowed bool
		json    string
	}{{nil, false, `{"kijken":"niemand"}`}, {map[string]string{"kijken": "niemand"}, false, `{"kijken":"niemand"}`},
		{map[string]string{"kijken": "wacht"}, true, `{"kijken":"wacht"}`}} {
		chosen, err := base.Choose(c.answers)
		if err != nil {
			t.Fatal(err)
		}
		if got := chosen.Rule(q).Allowed; got != c.allowed {
			t.Errorf("with %v it is %v", c.answers, got)
		}
		if chosen.Hash != sha256.Sum256([]byte(fences(house)+c.json)) {
			t.Errorf("with %v it has another hash", c.answers)
		}
	}
	if base.Rule(q).Allowed {
		t.Error("before anything is chosen the looser answer holds")
	}
	for _, wrong := range []map[string]string{{"luisteren": "ja"}, {"kijken": "allen"}, {"kijken": ""}} {
		if _, err := base.Choose(wrong); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v was chosen: %v", wrong, err)
		}
	}
	plain := parsed(t, "# T\n## Inleiding\n")
	if same, err := plain.Choose(nil); err != nil || same.Hash != plain.Hash {
		t.Errorf("what has nothing to choose got another hash, or %v", err)
	}
}

// A warning is told with what is allowed and with what isn't, and decides
// nothing.
func TestWarnings(t *testing.T) {
	base, law, _ := read3(t)
	stacked := Stack(base, Layered{Law: law})
	late := everyone()
	slow := Context{}
	for k, v := range late[camera].Attributes.All() {
		slow[k] = v
	}
	slow["klokverschil"], slow["pixels_per_meter"] = Long(61), Long(2000)
	late[camera] = NewFact(camera, nil, slow)
	for _, act := range []Act{Record, Watch} {
		q := record(camera)
		q.Facts, q.Act = late, act
		ruling := stacked.Rule(q)
		want := map[Act]string{Record: "true huis.md/2 wet.md/wet.1", Watch: "false "}[act]
		if got := fmt.Sprint(ruling.Allowed, " ", numbers(ruling.Warnings)); got != want {
			t.Errorf("%s: %s, not %s", act, got, want)
		}
	}
	if ruling := stacked.Rule(record(camera)); len(ruling.Warnings) > 0 {
		t.Errorf("without reason: %s", numbers(ruling.Warnings))
	}
	if ruling := stacked.SetAside(Aside{Article: "2"}).Rule(func() Question { q := record(camera); q.Facts = late; return q }()); numbers(ruling.Warnings) != "wet.md/wet.1" {
		t.Errorf("set aside: %s", numbers(ruling.Warnings))
	}
}

// Every document that comes with the program, with
// the statutes over it and an article set aside.
func BenchmarkStackedRule(b *testing.B) {
	statutes, err := Statutes()
	if err != nil {
		b.Fatal(err)
	}
	for file, doc := range documents(b) {
		r, err := Parse(file, doc)
		if err != nil {
			b.Fatal(err)
		}
		law := Stack(r, Layered{Law: statutes}).SetAside(Aside{Article: "niets"})
		q := Question{Who: who("noord"), Act: PlayBack, On: camera, Facts: everyone(), Context: conditions(2, safe...)}
		b.Run(file, func(b *testing.B) {
			for b.Loop() {
				law.Rule(q)
			}
		})
	}
}

// Statutes are compiled in, and only forbid.
func TestStatutes(t *testing.T) {
	law, err := Statutes()
	if err != nil {
		t.Fatal(err)
	}
	if law.Terms.Layer != Statute {
		t.Errorf("its laag is %q", law.Terms.Layer)
	}
	for _, row := range law.policies.inOrder {
		if row.permits() {
			t.Errorf("article %s permits", row.id)
		}
	}
}
