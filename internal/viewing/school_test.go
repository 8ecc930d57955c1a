package viewing_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/retention"
	"oogmerk/internal/vault"
	"oogmerk/internal/viewing"
)

// A school is everything a room needs, for real, under the example
// regulation: one site with a sign, and two people who may look there.
type school struct {
	t         *testing.T
	law       *regulation.Regulation
	book      *logbook.Book
	gate      *gate.Gate
	people    *people.Register
	premises  *premises.Register
	store     *footage.Store
	recorder  *recorder.Recorder
	incidents *incident.Register
	holds     *retention.Holds
	room      *viewing.Room
	site      premises.SiteID
	manager   people.PersonID
	samira    people.PersonID
	token     string // of the seat where Pieter acts

	mu   sync.Mutex
	time func() time.Time
}

const password = "correct horse battery"

var ten = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *school) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.time()
}

func (s *school) inForce() *regulation.Regulation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.law
}

// set stops the clock at t.
func (s *school) set(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.time = func() time.Time { return t }
}

func found(t *testing.T, d *db.DB, clock func() time.Time) *school {
	t.Helper()
	s := &school{t: t, time: clock}
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(t, err)
	s.book, err = logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(t, err)
	s.law = regulationtest.Law(t)
	s.gate = gate.New(s.book, d, func(time.Time) *regulation.Regulation { return s.inForce() }, s.now)
	s.people = people.Open(d, s.gate, s.now)
	s.premises = premises.Open(d, s.gate, s.now)
	home := t.TempDir()
	keys, err := vault.Open(home, rand.Reader)
	must(t, err)
	t.Cleanup(func() { keys.Close() })
	blobs, err := blob.Open(filepath.Join(home, "segments"))
	must(t, err)
	s.store = footage.Open(d, blobs, keys, s.now)
	s.recorder = recorder.New(s.gate, s.store, s.premises, s.now)
	terms := func(time.Time) regulation.Terms { return s.inForce().Terms }
	s.holds = retention.OpenHolds(d, s.gate, s.store, terms, s.now, rand.Reader)
	s.incidents = incident.Open(d, s.gate, s.store, terms, s.now)
	s.gate.Hear(s.people, s.premises, s.incidents)
	s.room = viewing.NewRoom(s.gate, s.store, s.recorder, s.incidents, s.holds, s.now)
	must(t, s.store.Recover(t.Context()))
	s.run(s.store.Run)
	s.appoint()
	return s
}

// run runs something until the test ends.
func (s *school) run(what func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := what(ctx); err != nil {
			s.t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	s.t.Cleanup(stop)
	return stop
}

// appoint lets the school begin, and Pieter sit down.
func (s *school) appoint() {
	s.t.Helper()
	ctx := s.t.Context()
	var board people.PersonID
	must(s.t, s.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) (err error) {
		board, err = s.people.FoundPerson(ctx, tx, people.Person{Login: "anna", Name: "Anna"}, password, "bestuur", "oprichting")
		return err
	}))
	byBoard := gate.Request{Who: board.Entity()}
	s.manager = s.hire(byBoard, "wim", "beheerder", "")
	var err error
	s.site, err = s.premises.AddSite(ctx, s.byManager(), premises.Site{Name: "Hoofdgebouw"})
	must(s.t, err)
	must(s.t, s.premises.AddSign(ctx, s.byManager(), premises.Sign{Site: s.site, Entrance: "hoofdingang", Evidence: "foto 1"}))
	s.hire(s.byManager(), "pieter", "locatiebeheerder", s.site)
	s.samira = s.hire(s.byManager(), "samira", "bevoegd_medewerker", s.site)
	s.token, err = s.people.SignIn(ctx, "", "pieter", password)
	must(s.t, err)
}

func (s *school) byManager() gate.Request { return gate.Request{Who: s.manager.Entity()} }

func (s *school) hire(by gate.Request, login, role string, site premises.SiteID) people.PersonID {
	s.t.Helper()
	id, err := s.people.AddPerson(s.t.Context(), by, people.Person{Login: login, Name: login, Confidentiality: s.now()}, password)
	must(s.t, err)
	must(s.t, s.people.Appoint(s.t.Context(), by, people.Appointment{Person: id, Role: role, Site: string(site), Basis: "besluit"}))
	return id
}

// place adds a camera.
func (s *school) place(url string) premises.CameraID {
	s.t.Helper()
	id, err := s.premises.AddCamera(s.t.Context(), s.byManager(), premises.Camera{Name: "Hal", Site: s.site, URL: url,
		Visible: true, Aim: "de hal", Assessment: "toets 1"})
	must(s.t, err)
	return id
}

// join lets Samira sit down too.
func (s *school) join() {
	s.t.Helper()
	must(s.t, s.people.Join(s.t.Context(), s.token, "samira", password))
}

func (s *school) who() people.Presence {
	s.t.Helper()
	p, err := s.people.Present(s.t.Context(), s.token)
	must(s.t, err)
	return p
}

func (s *school) clip() media.Clip {
	s.t.Helper()
	data, err := os.ReadFile("../media/testdata/plain.mp4")
	must(s.t, err)
	clip, err := media.ReadClip(bytes.NewReader(data))
	must(s.t, err)
	return clip
}

// record puts the clip in the store, as if camera saw it at start.
func (s *school) record(camera premises.CameraID, start time.Time) footage.Span {
	s.t.Helper()
	ctx := s.t.Context()
	clip := s.clip()
	span := footage.Span{From: start, To: start.Add(media.Duration(clip.Ticks()))}
	permit, err := s.gate.Enter(ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: footage.Subject(camera,
		footage.Span{From: span.From.Add(-time.Minute), To: span.To.Add(time.Minute)})})
	must(s.t, err)
	w := s.store.Record(permit, camera)
	f := media.NewFragmenter(500*time.Millisecond, func(f *media.Fragment) error { return w.Write(ctx, f) })
	for i := range clip.Pictures {
		au := clip.Pictures[i]
		au.Time = start.Add(media.Duration(au.DTS))
		must(s.t, f.Push(&au))
	}
	must(s.t, f.Flush())
	must(s.t, w.Close(ctx))
	must(s.t, permit.Close(ctx, "gedaan", nil))
	return span
}

// eventually waits until ok, at most ten seconds.
func (s *school) eventually(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("after 10 s still not: %s", what)
		}
	}
}

// outcome is the last one of an act in the logbook.
func (s *school) outcome(act regulation.Act) (result string, said map[string]any) {
	s.t.Helper()
	all, err := s.book.Records(context.Background(), -1, 1000)
	must(s.t, err)
	for _, r := range all {
		if r.Kind == logbook.Outcome && r.Act == string(act) {
			var header struct{ Uitkomst map[string]any }
			must(s.t, json.Unmarshal(r.Header, &header))
			return r.Result, header.Uitkomst
		}
	}
	return "", nil
}
