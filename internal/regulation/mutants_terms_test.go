package regulation

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func whats(t *testing.T, doc string) []string {
	t.Helper()
	original := []byte(fences(doc))
	list, err := Mutants("x.md", original)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range list {
		out = append(out, m.What)
		r, err := Parse("x.md", m.Document)
		if err != nil {
			t.Errorf("%s: %v", m.What, err)
			continue
		}
		if last := r.Sections[len(r.Sections)-1]; last.Heading != "Slot" || last.Line != bytes.Count(original, []byte("\n")) {
			t.Errorf("%s: the end is now in line %d", m.What, last.Line)
		}
	}
	return out
}

// TestMutantsOfTerms: every term with force has its mutants, and the others
// have none.
func TestMutantsOfTerms(t *testing.T) {
	got := whats(t, terms(everything)+"## Slot\n")
	want := []string{
		"bewaartermijn trappenhuis is gone", "bewaartermijn trappenhuis hoogstens 47 instead of 48", "bewaartermijn trappenhuis hoogstens 49 instead of 48",
		"bewaartermijn trappenhuis minstens 11 instead of 12", "bewaartermijn trappenhuis minstens 13 instead of 12", "bewaartermijn trappenhuis minstens is gone",
		"bewaartermijn trappenhuis ruimte is gone", "bewaartermijn trappenhuis locatie is gone", "bewaartermijn stalling is gone",
		"bewaartermijn stalling hoogstens 1 instead of 2", "bewaartermijn stalling hoogstens 3 instead of 2", "bewaartermijn afgekeurd is gone",
		"bewaartermijn afgekeurd hoogstens 23 instead of 24", "bewaartermijn afgekeurd hoogstens 25 instead of 24",
		"bewaartermijn overal is gone", "bewaartermijn overal hoogstens 2 instead of 1",
		"purpose rust is off the list", "purpose uitzoeken is off the list", "the purpose needs no incident",
		"rollen wacht is gone", "rollen wacht bereik organisatie instead of locatie", "rollen bestuur is gone", "rollen bestuur bereik locatie instead of organisatie",
		"stukken toets is gone", "stukken toets velden nut is gone", "stukken toets velden advies van de wacht is gone",
		"stukken toets geldig 2 instead of 1", "stukken toets geldig is gone", "stukken toets vervalt is gone", "stukken verklaring is gone",
		"raden bewonersraad is gone", "termijnen bewaarverzoek is gone", "termijnen bewaarverzoek duur 1 instead of 2",
		"termijnen bewaarverzoek duur 3 instead of 2", "termijnen bewaarverzoek telling op de dag zelf instead of op de eerstvolgende werkdag",
		"termijnen klagen is gone", "termijnen klagen duur 2 instead of 1",
		"vensters open is gone", "vensters open dagen ma is gone", "vensters open dagen di is gone", "vensters open van 07:00 instead of 08:00",
		"vensters open van 09:00 instead of 08:00", "vensters open tot 23:00 instead of 24:00", "vensters feest is gone",
		"vensters feest van 01:00 instead of 00:00", "vensters feest tot 11:30 instead of 12:30", "vensters feest tot 13:30 instead of 12:30",
		"vensters feest feestdagen nee instead of ja", "incidentsoorten lawaai is gone", "keuzes vervanger is altijd by default instead of afwezig",
		"plaatsen verboden toilet is gone", "plaatsen verboden woning is gone", "plaatsen toegestaan hal is gone",
		"verboden_functies geluid is gone", "verboden_functies volgen is gone", "opname wijze continu instead of beweging",
		"opname wijze alleen live instead of beweging", "opname voor 0 instead of 10", "opname voor 20 instead of 10", "opname na 0 instead of 30",
		"opname na 60 instead of 30",
		"geldig vanaf 2025-12-31 instead of 2026-01-01", "geldig vanaf 2026-01-02 instead of 2026-01-01", "geldig tot 2027-12-30 instead of 2027-12-31",
		"geldig tot 2028-01-01 instead of 2027-12-31",
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("there is no mutant %q", w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("there is a mutant %q", g)
		}
	}
}

// TestMutantsOfConditions: numbers, words and operands of a policy.
func TestMutantsOfConditions(t *testing.T) {
	got := whats(t, `# T
## Artikel 1
§cedar
@uitleg("Niet \"zo\" && niet zo.") // en || hier niet
forbid (principal, action in [Action::"machtigen"], resource) unless {
  context.dagen <= 30 && (context.handeling == "uitkijken" || ["terugkijken", "opnemen"].contains(context.handeling))
};
§
## Slot
`)
	want := []string{"policy 1 is gone", "policy 1 without its unless", "policy 1: 29 instead of 30", "policy 1: 31 instead of 30",
		`policy 1 without "uitkijken"`, `policy 1 without "terugkijken"`, `policy 1 without "opnemen"`,
		`policy 1 without context.handeling == "uitkijken"`, `policy 1 without ["terugkijken", "opnemen"].contains(context.handeling)`,
		"policy 1 without context.dagen <= 30", `policy 1 without (context.handeling == "uitkijken" || ["terugkijken", "opneme…`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What can't be read isn't a mutant: without its guard a condition may be
// absent.
func TestMutantsCanBeRead(t *testing.T) {
	got := whats(t, "# T\n## Artikel 1\n§cedar\npermit (principal, action == Action::\"uitkijken\", resource) when { context has doel && context.doel == \"x\" };\n§\n## Slot\n")
	want := []string{"policy 1 is gone", "policy 1 without its when", `policy 1 without "x"`, `policy 1 without context.doel == "x"`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
