package main

import (
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/regulation"
)

// What people of a regulation that nobody wrote a cast for sign in with.
const strangerPassword = "proberen-maar"

// A casting makes people of a regulation's own terms, by asking it.
type casting struct {
	law  *regulation.Regulation
	have map[string]string // who has a role, by its key: the key of a person
	Setup
}

// stranger is the cast of a regulation that the demo doesn't know: a person
// for each role, all it names on file, one site where cameras may be.
func stranger(law *regulation.Regulation) (cast, error) {
	c := casting{law: law, have: map[string]string{}, Setup: Setup{Organisation: law.Title, Decision: "besluit om dit te proberen"}}
	founder := c.roleFor(regulation.Adopt, nil)
	if founder == "" {
		return cast{}, fmt.Errorf("couldn't find who adopts %s: add an article that lets a role for the whole organisation do that (vaststellen)", law.File)
	}
	c.add(founder, "", appointing{})
	for c.appointNext() {
	}
	c.place()
	c.papers()
	return cast{Setup: c.Setup, try: c.advice()}, c.valid()
}

// add gives somebody a role: who has it signs in with its key.
func (c *casting) add(role, by string, how appointing) {
	term, _ := c.law.Terms.Role(role)
	a := SetupAppointment{Role: role, Basis: "besluit om dit te proberen", By: how.by, StandsFor: how.standsFor}
	if term.PerSite {
		a.Site = strangerSite
	}
	c.People = append(c.People, SetupPerson{Key: role, Login: role, Name: "De " + strings.ToLower(term.Title), Title: term.Title, By: by,
		Password: strangerPassword, Confidentiality: true, ConfidentialityBasis: "belofte", Appointments: []SetupAppointment{a}})
	c.have[role] = role
}

// An appointing is who may appoint to a role, to stand for whom.
type appointing struct{ by, standsFor string }

// appointNext adds a person for one more role that somebody who is there may
// appoint to. It reports whether there was one.
func (c *casting) appointNext() bool {
	clerk := c.roleFor(regulation.Appoint, regulation.Situation{"nieuwe rol": "geen"})
	if clerk == "" {
		return false
	}
	for _, wide := range []bool{true, false} { // who is of a site can't appoint before there is one
		for _, term := range c.law.Terms.Roles {
			if c.have[term.Key] != "" || term.PerSite == wide {
				continue
			}
			if how, ok := c.appointer(term.Key); ok {
				c.add(term.Key, c.have[clerk], how)
				return true
			}
		}
	}
	return false
}

// appointer finds who of those there are may appoint to a role.
func (c *casting) appointer(role string) (appointing, bool) {
	for _, p := range c.People {
		s := c.law.Complete(regulation.Appoint, regulation.Situation{regulation.ByRole: p.Key, "nieuwe rol": role})
		if !c.law.Ask(regulation.Appoint, s).Allowed {
			continue
		}
		how := appointing{by: p.Key}
		for fact, value := range s {
			if replaced, ok := strings.CutPrefix(fact, "vervangt "); ok && value == "ja" {
				how.standsFor = c.have[replaced]
			}
		}
		return how, true
	}
	return appointing{}, false
}

// roleFor is a role of somebody who is there, or while nobody is of anybody,
// that may do an act in a situation; "" if there is none.
func (c *casting) roleFor(act regulation.Act, s regulation.Situation) string {
	for _, term := range c.law.Terms.Roles {
		if len(c.People) == 0 && term.PerSite || len(c.People) > 0 && c.have[term.Key] == "" {
			continue
		}
		full := regulation.Situation{regulation.ByRole: term.Key}
		for fact, value := range s {
			full[fact] = value
		}
		if c.law.Ask(act, c.law.Complete(act, full)).Allowed {
			return term.Key
		}
	}
	return ""
}

// papers puts on file whatever the regulation names.
func (c *casting) papers() {
	for _, term := range c.law.Terms.Files {
		by := c.roleFor(regulation.File, regulation.Situation{"voorwerp": term.About, "stuk": term.Key})
		if by == "" {
			continue
		}
		d := SetupFile{Kind: term.Key, Title: term.Title, Fields: map[string]string{}, By: c.have[by]}
		for _, field := range term.Fields {
			d.Fields[field] = "in orde, om dit te proberen"
		}
		switch term.About {
		case regulation.Site:
			d.Site = strangerSite
			c.Files = append(c.Files, d)
		case regulation.Camera:
			for _, camera := range c.Cameras {
				d.Camera = camera.Name
				c.Files = append(c.Files, d)
			}
		case regulation.Person:
			for _, p := range c.People {
				d.Person = p.Key
				c.Files = append(c.Files, d)
			}
		default:
			c.Files = append(c.Files, d)
		}
	}
}

// advice is what each of them may do, as far as the regulation ever lets them.
func (c *casting) advice() string {
	may := map[string][]string{}
	for _, answer := range c.law.May() {
		if answer.May {
			may[answer.Role] = append(may[answer.Role], string(answer.Act))
		}
	}
	var out strings.Builder
	for _, p := range c.People {
		fmt.Fprintf(&out, "- As %s: %s.\n", p.Login, strings.Join(may[p.Key], ", "))
	}
	for _, term := range c.law.Terms.Roles {
		if c.have[term.Key] == "" {
			fmt.Fprintf(&out, "- Nobody is %s: the regulation lets nobody who is there appoint one.\n", term.Key)
		}
	}
	out.WriteString("- What a camera waits for is on its checklist (Controlelijst).\n")
	return out.String()
}

const strangerSite = "locatie"

// kindsToTry are where cameras hang if the regulation names no places.
var kindsToTry = [...]string{"entree", "gang", "fietsenstalling", "parkeerplaats"}

// place makes a site with a camera in rooms where cameras may be.
func (c *casting) place() {
	c.PlacedBy = c.have[c.roleFor(regulation.Place, regulation.Situation{"voorwerp": regulation.Camera})]
	site := SetupSite{Key: strangerSite, Name: "Locatie", Kind: c.siteKind(), Buildings: 2,
		AddedBy:      c.have[c.roleFor(regulation.Place, regulation.Situation{"voorwerp": regulation.Organisation})],
		Signs:        []SetupSign{{Entrance: "Hoofdingang", Evidence: "foto van het bord"}},
		Workstations: []SetupWorkstation{{Name: "Bekijkplek", Kind: "bekijkplek", Room: "bekijkruimte"}}}
	kinds := c.law.Terms.Allowed
	if len(kinds) == 0 {
		kinds = kindsToTry[:]
	}
	kinds = slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return slices.Contains(c.law.Terms.Forbidden, kind) })
	for _, kind := range kinds[:min(len(kinds), 4)] {
		name := strings.ToUpper(kind[:1]) + kind[1:]
		site.Rooms = append(site.Rooms, SetupRoom{Key: kind, Name: name, Kind: kind})
		c.Cameras = append(c.Cameras, SetupCamera{Name: name, Site: strangerSite, Room: kind, URL: "rtsp://192.0.2.1/1", Visible: true,
			Aim: "om dit te proberen", Pixels: max(c.law.Terms.Quality.PixelsPerMetre, 250), Assessment: "toets om dit te proberen"})
	}
	site.Rooms = append(site.Rooms, SetupRoom{Key: "bekijkruimte", Name: "Bekijkruimte", Kind: "bekijkruimte"},
		SetupRoom{Key: "serverruimte", Name: "Serverruimte", Kind: "serverruimte", Storage: true})
	c.Sites = []SetupSite{site}
}

// siteKind is the kind of site where cameras may record, if that matters.
func (c *casting) siteKind() string {
	s := c.law.Complete(regulation.Record, regulation.Situation{regulation.ByRole: "systeem"})
	q := c.law.Question(regulation.Record, s)
	where, ok := q.Facts[q.On].Attributes.Get("locatie")
	if !ok {
		return ""
	}
	site, _ := where.(regulation.Entity)
	kind, ok := q.Facts[site].Attributes.Get("soort")
	if !ok {
		return ""
	}
	return kind.String()
}
