package regulation

import (
	"slices"
	"strings"
	"testing"
)

func find(t *testing.T, all []Answer, role string, act Act) Answer {
	t.Helper()
	i := slices.IndexFunc(all, func(a Answer) bool { return a.Role == role && a.Act == act })
	if i < 0 {
		t.Fatalf("no answer about %s by %s", act, role)
	}
	return all[i]
}

func needs(a Answer, name string) []string {
	for _, d := range a.Needs {
		if d.Name == name {
			return d.Values
		}
	}
	return nil
}

func TestMay(t *testing.T) {
	all := example(t).May()
	for _, c := range []struct {
		role string
		act  Act
		may  bool
		need string
		want string
	}{
		{"locatiebeheerder", PlayBack, true, "aanwezigen", "2 3"},
		{"locatiebeheerder", PlayBack, true, "doel", "veiligheid toegang bewaking incident"},
		{"bevoegd_medewerker", Watch, true, "plaats", "hier"},
		{"bevoegd_medewerker", Settle, false, "plaats", ""},
		{"beheerder", Watch, false, "doel", ""},
		{"beheerder", Hold, true, "incident", "vermoed waargenomen verzocht"},
		{"beheerder", Appoint, true, "nieuwe rol", "geen locatiebeheerder bevoegd_medewerker"},
		{"bestuur", Adopt, true, "besluit", "ja"},
		{"systeem", Record, true, "zichtbaar", "ja"},
		{"systeem", Erase, true, "termijn_voorbij", "ja"},
		{"geen", Consult, false, "rol", ""},
	} {
		a := find(t, all, c.role, c.act)
		if got := strings.Join(needs(a, c.need), " "); a.May != c.may || got != c.want {
			t.Errorf("%s by %s: %v with %s %q, want %v with %q", c.act, c.role, a.May, c.need, got, c.may, c.want)
		}
	}
}

// TestSituations: what is left open is in order, and only what makes a
// difference can be said.
func TestSituations(t *testing.T) {
	r := example(t)
	for _, c := range []struct {
		act  Act
		s    Situation
		want string
	}{
		{PlayBack, Situation{"rol": "locatiebeheerder", "aanwezigen": "1"}, "aanwezigen: 1 wordt 2"},
		{Watch, Situation{"rol": "locatiebeheerder", "plaats": "elders"}, "persoon functies: locatiebeheerder erbij"},
		{Watch, Situation{"rol": "locatiebeheerder", "doel": "geen", "geheimhouding": "nee"},
			"doel: veiligheid erbij; persoon geheimhouding: nee wordt ja"},
		{Record, Situation{"rol": "systeem", "aangekondigd": "nee"}, "camera aangekondigd: nee wordt ja"},
	} {
		if err := c.s.Check(Dimensions(c.act, r)); err != nil {
			t.Fatal(err)
		}
		s := r.Complete(c.act, c.s)
		if r.Ask(c.act, s).Allowed {
			t.Errorf("%s is allowed in %v", c.act, s)
		}
		if got := said(r.Lift(r.Question(c.act, s))); got != c.want {
			t.Errorf("%s in %v: got %q, want %q", c.act, s, got, c.want)
		}
		delete(c.s, "aanwezigen")
	}
	if err := (Situation{"weer": "mooi"}).Check(Dimensions(Watch, r)); err == nil {
		t.Error("the weather makes a difference")
	}
	if err := (Situation{"doel": "gevoel"}).Check(Dimensions(Watch, r)); err == nil {
		t.Error("a purpose that isn't there can be asked about")
	}
	if full := r.Complete(PlayBack, Situation{"rol": "locatiebeheerder"}); !r.Ask(PlayBack, full).Allowed || full["aanwezigen"] != "2" {
		t.Errorf("completed to %v", full)
	}
}

func TestCompare(t *testing.T) {
	before := example(t)
	text := string(fixtureText(t))
	text = strings.Replace(text, "context.aanwezigen >= 2", "context.aanwezigen >= 3", 1)
	text = strings.Replace(text, "bewaartermijn: 6 kalenderdagen", "bewaartermijn: 4 weken", 1)
	after, err := Parse(fixture, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	lost, gained := Compare(before, after)
	if len(gained) != 0 || len(lost) != 2 {
		t.Fatalf("lost %v, gained %v", lost, gained)
	}
	for _, d := range lost {
		if d.Act != PlayBack || d.Situations == 0 || strings.Join(needs(Answer{Needs: d.When}, "aanwezigen"), " ") != "2" {
			t.Errorf("%+v", d)
		}
	}
	terms := CompareTerms(before, after)
	if len(terms) != 1 || terms[0] != (TermChange{"bewaartermijn", "6 kalenderdagen", "4 weken"}) {
		t.Errorf("%v", terms)
	}
	if lost, gained := Compare(before, before); len(lost)+len(gained) != 0 {
		t.Error("a document differs from itself")
	}
}

// TestMayWithout: what somebody could do only with a grant is nothing that
// their role may.
func TestMayWithout(t *testing.T) {
	r, err := Parse("x.md", []byte("# X\n\n## Artikel 1 – A\n\n```yaml\nrollen:\n  wacht: {titel: Wacht, bereik: organisatie}\n```\n\n```cedar\n"+
		`permit (principal, action == Action::"uitkijken", resource) when { principal in Rol::"wacht" || context.gemachtigd };`+"\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	with, without := r.May(), r.MayWithout("gemachtigd")
	if !find(t, with, "geen", Watch).May || find(t, without, "geen", Watch).May || !find(t, without, "wacht", Watch).May {
		t.Error("a grant makes a role")
	}
}
