package web

import (
	"regexp"
	"strings"
	"testing"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/regulations"
)

// facts are all facts in the vocabulary, as helps calls them: Camera.ruimte,
// aanwezigen, werkplek.soort.
func facts(t *testing.T) (all []string) {
	t.Helper()
	text, err := regulations.Files.ReadFile("woorden.md")
	must(t, err)
	owner := ""
	for line := range strings.Lines(string(text)) {
		if m := regexp.MustCompile(`^entity (\pL+)`).FindStringSubmatch(line); m != nil {
			owner = m[1] + "."
		} else if regexp.MustCompile(`^(type Omst|action )`).MatchString(line) {
			owner = ""
		} else if strings.HasPrefix(line, "type Plek") {
			owner = "werkplek."
		}
		m := regexp.MustCompile(`^ +(\w+)\??: (\pL+)`).FindStringSubmatch(line)
		if m == nil || owner == "Reglement." || m[1] == "principal" || m[1] == "resource" || m[1] == "context" {
			continue
		}
		if name := owner + m[1]; m[2] == "Bool" {
			all = append(all, name+"=ja", name+"=nee")
		} else {
			all = append(all, name)
		}
	}
	return all
}

// TestEveryFactHasWords: whatever a regulation demands, what helps is said in
// words and not in names of facts.
func TestEveryFactHasWords(t *testing.T) {
	w, err := readWords()
	must(t, err)
	all := facts(t)
	for _, name := range append(all, "Persoon.rol") {
		if _, ok := w["lift:"+name]; !ok {
			t.Errorf("there are no words for what helps: %s", name)
		}
	}
	if len(all) < 70 {
		t.Errorf("found only %d facts: %v", len(all), all)
	}
}

// TestHelpsAreWhatTheRegulationCallsThem: roles, purposes and documents have
// the names the regulation gives them.
func TestHelpsAreWhatTheRegulationCallsThem(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	law := regulationtest.Law(t)
	law.Terms.Files = append(law.Terms.Files, regulation.FileTerm{Key: "dpia", Title: "DPIA"})
	words, err := readWords()
	must(t, err)
	v := &visit{site: &site{Options: w.o, words: words}, lang: dutch}
	camera := regulation.NewEntity(regulation.Camera, "1")
	for want, c := range map[string]regulation.Change{
		"Minstens 2 mensen aan dit scherm die dit allemaal mogen.": {Fact: "aanwezigen", From: "1", To: "2"},
		"Minstens 3 mensen aan dit scherm die dit allemaal mogen.": {Fact: "aanwezigen", From: "1", To: "3"},
		"In het dossier van deze camera: DPIA.":                    {Of: camera, Fact: "stukken", To: "dpia"},
		"Niet in het dossier van deze camera: DPIA.":               {Of: camera, Fact: "stukken", From: "dpia"},
		"Iemand met de rol ‘Beheerder’ erbij aan dit scherm.":      {Fact: "samenstelling", To: "beheerder"},
		"Kies een doel, zoals: Mensen veilig en gezond houden.":    {Fact: "doel", To: "veiligheid"},
		"Aan een werkplek in de ruimte: bekijkruimte.":             {Fact: "werkplek.ruimte", To: "bekijkruimte"},
		"Buiten de tijden: openingstijden.":                        {Fact: "vensters", From: "openingstijden"},
		"Leg vast welke privacytoets over deze camera gaat.":       {Of: camera, Fact: "privacytoets", From: "nee", To: "ja"},
		"maanstand: vol": {Fact: "maanstand", From: "half", To: "vol"},
		"Zet de klok van de camera gelijk: hoogstens 60 seconden verschil.": {Of: camera, Fact: "klokverschil", From: "90", To: "60"},
	} {
		if got := v.saying(law, c); got != want {
			t.Errorf("%v: got %q, want %q", c, got, want)
		}
	}
}

func TestChecklist(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v := w.as("samira")
	path := "/camera/" + string(w.camera) + "/controlelijst"
	v.get("/camera/"+string(w.camera)).says(t, 200, `href="`+path+`"`)
	v.get(path).says(t, 200, "Ja. Alles wat het reglement vraagt, is in orde.", article(t, "Zichtbaar"), article(t, "Privacytoets"))

	hidden, err := w.o.Premises.AddCamera(t.Context(), gate.Request{Who: w.manager.Entity()}, premises.Camera{Name: "Berging", Site: w.site,
		URL: "rtsp://127.0.0.1:9/", Aim: "diefstal"})
	must(t, err)
	bad := v.get("/camera/" + string(hidden) + "/controlelijst")
	bad.says(t, 200, "punten zijn nog niet in orde", "Hang de camera zo dat wie in beeld komt haar kan zien.",
		"Leg vast welke privacytoets over deze camera gaat.", `<blockquote lang="nl">`)
	open, done, _ := strings.Cut(bad.main(), ">In orde<")
	if !strings.Contains(open, article(t, "Zichtbaar")) || strings.Contains(done, article(t, "Zichtbaar")) || !strings.Contains(done, article(t, "Borden")) {
		t.Errorf("what is to do and what is done are mixed up: %s", bad.main())
	}
	v.get("/controlelijst").says(t, 200, "Fietsenstalling", "Berging", `href="`+path+`"`, "Leg vast welke privacytoets")
	v.get("/camera/weg/controlelijst").says(t, 404)
	v.post("/taal", "taal", "en").says(t, 303)
	v.get(path).says(t, 200, "May this camera record?")
	v.get("/controlelijst").says(t, 200, "Still to do")
}

func TestWhatItMeansForMe(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := w.as("samira").get("/reglement/mij")
	p.says(t, 200, "Samira el Idrissi", "Bevoegde medewerker", "Dit mag u nu", "Dit mag u, als …", "Dit is voor anderen")
	may, rest, _ := strings.Cut(p.main(), `id="when"`)
	when, rest, _ := strings.Cut(rest, `id="others"`)
	others, never, _ := strings.Cut(rest, `id="never"`)
	for where, deeds := range map[string][]string{may: {"Een incident melden", "De incidenten lezen"},
		when: {"Live meekijken", "Kies een doel", "Opnamen terugkijken", "Minstens 2 mensen"}, others: {"Het reglement vaststellen", "Het logboek lezen"}, never: {"Beelden aan een ander geven"}} {
		for _, d := range deeds {
			if !strings.Contains(where, d) {
				t.Errorf("%q isn't where it belongs: %s", d, p.main())
			}
		}
	}
	w.visitor().get("/reglement/mij").says(t, 303)
	w.as("samira").get("/reglement").says(t, 200, `href="/reglement/mij"`)
	if strings.Contains(w.visitor().get("/reglement").body, `href="/reglement/mij"`) {
		t.Error("nobody is signed in, and is told what it means for them")
	}
	hans := w.as("hans")
	hans.post("/taal", "taal", "en").says(t, 303)
	hans.get("/reglement/mij").says(t, 200, "This is for others", "Watch live")
}

func TestExamples(t *testing.T) {
	got := examples("@a-1 @b-2\nScenario: Eén\n  Gegeven x\n  Dan y\n\nScenario: Twee\n  Als z\n")
	if len(got) != 2 || got[0].Name != "Eén" || len(got[0].Steps) != 2 || got[1].Steps[0] != "Als z" {
		t.Errorf("%+v", got)
	}
}

func TestCalled(t *testing.T) {
	w, err := readWords()
	must(t, err)
	for number, want := range map[string]string{"x": "Artikel x", "wet.2": "Wet 2", "stap.1": "Stap 1", "toelichting.4": "Toelichting 4", "inleiding": "Inleiding"} {
		if got := w.called(dutch, number); got != want {
			t.Errorf("%s is called %q", number, got)
		}
	}
}
