package notice_test

import (
	"slices"
	"strings"
	"testing"

	"oogmerk/internal/notice"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

const organisation = "Stichting Voorbeeld"

// own is the regulation of a house with all that people can be told.
const own = "# Camera's van een huis\n\n## Artikel 1 – Waarvoor\n\n§yaml\n" +
	"verantwoordelijke: {naam: het bestuur van het huis, contact: privacy@huis.invalid}\n" +
	"doelen:\n  orde: {tekst: de rust bewaren, grondslag: gerechtvaardigd belang, aard: preventief, toelichting: Niet om bewoners te volgen.}\n" +
	"  schade: {tekst: schade uitzoeken, incident: verplicht, grondslag: algemeen belang}\n" +
	"rollen:\n  waker: {titel: Waker, bereik: locatie}\n  bestuur: {titel: Bestuur, bereik: organisatie}\n" +
	"raden:\n  bewoners: {titel: Bewonersraad}\n" +
	"verslagen:\n  jaar: {van: bestuur, aan: bewoners, wanneer: jaarlijks, inhoud: [aantallen, klachten]}\n" +
	"begrippen:\n  waker: {tekst: wie de nacht bewaakt, omvat: [Persoon]}\n  trap: {tekst: alles tussen twee vloeren}\n" +
	"verboden_functies: [geluid, gezichtsherkenning]\n§\n\n" +
	"## Artikel 2 – Bewaren\n\n§yaml\nbewaartermijn:\n" +
	"  alles: {hoogstens: 6 kalenderdagen}\n" +
	"  trap: {hoogstens: 48 uur, minstens: 12 uur, ruimte: [trappenhuis], motief: de trap is van iedereen}\n" +
	"  onbruikbaar: {hoogstens: 24 uur, vanaf: afkeuring}\n§\n\n" +
	"## Artikel 3 – Kijken\n\n§cedar\n@uitleg(\"Niet voor Rol::\\\"bestuur\\\".\")\n" +
	"permit (principal, action in [Action::\"uitkijken\", Action::\"terugkijken\"], resource)\n" +
	"when { principal.functies.contains({rol: Rol::\"waker\", locatie: resource.locatie}) };\n§\n\n" +
	"## Artikel 4 – Over de schouder\n\n§onuitvoerbaar\nwaarom: Niemand ziet wie er meekijkt.\naanvaard_door: Het bestuur.\nbewijs: Het logboek.\n§\n\n" +
	"## Artikel 5 – Zomaar\n\nZonder machine.\n"

func law(t *testing.T) *regulation.Regulation {
	t.Helper()
	r, err := regulation.Parse("huis.md", []byte(strings.ReplaceAll(own, "§", "```")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func lines[T interface{ String() string }](all []T) string {
	var out []string
	for _, l := range all {
		out = append(out, l.String())
	}
	return strings.Join(out, "\n")
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q isn't in\n%s", p, text)
		}
	}
}

func TestSign(t *testing.T) {
	want := `Cameratoezicht
Hier hangen camera's van Stichting Voorbeeld (verantwoordelijk: het bestuur van het huis).
Locatie: Noord
Waarvoor:
- de rust bewaren
- schade uitzoeken
Hoe lang: beelden blijven hoogstens 6 kalenderdagen.
Hoe lang: beelden blijven hoogstens 48 uur (trappenhuis), en minstens 12 uur.
Wat de camera's niet doen: geluid en gezichtsherkenning.
Vragen, of weten wat er van u is opgenomen? privacy@huis.invalid`
	if got := notice.Sign(law(t), organisation, "Noord"); got != want {
		t.Errorf("the sign says\n%s\nwant\n%s", got, want)
	}
	contains(t, notice.Sign(regulationtest.Law(t), organisation, ""), "Cameratoezicht", "Stichting Voorbeeld", "6 kalenderdagen")
}

func TestProcessing(t *testing.T) {
	all := notice.Processing(law(t), organisation)
	contains(t, lines(all), "Verantwoordelijke: Stichting Voorbeeld (verantwoordelijk: het bestuur van het huis)", "Contact: privacy@huis.invalid",
		"Doel: De rust bewaren (grondslag: gerechtvaardigd belang), preventief. Niet om bewoners te volgen.",
		"Doel: Schade uitzoeken (grondslag: algemeen belang); alleen bij een incident.",
		"Bewaartermijn: Beelden blijven hoogstens 48 uur (trappenhuis), en minstens 12 uur. Waarom zo lang: de trap is van iedereen.",
		"Bewaartermijn: Beelden die nergens voor nodig zijn, gaan weg binnen 24 uur.",
		"Wie live meekijkt: Alleen wie is aangewezen als Waker.", "Wie opnamen bekijkt: Alleen wie is aangewezen als Waker.",
		"Wie beelden mag uitgeven: Niemand.", "Wie ermee instemt: Bewonersraad.", "Verslag: Bestuur aan Bewonersraad, jaarlijks: aantallen en klachten.",
		"Nooit geluid", "versleuteld", "Wat niet mag: De camera's en het programma doen niet aan geluid en gezichtsherkenning.",
		"Beveiliging: Over de schouder")
	for _, l := range all {
		if l.What == "Wie live meekijkt" && !slices.Equal(l.Articles, []string{"3"}) {
			t.Errorf("%s rests on %v", l, l.Articles)
		}
	}
	contains(t, lines(notice.Processing(regulationtest.Law(t), organisation)), "Doel: ", "Bewaartermijn: Beelden blijven hoogstens 6 kalenderdagen.",
		"Wie opnamen bekijkt: Alleen wie is aangewezen als Locatiebeheerder, Bevoegde medewerker")
}

func TestControls(t *testing.T) {
	got := map[string]string{}
	for _, c := range notice.Controls(law(t)) {
		for _, m := range c.Measures {
			got[c.Theme] += m.Article.Number + " " + strings.Join(m.By, "+") + "; "
		}
	}
	for theme, want := range map[string]string{notice.Use: "1 term; ", notice.Viewing: "3 regel; ", notice.Storage: "2 term; ", notice.Security: "4 bewijs; "} {
		if got[theme] != want {
			t.Errorf("%s: %q, want %q", theme, got[theme], want)
		}
	}
	for _, c := range notice.Controls(regulationtest.Law(t)) {
		if len(c.Measures) == 0 {
			t.Errorf("the example has nothing about %s", c.Theme)
		}
	}
}

func TestGlossary(t *testing.T) {
	all := notice.Glossary(law(t))
	if got := lines(all); got != "Bestuur: iemand die dat is voor de hele organisatie\ntrap: alles tussen twee vloeren\nwaker: wie de nacht bewaakt" {
		t.Errorf("the words are\n%s", got)
	}
	if all[2].Covers[0] != regulation.Person || all[2].Article != "1" {
		t.Errorf("it is %+v", all[2])
	}
}
