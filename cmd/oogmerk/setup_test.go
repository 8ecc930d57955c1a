package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// small is the regulation of a house that asks for consent, for a plan before
// it is adopted, and for a toets of each camera.
const small = `# Reglement van een huis

## Artikel 1 – Alles

§yaml
bewaartermijn: 6 kalenderdagen
rollen:
  bestuur: {titel: Bestuur, bereik: organisatie}
  waker: {titel: Waker, bereik: locatie}
doelen:
  orde: {tekst: De orde bewaren, grondslag: gerechtvaardigd belang}
raden:
  bewoners: {titel: Bewonersraad}
stukken:
  plan: {titel: Plan, over: organisatie}
  toets: {titel: Toets, over: camera, velden: [alternatieven]}
  kaart: {titel: Plattegrond, over: locatie}
  belofte: {titel: Belofte, over: persoon}
keuzes:
  nacht: {vraag: Ook 's nachts?, antwoorden: {nee: Nee, ja: Ja}}
§

§cedar
permit (principal in Rol::"bestuur", action, resource);

forbid (principal, action == Action::"vaststellen", resource)
unless { context.instemmingen.containsAll(Reglement::"dit".raden) && resource.stukken.contains("plan") && context has dagen_na_bekendmaking };

forbid (principal, action == Action::"plaatsen", resource is Locatie)
when { context.wat == "camera" } unless { resource.stukken.contains("kaart") };
§
`

const smallSetup = `{
  "organisation": "Het huis", "regulation": "REGULATION", "decision": "besluit 1",
  "choices": {"nacht": "ja"}, "announced": "2026-08-01",
  "consents": [{"council": "bewoners", "evidence": "brief", "on": "2026-08-01"}],
  "placed_by": "anna", "filed_by": "anna", "rostered_by": "anna",
  "people": [
    {"key": "anna", "login": "anna", "name": "Anna", "password": "een lang wachtwoord", "confidentiality": true, "confidentiality_basis": "eed",
     "appointments": [{"role": "bestuur", "basis": "statuten"}]},
    {"key": "bea", "login": "bea", "name": "Bea", "kind": "bewoner", "password": "een lang wachtwoord", "by": "anna",
     "appointments": [{"role": "waker", "site": "huis", "basis": "besluit 2"}]},
    {"key": "cor", "login": "cor", "name": "Cor", "password": "een lang wachtwoord", "by": "anna",
     "appointments": [{"role": "waker", "site": "huis", "stands_for": "bea", "basis": "besluit 3"}]}
  ],
  "sites": [{"key": "huis", "name": "Het huis", "kind": "woongebouw", "buildings": 2,
    "rooms": [{"key": "hal", "name": "Hal", "kind": "hal"}, {"key": "kast", "name": "Kast", "kind": "serverruimte", "storage": true}],
    "entrances": ["Achterdeur"], "signs": [{"entrance": "Voordeur", "evidence": "foto 1"}],
    "workstations": [{"name": "Balie", "kind": "bekijkplek", "room": "hal"}]}],
  "cameras": [{"name": "Voordeur", "site": "huis", "room": "hal", "url": "rtsp://camera.invalid/1", "visible": true, "aim": "de deur",
    "in_view": ["openbare weg"], "aimed_at": "", "mode": "beweging", "pixels": 125}],
  "files": [{"kind": "plan", "title": "Plan", "dated": "2026-07-01"},
    {"kind": "kaart", "title": "Plattegrond", "dated": "2026-07-01", "site": "huis"},
    {"kind": "belofte", "title": "Belofte van Bea", "dated": "2026-07-01", "person": "bea", "content": "CONTENT"},
    {"kind": "toets", "title": "Toets", "dated": "2026-07-01", "camera": "Voordeur", "fields": {"alternatieven": "geen"}}],
  "sessions": [{"kind": "feest", "site": "huis", "room": "hal", "title": "Zomerfeest", "from": "2030-07-01T14:00:00+02:00", "to": "2030-07-01T18:00:00+02:00", "on_duty": ["bea"]}]
}`

// texts are the setup and its documents in a folder.
func setupIn(t *testing.T, dir string) string {
	t.Helper()
	law, promise := filepath.Join(dir, "huis.md"), filepath.Join(dir, "belofte.txt")
	for path, text := range map[string]string{law: strings.ReplaceAll(small, "§", "```"), promise: "Ik beloof het.\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return strings.NewReplacer("REGULATION", law, "CONTENT", promise).Replace(smallSetup)
}

// A setup brings everything the registers can hold, each after what it needs.
func TestSetupBringsEverything(t *testing.T) {
	dir := t.TempDir()
	s, err := readSetup("huis.json", []byte(setupIn(t, dir)))
	if err != nil {
		t.Fatal(err)
	}
	at := place{dir: filepath.Join(dir, "data")}
	codes, err := at.found(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(codes) != 1 || codes[0].name != "Het huis, Balie" || codes[0].code == "" {
		t.Errorf("the codes are %v", codes)
	}
	p, err := build(t.Context(), at, time.Now, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	law := p.board.InForce(p.now())
	if law == nil || law.Chosen()["nacht"] != "ja" || p.board.Versions()[0].Announced.IsZero() {
		t.Errorf("in force is %v", law)
	}
	sites, err := p.premises.Sites(t.Context())
	if err != nil || len(sites) != 1 || sites[0].Kind != "woongebouw" || sites[0].Buildings != 2 {
		t.Fatalf("sites are %+v, %v", sites, err)
	}
	entrances, err := p.premises.Entrances(t.Context(), sites[0].ID)
	if err != nil || len(entrances) != 2 {
		t.Errorf("entrances are %+v, %v", entrances, err)
	}
	cameras, err := p.premises.Cameras(t.Context())
	if err != nil || len(cameras) != 1 || cameras[0].Room == "" || cameras[0].Mode != "beweging" || cameras[0].Pixels != 125 || !slices.Equal(cameras[0].InView, []string{"openbare weg"}) {
		t.Fatalf("cameras are %+v, %v", cameras, err)
	}
	bea, err := p.people.ByLogin(t.Context(), "bea")
	if err != nil || bea.Kind != "bewoner" {
		t.Errorf("Bea is %+v, %v", bea, err)
	}
	cor, err := p.people.ByLogin(t.Context(), "cor")
	if err != nil {
		t.Fatal(err)
	}
	posts, err := p.people.Appointments(t.Context(), cor.ID, p.now())
	if err != nil || len(posts) != 1 || posts[0].StandsFor != bea.ID {
		t.Errorf("Cor is %+v, %v", posts, err)
	}
	for _, about := range []regulation.Entity{regulation.NewEntity(regulation.Organisation, "organisatie"), sites[0].ID.Entity(), cameras[0].ID.Entity(), bea.ID.Entity()} {
		counting, err := p.dossier.Counting(t.Context(), law.Terms, about, p.now())
		if err != nil || len(counting) != 1 {
			t.Errorf("about %s there counts %v, %v", about, counting, err)
		}
	}
	sessions, err := p.people.Sessions(t.Context(), string(sites[0].ID), time.Date(2030, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2030, 7, 2, 0, 0, 0, 0, time.UTC))
	if err != nil || len(sessions) != 1 || !slices.Equal(sessions[0].OnDuty, []people.PersonID{bea.ID}) {
		t.Errorf("sessions are %+v, %v", sessions, err)
	}
	if err := check(t.Context(), at, false, func(line string) { t.Error(line) }); err != nil {
		t.Error(err)
	}
}

// What speaks of something that isn't there is one line, before anything is.
func TestSetupRefuses(t *testing.T) {
	dir := t.TempDir()
	whole := setupIn(t, dir)
	for change, want := range map[string]string{
		`"choices"->"choises"`:                                                       `unknown field "choises"`,
		`"room": "hal", "url"->"room": "zaal", "url"`:                                `hangs in room "zaal"`,
		`"kind": "bekijkplek", "room": "hal"->"kind": "bekijkplek", "room": ""`:      `stands in room ""`,
		`"stands_for": "bea"->"stands_for": "dirk"`:                                  `stands for "dirk"`,
		`"filed_by": "anna"->"filed_by": ""`:                                         `put on file by ""`,
		`"person": "bea"->"person": "dirk"`:                                          `about "dirk"`,
		`"person": "bea"->"person": "bea", "site": "huis"`:                           "about more than one thing",
		`"on_duty": ["bea"]->"on_duty": ["dirk"]`:                                    `duty has "dirk"`,
		`"site": "huis", "room": "hal", "title"->"site": "", "room": "hal", "title"`: `session "Zomerfeest" is at site ""`,
		`{"key": "kast"->{"key": "hal"`:                                              `room "Kast" needs a key`,
	} {
		old, with, _ := strings.Cut(change, "->")
		if !strings.Contains(whole, old) {
			t.Fatalf("%s isn't in the setup", old)
		}
		if _, err := readSetup("huis.json", []byte(strings.Replace(whole, old, with, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", change, err, want)
		}
	}
	for change, want := range map[string]string{
		`"on": "2026-08-01"->"on": "gisteren"`:        "isn't a date",
		`"council": "bewoners"->"council": "vissers"`: "Deze raad noemt de tekst niet",
		`"nacht": "ja"->"nacht": "soms"`:              `no answer "soms"`,
		`"announced": "2026-08-01"->"announced": ""`:  "doesn't let itself be adopted like this",
	} {
		old, with, _ := strings.Cut(change, "->")
		s, err := readSetup("huis.json", []byte(strings.Replace(whole, old, with, 1)))
		if err == nil {
			_, err = place{dir: filepath.Join(dir, "data")}.found(t.Context(), s)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", change, err, want)
		}
	}
}
