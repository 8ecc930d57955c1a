package recorder

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

func TestWhicheverRecordsLessHolds(t *testing.T) {
	const on, off = regulation.OnMotion, regulation.LiveOnly
	law := regulation.Recording{Mode: on, Before: 3, After: 7}
	for _, c := range []struct {
		law    regulation.Recording
		camera string
		want   mode
	}{
		{regulation.Recording{}, "", mode{how: regulation.Continuous}},
		{regulation.Recording{}, on, mode{on, usualBefore, usualAfter}},
		{regulation.Recording{}, off, mode{how: off}},
		{law, "", mode{on, 3 * time.Second, 7 * time.Second}},
		{law, regulation.Continuous, mode{on, 3 * time.Second, 7 * time.Second}},
		{law, off, mode{how: off}},
		{regulation.Recording{Mode: regulation.Continuous}, on, mode{on, usualBefore, usualAfter}},
		{regulation.Recording{Mode: off}, on, mode{how: off}},
	} {
		if got := modeOf(c.law, c.camera); got != c.want {
			t.Errorf("%+v and %q give %+v, want %+v", c.law, c.camera, got, c.want)
		}
	}
}

// sparing has the regulation record on motion alone.
func (s *school) sparing(before, after int) {
	s.t.Helper()
	s.adopt("\n## Artikel 9 – Beweging\n\n```yaml\n" +
		fmt.Sprintf("opname:\n  wijze: beweging\n  voor: %d\n  na: %d\n```\n", before, after))
}

// stretches are when camera recorded, in seconds since a moment, and why it
// didn't: "50–92".
func (s *school) stretches(id premises.CameraID, since time.Time) string {
	s.t.Helper()
	var out []string
	var last time.Time
	for _, g := range s.segments(id) {
		if n := len(out); n > 0 && g.Span.From.Equal(last) {
			out[n-1], _, _ = strings.Cut(out[n-1], "–")
		} else {
			out = append(out, fmt.Sprintf("%g", g.Span.From.Sub(since).Seconds()))
		}
		last = g.Span.To
		out[len(out)-1] += fmt.Sprintf("–%g", last.Sub(since).Seconds())
	}
	return strings.Join(out, ", ")
}

func TestRecordsAroundMotion(t *testing.T) {
	t.Parallel()
	second := time.Second
	for name, c := range map[string]struct {
		before, after int
		scene         func(*scene)
		want, causes  string
	}{
		"10 before and 30 after": {10, 30, func(s *scene) { s.still(60 * second).moving(2 * second).still(60 * second) },
			"50–92", "geen beweging, geen beweging, gestopt…"},
		"nothing around it": {0, 0, func(s *scene) { s.still(60 * second).moving(2 * second).still(60 * second) },
			"60–62", "geen beweging, geen beweging, gestopt…"},
		"halfway a GOP": {1, 1, func(s *scene) { s.still(30*second + 500*time.Millisecond).moving(second).still(20 * second) },
			"29–32.5", "geen beweging, geen beweging, gestopt…"},
		"nothing": {10, 30, func(s *scene) { s.still(100 * second) }, "", "geen beweging, gestopt…"},
		"again while it still records": {2, 5, func(s *scene) {
			s.still(20 * second).moving(second).still(3 * second).moving(second).still(20 * second)
		},
			"18–30", "geen beweging, geen beweging, gestopt…"},
		"again right after": {5, 5, func(s *scene) {
			s.still(20 * second).moving(second).still(8 * second).moving(second).still(20 * second)
		},
			"15–35", "geen beweging, geen beweging, gestopt…"},
		"again later": {5, 5, func(s *scene) {
			s.still(20 * second).moving(second).still(15 * second).moving(second).still(20 * second)
		},
			"15–26, 31–42", "geen beweging, geen beweging, geen beweging, gestopt…"},
		"in the first seconds": {10, 3, func(s *scene) { s.still(2 * second).moving(second).still(30 * second) },
			"0–6", "geen beweging, geen beweging, gestopt…"},
		"until the end":      {10, 30, func(s *scene) { s.still(20 * second).moving(5 * second) }, "10–25", "geen beweging, gestopt…"},
		"too short to judge": {10, 30, func(s *scene) { s.still(2 * second).moving(second) }, "", "geen beweging, gestopt…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			s.sparing(c.before, c.after)
			id := s.place("c1", "rtsp://127.0.0.1/", "", "")
			began := s.now().Add(8 * time.Second).Truncate(time.Second)
			scene := sceneFrom(began)
			c.scene(scene)
			if err := s.recorder.Play(t.Context(), id, scene.pictures); err != nil {
				t.Fatal(err)
			}
			if got := s.stretches(id, began); got != c.want {
				t.Errorf("recorded %q, want %q\n%s", got, c.want, s.story())
			}
			if got := s.causes(id); got != c.causes {
				t.Errorf("gaps %q, want %q\n%s", got, c.causes, s.story())
			}
			s.allSaid(id)
			if got := s.entries(id); got != "besluit toegestaan, uitkomst gedaan" {
				t.Errorf("the logbook says %q", got)
			}
		})
	}
}

func TestPlaysOnlyWhatMayBeRecorded(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", "rtsp://127.0.0.1/", "", "")
	began := s.now().Add(8 * time.Second).Truncate(time.Second)
	play := func() error {
		return s.recorder.Play(t.Context(), id, sceneFrom(began).moving(10*time.Second).pictures)
	}
	if err := play(); err != nil || s.stretches(id, began) != "0–10" {
		t.Errorf("recorded %q, %v; want all", s.stretches(id, began), err)
	}
	s.exec(`UPDATE camera SET assessment = ''`)
	began = began.Add(time.Minute)
	s.put(time.Minute)
	var no *gate.Refusal
	if err := play(); !errors.As(err, &no) || len(no.Articles) != 1 {
		t.Errorf("what the regulation forbids is recorded: %v", err)
	}
	if got := s.recorded(id); got != 10*time.Second {
		t.Errorf("%v is recorded, want what was before", got)
	}
	if got := s.causes(id); got != "gestopt, herstart, geen toestemming, gestopt…" && got != "gestopt, geen toestemming, gestopt…" {
		t.Errorf("gaps %q", got)
	}
}

// A liveScene is a raw camera whose pictures are as large as the test likes.
func startScene(t *testing.T) (*rawCamera, *atomic.Int64) {
	raw := startRaw(t)
	var size atomic.Int64
	size.Store(300)
	raw.play = func(conn net.Conn, stop <-chan struct{}) {
		shots := newShots(conn)
		shots.gop = 25
		shots.shoot(stop, func() {
			if shots.padding = int(size.Load()); shots.n%shots.gop == 0 {
				shots.padding = 20000
			}
		})
	}
	return raw, &size
}

func TestWaitsForMotion(t *testing.T) {
	t.Parallel()
	for _, ordinary := range []bool{false, true} {
		t.Run(fmt.Sprintf("ordinary=%v", ordinary), func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			s.sparing(2, 1)
			raw, size := startScene(t)
			id := s.place("c1", raw.url(), "", "")
			s.recorder.ordinary = ordinary
			s.start()
			s.state(id, Waiting)
			s.judges(id)
			if n := s.recorded(id); n > 0 {
				t.Errorf("%v is recorded of what doesn't move", n)
			}
			size.Store(4000)
			s.state(id, Recording)
			size.Store(300)
			s.state(id, Waiting)
			s.eventually("footage", func() bool { return s.recorded(id) > 2*time.Second })
			s.end()
			if got := s.causes(id); got != "geen beweging, geen beweging, gestopt…" {
				t.Errorf("gaps %q", got)
			}
			s.allSaid(id)
			s.restart(time.Second)
			s.state(id, Waiting)
			s.end()
			if got := s.causes(id); got != "geen beweging, geen beweging, gestopt, herstart, geen beweging, gestopt…" {
				t.Errorf("after a restart: gaps %q", got)
			}
			s.allSaid(id)
		})
	}
}

// judges waits until the camera's sieve knows what stillness is.
func (s *school) judges(id premises.CameraID) {
	s.t.Helper()
	sieve := s.recorder.camera(id).sieve
	s.eventually("a sieve that judges", func() bool {
		sieve.mu.Lock()
		defer sieve.mu.Unlock()
		return sieve.motion.ready() && len(sieve.held) > 0
	})
}

// What was kept back goes with the permission: nothing of it is recorded later.
func TestWithdrawalEmptiesTheSieve(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	s.sparing(60, 1)
	raw, size := startScene(t)
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Waiting)
	s.judges(id)
	sieve := s.recorder.camera(id).sieve
	s.assess(id, "")
	s.state(id, Forbidden)
	s.eventually("an empty sieve", func() bool {
		sieve.mu.Lock()
		defer sieve.mu.Unlock()
		return sieve.held == nil && sieve.waiting == nil && sieve.bytes == 0
	})
	back := s.now()
	s.assess(id, "toets 2")
	s.recorder.Ask()
	size.Store(4000)
	s.state(id, Recording)
	s.end()
	for _, g := range s.segments(id) {
		if g.Span.From.Before(back) {
			t.Errorf("what was seen at %v, before %v, is recorded", g.Span.From, back)
		}
	}
	s.allSaid(id)
}

func TestLiveOnlyKeepsNothing(t *testing.T) {
	t.Parallel()
	for _, ordinary := range []bool{false, true} {
		t.Run(fmt.Sprintf("ordinary=%v", ordinary), func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			id := s.place("c1", startRaw(t).url(), "", "")
			s.recorder.ordinary = ordinary
			s.exec(`UPDATE camera SET mode = 'alleen live', assessment = ''`) // so recording would be forbidden
			s.start()
			s.state(id, Live)
			feed, err := s.recorder.Live(t.Context(), s.watch(id), id)
			if err != nil {
				t.Fatal(err)
			}
			defer feed.Close()
			for range 30 {
				if _, err := feed.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.entries(id); got != "besluit toegestaan" {
				t.Errorf("the logbook says %q, want that somebody watched", got)
			}
			s.exec(`UPDATE camera SET mode = ''`)
			s.recorder.Ask()
			s.state(id, Forbidden)
			s.assess(id, "toets 2")
			s.recorder.Ask()
			s.state(id, Recording)
			s.exec(`UPDATE camera SET mode = 'alleen live'`)
			s.recorder.Ask()
			s.state(id, Live)
			s.end()
			if got := s.causes(id); got != "alleen live, geen toestemming, alleen live, gestopt…" {
				t.Errorf("gaps %q", got)
			}
			s.allSaid(id)
		})
	}
}
