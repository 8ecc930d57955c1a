package web

import (
	"strings"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// names turns what the logbook and the gate call things into what people call
// them. What it reads it reads once a visit.
type names struct {
	*visit
	known map[string]string // by entity, as the logbook writes it
}

// A thing is something with a name, and where to read more of it.
type thing struct{ Name, Path string }

// load reads the names of all there is.
func (n *names) load() error {
	if n.known != nil {
		return nil
	}
	known := map[string]string{
		people.System.Entity().String(): n.word("name.system"),
		organisation.String():           n.Board.Organisation(),
	}
	persons, err := n.People.Persons(n.ctx())
	if err != nil {
		return err
	}
	for _, p := range persons {
		known[p.ID.Entity().String()] = p.Name
	}
	sites, err := n.Premises.Sites(n.ctx())
	if err != nil {
		return err
	}
	for _, s := range sites {
		known[s.ID.Entity().String()] = s.Name
	}
	cameras, err := n.Premises.Cameras(n.ctx())
	if err != nil {
		return err
	}
	for _, c := range cameras {
		known[c.ID.Entity().String()] = c.Name
	}
	incidents, err := n.Incidents.All(n.ctx())
	if err != nil {
		return err
	}
	for _, i := range incidents {
		known[incidentEntity(i.ID).String()] = n.word("name.incident", i.Number)
	}
	n.known = known
	return nil
}

// of is what people call an entity, as the logbook writes it: Camera::"3".
func (n *names) of(entity string) (thing, error) {
	if err := n.load(); err != nil {
		return thing{}, err
	}
	kind, id := split(entity)
	if kind == "" {
		return thing{}, nil
	}
	name, ok := n.known[entity]
	if !ok && kind == regulation.Camera { // one that was removed
		if c, err := n.Premises.Camera(n.ctx(), premises.CameraID(id)); err == nil {
			name, ok = c.Name, true
		}
	}
	if !ok {
		name = n.word("kind:"+kind) + " " + clip(id)
		if kind == regulation.Seat {
			name = n.word("kind:"+kind) + " " + id[:min(len(id), 6)]
		}
	}
	return thing{Name: name, Path: pathOf(kind, id)}, nil
}

// split takes Camera::"3" apart.
func split(entity string) (kind, id string) {
	kind, id, _ = strings.Cut(entity, "::")
	return kind, strings.Trim(id, `"`)
}

// pathOf is the page about a thing, or "".
func pathOf(kind, id string) string {
	switch kind {
	case regulation.Camera:
		return "/camera/" + id
	case regulation.Incident:
		return "/incidenten/" + id
	}
	return ""
}

// purpose is what the regulation calls an aim.
func (v *visit) purpose(key string) string {
	if v.law != nil {
		for _, p := range v.law.Terms.Purposes {
			if string(p.Key) == key {
				return p.Text
			}
		}
	}
	return key
}

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

func incidentEntity(id string) regulation.Entity {
	return regulation.NewEntity(regulation.Incident, id)
}

// wholeOrganisation is what an act on no thing in particular is about.
var wholeOrganisation = gate.Subject{Entity: organisation}
