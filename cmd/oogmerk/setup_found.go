package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"oogmerk/internal/calendar"
	"oogmerk/internal/dossier"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A founding keeps which id each key of the setup got.
type founding struct {
	*program
	people  map[string]people.PersonID
	siteIDs map[string]premises.SiteID
	rooms   map[string]string // by the keys of its site and itself
	cameras map[string]premises.CameraID
	filed   map[int]bool // documents, by their place in the setup
	codes   []stationCode
}

// A stationCode makes one computer the workstation it is for.
type stationCode struct{ name, code string }

// found begins an installation: the board adopts the regulation, and all that
// follows passes the gate, each in the name of who may do it.
func found(ctx context.Context, p *program, s Setup) ([]stationCode, error) {
	text, err := document(s.Regulation)
	if err != nil {
		return nil, err
	}
	f := &founding{program: p, people: map[string]people.PersonID{}, siteIDs: map[string]premises.SiteID{}, rooms: map[string]string{"": ""},
		cameras: map[string]premises.CameraID{}, filed: map[int]bool{}}
	first := s.People[0]
	begin, err := s.founding(text)
	if err != nil {
		return nil, err
	}
	begin.Do = func(ctx context.Context, tx *logbook.Tx) error {
		id, err := p.people.FoundPerson(ctx, tx, f.person(first), first.Password, first.Appointments[0].Role, s.Decision)
		f.people[first.Key] = id
		return err
	}
	if err := p.board.Found(ctx, begin); err != nil {
		return nil, fmt.Errorf("couldn't found %s: %w", s.Organisation, err)
	}
	err = f.fill(ctx, s)
	return f.codes, err
}

// founding is how the board adopts the regulation.
func (s Setup) founding(text []byte) (governance.Founding, error) {
	f := governance.Founding{Organisation: s.Organisation, File: filepath.Base(s.Regulation), Document: text, Decision: s.Decision, Choices: s.Choices}
	for _, c := range s.Consents {
		on, err := calendar.ParseDate(c.On)
		if err != nil {
			return f, fmt.Errorf("couldn't read when %s consented: %w", c.Council, err)
		}
		f.Consents = append(f.Consents, governance.Consent{Council: c.Council, Evidence: c.Evidence, On: on})
	}
	if s.Announced != "" {
		var err error
		if f.Announced, err = calendar.ParseDate(s.Announced); err != nil {
			return f, fmt.Errorf("couldn't read when the regulation was announced: %w", err)
		}
	}
	for _, file := range s.Files {
		if file.Site+file.Camera+file.Person == "" {
			f.Files = append(f.Files, file.Kind)
		}
	}
	return f, nil
}

func (f *founding) person(s SetupPerson) people.Person {
	p := people.Person{Login: s.Login, Name: s.Name, Kind: s.Kind, ConfidentialityBasis: s.ConfidentialityBasis}
	if s.Confidentiality {
		p.Confidentiality = f.now()
	}
	return p
}

// fill adds all the rest. Who is of the organisation comes first: they add
// sites, and other people are appointed to those. Each document is there as
// soon as who puts it on file has a role, and before what might need it.
func (f *founding) fill(ctx context.Context, s Setup) error {
	if err := f.fileAs(ctx, s, s.People[0]); err != nil {
		return err
	}
	for _, p := range s.People[1:] {
		id, err := f.program.people.AddPerson(ctx, f.as(p.By), f.person(p), p.Password)
		if err != nil {
			return fmt.Errorf("couldn't add %s: %w", p.Name, err)
		}
		f.people[p.Key] = id
		if err := f.appoint(ctx, p, func(sited, deputy bool) bool { return !sited && !deputy }); err != nil {
			return err
		}
		if err := f.fileAs(ctx, s, p); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context, Setup) error{
		f.deputies(false), f.file(func(d SetupFile) bool { return d.Person != "" && s.widely(d.filer(s)) }), f.sites,
		f.sited, f.deputies(true), f.file(func(d SetupFile) bool { return d.Site == "" && d.Camera == "" }),
		f.places, f.file(func(d SetupFile) bool { return d.Site != "" }),
		f.hang, f.file(func(d SetupFile) bool { return d.Camera != "" }), f.roster,
	} {
		if err := step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// fileAs files what p does about the organisation, if they have a role there.
func (f *founding) fileAs(ctx context.Context, s Setup, p SetupPerson) error {
	return f.file(func(d SetupFile) bool {
		return d.Site+d.Camera+d.Person == "" && d.filer(s) == p.Key && s.widely(p.Key)
	})(ctx, s)
}

// filer is the key of who puts d on file.
func (d SetupFile) filer(s Setup) string { return cmp.Or(d.By, s.FiledBy) }

// widely reports whether somebody has a role for the whole organisation.
func (s Setup) widely(person string) bool {
	return slices.ContainsFunc(s.People, func(p SetupPerson) bool {
		return p.Key == person && slices.ContainsFunc(p.Appointments, func(a SetupAppointment) bool { return a.Site == "" && a.StandsFor == "" })
	})
}

// as starts a request in the name of a person of the setup.
func (f *founding) as(key string) gate.Request {
	return gate.Request{Who: f.people[key].Entity()}
}

func (f *founding) deputies(sited bool) func(context.Context, Setup) error {
	return func(ctx context.Context, s Setup) error {
		for _, p := range s.People[1:] {
			if err := f.appoint(ctx, p, func(at, deputy bool) bool { return at == sited && deputy }); err != nil {
				return err
			}
		}
		return nil
	}
}

func (f *founding) sited(ctx context.Context, s Setup) error {
	for _, p := range s.People[1:] {
		if err := f.appoint(ctx, p, func(at, deputy bool) bool { return at && !deputy }); err != nil {
			return err
		}
	}
	return nil
}

// appoint makes the appointments of p that it is the turn of.
func (f *founding) appoint(ctx context.Context, p SetupPerson, turn func(sited, deputy bool) bool) error {
	for _, a := range p.Appointments {
		if !turn(a.Site != "", a.StandsFor != "") {
			continue
		}
		by := cmp.Or(a.By, p.By)
		err := f.program.people.Appoint(ctx, f.as(by), people.Appointment{Person: f.people[p.Key], Role: a.Role, Site: string(f.siteIDs[a.Site]),
			StandsFor: f.people[a.StandsFor], By: f.people[by], Basis: a.Basis, From: f.now()})
		if err != nil {
			return fmt.Errorf("couldn't appoint %s to %s: %w", p.Name, a.Role, err)
		}
	}
	return nil
}

func (f *founding) sites(ctx context.Context, s Setup) (err error) {
	for _, site := range s.Sites {
		f.siteIDs[site.Key], err = f.premises.AddSite(ctx, f.as(cmp.Or(site.AddedBy, s.PlacedBy)),
			premises.Site{Name: site.Name, Kind: site.Kind, Buildings: cmp.Or(site.Buildings, 1)})
		if err != nil {
			return fmt.Errorf("couldn't add %s: %w", site.Name, err)
		}
	}
	return nil
}

func (f *founding) places(ctx context.Context, s Setup) error {
	for _, site := range s.Sites {
		if err := f.place(ctx, f.as(s.PlacedBy), site); err != nil {
			return fmt.Errorf("couldn't place what is at %s: %w", site.Name, err)
		}
	}
	return nil
}

func (f *founding) place(ctx context.Context, by gate.Request, site SetupSite) (err error) {
	id := f.siteIDs[site.Key]
	for _, room := range site.Rooms {
		f.rooms[site.Key+" "+room.Key], err = f.premises.AddRoom(ctx, by, premises.Room{Site: id, Name: room.Name, Kind: room.Kind, Storage: room.Storage})
		if err != nil {
			return err
		}
	}
	for _, name := range site.Entrances {
		if _, err := f.premises.AddEntrance(ctx, by, premises.Entrance{Site: id, Name: name}); err != nil {
			return err
		}
	}
	for _, sign := range site.Signs {
		if err := f.premises.AddSign(ctx, by, premises.Sign{Site: id, Entrance: sign.Entrance, Evidence: sign.Evidence}); err != nil {
			return err
		}
	}
	for _, w := range site.Workstations {
		_, code, err := f.premises.AddWorkstation(ctx, by, premises.Workstation{Site: id, Room: f.room(site.Key, w.Room), Name: w.Name, Kind: w.Kind})
		if err != nil {
			return err
		}
		f.codes = append(f.codes, stationCode{site.Name + ", " + w.Name, code})
	}
	return nil
}

func (f *founding) room(site, room string) string {
	if room == "" {
		return ""
	}
	return f.rooms[site+" "+room]
}

// hang places the cameras.
func (f *founding) hang(ctx context.Context, s Setup) (err error) {
	for _, c := range s.Cameras {
		f.cameras[c.Name], err = f.premises.AddCamera(ctx, f.as(s.PlacedBy), premises.Camera{Name: c.Name, Site: f.siteIDs[c.Site], Room: f.room(c.Site, c.Room),
			URL: c.URL, Username: c.Username, Password: c.Password, Visible: c.Visible, Aim: c.Aim, InView: c.InView, AimedAt: c.AimedAt,
			Mode: c.Mode, Pixels: c.Pixels, Assessment: c.Assessment,
			Sub: c.Sub, Device: c.Device, Profile: c.Profile, Steers: c.Steers, Trust: c.Trust, Senses: c.Senses})
		if err != nil {
			return fmt.Errorf("couldn't place camera %s: %w", c.Name, err)
		}
	}
	return nil
}

// file puts those documents on file that it is the turn of.
func (f *founding) file(turn func(SetupFile) bool) func(context.Context, Setup) error {
	return func(ctx context.Context, s Setup) error {
		for i, d := range s.Files {
			if f.filed[i] || !turn(d) {
				continue
			}
			f.filed[i] = true
			item, content, err := f.item(d)
			if err == nil {
				_, err = f.dossier.Add(ctx, f.as(d.filer(s)), item, content)
			}
			if err != nil {
				return fmt.Errorf("couldn't put %s on file: %w", d.Title, err)
			}
		}
		return nil
	}
}

func (f *founding) item(d SetupFile) (item dossier.Item, content []byte, err error) {
	item = dossier.Item{Kind: d.Kind, Title: d.Title, Fields: d.Fields, About: regulation.NewEntity(regulation.Organisation, "organisatie")}
	switch {
	case d.Site != "":
		item.About = f.siteIDs[d.Site].Entity()
	case d.Camera != "":
		item.About = f.cameras[d.Camera].Entity()
	case d.Person != "":
		item.About = f.people[d.Person].Entity()
	}
	if item.Dated, err = calendar.ParseDate(d.Dated); err != nil {
		return item, nil, err
	}
	if d.Content != "" {
		content, err = os.ReadFile(d.Content)
	}
	return item, content, err
}

func (f *founding) roster(ctx context.Context, s Setup) error {
	for _, e := range s.Sessions {
		session := people.Session{Kind: e.Kind, Site: string(f.siteIDs[e.Site]), Room: f.room(e.Site, e.Room), Title: e.Title, From: e.From, To: e.To}
		for _, key := range slices.Compact(e.OnDuty) {
			session.OnDuty = append(session.OnDuty, f.people[key])
		}
		if _, err := f.program.people.AddSession(ctx, f.as(s.RosteredBy), session); err != nil {
			return fmt.Errorf("couldn't enter session %s: %w", e.Title, err)
		}
	}
	return nil
}
