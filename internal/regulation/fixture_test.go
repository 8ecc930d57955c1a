package regulation

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

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

// documents are the regulations that come with the program.
func documents(t testing.TB) map[string][]byte {
	t.Helper()
	entries, err := regulations.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".md" && e.Name() != "woorden.md" {
			all[e.Name()] = shipped(t, e.Name())
		}
	}
	return all
}

// Package regulationtest has it for everyone else; it can't be imported here.
const fixture = "voorbeeld.md"

func fixtureText(t testing.TB) []byte {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("regulationtest", fixture))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func example(t testing.TB) *Regulation {
	t.Helper()
	r, err := Parse(fixture, fixtureText(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// titled is the one article of r with this title.
func titled(t testing.TB, r *Regulation, title string) Article {
	t.Helper()
	i := slices.IndexFunc(r.Articles, func(a Article) bool { return a.Title == title })
	if i < 0 || slices.ContainsFunc(r.Articles[i+1:], func(a Article) bool { return a.Title == title }) {
		t.Fatalf("%s has no article %q, or more than one", r.File, title)
	}
	return r.Articles[i]
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
		add(who(name), everywhere, Context{"functies": Set(somewhere...), "neemt_waar": Set(), "geheimhouding": Boolean(silent),
			"soort": String("medewerker"), "stukken": Set()})
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
		add(e, nil, Context{"locatie": site, "zichtbaar": Boolean(visible), "privacytoets": Boolean(assessed), "aangekondigd": Boolean(announced),
			"ruimte": String("gang"), "in_beeld": Set(), "afgedekt": Set(), "gericht_op": String(""), "wijze": String(Continuous),
			"pixels_per_meter": Long(125), "klokverschil": Long(0), "stukken": Set(), "wacht_op_samen": Boolean(false)})
	}
	place := func(e Entity, signs bool) {
		add(e, nil, Context{"soort": String("school"), "gebouwen": Long(1), "borden": Boolean(signs), "bezet": Set(), "stukken": Set()})
	}
	incident := func(e Entity, state string) {
		add(e, nil, Context{"staat": String(state), "locatie": north, "soort": String(""), "waarnemer": Boolean(true),
			"verwijzing": Boolean(false), "alleen_gezien": Boolean(false), "toegewezen": Boolean(false)})
	}
	seen(camera, north, true, true, true)
	seen(covert, north, false, true, true)
	seen(unassessed, north, true, false, true)
	seen(southern, south, true, true, false)
	place(north, true)
	place(south, false)
	incident(running, "vermoed")
	incident(settled, "afgehandeld")
	add(school, nil, Context{"bezet": Set(), "opslagruimte": Boolean(true), "kan": Set(), "stukken": Set()})
	return facts
}

// conditions are what is said about the moment.
func conditions(present int, more ...any) Context {
	c := Context{"aanwezigen": Long(present), "samenstelling": Set(), "vensters": Set(), "zittingen": Set(), "in_dienst": Set(),
		"gemachtigd": Boolean(false)}
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

// deed is what an act says of itself beside what a question may leave out.
func deed(act Act) Context {
	switch act {
	case Report:
		return Context{"staat": String("vermoed"), "soort": String(""), "waarnemer": Boolean(true)}
	case Appoint:
		return Context{"intrekken": Boolean(false), "vervangt": Set(), "houders": Long(0), "soort": String("medewerker")}
	case Place:
		return Context{"wat": String("camera"), "beeld": Boolean(false)}
	case Adopt:
		return Context{"instemmingen": Set(), "wijziging": Boolean(true)}
	}
	return nil
}
