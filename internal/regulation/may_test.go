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
	all := clusius(t).May()
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
		{"beheerder", Hold, true, "incident", "vermoed waargenomen"},
		{"beheerder", Appoint, true, "nieuwe rol", "geen locatiebeheerder bevoegd_medewerker"},
		{"bestuur", Adopt, true, "besluit", "ja"},
		{"systeem", Record, true, "zichtbaar", "ja"},
		{"systeem", Erase, true, "termijn voorbij", "ja"},
		{"geen", Consult, false, "rol", ""},
	} {
		a := find(t, all, c.role, c.act)
		if got := strings.Join(needs(a, c.need), " "); a.May != c.may || got != c.want {
			t.Errorf("%s by %s: %v with %s %q, want %v with %q", c.act, c.role, a.May, c.need, got, c.may, c.want)
		}
	}
}

// TestLift: what would lift a refusal is found by asking, and is true.
func TestLift(t *testing.T) {
	r := clusius(t)
	for _, c := range []struct {
		act  Act
		s    Situation
		want string
	}{
		{PlayBack, Situation{"rol": "locatiebeheerder", "aanwezigen": "1"}, "aanwezigen 2, aanwezigen 3"},
		{Watch, Situation{"rol": "beheerder"}, "rol locatiebeheerder, rol bevoegd_medewerker"},
		{Watch, Situation{"rol": "locatiebeheerder", "plaats": "elders"}, "plaats hier"},
		{Watch, Situation{"rol": "locatiebeheerder", "doel": "geen", "geheimhouding": "nee"},
			"geheimhouding ja + doel veiligheid, geheimhouding ja + doel toegang, geheimhouding ja + doel bewaking"},
		{Record, Situation{"rol": "systeem", "borden": "nee"}, "borden ja"},
	} {
		s := r.Complete(c.act, c.s)
		if err := s.Check(Dimensions(c.act, r)); err != nil {
			t.Fatal(err)
		}
		if r.Ask(c.act, s).Allowed {
			t.Errorf("%s is allowed in %v", c.act, s)
		}
		var got []string
		for _, changes := range r.Lift(c.act, s) {
			var one []string
			for _, change := range changes {
				one = append(one, change.Fact+" "+change.To)
			}
			got = append(got, strings.Join(one, " + "))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s in %v: got %q, want %q", c.act, c.s, got, c.want)
		}
	}
	if err := (Situation{"weer": "mooi"}).Check(Dimensions(Watch, r)); err == nil {
		t.Error("the weather makes a difference")
	}
	if err := (Situation{"doel": "gevoel"}).Check(Dimensions(Watch, r)); err == nil {
		t.Error("a purpose that isn't there can be asked about")
	}
}

func TestCompare(t *testing.T) {
	before := clusius(t)
	text := string(shipped(t, "clusius.md"))
	text = strings.Replace(text, "context.aanwezigen >= 2", "context.aanwezigen >= 3", 1)
	text = strings.Replace(text, "bewaartermijn: 6 kalenderdagen", "bewaartermijn: 4 weken", 1)
	after, err := Parse("clusius.md", []byte(text))
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
