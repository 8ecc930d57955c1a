package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/simulator"
)

// A camera that turns has a pad on its page, or the article that says why it
// hasn't; one that doesn't, neither.
func TestSteerPage(t *testing.T) {
	for _, c := range []struct {
		name, law string
		turns     bool
		says, not string
	}{
		{"one that turns, allowed", stillLaw, true, `id="steer"`, "mag u hier niet"},
		{"one that turns, not allowed", "", true, "mag u hier niet", `id="steer"`},
		{"one that doesn't turn", stillLaw, false, "Over deze camera", "Camera bedienen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t), c.law)
			if c.turns {
				w.turns()
			}
			page := w.as("pieter").get("/camera/" + string(w.camera) + "?doel=veiligheid")
			if page.says(t, 200, c.says); strings.Contains(page.body, c.not) {
				t.Errorf("the page says %q", c.not)
			}
			// live.js takes everything with this attribute for a picture.
			if n := strings.Count(page.body, " data-camera="); n != 1 {
				t.Errorf("%d pictures on the page, want 1", n)
			}
		})
	}
}

// turns makes the camera of the world one that does.
func (w *world) turns() *simulator.Camera {
	w.t.Helper()
	head, err := simulator.Start(simulator.Options{Listen: "127.0.0.1:0", Turns: true, Now: time.Now,
		Streams: []simulator.Stream{{Token: "main", Codec: "H264", Width: 640, Height: 360, Rate: 25}},
		Presets: []simulator.Preset{{Token: "1", Name: "Hek"}}})
	must(w.t, err)
	w.t.Cleanup(head.Close)
	motor, err := onvif.New(onvif.Options{Device: head.Device(), Now: time.Now})
	must(w.t, err)
	w.t.Cleanup(motor.Close)
	w.o.Room.Motor = func(context.Context, premises.CameraID) (*onvif.Client, error) { return motor, nil }
	_, err = w.db.ExecContext(w.t.Context(), "UPDATE camera SET steers = $1, device = $2 WHERE id = $3", true, head.Device(), string(w.camera))
	must(w.t, err)
	return head
}

// Nobody steers what they don't watch.
func TestSteerUnwatched(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), stillLaw)
	head := w.turns()
	v := w.as("pieter")
	at := "/camera/" + string(w.camera)
	v.post(at+"/bedienen", "draai", "1").says(t, 400, "open eerst haar beeld")
	v.post(at+"/bedienen", "draai", "hard").says(t, 400, "geen beweging")
	v.post(at+"/bedienen", "draai", "NaN").says(t, 400, "elk van -1 tot 1")
	v.get(at+"/standen").says(t, 400, "open eerst haar beeld")
	if asked := head.Asked(); len(asked) > 0 || head.Moving() {
		t.Errorf("the camera heard %v", asked)
	}
}
