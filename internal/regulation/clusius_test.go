package regulation

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"oogmerk/regulations"
)

func shipped(t testing.TB, file string) []byte {
	t.Helper()
	doc, err := regulations.Files.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func clusius(t testing.TB) *Regulation {
	t.Helper()
	r, err := Parse("clusius.md", shipped(t, "clusius.md"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A school with two sites. Everyone is named after what they are.
var (
	north, south = NewEntity(Site, "noord"), NewEntity(Site, "zuid")
	camera       = NewEntity(Camera, "gang")     // at north, all in order
	covert       = NewEntity(Camera, "verstopt") // at north, hidden
	unassessed   = NewEntity(Camera, "nieuw")    // at north, no assessment
	southern     = NewEntity(Camera, "fietsen")  // at south, where there are no signs
	school       = NewEntity(Organisation, "organisatie")
	running      = NewEntity(Incident, "loopt")    // at north
	settled      = NewEntity(Incident, "afgedaan") // at north
)

func as(role string) Entity  { return NewEntity(Role, role) }
func who(name string) Entity { return NewEntity(Person, name) }

func everyone() Facts {
	facts := Facts{}
	add := func(e Entity, in []Entity, attributes Context) { facts[e] = NewFact(e, in, attributes) }
	person := func(name string, silent bool, everywhere []Entity, somewhere ...Attribute) {
		add(who(name), everywhere, Context{"functies": Set(somewhere...), "geheimhouding": Boolean(silent)})
	}
	at := func(role string, site Entity) Attribute {
		return Struct(Context{"rol": as(role), "locatie": site})
	}
	person("bestuurder", true, []Entity{as("bestuur")})
	person("beheerder", true, []Entity{as("beheerder")})
	person("technicus", true, []Entity{as("technisch_beheerder")})
	person("fg", true, []Entity{as("functionaris_gegevensbescherming")})
	person("noord", true, nil, at("locatiebeheerder", north))
	person("vervanger", true, nil, at("bevoegd_medewerker", north))
	person("zuid", true, nil, at("locatiebeheerder", south))
	person("prater", false, nil, at("locatiebeheerder", north))
	person("leraar", true, nil)
	person("systeem", true, []Entity{as("systeem")})
	seen := func(e, site Entity, visible, assessed, announced bool) {
		add(e, nil, Context{"locatie": site, "zichtbaar": Boolean(visible), "privacytoets": Boolean(assessed), "aangekondigd": Boolean(announced)})
	}
	seen(camera, north, true, true, true)
	seen(covert, north, false, true, true)
	seen(unassessed, north, true, false, true)
	seen(southern, south, true, true, false)
	add(north, nil, Context{"borden": Boolean(true)})
	add(south, nil, Context{"borden": Boolean(false)})
	add(running, nil, Context{"staat": String("vermoed"), "locatie": north})
	add(settled, nil, Context{"staat": String("afgehandeld"), "locatie": north})
	add(school, nil, Context{})
	return facts
}

// conditions are what is said about the moment.
func conditions(present int, more ...any) Context {
	c := Context{"aanwezigen": Long(present)}
	for i := 0; i < len(more); i += 2 {
		switch v := more[i+1].(type) {
		case string:
			c[String(more[i].(string))] = String(v)
		case bool:
			c[String(more[i].(string))] = Boolean(v)
		case Entity:
			c[String(more[i].(string))] = v
		}
	}
	return c
}

type ask struct {
	who     string
	act     Act
	on      Entity
	context Context
	want    string // "ja" or "nee", and the articles cited
}

var safe = []any{"doel", "veiligheid"}

var questions = []ask{
	// Live.
	{"noord", Watch, camera, conditions(1, safe...), "ja 3.5"},
	{"vervanger", Watch, camera, conditions(1, safe...), "ja 3.5"},
	{"zuid", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"noord", Watch, southern, conditions(1, safe...), "nee 3.5"},
	{"zuid", Watch, southern, conditions(1, safe...), "ja 3.5"},
	{"beheerder", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"technicus", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"bestuurder", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"leraar", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"noord", Watch, camera, conditions(1), "nee 2.2"},
	{"noord", Watch, camera, conditions(1, "doel", "nieuwsgierig"), "nee 2.2"},
	{"noord", Watch, camera, conditions(1, "doel", ""), "nee 2.2"},
	{"noord", Watch, camera, conditions(1, "doel", "toegang"), "ja 3.5"},
	{"noord", Watch, camera, conditions(1, "doel", "bewaking"), "ja 3.5"},
	{"prater", Watch, camera, conditions(1, safe...), "nee 4.4"},
	// Playback.
	{"noord", PlayBack, camera, conditions(1, safe...), "nee 4.3"},
	{"noord", PlayBack, camera, conditions(2, safe...), "ja 3.6"},
	{"vervanger", PlayBack, camera, conditions(2, safe...), "ja 3.6"},
	{"noord", PlayBack, camera, conditions(0, safe...), "nee 4.3"},
	{"noord", PlayBack, camera, conditions(3, safe...), "ja 3.6"},
	{"zuid", PlayBack, camera, conditions(2, safe...), "nee 3.6"},
	{"beheerder", PlayBack, camera, conditions(2, safe...), "nee 3.6"},
	{"technicus", PlayBack, camera, conditions(2, safe...), "nee 3.6"},
	{"technicus", PlayBack, camera, conditions(0, safe...), "nee 4.3"},
	{"noord", PlayBack, camera, conditions(2), "nee 2.2"},
	{"noord", PlayBack, camera, conditions(1, "doel", "wraak"), "nee 2.2 4.3"},
	{"noord", PlayBack, camera, conditions(2, "doel", "incident"), "nee 2.2.d"},
	{"noord", PlayBack, camera, conditions(2, "doel", "incident", "incident", running), "ja 3.6"},
	{"noord", PlayBack, camera, conditions(2, "doel", "incident", "incident", settled), "nee 2.2.d"},
	{"prater", PlayBack, camera, conditions(2, safe...), "nee 4.4"},
	{"systeem", PlayBack, camera, conditions(2, safe...), "nee 3.6"},
	{"bestuurder", PlayBack, camera, conditions(2, safe...), "nee 3.6"},
	{"fg", PlayBack, camera, conditions(2, safe...), "nee 3.6"},
	{"fg", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"systeem", Watch, camera, conditions(1, safe...), "nee 3.5"},
	{"vervanger", PlayBack, southern, conditions(2, safe...), "nee 3.6"},
	// Recording.
	{"systeem", Record, camera, conditions(1), "ja 2.1"},
	{"systeem", Record, covert, conditions(1), "nee 2.3"},
	{"systeem", Record, unassessed, conditions(1), "nee 3.2"},
	{"systeem", Record, southern, conditions(1), "nee 4.5"},
	{"beheerder", Record, camera, conditions(1), "nee 2.1"},
	// Keeping and erasing.
	{"systeem", Erase, camera, conditions(1, "termijn_voorbij", true), "ja 4.6"},
	{"systeem", Erase, camera, conditions(1, "termijn_voorbij", false), "nee 4.6"},
	{"beheerder", Erase, camera, conditions(1, "termijn_voorbij", true), "nee 4.6"},
	{"noord", Hold, camera, conditions(1, "incident", running), "ja 4.6"},
	{"vervanger", Hold, camera, conditions(1, "incident", running), "ja 4.6"},
	{"beheerder", Hold, camera, conditions(1, "incident", running), "ja 4.6"},
	{"zuid", Hold, camera, conditions(1, "incident", running), "nee 4.6"},
	{"noord", Hold, camera, conditions(1, "incident", settled), "nee 4.6"},
	{"noord", Hold, camera, conditions(1), "nee 4.6"},
	// Incidents.
	{"noord", Report, north, conditions(1), "ja 1.h"},
	{"vervanger", Report, north, conditions(1), "ja 1.h"},
	{"beheerder", Report, south, conditions(1), "ja 1.h"},
	{"noord", Report, south, conditions(1), "nee 1.h"},
	{"leraar", Report, north, conditions(1), "nee 1.h"},
	{"noord", Settle, running, conditions(1), "ja 4.6"},
	{"beheerder", Settle, running, conditions(1), "ja 4.6"},
	{"vervanger", Settle, running, conditions(1), "nee 4.6"},
	{"zuid", Settle, running, conditions(1), "nee 4.6"},
	{"systeem", Settle, running, conditions(1), "nee 4.6"},
	{"systeem", Settle, settled, conditions(1), "ja 4.6"},
	// Appointing.
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder"), "besluit", "CvB 12"), "ja 3.3"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("technisch_beheerder"), "besluit", "CvB 12"), "ja 3.3"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("functionaris_gegevensbescherming"), "besluit", "CvB 12"), "ja 3.1"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder")), "nee 3.1 3.3 3.4"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder"), "besluit", ""), "nee 3.1 3.3 3.4"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("locatiebeheerder"), "locatie", north, "besluit", "x"), "nee 3.1 3.3 3.4"},
	{"bestuurder", Appoint, who("leraar"), conditions(1, "rol", as("systeem"), "besluit", "x"), "nee 3.1 3.3 3.4"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("locatiebeheerder"), "locatie", north, "besluit", "x"), "ja 3.4"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("bevoegd_medewerker"), "locatie", north), "ja 3.4"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("bevoegd_medewerker"), "besluit", "x"), "nee 3.1 3.3 3.4"},
	{"beheerder", Appoint, who("leraar"), conditions(1, "rol", as("beheerder"), "besluit", "x"), "nee 3.1 3.3 3.4"},
	{"noord", Appoint, who("leraar"), conditions(1, "rol", as("bevoegd_medewerker"), "locatie", north), "nee 3.1 3.3 3.4"},
	{"beheerder", Appoint, who("beheerder"), conditions(1, "rol", as("locatiebeheerder"), "locatie", north, "besluit", "x"), "nee 3.4"},
	{"bestuurder", Appoint, who("bestuurder"), conditions(1, "rol", as("beheerder"), "besluit", "CvB 12"), "nee 3.4"},
	{"bestuurder", Appoint, who("bestuurder"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee 3.4"},
	{"fg", Appoint, who("fg"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee 3.4"},
	{"fg", Appoint, who("leraar"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee 3.1 3.3 3.4"},
	{"systeem", Appoint, who("leraar"), conditions(1, "rol", as("bestuur"), "besluit", "CvB 12"), "nee 3.1 3.3 3.4"},
	{"beheerder", Appoint, who("leraar"), conditions(1), "ja 3.4"},
	{"bestuurder", Appoint, who("leraar"), conditions(1), "ja 3.4"},
	{"technicus", Appoint, who("leraar"), conditions(1), "nee 3.1 3.3 3.4"},
	{"bestuurder", Hold, camera, conditions(1, "incident", running), "nee 4.6"},
	{"technicus", Hold, camera, conditions(1, "incident", running), "nee 4.6"},
	{"bestuurder", Settle, running, conditions(1), "nee 4.6"},
	{"bestuurder", Report, north, conditions(1), "nee 1.h"},
	// Placing, adopting, consulting.
	{"bestuurder", Place, camera, conditions(1), "nee 4.1"},
	{"systeem", Place, camera, conditions(1), "nee 4.1"},
	{"fg", Adopt, school, conditions(1, "besluit", "CvB 13"), "nee 8.1"},
	{"systeem", Adopt, school, conditions(1, "besluit", "CvB 13"), "nee 8.1"},
	{"systeem", Consult, school, conditions(1), "nee 3.1 7.1"},
	{"leraar", Consult, school, conditions(1), "nee 3.1 7.1"},
	{"beheerder", Place, camera, conditions(1), "ja 4.1"},
	{"technicus", Place, north, conditions(1), "ja 4.1"},
	{"technicus", Place, school, conditions(1), "ja 4.1"},
	{"noord", Place, camera, conditions(1), "nee 4.1"},
	{"bestuurder", Adopt, school, conditions(1, "besluit", "CvB 13"), "ja 8.1"},
	{"bestuurder", Adopt, school, conditions(1), "nee 8.1"},
	{"beheerder", Adopt, school, conditions(1, "besluit", "CvB 13"), "nee 8.1"},
	{"bestuurder", Consult, school, conditions(1), "ja 3.1"},
	{"fg", Consult, school, conditions(1), "ja 3.1"},
	{"beheerder", Consult, school, conditions(1), "ja 7.1"},
	{"noord", Consult, school, conditions(1), "nee 3.1 7.1"},
	{"technicus", Consult, school, conditions(1), "nee 3.1 7.1"},
	{"technicus", Consult, south, conditions(1), "nee 1.h 3.1 7.1"},
	{"noord", Consult, south, conditions(1), "nee 1.h 3.1 7.1"},
	{"noord", Consult, north, conditions(1), "ja 1.h"},
	{"fg", Consult, north, conditions(1), "ja 3.1"},
}

func TestClusius(t *testing.T) {
	r := clusius(t)
	facts := everyone()
	for _, q := range questions {
		got := r.Rule(Question{Who: who(q.who), Act: q.act, On: q.on, Facts: facts, Context: q.context})
		if said := say(got); said != q.want {
			t.Errorf("%s %s %s %v: got %q, want %q", q.who, q.act, q.on, q.context, said, q.want)
		}
		for _, a := range got.Articles {
			if a.Text == "" || a.Title == "" || a.Why == "" || a.File != "clusius.md" || a.Line == 0 {
				t.Errorf("article %s can't be shown to anyone: %+v", a.Number, a)
			}
		}
	}
}

func say(r Ruling) string {
	words := []string{"nee"}
	if r.Allowed {
		words[0] = "ja"
	}
	for _, a := range r.Articles {
		words = append(words, a.Number)
	}
	return strings.Join(words, " ")
}

// The questions above must be ones that can really be asked.
func TestQuestionsSpeakTheVocabulary(t *testing.T) {
	v, err := ParseVocabulary("woorden.md", shipped(t, "woorden.md"))
	if err != nil {
		t.Fatal(err)
	}
	judge := validate.New(v.with(clusius(t).Terms))
	if err := judge.Entities(everyone()); err != nil {
		t.Error(err)
	}
	for _, q := range questions {
		request := cedar.Request{Principal: who(q.who), Action: NewEntity("Action", string(q.act)), Resource: q.on, Context: cedar.NewRecord(q.context)}
		if err := judge.Request(request); err != nil {
			t.Errorf("%s %s %s: %v", q.who, q.act, q.on, err)
		}
	}
}

// Two sit at the seat, one of whom may not: the gate counts one.
func TestBystanderCountsForNobody(t *testing.T) {
	r := clusius(t)
	for _, pair := range []struct {
		with string
		want string
	}{{"vervanger", "ja 3.6"}, {"zuid", "nee 4.3"}, {"technicus", "nee 4.3"}, {"beheerder", "nee 4.3"}, {"prater", "nee 4.3"}, {"onbekend", "nee 4.3"}} {
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
	r := clusius(t)
	q := Question{Who: who("technicus"), Act: PlayBack, On: camera, Facts: everyone(), Context: conditions(0, safe...)}
	if got := r.Rule(q).Lacking; len(got) != 1 || got[0].Number != "3.6" {
		t.Errorf("the technical manager lacks %v, want 3.6", got)
	}
	q.Who = who("noord")
	if got := r.Rule(q).Lacking; got != nil {
		t.Errorf("the site manager lacks %v, want nothing", got)
	}
}

func TestUnknownsAreRefused(t *testing.T) {
	r := clusius(t)
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

func TestClusiusTerms(t *testing.T) {
	r := clusius(t)
	if got := r.Terms.Retention; got.Limit.Days != 6 || got.Limit.Hours != 0 || got.Text != "6 kalenderdagen" || got.Article != "4.6" {
		t.Errorf("retention is %+v", got)
	}
	var purposes []string
	for _, p := range r.Terms.Purposes {
		purposes = append(purposes, p.Article+" "+string(p.Key))
		if p.Incident != (p.Key == "incident") {
			t.Errorf("purpose %s: with an incident %v", p.Key, p.Incident)
		}
	}
	if want := []string{"2.2.a veiligheid", "2.2.b toegang", "2.2.c bewaking", "2.2.d incident"}; !slices.Equal(purposes, want) {
		t.Errorf("purposes are %v, want %v", purposes, want)
	}
	for _, role := range r.Terms.Roles {
		if want := role.Key == "locatiebeheerder" || role.Key == "bevoegd_medewerker"; role.PerSite != want {
			t.Errorf("%s is per site: %v", role.Key, role.PerSite)
		}
	}
	article, ok := r.Article("4.3")
	if !ok || article.Title != "Inrichting en beveiliging" || !strings.HasPrefix(article.Text, "Terugkijken doe je nooit alleen.") || strings.Contains(article.Text, "forbid") {
		t.Errorf("article 4.3 is %+v", article)
	}
	if _, ok := r.Article("9.9"); ok {
		t.Error("there is an article 9.9")
	}
}

func BenchmarkRule(b *testing.B) {
	r := clusius(b)
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
