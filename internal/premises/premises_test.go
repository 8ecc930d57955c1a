package premises_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
)

var (
	wim   = regulation.NewEntity(regulation.Person, "wim") // the manager
	joost = regulation.NewEntity(regulation.Person, "joost")
	robot = regulation.NewEntity(regulation.Person, "systeem")
)

// roles is a witness that knows who manages the cameras.
type roles struct{}

func (roles) Testify(ctx context.Context, q db.Querier, r gate.Request, at time.Time, t *gate.Testimony) error {
	manager := regulation.NewEntity(regulation.Role, "beheerder")
	none := regulation.Context{"functies": regulation.Set(), "geheimhouding": regulation.Boolean(false)}
	t.Facts[wim] = regulation.NewFact(wim, []regulation.Entity{manager}, none)
	t.Facts[joost] = regulation.NewFact(joost, nil, none)
	t.Facts[robot] = regulation.NewFact(robot, []regulation.Entity{regulation.NewEntity(regulation.Role, "systeem")}, none)
	t.Present = []regulation.Entity{r.Who}
	return nil
}

type school struct {
	*premises.Register
	t     testing.TB
	db    *db.DB
	gate  *gate.Gate
	book  *logbook.Book
	now   time.Time
	seats int
}

func found(t testing.TB, d *db.DB) *school {
	t.Helper()
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(t, err)
	book, err := logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(t, err)
	law := regulationtest.Law(t)
	s := &school{t: t, db: d, book: book, now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.now }
	s.gate = gate.New(book, d, func(time.Time) *regulation.Regulation { return law }, now)
	s.Register = premises.Open(d, s.gate, now)
	s.gate.Hear(roles{}, s.Register)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// facts are what the gate hears of an entity when somebody asks to do act on
// something.
func (s *school) facts(act regulation.Act, on, of regulation.Entity) regulation.Context {
	s.t.Helper()
	_, q, err := s.gate.Ask(s.t.Context(), gate.Request{Act: act, Who: wim, On: gate.Subject{Entity: on}})
	must(s.t, err)
	return q.Facts[of].Attributes.Map()
}

// want compares what was said with what should be.
func want(t *testing.T, what string, got, want regulation.Context) {
	t.Helper()
	for key, value := range want {
		if got[key] == nil || !got[key].Equal(value) {
			t.Errorf("%s: %s is %v, want %v", what, key, got[key], value)
		}
	}
}

func by(who regulation.Entity) gate.Request { return gate.Request{Who: who} }

func (s *school) site(name string) premises.SiteID {
	s.t.Helper()
	id, err := s.AddSite(s.t.Context(), by(wim), premises.Site{Name: name})
	must(s.t, err)
	return id
}

func hall(site premises.SiteID) premises.Camera {
	return premises.Camera{Name: "Hal", Site: site, URL: "rtsp://camera.invalid:554/1", Username: "u", Password: "geheim",
		Visible: true, Aim: "de ingang", Assessment: "DPIA 2026-3"}
}

// record asks whether the camera may record.
func (s *school) record(id premises.CameraID) (*gate.Permit, error) {
	return s.gate.Enter(s.t.Context(), gate.Request{Act: regulation.Record, Who: robot, On: gate.Subject{Entity: id.Entity()}})
}

func (s *school) wantRefused(err error, article string) {
	s.t.Helper()
	var refusal *gate.Refusal
	if !errors.As(err, &refusal) {
		s.t.Errorf("%v, want a refusal by %s", err, article)
		return
	}
	for _, a := range refusal.Articles {
		if a.Title == article {
			return
		}
	}
	s.t.Errorf("%v, want article %s", err, article)
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// What a camera is decides whether it may record, and a change is felt at once.
func TestRecordsOnlyWhatMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("Hoofdgebouw")
		changed := s.Changed()
		id, err := s.AddCamera(ctx, by(wim), hall(site))
		must(t, err)
		if len(id) != 32 || !closed(changed) || closed(s.Changed()) {
			t.Errorf("camera %q was added, and that was told: %v", id, closed(changed))
		}
		_, err = s.record(id)
		s.wantRefused(err, "Borden")
		changed = s.Changed()
		must(t, s.AddSign(ctx, by(wim), premises.Sign{Site: site, Entrance: "Hoofdingang", Evidence: "foto 1"}))
		if !closed(changed) {
			t.Error("a sign wasn't told of")
		}
		permit, err := s.record(id)
		must(t, err)

		hidden := hall(site)
		hidden.ID, hidden.Visible = id, false
		must(t, s.ChangeCamera(ctx, by(wim), hidden))
		if permit.Withdrawn() == nil {
			t.Error("a camera went into hiding and kept its permit")
		}
		_, err = s.record(id)
		s.wantRefused(err, "Zichtbaar")
		hidden.Visible, hidden.Assessment = true, ""
		must(t, s.ChangeCamera(ctx, by(wim), hidden))
		_, err = s.record(id)
		s.wantRefused(err, "Privacytoets")

		back := hall(site)
		back.ID = id
		must(t, s.ChangeCamera(ctx, by(wim), back))
		permit, err = s.record(id)
		must(t, err)
		signs, err := s.Signs(ctx, site)
		must(t, err)
		if len(signs) != 1 || signs[0].Entrance != "Hoofdingang" {
			t.Fatalf("the signs are %+v", signs)
		}
		s.now = s.now.Add(time.Hour)
		must(t, s.RemoveSign(ctx, by(wim), signs[0]))
		if permit.Withdrawn() == nil {
			t.Error("a sign fell and the camera kept its permit")
		}
		if _, err := s.record("00000000000000000000000000000000"); err == nil {
			t.Error("a camera nobody knows may record")
		}
	})
}

func TestRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		west, east := s.site("West"), s.site("Oost")
		first, err := s.AddCamera(ctx, by(wim), hall(west))
		must(t, err)
		other := hall(east)
		other.Name = "Aula"
		second, err := s.AddCamera(ctx, by(wim), other)
		must(t, err)

		sites, err := s.Sites(ctx)
		must(t, err)
		if len(sites) != 2 || sites[0].ID != east || sites[1].Name != "West" {
			t.Errorf("the sites are %+v", sites)
		}
		all, err := s.Cameras(ctx)
		must(t, err)
		if len(all) != 2 || all[0].ID != second || all[1].ID != first {
			t.Errorf("the cameras are %+v", all)
		}
		want := hall(west)
		want.ID, want.Added = first, s.now
		if !reflect.DeepEqual(all[1], want) {
			t.Errorf("kept as %+v, want %+v", all[1], want)
		}

		var invalid premises.Invalid
		moved := want
		moved.Site = east
		if err := s.ChangeCamera(ctx, by(wim), moved); !errors.As(err, &invalid) {
			t.Errorf("what was seen at one site went to another: %v", err)
		}
		renamed := want
		renamed.Name, renamed.URL = "Hal oost", "rtsp://camera.invalid/2"
		must(t, s.ChangeCamera(ctx, by(wim), renamed))
		got, err := s.Camera(ctx, first)
		must(t, err)
		if !reflect.DeepEqual(got, renamed) {
			t.Errorf("changed to %+v, want %+v", got, renamed)
		}
		must(t, s.RemoveCamera(ctx, by(wim), first))
		if got, err = s.Camera(ctx, first); err != nil || !got.Removed.Equal(s.now) {
			t.Errorf("removed: %+v, %v", got, err)
		}
		if all, err = s.Cameras(ctx); err != nil || len(all) != 1 {
			t.Errorf("after removal: %+v, %v", all, err)
		}
		if err := s.RemoveCamera(ctx, by(wim), first); !errors.As(err, &invalid) {
			t.Errorf("removed twice: %v", err)
		}
		if err := s.ChangeCamera(ctx, by(wim), renamed); !errors.As(err, &invalid) {
			t.Errorf("changed after removal: %v", err)
		}
		if _, err := s.Camera(ctx, "nergens"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("a camera nobody knows: %v", err)
		}
	})
}

func TestOnlyWhoMayPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		id, err := s.AddCamera(ctx, by(wim), hall(site))
		must(t, err)
		camera := hall(site)
		camera.ID = id
		for _, who := range []regulation.Entity{joost, {}} {
			_, err := s.AddSite(ctx, by(who), premises.Site{Name: "Oost"})
			s.wantRefused(err, "Plaatsen")
			_, err = s.AddCamera(ctx, by(who), hall(site))
			s.wantRefused(err, "Plaatsen")
			s.wantRefused(s.AddSign(ctx, by(who), premises.Sign{Site: site, Entrance: "e", Evidence: "f"}), "Plaatsen")
			s.wantRefused(s.ChangeCamera(ctx, by(who), camera), "Plaatsen")
			s.wantRefused(s.RemoveCamera(ctx, by(who), id), "Plaatsen")
			s.wantRefused(s.RemoveSign(ctx, by(who), premises.Sign{Site: site}), "Plaatsen")
			for _, err := range s.tryAll(by(who), site, id) {
				s.wantRefused(err, "Plaatsen")
			}
		}
		if all, err := s.Cameras(ctx); err != nil || len(all) != 1 {
			t.Errorf("after refusals: %+v, %v", all, err)
		}
	})
}

func TestBadInput(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	ctx := t.Context()
	site := s.site("West")
	with := func(change func(*premises.Camera)) premises.Camera {
		c := hall(site)
		change(&c)
		return c
	}
	for _, bad := range []premises.Camera{
		with(func(c *premises.Camera) { c.Name = " " }),
		with(func(c *premises.Camera) { c.Name = strings.Repeat("é", 81) }),
		with(func(c *premises.Camera) { c.Aim = "" }),
		with(func(c *premises.Camera) { c.Assessment = "a\nb" }),
		with(func(c *premises.Camera) { c.Site = "nergens" }),
		with(func(c *premises.Camera) { c.URL = "" }),
		with(func(c *premises.Camera) { c.URL = "http://camera.invalid/1" }),
		with(func(c *premises.Camera) { c.URL = "rtsp://admin:geheim@camera.invalid/1" }),
		with(func(c *premises.Camera) { c.URL = "rtsp:///1" }),
		with(func(c *premises.Camera) { c.URL = "rtsp://:554/1" }),
		with(func(c *premises.Camera) { c.URL = "rtsp://a b/1" }),
		with(func(c *premises.Camera) { c.URL = "rtsp://camera.invalid/\x00" }),
	} {
		var invalid premises.Invalid
		if _, err := s.AddCamera(ctx, by(wim), bad); !errors.As(err, &invalid) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for _, bad := range []premises.Sign{
		{Site: site, Entrance: "", Evidence: "f"}, {Site: site, Entrance: "e"}, {Site: "nergens", Entrance: "e", Evidence: "f"},
		{Site: site, Entrance: "e", Evidence: "f", Placed: s.now.Add(time.Hour)},
	} {
		var invalid premises.Invalid
		if err := s.AddSign(ctx, by(wim), bad); !errors.As(err, &invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	var invalid premises.Invalid
	if _, err := s.AddSite(ctx, by(wim), premises.Site{}); !errors.As(err, &invalid) {
		t.Errorf("a site without a name: %v", err)
	}
}
