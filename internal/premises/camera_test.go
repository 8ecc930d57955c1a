package premises_test

import (
	"reflect"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// yard is a camera in a room, with all there is to tell.
func (s *school) yard(site premises.SiteID) premises.Camera {
	s.t.Helper()
	room, err := s.AddRoom(s.t.Context(), by(wim), premises.Room{Site: site, Name: "Plein", Kind: "terrein"})
	must(s.t, err)
	c := hall(site)
	c.Room, c.InView, c.AimedAt = room, []string{"woning", "openbare weg"}, "openbare weg"
	c.Mode, c.Pixels = regulation.OnMotion, 125
	c.ID, err = s.AddCamera(s.t.Context(), by(wim), c)
	must(s.t, err)
	return c
}

func TestCameraFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		c := s.yard(site)
		mask, err := s.AddMask(ctx, by(wim), premises.Mask{Camera: c.ID, Covers: "woning", Area: "linksboven"})
		must(t, err)
		must(t, s.NoteClock(ctx, c.ID, -40))
		want(t, "the camera", s.facts(regulation.Record, c.ID.Entity(), c.ID.Entity()), regulation.Context{
			"locatie": site.Entity(), "ruimte": regulation.String("terrein"), "zichtbaar": regulation.Boolean(true),
			"privacytoets": regulation.Boolean(true), "aangekondigd": regulation.Boolean(false),
			"in_beeld": regulation.Strings("openbare weg", "woning"), "afgedekt": regulation.Strings("woning"),
			"gericht_op": regulation.String("openbare weg"), "wijze": regulation.String("beweging"),
			"pixels_per_meter": regulation.Long(125), "klokverschil": regulation.Long(40)})
		want(t, "its site", s.facts(regulation.Record, c.ID.Entity(), site.Entity()), regulation.Context{"gebouwen": regulation.Long(1)})
		want(t, "the organisation", s.facts(regulation.Record, c.ID.Entity(), organisation), regulation.Context{"opslagruimte": regulation.Boolean(false)})
		masks, err := s.Masks(ctx, c.ID)
		must(t, err)
		if len(masks) != 1 || masks[0] != (premises.Mask{ID: mask, Camera: c.ID, Covers: "woning", Area: "linksboven", By: "wim", At: s.now}) {
			t.Errorf("the masks are %+v", masks)
		}
		s.now = s.now.Add(time.Minute)
		must(t, s.RemoveMask(ctx, by(wim), masks[0]))
		bare, err := s.AddCamera(ctx, by(wim), hall(site))
		must(t, err)
		none := regulation.Strings()
		want(t, "the camera", s.facts(regulation.Record, c.ID.Entity(), c.ID.Entity()), regulation.Context{"afgedekt": none})
		want(t, "a bare camera", s.facts(regulation.Record, bare.Entity(), bare.Entity()), regulation.Context{
			"ruimte": regulation.String(""), "in_beeld": none, "gericht_op": regulation.String(""),
			"wijze": regulation.String("continu"), "pixels_per_meter": regulation.Long(0)})
	})
}

// The law is told of each change whether the camera comes to see something
// else, and where it hangs.
func TestViewChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		heard := &details{}
		s.gate.Hear(heard)
		ctx := t.Context()
		site := s.site("West")
		c := s.yard(site)
		told := func(what string, room string, view bool) {
			t.Helper()
			want(t, what, heard.last, regulation.Context{"wat": regulation.String("camera"),
				"ruimte": regulation.String(room), "beeld": regulation.Boolean(view)})
		}
		told("a new camera", "terrein", true)
		change := func(what, room string, view bool, edit func(*premises.Camera)) {
			t.Helper()
			was, err := s.Camera(ctx, c.ID)
			must(t, err)
			s.now = s.now.Add(time.Hour)
			now := was
			edit(&now)
			must(t, s.ChangeCamera(ctx, by(wim), now))
			told(what, room, view)
			if view {
				now.ViewChanged = s.now
			}
			if got, err := s.Camera(ctx, c.ID); err != nil || !reflect.DeepEqual(got, now) {
				t.Errorf("%s: kept as %+v, want %+v: %v", what, got, now, err)
			}
		}
		change("a name", "terrein", false, func(c *premises.Camera) { c.Name, c.Mode, c.Pixels = "Plein", "", 0 })
		change("an aim", "terrein", true, func(c *premises.Camera) { c.Aim = "de fietsen" })
		change("a view", "terrein", true, func(c *premises.Camera) { c.InView = []string{"woning"} })
		change("a target", "terrein", true, func(c *premises.Camera) { c.AimedAt = "" })
		change("a room", "", true, func(c *premises.Camera) { c.Room = "" })
		must(t, s.RemoveCamera(ctx, by(wim), c.ID))
		if _, told := heard.last["ruimte"]; told {
			t.Error("a camera that goes comes to hang somewhere")
		}
	})
}

// A mask is approved for what a camera sees: one that was turned, or moved,
// has none until somebody looks again.
func TestMaskOfAnotherView(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		c := s.yard(s.site("West"))
		for _, edit := range []struct {
			what   string
			turned bool
			change func(*premises.Camera)
		}{
			{"an aim", true, func(c *premises.Camera) { c.Aim = "de fietsen" }},
			{"a target", true, func(c *premises.Camera) { c.AimedAt = "" }},
			{"a room", true, func(c *premises.Camera) { c.Room = "" }},
			{"a name", false, func(c *premises.Camera) { c.Name = "Plein" }},
			{"what somebody saw in view later", false, func(c *premises.Camera) { c.InView = []string{"woning"} }},
		} {
			_, err := s.AddMask(ctx, by(wim), premises.Mask{Camera: c.ID, Covers: "woning", Area: "linksboven"})
			must(t, err)
			now, err := s.Camera(ctx, c.ID)
			must(t, err)
			edit.change(&now)
			must(t, s.ChangeCamera(ctx, by(wim), now))
			masks, err := s.Masks(ctx, c.ID)
			must(t, err)
			if gone := len(masks) == 0; gone != edit.turned {
				t.Errorf("after %s changed the masks are %+v", edit.what, masks)
			}
			for _, m := range masks {
				must(t, s.RemoveMask(ctx, by(wim), m))
			}
		}
	})
}

// A clock that is off is felt at once, and costs nothing while it stays so.
func TestNoteClock(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	c := s.yard(s.site("West"))
	changed := s.Changed()
	must(t, s.NoteClock(t.Context(), c.ID, 3))
	if !closed(changed) {
		t.Error("nobody was told that a clock is off")
	}
	changed = s.Changed()
	must(t, s.NoteClock(t.Context(), c.ID, 3))
	if closed(changed) {
		t.Error("the same news was told twice")
	}
}

// BenchmarkTestify is what every ruling costs, and every open permit every few
// seconds.
func BenchmarkTestify(b *testing.B) {
	d := dbtest.SQLite(b)
	s := found(b, d)
	ctx := b.Context()
	site := s.site("West")
	c := s.yard(site)
	for i := range 6 {
		must(b, s.AddSign(ctx, by(wim), premises.Sign{Site: site, Entrance: string(rune('A' + i)), Evidence: "foto"}))
	}
	seat := s.seat("")
	req := gate.Request{Act: regulation.Watch, Who: wim, Where: seat, On: gate.Subject{Entity: c.ID.Entity()}}
	for b.Loop() {
		t := &gate.Testimony{Facts: regulation.Facts{}, Context: regulation.Context{}}
		must(b, s.Testify(ctx, d, req, s.now, t))
	}
}
