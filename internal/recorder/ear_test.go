package recorder

import (
	"strings"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/simulator"
)

// A noticing camera speaks ONVIF, and its video comes from a studio.
func noticing(t *testing.T, s *school, o simulator.Options) (*simulator.Camera, premises.CameraID) {
	t.Helper()
	film := (&studio{codec: media.H264}).start(t)
	o.Listen, o.Now = "127.0.0.1:0", s.now
	o.Streams = []simulator.Stream{{Token: "main", URL: film.url(), Codec: "H264", Width: 320, Height: 180, Rate: 25}}
	camera, err := simulator.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(camera.Close)
	id := s.place("c1", film.url(), "", "")
	s.exec(`UPDATE camera SET device = $1, senses = 'camera', username = $2, password = $3, trust = $4`,
		camera.Device(), o.Username, o.Password, camera.Fingerprint())
	return camera, id
}

// hears reports whether the camera's sieve goes by what the camera says.
func (s *school) hears(id premises.CameraID) bool {
	sieve := s.recorder.camera(id).sieve
	sieve.mu.Lock()
	defer sieve.mu.Unlock()
	return sieve.told.hears
}

// The pictures move all the time; what is recorded is what the camera says.
func TestRecordsWhatACameraNotices(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	s.sparing(1, 1)
	camera, id := noticing(t, s, simulator.Options{Username: "admin", Password: "een wachtwoord", Login: simulator.DigestSHA256})
	s.start()
	s.eventually("somebody who listens", func() bool { return s.recorder.camera(id) != nil && camera.Listeners() == 1 && s.hears(id) })
	s.state(id, Waiting)
	held := s.recorded(id)
	camera.Motion(true)
	s.state(id, Recording)
	s.eventually("three seconds more", func() bool { return s.recorded(id) > held+3*time.Second })
	camera.Motion(false)
	s.state(id, Waiting)
	if list := s.recorder.Notices(); len(list) > 0 {
		t.Errorf("notices %+v, want none", list)
	}
	// Who may not record doesn't listen either.
	s.assess(id, "")
	s.state(id, Forbidden)
	s.eventually("nobody who listens", func() bool { return camera.Listeners() == 0 && !s.hears(id) })
	s.end()
	s.allSaid(id)
}

func TestCameraThatKeepsWhatItNoticesToItself(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	camera, id := noticing(t, s, simulator.Options{})
	camera.Close()
	s.start()
	n := s.noticed(id, NoticeEvents)
	if n.Detail == "" || n.Since.IsZero() {
		t.Errorf("notice %+v, want since when and why", n)
	}
	s.eventually("a line about it", func() bool {
		status := s.recorder.Status(id)
		return status.State == Recording && strings.Contains(status.Detail, "meldt geen beweging")
	})
	if s.hears(id) {
		t.Error("the sieve goes by a camera that can't be heard")
	}
}

// A camera whose video says no time is asked for it.
func TestAsksACameraWhatTimeItIs(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	_, id := noticing(t, s, simulator.Options{Ahead: -3 * time.Hour})
	s.recorder.samples = 1 << 20 // so that the video never settles it
	s.start()
	s.eventually("a clock that is three hours behind", func() bool {
		return s.recorder.Status(id).ClockOff.Round(time.Minute) == -3*time.Hour
	})
	s.eventually("the register", func() bool {
		c, err := s.premises.Camera(t.Context(), id)
		return err == nil && c.ClockOff < -3*3600+60 && c.ClockOff > -3*3600-60
	})
	s.noticed(id, NoticeClock)
}

func TestSomethingMovesWhileItDoesAnywhere(t *testing.T) {
	z := zones{}
	event := func(zone string, on bool) onvif.Event {
		return onvif.Event{Topic: "VideoSource/MotionAlarm", Source: map[string]string{"Rule": zone}, Motion: true, On: on}
	}
	for i, step := range []struct {
		event onvif.Event
		want  bool
	}{{event("a", false), false}, {event("a", true), true}, {event("b", true), true}, {event("a", false), true}, {event("b", false), false}} {
		if got := z.after(step.event); got != step.want {
			t.Errorf("step %d: moves %v, want %v", i, got, step.want)
		}
	}
	for i := range 10_000 {
		z.after(event(strings.Repeat("x", i), true))
	}
	if len(z) > maxZones {
		t.Errorf("%d zones are remembered, want %d at most", len(z), maxZones)
	}
}
