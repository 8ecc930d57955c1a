package regulation

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
)

// everything has each term once.
const everything = `bron: verzonnen
verantwoordelijke: {naam: het bestuur, contact: privacy@woonplaats.example}
bewaartermijn:
  trappenhuis: {hoogstens: 48 uur, minstens: 12 uur, ruimte: [trappenhuis], locatie: [woongebouw], motief: "Daar valt men."}
  stalling: {hoogstens: 2 weken, ruimte: [fietsenstalling, berging]}
  afgekeurd: {hoogstens: 24 uur, vanaf: afkeuring}
  overal: {hoogstens: 1 maand}
doelen:
  rust: {tekst: Rust in huis, grondslag: gerechtvaardigd belang, aard: preventief, toelichting: Geen lawaai}
  uitzoeken: {tekst: Uitzoeken, incident: verplicht, grondslag: algemeen belang, aard: repressief}
rollen:
  wacht: {titel: Wacht, bereik: locatie}
  bestuur: {titel: Bestuur, bereik: organisatie}
stukken:
  toets: {titel: Toets, over: camera, velden: [nut, "advies van de wacht"], geldig: 1 jaar, vervalt: wijziging}
  verklaring: {titel: Verklaring, over: persoon}
raden:
  bewonersraad: {titel: Bewonersraad}
termijnen:
  bewaarverzoek: {duur: 2 weken, telling: op de eerstvolgende werkdag, wat: besluiten op een verzoek}
  klagen: {duur: 1 werkdag, telling: Algemene termijnenwet, wat: klagen, voor: burger}
vensters:
  open: {dagen: [ma, di], van: "08:00", tot: 24:00}
  feest: {dagen: [ma], van: 00:00, tot: 12:30, feestdagen: ja}
verslagen:
  jaarverslag: {van: bestuur, aan: bewonersraad, wanneer: jaarlijks, inhoud: [aantallen, duur]}
incidentsoorten:
  lawaai: {tekst: Lawaai}
keuzes:
  vervanger: {vraag: Wanneer mag een vervanger?, antwoorden: {afwezig: Alleen bij afwezigheid, altijd: Altijd}}
begrippen:
  Groot lawaai: {tekst: Lawaai dat men drie huizen verder hoort, omvat: [Incident, Camera]}
beleid:
  huisregels: {titel: Huisregels, versie: "3"}
plaatsen: {verboden: [toilet, woning], toegestaan: [hal]}
verboden_functies: [geluid, volgen]
opname: {wijze: beweging, voor: 10, na: 30}
beeldkwaliteit: {klasse: herkennen, pixels_per_meter: 125}
geldig: {vanaf: 2026-01-01, tot: 2027-12-31, evaluatie: 2027-06-01}`

func parsed(t testing.TB, doc string) *Regulation {
	t.Helper()
	r, err := Parse("x.md", []byte(fences(doc)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryTerm(t *testing.T) {
	const here = "inleiding"
	date := calendar.NewDate
	want := Terms{
		Source:     "verzonnen",
		Controller: Controller{"het bestuur", "privacy@woonplaats.example", here},
		Retentions: []Retention{
			{Key: "trappenhuis", Limit: calendar.StorageLimit{Hours: 48}, Least: calendar.StorageLimit{Hours: 12}, From: Recorded,
				Rooms: []string{"trappenhuis"}, Sites: []string{"woongebouw"}, Motive: "Daar valt men.", Text: "48 uur", Article: here},
			{Key: "stalling", Limit: calendar.StorageLimit{Days: 14}, From: Recorded, Rooms: []string{"fietsenstalling", "berging"}, Text: "2 weken", Article: here},
			{Key: "afgekeurd", Limit: calendar.StorageLimit{Hours: 24}, From: Rejected, Text: "24 uur", Article: here},
			{Key: "overal", Limit: calendar.StorageLimit{Months: 1}, From: Recorded, Text: "1 maand", Article: here},
		},
		Purposes: []PurposeTerm{
			{Key: "rust", Text: "Rust in huis", Basis: "gerechtvaardigd belang", Nature: "preventief", Note: "Geen lawaai", Article: here},
			{Key: "uitzoeken", Text: "Uitzoeken", Incident: true, Basis: "algemeen belang", Nature: "repressief", Article: here}},
		Roles: []RoleTerm{{"wacht", "Wacht", true, here}, {"bestuur", "Bestuur", false, here}},
		Files: []FileTerm{{Key: "toets", Title: "Toets", About: Camera, Fields: []string{"nut", "advies van de wacht"}, Valid: calendar.StorageLimit{Months: 12},
			Changes: true, Article: here}, {Key: "verklaring", Title: "Verklaring", About: Person, Article: here}},
		Councils: []CouncilTerm{{"bewonersraad", "Bewonersraad", here}},
		Deadlines: []DeadlineTerm{
			{Key: "bewaarverzoek", Text: "2 weken", Of: "besluiten op een verzoek", Deadline: calendar.Deadline{N: 2, Unit: calendar.Weeks, Counting: calendar.Rolling, Rule: here}, Article: here},
			{Key: "klagen", Text: "1 werkdag", Of: "klagen", Deadline: calendar.Deadline{N: 1, Unit: calendar.WorkingDays, Counting: calendar.Statutory, Rule: here}, Citizen: true, Article: here}},
		Windows: []WindowTerm{{Key: "open", Days: [7]bool{1: true, 2: true}, From: 480, To: 1440, Article: here},
			{Key: "feest", Days: [7]bool{1: true}, To: 750, Holidays: true, Article: here}},
		Reports:   []ReportTerm{{"jaarverslag", "bestuur", "bewonersraad", "jaarlijks", []string{"aantallen", "duur"}, here}},
		Incidents: []IncidentTerm{{"lawaai", "Lawaai", here}},
		Choices: []ChoiceTerm{{"vervanger", "Wanneer mag een vervanger?", []Answering{{"afwezig", "Alleen bij afwezigheid"},
			{"altijd", "Altijd"}}, here}},
		Concepts:  []ConceptTerm{{"Groot lawaai", "Lawaai dat men drie huizen verder hoort", []string{"Incident", "Camera"}, here}},
		Policies:  []PolicyTerm{{"huisregels", "Huisregels", "3", here}},
		Forbidden: []string{"toilet", "woning"},
		Allowed:   []string{"hal"},
		Banned:    []string{"geluid", "volgen"},
		Recording: Recording{OnMotion, 10, 30, here},
		Quality:   Quality{"herkennen", 125, here},
		Validity:  Validity{date(2026, 1, 1), date(2027, 12, 31), date(2027, 6, 1), here},
	}
	want.Retention = want.Retentions[3]
	got := parsed(t, terms(everything)).Terms
	for i := range reflect.TypeFor[Terms]().NumField() {
		a, b := reflect.ValueOf(got).Field(i).Interface(), reflect.ValueOf(want).Field(i).Interface()
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s is\n%+v, not\n%+v", reflect.TypeFor[Terms]().Field(i).Name, a, b)
		}
	}
}

func TestTermsByKey(t *testing.T) {
	terms := parsed(t, terms(everything)).Terms
	role, _ := terms.Role("bestuur")
	file, _ := terms.File("verklaring")
	deadline, _ := terms.Deadline("klagen")
	purpose, _ := terms.Purpose("uitzoeken")
	if role.Title+file.Title+deadline.Of+purpose.Text != "BestuurVerklaringklagenUitzoeken" {
		t.Errorf("got %q %q %q %q", role.Title, file.Title, deadline.Of, purpose.Text)
	}
	if _, ok := terms.Role("systeem"); ok {
		t.Error("the program's role is the regulation's")
	}
}

func TestRetentionFor(t *testing.T) {
	terms := parsed(t, terms(everything)).Terms
	for _, c := range []struct{ room, site, from, want string }{
		{"trappenhuis", "woongebouw", Recorded, "trappenhuis overal"},
		{"trappenhuis", "school", Recorded, "overal"},
		{"berging", "school", Recorded, "stalling overal"},
		{"", "", Recorded, "overal"},
		{"hal", "school", Rejected, "afgekeurd"},
	} {
		var got []string
		for _, row := range terms.RetentionFor(c.room, c.site, c.from) {
			got = append(got, row.Key)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("in a %s of a %s from %s: %v, not %s", c.room, c.site, c.from, got, c.want)
		}
	}
}

// What a document says of itself can be asked.
func TestItself(t *testing.T) {
	want := Struct(Context{"doelen": Strings("rust", "uitzoeken"), "doelen_bij_incident": Strings("uitzoeken"),
		"verboden_plaatsen": Strings("toilet", "woning"), "toegestane_plaatsen": Strings("hal"), "raden": Strings("bewonersraad"),
		"incidentsoorten": Strings("lawaai"), "verboden_functies": Strings("geluid", "volgen"), "keuzes": Strings("vervanger.afwezig")})
	if said := parsed(t, terms(everything)).policies.own[itself].Attributes; !said.Equal(want) {
		t.Errorf("it says of itself %s, not %s", said, want)
	}
}

func TestWindows(t *testing.T) {
	r := parsed(t, terms(everything))
	for when, want := range map[string]string{
		"2026-03-02T07:59": "[feest]",      // a Monday
		"2026-03-02T08:00": "[open feest]", //
		"2026-03-02T12:29": "[open feest]",
		"2026-03-02T12:30": "[open]",
		"2026-03-02T23:59": "[open]",
		"2026-03-03T00:00": "[]",
		"2026-03-03T09:00": "[open]",
		"2026-03-04T09:00": "[]",
		"2026-04-06T09:00": "[feest]", // the day after Easter
	} {
		at, err := time.ParseInLocation("2006-01-02T15:04", when, calendar.Amsterdam)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Windows(at.UTC())); got != want {
			t.Errorf("at %s in %s, not %s", when, got, want)
		}
	}
}

// The kinds of room are those of the vocabulary, and it has no others.
func TestRoomKinds(t *testing.T) {
	doc := string(shipped(t, "woorden.md"))
	from := strings.Index(doc, "Soorten ruimte zijn:")
	list, _, _ := strings.Cut(doc[from:], "\n\n")
	if got, want := strings.Count(list, `"`)/2, len(RoomKinds()); got != want {
		t.Errorf("woorden.md has %d kinds of room, not %d", got, want)
	}
	for _, kind := range RoomKinds() {
		if !strings.Contains(list, "`\""+kind+"\"`") {
			t.Errorf("woorden.md doesn't know the room %s", kind)
		}
	}
}

func TestUnenforced(t *testing.T) {
	r := parsed(t, "# T\n## Stap 2 – Kijken\n§onuitvoerbaar\nwaarom: Een machine ziet het niet\naanvaard_door: het bestuur\nbewijs: het logboek\n§\n")
	if got := r.Sections[1].Unenforced; len(got) != 1 || got[0] != (Unenforced{"Een machine ziet het niet", "het bestuur", "het logboek", 3}) {
		t.Errorf("got %+v", got)
	}
}

// Words that begin a numbered section begin anew; without a number they are
// words like any other.
func TestNumberedHeadings(t *testing.T) {
	r := parsed(t, "# T\n## Wet 3 – Privacy\n### Lid 2\n## Toelichting 4.3\n## Stap 1: Nut\n#### Onderdeel a\n## Wet en regel\n## Stap voor stap\n## Toelichting\n")
	var got []string
	for _, a := range r.Articles {
		got = append(got, a.Number+" "+a.Title)
	}
	if got, want := strings.Join(got, "|"), "wet.3 Privacy|wet.3.2 Privacy|toelichting.4.3 |stap.1 Nut|stap.1.a Nut"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, ok := r.Article("wet.3"); !ok {
		t.Error("article wet.3 can't be found")
	}
}
