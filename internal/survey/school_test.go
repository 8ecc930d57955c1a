package survey_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/demo"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/simulator"
	"oogmerk/internal/survey"
)

const password = "correct horse battery"

// A school has a manager, who may place cameras, and Samira, who may not; one
// camera that speaks ONVIF, with its clock three hours off; and its pictures.
type school struct {
	t           *testing.T
	db          *db.DB
	book        *logbook.Book
	premises    *premises.Register
	survey      *survey.Survey
	site        premises.SiteID
	wim, samira people.Presence
	rtsp        *demo.Cameras
	camera      *simulator.Camera
	beacon      *simulator.Beacon
	options     simulator.Options
	later       time.Duration
	manager     people.PersonID
}

// deafness is an article for a regulation that wants no sound.
const deafness = "\n## Artikel 96 – Geen geluid\n\n```yaml\nverboden_functies: [geluid]\n```\n\n```cedar\n" +
	"@uitleg(\"Een programma dat geluid opneemt, mag geen camera's opnemen.\")\nforbid (principal, action == Action::\"opnemen\", resource)\n" +
	"when { Organisatie::\"organisatie\".kan.containsAny(Reglement::\"dit\".verboden_functies) };\n```\n"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *school) now() time.Time { return time.Now().Add(s.later) }

func found(t *testing.T, change func(*simulator.Options)) *school {
	t.Helper()
	d := dbtest.SQLite(t)
	s := &school{t: t, db: d}
	ctx := t.Context()
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(t, err)
	s.book, err = logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(t, err)
	law, err := regulation.Parse(regulationtest.File, append(regulationtest.Document(), deafness...))
	must(t, err)
	g := gate.New(s.book, d, func(time.Time) *regulation.Regulation { return law }, s.now)
	register := people.Open(d, g, s.now)
	s.premises = premises.Open(d, g, s.now)
	g.Hear(register, s.premises)
	s.survey = survey.New(g, s.premises, s.now)
	s.survey.Patience = 1500 * time.Millisecond
	s.survey.Interfaces = func() ([]net.Interface, error) { return nil, nil }

	var board people.PersonID
	must(t, s.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) (err error) {
		board, err = register.FoundPerson(ctx, tx, people.Person{Login: "anna", Name: "Anna"}, password, "bestuur", "oprichting")
		return err
	}))
	hire := func(by people.PersonID, login, role string, site premises.SiteID) people.PersonID {
		id, err := register.AddPerson(ctx, gate.Request{Who: by.Entity()}, people.Person{Login: login, Name: login, Confidentiality: s.now()}, password)
		must(t, err)
		must(t, register.Appoint(ctx, gate.Request{Who: by.Entity()}, people.Appointment{Person: id, Role: role, Site: string(site), By: by, Basis: "besluit 2", From: s.now()}))
		return id
	}
	s.manager = hire(board, "wim", "beheerder", "")
	s.site, err = s.premises.AddSite(ctx, gate.Request{Who: s.manager.Entity()}, premises.Site{Name: "Hoofdgebouw"})
	must(t, err)
	hire(s.manager, "samira", "bevoegd_medewerker", s.site)
	sit := func(login string) people.Presence {
		token, err := register.SignIn(ctx, "", login, password)
		must(t, err)
		who, err := register.Present(ctx, token)
		must(t, err)
		return who
	}
	s.wim, s.samira = sit("wim"), sit("samira")
	s.cameras(change)
	return s
}

// cameras turns on the camera, which tells of itself on loopback.
func (s *school) cameras(change func(*simulator.Options)) {
	t := s.t
	clips, err := demo.Clips()
	must(t, err)
	s.options = simulator.Options{Listen: "127.0.0.1:0", Maker: "Kijk", Model: "K1", Firmware: "V20r4", Serial: "7", Name: "Hal",
		Username: "admin", Password: "geheim genoeg", Now: time.Now, Ahead: 3 * time.Hour, Microphone: true, Keeps: true, Turns: true,
		Masks: []simulator.Mask{{Token: "m", Enabled: true}, {Token: "n"}}}
	s.rtsp, err = demo.Start(demo.Options{Clips: clips, Count: 2, Listen: "127.0.0.1:0", Username: s.options.Username, Password: s.options.Password})
	must(t, err)
	t.Cleanup(s.rtsp.Close)
	s.options.Streams = []simulator.Stream{
		{Token: "klein", Name: "Sub", URL: s.rtsp.URL(1), Codec: "H264", Width: 640, Height: 360, Rate: 10},
		{Token: "hoofd", Name: "Main", URL: s.rtsp.URL(0), Codec: "H264", Width: 1920, Height: 1080, Rate: 25},
		{Token: "plaatjes", Name: "JPEG", URL: s.rtsp.URL(0), Codec: "JPEG", Width: 3840, Height: 2160, Rate: 1}}
	if change != nil {
		change(&s.options)
	}
	s.camera, err = simulator.Start(s.options)
	must(t, err)
	t.Cleanup(s.camera.Close)
	s.beacon, err = simulator.Announce("127.0.0.1:0", s.camera)
	must(t, err)
	t.Cleanup(s.beacon.Close)
	s.survey.Single = []netip.AddrPort{s.beacon.Address()}
}

// find looks for cameras, and waits until that is over.
func (s *school) find() survey.Progress {
	s.t.Helper()
	id, err := s.survey.Find(s.t.Context(), s.wim, s.site, "")
	must(s.t, err)
	return s.wait(id)
}

func (s *school) wait(id string) survey.Progress {
	s.t.Helper()
	for late := time.Now().Add(20 * time.Second); time.Now().Before(late); {
		p, err := s.survey.Progress(s.wim, id)
		must(s.t, err)
		if p.Over {
			return p
		}
		select {
		case <-s.t.Context().Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.t.Fatal("the search goes on and on")
	return survey.Progress{}
}

// try tries the camera with its own name and password.
func (s *school) try(change func(*survey.Attempt)) (string, error) {
	a := survey.Attempt{Address: s.camera.Device(), Username: s.options.Username, Password: s.options.Password}
	if change != nil {
		change(&a)
	}
	return s.survey.Try(s.t.Context(), s.wim, s.site, a)
}

// acts are the lines of the logbook about placing, newest first: what, and how
// it ended.
func (s *school) acts() (lines []string) {
	s.t.Helper()
	records, err := s.book.Search(s.t.Context(), logbook.Search{Object: s.site.Entity().String()}, -1, 100)
	must(s.t, err)
	for _, r := range records {
		var header struct {
			What    string `json:"wat"`
			Outcome struct {
				Found *int `json:"gevonden"`
			} `json:"uitkomst"`
		}
		must(s.t, json.Unmarshal(r.Header, &header))
		line := r.Kind + " " + r.Result + " " + header.What
		if header.Outcome.Found != nil {
			line += fmt.Sprint(*header.Outcome.Found)
		}
		lines = append(lines, line)
	}
	return lines
}
