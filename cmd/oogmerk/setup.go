package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/regulations"
)

// A Setup describes an organisation that begins. It is a JSON file; a key
// that isn't here is an error.
type Setup struct {
	// Organisation is its name, as people read it.
	Organisation string `json:"organisation"`
	// Regulation is the file of the regulation the board adopted: a path, or
	// the name of one that comes with the program.
	Regulation string `json:"regulation"`
	// Decision is the board's decision to adopt it, with its date.
	Decision string `json:"decision"`
	// People, in this order: the first is of the board and appoints others.
	People []SetupPerson `json:"people"`
	// Sites are the places, with the signs at their entrances.
	Sites []SetupSite `json:"sites"`
	// Cameras are placed by the person with key PlacedBy.
	Cameras  []SetupCamera `json:"cameras"`
	PlacedBy string        `json:"placed_by"`
}

// A SetupPerson is someone, and what they are appointed to.
type SetupPerson struct {
	Key             string `json:"key"` // how this file refers to them
	Login           string `json:"login"`
	Name            string `json:"name"`
	Password        string `json:"password"`        // at least twelve characters
	Confidentiality bool   `json:"confidentiality"` // the undertaking is on file
	Title           string `json:"title"`           // what they are, for people to read
	By              string `json:"by"`              // key of who appoints them
	Appointments    []struct {
		Role  string `json:"role"`
		Site  string `json:"site"` // key of a site, "" for the organisation
		Basis string `json:"basis"`
	} `json:"appointments"`
}

// A SetupSite is a place.
type SetupSite struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Signs []struct {
		Entrance string `json:"entrance"`
		Evidence string `json:"evidence"`
	} `json:"signs"`
}

// A SetupCamera is a camera.
type SetupCamera struct {
	Name       string `json:"name"`
	Site       string `json:"site"`
	URL        string `json:"url"`
	Username   string `json:"username"`
	Password   string `json:"password"`
	Visible    bool   `json:"visible"`
	Aim        string `json:"aim"`
	Assessment string `json:"assessment"`
}

func runSetup(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("setup", flag.ContinueOnError)
	at := placeFlags(set)
	if err := parse(set, args, out, 1); err != nil {
		return err
	}
	text, err := os.ReadFile(set.Arg(0))
	if err != nil {
		return err
	}
	s, err := readSetup(set.Arg(0), text)
	if err != nil {
		return err
	}
	if err := at.found(ctx, s); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s begins: %d people, %d sites, %d cameras, %s\n", s.Organisation, len(s.People), len(s.Sites), len(s.Cameras), s.Regulation)
	return nil
}

// found founds an installation in a new directory. What can't be founded
// whole leaves nothing behind.
func (p place) found(ctx context.Context, s Setup) error {
	if p.dir == "" {
		return errors.New("no data directory: give --data")
	}
	there, err := p.demandEmpty()
	if err != nil {
		return err
	}
	all, err := build(ctx, p, time.Now, func(error) {})
	if err == nil {
		err = errors.Join(found(ctx, all, s), all.close())
	}
	if err == nil {
		return nil
	}
	if p.dsn != "" {
		err = fmt.Errorf("%w; the database may have a part of it: begin with an empty one", err)
	}
	return errors.Join(err, p.clear(there))
}

func placeFlags(set *flag.FlagSet) *place {
	at := &place{}
	set.StringVar(&at.dir, "data", "", "`directory` of the installation")
	set.StringVar(&at.dsn, "db", "", "postgres://… `address`, instead of a SQLite file in the directory")
	return at
}

func readSetup(name string, text []byte) (Setup, error) {
	var s Setup
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("couldn't read %s near line %d: %w", name, 1+bytes.Count(text[:dec.InputOffset()], []byte("\n")), err)
	}
	if dec.More() {
		return s, fmt.Errorf("couldn't read %s: something stands after the description", name)
	}
	if err := s.valid(); err != nil {
		return s, fmt.Errorf("couldn't use %s: %w", name, err)
	}
	return s, nil
}

// valid sees to it that s speaks of nobody and nothing it doesn't have.
func (s Setup) valid() error {
	if len(s.People) == 0 || len(s.People[0].Appointments) == 0 {
		return errors.New("it must begin with a person who is appointed to the board")
	}
	people, sites := map[string]bool{}, map[string]bool{"": true}
	for _, site := range s.Sites {
		if sites[site.Key] {
			return fmt.Errorf("site %q needs a key of its own", site.Name)
		}
		sites[site.Key] = true
	}
	for i, p := range s.People {
		if p.Key == "" || people[p.Key] {
			return fmt.Errorf("person %q needs a key of their own", p.Name)
		}
		if i > 0 && !people[p.By] {
			return fmt.Errorf("%s is appointed by %q, who isn't among those before", p.Name, p.By)
		}
		people[p.Key] = true
		for _, a := range p.Appointments {
			if !sites[a.Site] {
				return fmt.Errorf("%s is appointed at site %q, which isn't there", p.Name, a.Site)
			}
		}
	}
	if len(s.Sites)+len(s.Cameras) > 0 && !people[s.PlacedBy] {
		return fmt.Errorf("sites and cameras are placed by %q, who isn't there", s.PlacedBy)
	}
	for _, c := range s.Cameras {
		if c.Site == "" || !sites[c.Site] {
			return fmt.Errorf("camera %s hangs at site %q, which isn't there", c.Name, c.Site)
		}
	}
	return nil
}

// document reads the regulation from a path or from what the program brings.
func document(name string) ([]byte, error) {
	if text, err := os.ReadFile(name); err == nil {
		return text, nil
	}
	text, err := regulations.Files.ReadFile(filepath.Base(name))
	if err != nil {
		return nil, fmt.Errorf("couldn't find the regulation %s, neither as a file nor among those that come with the program", name)
	}
	return text, nil
}

// A founding keeps which id each key of the setup got.
type founding struct {
	*program
	people map[string]people.PersonID
	sites  map[string]premises.SiteID
}

// found begins an installation: the board adopts the regulation, and all that
// follows passes the gate, each in the name of who may do it.
func found(ctx context.Context, p *program, s Setup) error {
	text, err := document(s.Regulation)
	if err != nil {
		return err
	}
	f := founding{p, map[string]people.PersonID{}, map[string]premises.SiteID{}}
	first := s.People[0]
	err = p.board.Found(ctx, governance.Founding{
		Organisation: s.Organisation, File: filepath.Base(s.Regulation), Document: text, Decision: s.Decision,
		Do: func(ctx context.Context, tx *logbook.Tx) error {
			id, err := p.people.FoundPerson(ctx, tx, f.person(first), first.Password, first.Appointments[0].Role, s.Decision)
			f.people[first.Key] = id
			return err
		},
	})
	if err != nil {
		return fmt.Errorf("couldn't found %s: %w", s.Organisation, err)
	}
	return f.fill(ctx, s)
}

func (f founding) person(s SetupPerson) people.Person {
	p := people.Person{Login: s.Login, Name: s.Name}
	if s.Confidentiality {
		p.Confidentiality = f.now()
	}
	return p
}

// fill adds sites, people and cameras. Managers come first: they place sites,
// and other people are appointed to those.
func (f founding) fill(ctx context.Context, s Setup) error {
	for _, p := range s.People[1:] {
		id, err := f.program.people.AddPerson(ctx, f.as(p.By), f.person(p), p.Password)
		if err != nil {
			return fmt.Errorf("couldn't add %s: %w", p.Name, err)
		}
		f.people[p.Key] = id
		if err := f.appoint(ctx, p, false); err != nil {
			return err
		}
	}
	for _, site := range s.Sites {
		if err := f.place(ctx, s, site); err != nil {
			return fmt.Errorf("couldn't place %s: %w", site.Name, err)
		}
	}
	for _, p := range s.People[1:] {
		if err := f.appoint(ctx, p, true); err != nil {
			return err
		}
	}
	for _, c := range s.Cameras {
		_, err := f.premises.AddCamera(ctx, f.as(s.PlacedBy), premises.Camera{Name: c.Name, Site: f.sites[c.Site], URL: c.URL,
			Username: c.Username, Password: c.Password, Visible: c.Visible, Aim: c.Aim, Assessment: c.Assessment})
		if err != nil {
			return fmt.Errorf("couldn't place camera %s: %w", c.Name, err)
		}
	}
	return nil
}

// as starts a request in the name of a person of the setup.
func (f founding) as(key string) gate.Request {
	return gate.Request{Who: f.people[key].Entity()}
}

// appoint makes the appointments of p that are for a site, or those that aren't.
func (f founding) appoint(ctx context.Context, p SetupPerson, sited bool) error {
	for _, a := range p.Appointments {
		if (a.Site != "") != sited {
			continue
		}
		err := f.program.people.Appoint(ctx, f.as(p.By), people.Appointment{Person: f.people[p.Key], Role: a.Role, Site: string(f.sites[a.Site]),
			By: f.people[p.By], Basis: a.Basis, From: f.now()})
		if err != nil {
			return fmt.Errorf("couldn't appoint %s to %s: %w", p.Name, a.Role, err)
		}
	}
	return nil
}

func (f founding) place(ctx context.Context, s Setup, site SetupSite) error {
	id, err := f.premises.AddSite(ctx, f.as(s.PlacedBy), premises.Site{Name: site.Name})
	if err != nil {
		return err
	}
	f.sites[site.Key] = id
	for _, sign := range site.Signs {
		err := f.premises.AddSign(ctx, f.as(s.PlacedBy), premises.Sign{Site: id, Entrance: sign.Entrance, Evidence: sign.Evidence})
		if err != nil {
			return err
		}
	}
	return nil
}
