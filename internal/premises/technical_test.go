package premises_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/premises"
)

// technical is c with all that says how it is reached and what it can.
func technical(c premises.Camera) premises.Camera {
	c.Sub, c.Device, c.Profile = "rtsp://192.0.2.8/sub", "https://192.0.2.8/onvif/device_service", "profiel 1"
	c.Steers, c.Trust, c.Senses = true, strings.Repeat("0a", 32), premises.ByCamera
	return c
}

// same compares what [technical] is about.
func same(a, b premises.Camera) bool {
	return a.Sub == b.Sub && a.Device == b.Device && a.Profile == b.Profile && a.Steers == b.Steers && a.Trust == b.Trust && a.Senses == b.Senses
}

// How a camera is reached and what it can is kept, changed and taken away, and
// no other view for that: what was found of its footage still holds, and so do
// its masks.
func TestTechnical(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		want := technical(hall(s.site("West")))
		id, err := s.AddCamera(ctx, by(wim), want)
		must(t, err)
		got, err := s.Camera(ctx, id)
		must(t, err)
		if !same(got, want) {
			t.Errorf("placed %+v", got)
		}
		_, err = s.AddMask(ctx, by(wim), premises.Mask{Camera: id, Covers: "woning", Area: "linksboven"})
		must(t, err)
		s.now = s.now.Add(time.Hour)
		for what, change := range []func(*premises.Camera){
			func(c *premises.Camera) {
				c.Sub, c.Device, c.Profile = "rtsps://192.0.2.9/s", " http://192.0.2.9:8000/onvif ", "2"
				c.Steers, c.Trust, c.Senses = false, strings.Repeat("f1", 32), ""
			},
			func(c *premises.Camera) { c.Sub, c.Device, c.Profile, c.Trust = "", "", "", "" },
		} {
			next := got
			change(&next)
			must(t, s.ChangeCamera(ctx, by(wim), next))
			kept, err := s.Camera(ctx, id)
			must(t, err)
			if next.Device = strings.TrimSpace(next.Device); !same(kept, next) || !kept.ViewChanged.Equal(got.ViewChanged) {
				t.Errorf("change %d: kept %+v", what, kept)
			}
		}
		if masks, err := s.Masks(ctx, id); err != nil || len(masks) != 1 {
			t.Errorf("the masks are %+v, %v", masks, err)
		}
		all, err := s.Cameras(ctx)
		if err != nil || len(all) != 1 || all[0].Sub != "" {
			t.Errorf("the list is %+v, %v", all, err)
		}
	})
}

// What can't be right is refused in one line, and changes nothing.
func TestTechnicalBadInput(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	good := technical(hall(s.site("West")))
	id, err := s.AddCamera(t.Context(), by(wim), good)
	must(t, err)
	for what, c := range map[string]struct {
		change func(*premises.Camera)
		line   string
	}{
		"a page as light stream": {func(c *premises.Camera) { c.Sub = "http://192.0.2.8/" }, "begint met rtsp://"},
		"a login in it":          {func(c *premises.Camera) { c.Sub = "rtsp://a:b@192.0.2.8/" }, "naam of wachtwoord"},
		"a stream as service":    {func(c *premises.Camera) { c.Device = "rtsp://192.0.2.8/" }, "ONVIF-dienst"},
		"no machine":             {func(c *premises.Camera) { c.Device = "http:///x" }, "ONVIF-dienst"},
		"a login in the service": {func(c *premises.Camera) { c.Device = "http://a:b@192.0.2.8/" }, "naam of wachtwoord"},
		"a long profile":         {func(c *premises.Camera) { c.Profile = strings.Repeat("p", 101) }, "100 tekens"},
		"half a fingerprint":     {func(c *premises.Camera) { c.Trust = "0a0a" }, "64 tekens"},
		"no fingerprint":         {func(c *premises.Camera) { c.Trust = strings.Repeat("zz", 32) }, "64 tekens"},
		"capitals":               {func(c *premises.Camera) { c.Trust = strings.Repeat("0A", 32) }, "64 tekens"},
		"a sense it hasn't":      {func(c *premises.Camera) { c.Senses = "gevoel" }, "uit de lijst"},
	} {
		bad := good
		bad.ID = id
		c.change(&bad)
		var invalid premises.Invalid
		if err := s.ChangeCamera(t.Context(), by(wim), bad); !errors.As(err, &invalid) || !strings.Contains(string(invalid), c.line) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := s.AddCamera(t.Context(), by(wim), bad); !errors.As(err, &invalid) {
			t.Errorf("a new one with %s: %v", what, err)
		}
	}
	if kept, err := s.Camera(t.Context(), id); err != nil || !same(kept, good) {
		t.Errorf("kept %+v, %v", kept, err)
	}
}
