package recorder

import (
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A saying is what a camera says of motion, and when it is heard; all in
// seconds since a moment.
type saying struct {
	heard, at float64
	on        bool
}

// playTold plays pictures of a camera that says what moves. It is heard once a
// second.
func (s *school) playTold(id premises.CameraID, began time.Time, pictures []media.AccessUnit, said ...saying) {
	s.t.Helper()
	record, err := s.premises.Camera(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	after := func(seconds float64) time.Time { return began.Add(time.Duration(seconds * float64(time.Second))) }
	at := began
	once := New(s.gate, s.store, s.premises, func() time.Time { return at })
	once.Report = func(err error) { s.t.Error(err) }
	var c *camera
	once.InForce = func(now time.Time) *regulation.Regulation {
		for len(said) > 0 && !after(said[0].heard).After(now) {
			c.sieve.motionEvent(after(said[0].at), said[0].on)
			said = said[1:]
		}
		return s.inForce(now)
	}
	c = once.newCamera(record, func(error) {})
	if err := c.played(s.t.Context(), pictures, &at); err != nil {
		s.t.Error(err)
	}
	c.finish(s.t.Context())
	if len(said) > 0 {
		s.t.Errorf("%v was never heard", said)
	}
}

func TestRecordsWhatTheCameraSays(t *testing.T) {
	t.Parallel()
	second := time.Second
	still := func(s *scene) { s.still(60 * second) }
	for name, c := range map[string]struct {
		before, after int
		scene         func(*scene)
		said          []saying
		want          string
	}{
		"as it happens":      {5, 10, still, []saying{{0, 0, false}, {20, 20, true}, {24, 24, false}}, "15–34"},
		"nothing":            {5, 10, still, []saying{{0, 0, false}}, ""},
		"not what we see":    {5, 10, func(s *scene) { s.still(20 * second).moving(10 * second).still(30 * second) }, []saying{{0, 0, false}}, ""},
		"late":               {5, 10, still, []saying{{0, 0, false}, {24, 20, true}, {27, 23, false}}, "15–33"},
		"late and over":      {2, 0, still, []saying{{0, 0, false}, {24, 20, true}, {24, 21, false}}, "18–21"},
		"an instant":         {0, 0, still, []saying{{0, 0, false}, {20, 20.2, true}, {20, 20.2, false}}, "20–20.5"},
		"twice":              {2, 3, still, []saying{{0, 0, false}, {20, 20, true}, {21, 21, false}, {40, 40, true}, {41, 41, false}}, "18–24, 38–44"},
		"again meanwhile":    {2, 5, still, []saying{{0, 0, false}, {20, 20, true}, {21, 21, false}, {24, 24, true}, {25, 25, false}}, "18–30"},
		"until the end":      {5, 10, still, []saying{{0, 0, false}, {50, 50, true}}, "45–60"},
		"from the beginning": {5, 2, still, []saying{{0, 0, true}, {3, 3, false}}, "0–5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			s.sparing(c.before, c.after)
			id := s.place("c1", "rtsp://127.0.0.1/", "", "")
			began := s.now().Add(8 * time.Second).Truncate(time.Second)
			scene := sceneFrom(began)
			c.scene(scene)
			s.playTold(id, began, scene.pictures, c.said...)
			if got := s.stretches(id, began); got != c.want {
				t.Errorf("recorded %q, want %q\n%s", got, c.want, s.story())
			}
			s.allSaid(id)
		})
	}
}

// What a camera said is kept with the footage, also where all is recorded.
func TestMarksWhatTheCameraSays(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", "rtsp://127.0.0.1/", "", "")
	began := s.now().Add(time.Hour).Truncate(time.Hour)
	s.put(began.Sub(s.now()))
	scene := sceneFrom(began).still(20 * time.Second).moving(5 * time.Second).still(20 * time.Second)
	s.playTold(id, began, scene.pictures, saying{0, 0, false}, saying{31, 31, true}, saying{33, 33, false})
	segments := s.segments(id)
	if len(segments) != 1 || len(segments[0].Activity) != 9 {
		t.Fatalf("%d segments, the first with activity %v", len(segments), segments[0].Activity)
	}
	const moved = 0x80
	for i, a := range segments[0].Activity {
		switch {
		case (a&moved != 0) != (i == 6):
			t.Errorf("slot %d: the camera said so: %v", i, a&moved != 0)
		case i == 4 && a < 40, i > 1 && i != 4 && a&^moved > 11:
			t.Errorf("slot %d is as active as %d", i, a)
		}
	}
}

func TestToldForgets(t *testing.T) {
	began := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return began.Add(time.Duration(s * float64(time.Second))) }
	var d told
	for i := range 3 * maxTold {
		d.event(at(float64(i)), true)
		d.event(at(float64(i)), true) // says no more
		d.event(at(float64(i)+0.5), false)
		d.event(at(float64(i)+0.5), false)
	}
	if len(d.said) != maxTold || !d.hears {
		t.Errorf("%d are remembered", len(d.said))
	}
	if _, _, ok := d.news(at(3*maxTold - 1)); !ok {
		t.Error("what was said is no news")
	}
	d.news(at(4 * maxTold))
	if len(d.said) != 0 {
		t.Errorf("%d are remembered for ever", len(d.said))
	}
	// It goes deaf while something moves: before anybody knew, and after.
	now := at(4 * maxTold)
	d.event(now, true)
	d.deaf()
	if d.hears || len(d.said) != 0 {
		t.Errorf("deaf, but %+v", d)
	}
	d.event(now, true)
	d.news(now.Add(time.Second))
	d.deaf()
	if !d.moved(now, now.Add(time.Second)) || d.moved(now.Add(time.Second), now.Add(time.Hour)) {
		t.Errorf("what moved until it went deaf is %+v", d.said)
	}
	// The clock is put back while something moves.
	d.event(now, true)
	if _, _, ok := d.news(now.Add(-time.Hour)); !ok || !d.moved(now.Add(-time.Hour), now) {
		t.Error("after the clock was put back nothing moves any more")
	}
}

// What waits is recorded, too, if the clock was put back before something moves.
func TestMotionAfterTheClockWasPutBack(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	s.sparing(10, 5)
	id := s.place("c1", "rtsp://127.0.0.1/", "", "")
	began := s.now().Add(time.Minute).Truncate(time.Second)
	scene := sceneFrom(began).still(30 * time.Second)
	scene.at = scene.at.Add(-20 * time.Second)
	back := len(scene.pictures)
	scene.moving(2 * time.Second).still(40 * time.Second)
	scene.pictures[back].Jump = true
	if err := s.recorder.Play(t.Context(), id, scene.pictures); err != nil {
		t.Fatal(err)
	}
	if got := s.recorded(id); got < 10*time.Second || got > 18*time.Second {
		t.Errorf("%v is recorded, want some 10 s before and 7 s after", got)
	}
	s.allSaid(id)
}

func TestDeafSieveLooksForItself(t *testing.T) {
	s := &sieve{mode: mode{how: regulation.OnMotion}}
	for range warmUp {
		s.motion.learn(&media.Fragment{Samples: []media.Sample{{Size: 9000, Key: true}}})
	}
	if !s.blind() {
		t.Error("it sees something in key pictures alone")
	}
	s.motionEvent(time.Time{}, false)
	if s.blind() {
		t.Error("the camera says what moves, but it is called blind")
	}
	if s.deaf(); !s.blind() {
		t.Error("deaf and blind, but it isn't said")
	}
}
