package regulation

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A law for questions the fixture doesn't raise: sets, numbers, what may be
// absent, a workstation, a deputy.
const demanding = `# Proef

## Artikel 1 – Alles

` + "```yaml" + `
rollen:
  wacht: {titel: Wacht, bereik: locatie}
  hoofd: {titel: Hoofd, bereik: organisatie}
doelen:
  rust: {tekst: Rust, grondslag: gerechtvaardigd belang}
  orde: {tekst: Orde, grondslag: gerechtvaardigd belang}
stukken:
  dpia: {titel: DPIA, over: camera}
  advies: {titel: Advies, over: camera}
` + "```" + `

` + "```cedar" + `
permit (principal == Persoon::"systeem", action == Action::"opnemen", resource);

forbid (principal, action == Action::"opnemen", resource)
unless { resource.stukken.containsAll(["dpia", "advies"]) };

forbid (principal, action == Action::"opnemen", resource)
when { resource.klokverschil > 60 || resource.pixels_per_meter < 125 };

forbid (principal, action == Action::"opnemen", resource)
when { resource.in_beeld.contains("woning") && !resource.afgedekt.contains("woning") };

forbid (principal, action == Action::"opnemen", resource)
when { ["toilet", "kleedkamer"].contains(resource.ruimte) };

permit (principal in Rol::"hoofd", action == Action::"uitkijken", resource);
permit (principal, action == Action::"uitkijken", resource)
when {
  principal.functies.contains({rol: Rol::"wacht", locatie: resource.locatie}) ||
  principal.neemt_waar.contains({rol: Rol::"wacht", locatie: resource.locatie})
};

forbid (principal, action == Action::"uitkijken", resource)
unless { context has doel && ["rust", "orde"].contains(context.doel) };

forbid (principal, action == Action::"uitkijken", resource)
when { context has doel && context.doel == "rust" }
unless { context has incident && context.incident.soort == "lawaai" && context.incident.staat != "afgehandeld" };

forbid (principal, action == Action::"uitkijken", resource)
unless { context has werkplek && context.werkplek.ruimte == "bekijkruimte" && context.werkplek.soort == "bekijkplek" };

forbid (principal, action == Action::"uitkijken", resource)
unless { context.samenstelling.containsAll([Rol::"hoofd", Rol::"wacht"]) };

forbid (principal, action == Action::"uitkijken", resource)
when { context.vensters.contains("open") || context.aanwezigen < 3 };

forbid (principal, action == Action::"uitkijken", resource)
unless { Organisatie::"organisatie".bezet.contains(Rol::"hoofd") };

@gevolg("waarschuwing")
forbid (principal, action == Action::"uitkijken", resource) unless { resource.zichtbaar };
` + "```\n"

func proof(t testing.TB) *Regulation {
	t.Helper()
	r, err := Parse("proef.md", []byte(demanding))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func said(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.String())
	}
	return strings.Join(out, "; ")
}

func TestLift(t *testing.T) {
	r := proof(t)
	recorded := blank(Record, Camera).play(r, systemRole, here)
	bad := recorded.apply(move{of: recorded.On, fact: "klokverschil", value: Long(90)}, move{of: recorded.On, fact: "ruimte", value: String("toilet")},
		move{of: recorded.On, fact: "in_beeld", value: Strings("woning")}, move{of: recorded.On, fact: "stukken", value: Strings("dpia")})
	for _, c := range []struct {
		q    Question
		want string
	}{
		{recorded, "camera stukken: advies erbij; camera stukken: dpia erbij"},
		{bad, "camera stukken: advies erbij; camera klokverschil: 90 wordt 60; camera in_beeld: niet meer woning; camera ruimte: toilet wordt …"},
		{blank(Record, Camera), ""}, // nobody can become the program
	} {
		if got := said(r.Lift(c.q)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	watch := blank(Watch, Camera).play(r, "wacht", here)
	const want = "doel: orde erbij; werkplek.ruimte: bekijkruimte erbij; werkplek.soort: bekijkplek erbij; samenstelling: hoofd erbij; " +
		"aanwezigen: 1 wordt 3; organisatie bezet: hoofd erbij"
	if got := said(r.Lift(watch)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// holds sees to it that what Lift says is enough, and that each part of it is
// needed.
func holds(t *testing.T, r *Regulation, q Question) (found bool) {
	t.Helper()
	start := time.Now()
	moves := r.lift(q, mostTries, fixedFor(q))
	if took := time.Since(start); took > 500*time.Millisecond { // a loaded machine; TestLiftIsQuick measures
		t.Errorf("%s by %s took %v", q.Act, q.Who, took)
	}
	if again := r.lift(q, mostTries, fixedFor(q)); fmt.Sprint(again) != fmt.Sprint(moves) {
		t.Errorf("found %v, and then %v", moves, again)
	}
	allowed := r.Rule(q).Allowed
	if len(moves) == 0 || allowed {
		if len(moves) > 0 {
			t.Errorf("%s is allowed, and %v would allow it", q.Act, moves)
		}
		return allowed
	}
	if len(moves) > mostChanges {
		t.Errorf("%d changes", len(moves))
	}
	if !r.Rule(q.apply(moves...)).Allowed {
		t.Errorf("%s by %s isn't allowed after %v", q.Act, q.Who, moves)
	}
	for i := range moves {
		if r.Rule(q.apply(slices.Delete(slices.Clone(moves), i, i+1)...)).Allowed {
			t.Errorf("%s by %s: %v isn't needed in %v", q.Act, q.Who, moves[i], moves)
		}
	}
	return true
}

// TestLiftIsEnoughAndNeeded asks for every act, by every role, to every kind
// of thing, with a fact wrong at a time.
func TestLiftIsEnoughAndNeeded(t *testing.T) {
	asked, found := 0, 0
	for _, law := range []*Regulation{example(t), proof(t)} {
		eachQuestion(law, func(s survey, q Question, kind string) {
			if !holds(t, law, q) {
				return
			}
			found++
			for _, a := range s.axes[kind] {
				for _, v := range a.values {
					asked++
					holds(t, law, a.set(q, v))
				}
			}
		})
	}
	if found < 80 || asked < 350 {
		t.Errorf("asked only %d questions, of which %d kinds have an answer", asked, found)
	}
}

// TestLiftOfShipped is the same for the regulations that come with the
// program, with all in order but who asks.
func TestLiftOfShipped(t *testing.T) {
	statutes, err := Statutes()
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range documents(t) {
		law, err := Parse(file, text)
		if err != nil {
			t.Error(err)
			continue
		}
		law = Stack(law, Layered{Law: statutes})
		eachQuestion(law, func(_ survey, q Question, _ string) { holds(t, law, q) })
	}
}

// eachQuestion puts every act, by every role, to every kind of thing.
func eachQuestion(law *Regulation, do func(s survey, q Question, kind string)) {
	for _, act := range Acts() {
		s := look(act, law)
		for _, role := range s.roles {
			for _, kind := range s.kinds {
				do(s, s.question(law, Situation{ByRole: role, object: kind}), kind)
			}
		}
	}
}

// TestLiftOfMissingFacts: a policy that can't be evaluated forbids, and is
// lifted by the fact it asks for.
func TestLiftOfMissingFacts(t *testing.T) {
	r := proof(t)
	q := blank(Record, Camera).play(r, systemRole, here).apply(move{of: NewEntity(Camera, "camera"), fact: "klokverschil", how: goes})
	if !holds(t, r, q) || !strings.Contains(said(r.Lift(q)), "klokverschil") {
		t.Errorf("lifted by %s", said(r.Lift(q)))
	}
}

func TestStanding(t *testing.T) {
	r := example(t)
	q := blank(Record, Camera).play(r, systemRole, here).apply(move{of: NewEntity(Camera, "camera"), fact: "zichtbaar", value: Boolean(false)})
	var open, done []string
	for _, s := range r.Standing(q) {
		if s.Article.Why == "" || s.Article.Number == "" || s.Warning {
			t.Errorf("%+v", s)
		}
		if s.Holds {
			done = append(done, s.Article.Title)
		} else {
			open = append(open, s.Article.Title)
		}
	}
	if strings.Join(open, ", ") != "Zichtbaar" || len(done) < 3 {
		t.Errorf("open: %v, done: %v", open, done)
	}
	law := proof(t)
	warned := 0
	for _, s := range law.Standing(blank(Watch, Camera).apply(move{of: NewEntity(Camera, "camera"), fact: "zichtbaar", value: Boolean(false)})) {
		if s.Permit && s.Holds {
			t.Errorf("nobody may: %+v", s)
		}
		if s.Warning && !s.Holds {
			warned++
		}
	}
	if warned != 1 {
		t.Errorf("%d warnings", warned)
	}
}

// TestOrderlyIsComplete: the questions that may asks have every fact that the
// vocabulary has, so that no policy fails for want of one.
func TestOrderlyIsComplete(t *testing.T) {
	v, err := ParseVocabulary("woorden.md", shipped(t, "woorden.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range v.Acts() {
		if !slices.Contains(Acts(), act) {
			t.Errorf("there is no act %s", act)
		}
		to := v.words.Actions[NewEntity("Action", string(act))].AppliesTo
		if len(to.Resources) != len(Subjects(act)) {
			t.Errorf("%s is done to %v", act, to.Resources)
		}
		for _, kind := range to.Resources {
			q := blank(act, string(kind))
			for name, a := range to.Context {
				if _, ok := q.Context[name]; !ok && !a.Optional {
					t.Errorf("%s: there is no context.%s", act, name)
				}
			}
			for e, fact := range q.Facts {
				for name := range v.words.Entities[e.Type].Shape {
					if _, ok := fact.Attributes.Get(name); !ok {
						t.Errorf("%s: there is no %s of %s", act, name, e)
					}
				}
			}
		}
	}
}

func BenchmarkLift(b *testing.B) {
	r := proof(b)
	q := blank(Watch, Camera).play(r, "hoofd", here)
	for b.Loop() {
		r.Lift(q)
	}
}
