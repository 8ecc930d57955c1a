package main

import (
	"errors"
	"fmt"
	"slices"
)

// keys is what a setup has, by what it calls it.
type keys struct {
	people, sites, cameras map[string]bool
	rooms                  map[string]map[string]bool // by site
}

// valid sees to it that s speaks of nobody and nothing it doesn't have.
func (s Setup) valid() error {
	if len(s.People) == 0 || len(s.People[0].Appointments) == 0 {
		return errors.New("it must begin with a person who is appointed to the board")
	}
	k := keys{map[string]bool{}, map[string]bool{"": true}, map[string]bool{}, map[string]map[string]bool{}}
	for _, site := range s.Sites {
		if err := k.site(site); err != nil {
			return err
		}
	}
	if err := k.persons(s.People); err != nil {
		return err
	}
	for _, by := range []struct {
		n    int
		what string
		who  string
	}{{len(s.Sites) + len(s.Cameras), "sites and cameras are placed", s.PlacedBy}, {len(s.Sessions), "sessions are entered", s.RosteredBy}} {
		if by.n > 0 && !k.people[by.who] {
			return fmt.Errorf("%s by %q, who isn't there", by.what, by.who)
		}
	}
	if err := k.actors(s); err != nil {
		return err
	}
	return k.things(s)
}

// actors are those who do a single thing.
func (k keys) actors(s Setup) error {
	for _, site := range s.Sites {
		if site.AddedBy != "" && !k.people[site.AddedBy] {
			return fmt.Errorf("site %s is added by %q, who isn't there", site.Name, site.AddedBy)
		}
	}
	for _, d := range s.Files {
		if !k.people[d.filer(s)] {
			return fmt.Errorf("documents are put on file by %q, who isn't there", d.filer(s))
		}
	}
	return nil
}

func (k keys) site(site SetupSite) error {
	if k.sites[site.Key] {
		return fmt.Errorf("site %q needs a key of its own", site.Name)
	}
	k.sites[site.Key], k.rooms[site.Key] = true, map[string]bool{"": true}
	for _, room := range site.Rooms {
		if k.rooms[site.Key][room.Key] {
			return fmt.Errorf("room %q needs a key of its own", room.Name)
		}
		k.rooms[site.Key][room.Key] = true
	}
	for _, w := range site.Workstations {
		if w.Room == "" || !k.rooms[site.Key][w.Room] {
			return fmt.Errorf("workstation %s stands in room %q, which isn't at %s", w.Name, w.Room, site.Name)
		}
	}
	return nil
}

func (k keys) persons(people []SetupPerson) error {
	for i, p := range people {
		if p.Key == "" || k.people[p.Key] {
			return fmt.Errorf("person %q needs a key of their own", p.Name)
		}
		if i > 0 && !k.people[p.By] {
			return fmt.Errorf("%s is appointed by %q, who isn't among those before", p.Name, p.By)
		}
		k.people[p.Key] = true
	}
	for _, p := range people {
		for _, a := range p.Appointments {
			if !k.sites[a.Site] {
				return fmt.Errorf("%s is appointed at site %q, which isn't there", p.Name, a.Site)
			}
			if a.StandsFor != "" && !k.people[a.StandsFor] {
				return fmt.Errorf("%s stands for %q, who isn't there", p.Name, a.StandsFor)
			}
			if a.By != "" && !k.people[a.By] {
				return fmt.Errorf("%s is appointed by %q, who isn't there", p.Name, a.By)
			}
		}
	}
	return nil
}

// things are the cameras, documents and sessions.
func (k keys) things(s Setup) error {
	for _, c := range s.Cameras {
		if c.Site == "" || !k.sites[c.Site] {
			return fmt.Errorf("camera %s hangs at site %q, which isn't there", c.Name, c.Site)
		}
		if !k.rooms[c.Site][c.Room] {
			return fmt.Errorf("camera %s hangs in room %q, which isn't there", c.Name, c.Room)
		}
		k.cameras[c.Name] = true
	}
	for _, f := range s.Files {
		about := slices.DeleteFunc([]string{f.Site, f.Camera, f.Person}, func(key string) bool { return key == "" })
		if len(about) > 1 {
			return fmt.Errorf("document %q is about more than one thing: give a site, a camera or a person", f.Title)
		}
		if !k.sites[f.Site] || f.Camera != "" && !k.cameras[f.Camera] || f.Person != "" && !k.people[f.Person] {
			return fmt.Errorf("document %q is about %q, which isn't there", f.Title, about[0])
		}
	}
	for _, e := range s.Sessions {
		if e.Site == "" || !k.sites[e.Site] || !k.rooms[e.Site][e.Room] {
			return fmt.Errorf("session %q is at site %q, room %q, which isn't there", e.Title, e.Site, e.Room)
		}
		for _, p := range e.OnDuty {
			if !k.people[p] {
				return fmt.Errorf("at session %q duty has %q, who isn't there", e.Title, p)
			}
		}
	}
	return nil
}
