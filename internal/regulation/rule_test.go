package regulation

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

type ask struct {
	who     string
	act     Act
	on      Entity
	context Context
	want    string // "ja" or "nee", and the titles of the articles cited
}

var safe = []any{"doel", "veiligheid"}

var questions = []ask{
	// Live.
	{"noord", Watch, camera, conditions(1, safe...), "ja: Live kijken"},
	{"vervanger", Watch, camera, conditions(1, safe...), "ja: Live kijken"},
	{"zuid", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"noord", Watch, southern, conditions(1, safe...), "nee: Live kijken"},
	{"zuid", Watch, southern, conditions(1, safe...), "ja: Live kijken"},
	{"beheerder", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"technicus", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"bestuurder", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"leraar", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"noord", Watch, camera, conditions(1), "nee: Een doel kiezen"},
	{"noord", Watch, camera, conditions(1, "doel", "nieuwsgierig"), "nee: Een doel kiezen"},
	{"noord", Watch, camera, conditions(1, "doel", ""), "nee: Een doel kiezen"},
	{"noord", Watch, camera, conditions(1, "doel", "toegang"), "ja: Live kijken"},
	{"noord", Watch, camera, conditions(1, "doel", "bewaking"), "ja: Live kijken"},
	{"prater", Watch, camera, conditions(1, safe...), "nee: Geheimhouding"},
	// Playback.
	{"noord", PlayBack, camera, conditions(1, safe...), "nee: Vier ogen"},
	{"noord", PlayBack, camera, conditions(2, safe...), "ja: Terugkijken"},
	{"vervanger", PlayBack, camera, conditions(2, safe...), "ja: Terugkijken"},
	{"noord", PlayBack, camera, conditions(0, safe...), "nee: Vier ogen"},
	{"noord", PlayBack, camera, conditions(3, safe...), "ja: Terugkijken"},
	{"zuid", PlayBack, camera, conditions(2, safe...), "nee: Terugkijken"},
	{"beheerder", PlayBack, camera, conditions(2, safe...), "nee: Terugkijken"},
	{"technicus", PlayBack, camera, conditions(2, safe...), "nee: Terugkijken"},
	{"technicus", PlayBack, camera, conditions(0, safe...), "nee: Vier ogen"},
	{"noord", PlayBack, camera, conditions(2), "nee: Een doel kiezen"},
	{"noord", PlayBack, camera, conditions(1, "doel", "wraak"), "nee: Een doel kiezen, Vier ogen"},
	{"noord", PlayBack, camera, conditions(2, "doel", "incident"), "nee: Incident"},
	{"noord", PlayBack, camera, conditions(2, "doel", "incident", "incident", running), "ja: Terugkijken"},
	{"noord", PlayBack, camera, conditions(2, "doel", "incident", "incident", settled), "nee: Incident"},
	{"prater", PlayBack, camera, conditions(2, safe...), "nee: Geheimhouding"},
	{"systeem", PlayBack, camera, conditions(2, safe...), "nee: Terugkijken"},
	{"bestuurder", PlayBack, camera, conditions(2, safe...), "nee: Terugkijken"},
	{"fg", PlayBack, camera, conditions(2, safe...), "nee: Terugkijken"},
	{"fg", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"systeem", Watch, camera, conditions(1, safe...), "nee: Live kijken"},
	{"vervanger", PlayBack, southern, conditions(2, safe...), "nee: Terugkijken"},
	// Recording.
	{"systeem", Record, camera, conditions(1), "ja: Opnemen"},
	{"systeem", Record, covert, conditions(1), "nee: Zichtbaar"},
	{"systeem", Record, unassessed, conditions(1), "nee: Privacytoets"},
	{"systeem", Record, southern, conditions(1), "nee: Borden"},
	{"beheerder", Record, camera, conditions(1), "nee: Opnemen"},
	// Keeping and erasing.
	{"systeem", Erase, camera, conditions(1, "termijn_voorbij", true), "ja: Bewaren"},
	{"systeem", Erase, camera, conditions(1, "termijn_voorbij", false), "nee: Bewaren"},
	{"beheerder", Erase, camera, conditions(1, "termijn_voorbij", true), "nee: Bewaren"},
	{"noord", Hold, camera, conditions(1, "incident", running), "ja: Bewaren"},
	{"vervanger", Hold, camera, conditions(1, "incident", running), "ja: Bewaren"},
	{"beheerder", Hold, camera, conditions(1, "incident", running), "ja: Bewaren"},
	{"zuid", Hold, camera, conditions(1, "incident", running), "nee: Bewaren"},
	{"noord", Hold, camera, conditions(1, "incident", settled), "nee: Bewaren"},
	{"noord", Hold, camera, conditions(1), "nee: Bewaren"},
	// Incidents.
	{"noord", Report, north, conditions(1), "ja: Melden"},
	{"vervanger", Report, north, conditions(1), "ja: Melden"},
	{"beheerder", Report, south, conditions(1), "ja: Melden"},
	{"noord", Report, south, conditions(1), "nee: Melden"},
	{"leraar", Report, north, conditions(1), "nee: Melden"},
	{"noord", Settle, running, conditions(1), "ja: Bewaren"},
	{"beheerder", Settle, running, conditions(1), "ja: Bewaren"},
	{"vervanger", Settle, running, conditions(1), "nee: Bewaren"},
	{"zuid", Settle, running, conditions(1), "nee: Bewaren"},
	{"systeem", Settle, running, conditions(1), "nee: Bewaren"},
	{"systeem", Settle, settled, conditions(1), "ja: Bewaren"},
	// Appointing.
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder"), "besluit", "CvB 12"), "ja: Het bestuur kiest"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("technisch_beheerder"), "besluit", "CvB 12"), "ja: Het bestuur kiest"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("functionaris_gegevensbescherming"), "besluit", "CvB 12"), "ja: Het bestuur"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder")), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder"), "besluit", ""), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("locatiebeheerder"), "locatie", north, "besluit", "x"), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("systeem"), "besluit", "x"), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("locatiebeheerder"), "locatie", north, "besluit", "x"), "ja: De beheerder kiest"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("bevoegd_medewerker"), "locatie", north), "ja: De beheerder kiest"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("bevoegd_medewerker"), "besluit", "x"), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder"), "besluit", "x"), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"noord", Appoint, who("leraar"), conditions(1, "rol", as("bevoegd_medewerker"), "locatie", north), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"beheerder", Appoint, who("beheerder"), conditions(1, "rol", as("locatiebeheerder"), "locatie", north, "besluit", "x"), "nee: De beheerder kiest"},
	{"bestuurder", Appoint, who("bestuurder"), conditions(1, "rol", as("beheerder"), "besluit", "CvB 12"), "nee: De beheerder kiest"},
	{"bestuurder", Appoint, who("bestuurder"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee: De beheerder kiest"},
	{"fg", Appoint, who("fg"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee: De beheerder kiest"},
	{"fg", Appoint, who("leraar"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"systeem", Appoint, who("leraar"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"beheerder", Appoint, who("leraar"), conditions(1), "ja: De beheerder kiest"},
	{"bestuurder", Appoint, who("leraar"), conditions(1), "ja: De beheerder kiest"},
	{"technicus", Appoint, who("leraar"), conditions(1), "nee: Het bestuur, Het bestuur kiest, De beheerder kiest"},
	{"bestuurder", Hold, camera, conditions(1, "incident", running), "nee: Bewaren"},
	{"technicus", Hold, camera, conditions(1, "incident", running), "nee: Bewaren"},
	{"bestuurder", Settle, running, conditions(1), "nee: Bewaren"},
	{"bestuurder", Report, north, conditions(1), "nee: Melden"},
	// Placing, adopting, consulting.
	{"bestuurder", Place, camera, conditions(1), "nee: Plaatsen"},
	{"systeem", Place, camera, conditions(1), "nee: Plaatsen"},
	{"fg", Adopt, school, conditions(1, "besluit", "CvB 13"), "nee: Vaststellen"},
	{"systeem", Adopt, school, conditions(1, "besluit", "CvB 13"), "nee: Vaststellen"},
	{"systeem", Consult, school, conditions(1), "nee: Het bestuur, Verslag"},
	{"leraar", Consult, school, conditions(1), "nee: Het bestuur, Verslag"},
	{"beheerder", Place, camera, conditions(1), "ja: Plaatsen"},
	{"technicus", Place, north, conditions(1), "ja: Plaatsen"},
	{"technicus", Place, school, conditions(1), "ja: Plaatsen"},
	{"noord", Place, camera, conditions(1), "nee: Plaatsen"},
	{"bestuurder", Adopt, school, conditions(1, "besluit", "CvB 13"), "ja: Vaststellen"},
	{"bestuurder", Adopt, school, conditions(1), "nee: Vaststellen"},
	{"beheerder", Adopt, school, conditions(1, "besluit", "CvB 13"), "nee: Vaststellen"},
	{"bestuurder", Consult, school, conditions(1), "ja: Het bestuur"},
	{"fg", Consult, school, conditions(1), "ja: Het bestuur"},
	{"beheerder", Consult, school, conditions(1), "ja: Verslag"},
	{"noord", Consult, school, conditions(1), "nee: Het bestuur, Verslag"},
	{"technicus", Consult, school, conditions(1), "nee: Het bestuur, Verslag"},
	{"technicus", Consult, south, conditions(1), "nee: Melden, Het bestuur, Verslag"},
	{"noord", Consult, south, conditions(1), "nee: Melden, Het bestuur, Verslag"},
	{"noord", Consult, north, conditions(1), "ja: Melden"},
	{"fg", Consult, north, conditions(1), "ja: Het bestuur"},
}

func TestRule(t *testing.T) {
	r := example(t)
	facts := everyone()
	for _, q := range questions {
		got := r.Rule(Question{Who: who(q.who), Act: q.act, On: q.on, Facts: facts, Context: q.context})
		if said := say(got); said != q.want {
			t.Errorf("%s %s %s %v: got %q, want %q", q.who, q.act, q.on, q.context, said, q.want)
		}
		for _, a := range got.Articles {
			if a.Text == "" || a.Title == "" || a.Why == "" || a.File != fixture || a.Line == 0 {
				t.Errorf("article %s can't be shown to anyone: %+v", a.Number, a)
			}
		}
	}
}

func say(r Ruling) string {
	word := "nee"
	if r.Allowed {
		word = "ja"
	}
	var titles []string
	for _, a := range r.Articles {
		titles = append(titles, a.Title)
	}
	return word + ": " + strings.Join(titles, ", ")
}

// The questions above must be ones that can really be asked.
func TestQuestionsSpeakTheVocabulary(t *testing.T) {
	v, err := ParseVocabulary("woorden.md", shipped(t, "woorden.md"))
	if err != nil {
		t.Fatal(err)
	}
	judge := validate.New(v.with(example(t).Terms))
	if err := judge.Entities(everyone()); err != nil {
		t.Error(err)
	}
	for _, q := range questions {
		context := maps.Clone(q.context)
		maps.Copy(context, deed(q.act))
		request := cedar.Request{Principal: who(q.who), Action: NewEntity("Action", string(q.act)), Resource: q.on, Context: cedar.NewRecord(context)}
		if err := judge.Request(request); err != nil {
			t.Errorf("%s %s %s: %v", q.who, q.act, q.on, err)
		}
	}
}

// Two sit at the seat, one of whom may not: the gate counts one.
func TestBystanderCountsForNobody(t *testing.T) {
	r := example(t)
	for _, pair := range []struct {
		with string
		want string
	}{{"vervanger", "ja: Terugkijken"}, {"zuid", "nee: Vier ogen"}, {"technicus", "nee: Vier ogen"}, {"beheerder", "nee: Vier ogen"}, {"prater", "nee: Vier ogen"}, {"onbekend", "nee: Vier ogen"}} {
		n := 0
		q := Question{Act: PlayBack, On: camera, Facts: everyone(), Context: conditions(2, safe...)}
		for _, q.Who = range []Entity{who("noord"), who(pair.with)} {
			if r.Rule(q).Allowed {
				n++
			}
		}
		q.Who, q.Context = who("noord"), conditions(n, safe...)
		if got := say(r.Rule(q)); got != pair.want {
			t.Errorf("with %s: got %q, want %q", pair.with, got, pair.want)
		}
	}
}

// A refusal that only says "bring a colleague" would send someone who may not
// play back at all on a fool's errand.
func TestLacking(t *testing.T) {
	r := example(t)
	q := Question{Who: who("technicus"), Act: PlayBack, On: camera, Facts: everyone(), Context: conditions(0, safe...)}
	if got := r.Rule(q).Lacking; len(got) != 1 || got[0].Title != "Terugkijken" {
		t.Errorf("the technical manager lacks %v, want to be among those who play back", got)
	}
	q.Who = who("noord")
	if got := r.Rule(q).Lacking; got != nil {
		t.Errorf("the site manager lacks %v, want nothing", got)
	}
}

func TestUnknownsAreRefused(t *testing.T) {
	r := example(t)
	full := everyone()
	for name, change := range map[string]func(*Question){
		"nobody":             func(q *Question) { q.Who = Entity{} },
		"a stranger":         func(q *Question) { q.Who = who("vreemd") },
		"a camera":           func(q *Question) { q.On = NewEntity(Camera, "onbekend") },
		"the wrong kind":     func(q *Question) { q.On = north },
		"an act":             func(q *Question) { q.Act = "uitlenen" },
		"nothing is known":   func(q *Question) { q.Facts = nil },
		"nothing is said":    func(q *Question) { q.Context = nil },
		"wrong type":         func(q *Question) { q.Context["aanwezigen"] = String("2") },
		"a forged purpose":   func(q *Question) { q.Context["doel"] = Set(String("veiligheid")) },
		"a claim of its own": func(q *Question) { q.Context["doel"] = String("eigen"); q.Facts[itself] = lying() },
	} {
		q := Question{Who: who("noord"), Act: PlayBack, On: camera, Facts: maps.Clone(full), Context: conditions(2, safe...)}
		if !r.Rule(q).Allowed {
			t.Fatal("the plain question is refused")
		}
		change(&q)
		if ruling := r.Rule(q); ruling.Allowed {
			t.Errorf("%s: allowed", name)
		}
	}
}

// lying is a witness who says what the regulation's purposes are.
func lying() Fact {
	return NewFact(itself, nil, Context{"doelen": Set(String("eigen")), "doelen_bij_incident": Set()})
}

func TestTerms(t *testing.T) {
	r := example(t)
	if got := r.Terms.Retention; got.Limit.Days != 6 || got.Limit.Hours != 0 || got.Text != "6 kalenderdagen" || got.Article != titled(t, r, "Bewaren").Number {
		t.Errorf("retention is %+v", got)
	}
	var purposes []string
	for _, p := range r.Terms.Purposes {
		article, _ := r.Article(p.Article)
		purposes = append(purposes, article.Title+" "+string(p.Key))
		if p.Incident != (p.Key == "incident") {
			t.Errorf("purpose %s: with an incident %v", p.Key, p.Incident)
		}
	}
	if want := []string{"Veiligheid veiligheid", "Toegang toegang", "Bewaking bewaking", "Incident incident"}; !slices.Equal(purposes, want) {
		t.Errorf("purposes are %v, want %v", purposes, want)
	}
	for _, role := range r.Terms.Roles {
		if want := role.Key == "locatiebeheerder" || role.Key == "bevoegd_medewerker"; role.PerSite != want {
			t.Errorf("%s is per site: %v", role.Key, role.PerSite)
		}
	}
	eyes := titled(t, r, "Vier ogen")
	if article, ok := r.Article(eyes.Number); !ok || article != eyes || !strings.HasPrefix(eyes.Text, "Opnamen bekijk je met twee") || strings.Contains(eyes.Text, "forbid") {
		t.Errorf("the article on two people is %+v", eyes)
	}
	if _, ok := r.Article(eyes.Number + "z"); ok {
		t.Error("there is an article that isn't there")
	}
}

func BenchmarkRule(b *testing.B) {
	r := example(b)
	facts := everyone()
	for name, present := range map[string]int{"allowed": 2, "refused": 1} {
		b.Run(name, func(b *testing.B) {
			q := Question{Who: who("noord"), Act: PlayBack, On: camera, Facts: facts, Context: conditions(present, safe...)}
			for b.Loop() {
				r.Rule(q)
			}
		})
	}
}
