package recorder

import (
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/premises"
)

func startDemo(t *testing.T, o demo.Options) *demo.Cameras {
	t.Helper()
	clips, err := demo.Clips()
	if err != nil {
		t.Fatal(err)
	}
	o.Clips, o.Listen = clips, "127.0.0.1:0"
	cameras, err := demo.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cameras.Close)
	return cameras
}

func TestRecordsCamerasWithoutTheirSound(t *testing.T) {
	t.Parallel()
	for name, suffix := range map[string]string{"fast": "", "ordinary": "", "udp": "#udp"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cameras := startDemo(t, demo.Options{Count: 2, Username: "admin", Password: "een wachtwoord"})
			s := newSchool(t, "")
			s.recorder.ordinary = name == "ordinary"
			one := s.place("one", cameras.URL(0)+suffix, "admin", "een wachtwoord")
			two := s.place("two", cameras.URL(1)+suffix, "admin", "een wachtwoord")
			s.start()
			s.eventually("two seconds of both", func() bool {
				return s.recorded(one) > 2*time.Second && s.recorded(two) > 2*time.Second
			})
			if status := s.recorder.Status(one); status.State != Recording || status.Width == 0 || status.Lost > 0 {
				t.Errorf("status %+v", status)
			}
			s.end()
			setups := cameras.Setups()
			if slices.Sort(setups); !slices.Equal(setups, []string{"cam1 video", "cam2 video"}) {
				t.Errorf("the cameras were asked for %q, want the video of each alone", setups)
			}
		})
	}
}

func TestWrongPasswordIsAGapUntilItIsPutRight(t *testing.T) {
	t.Parallel()
	cameras := startDemo(t, demo.Options{Count: 1, Username: "admin", Password: "een wachtwoord"})
	s := newSchool(t, "")
	id := s.place("c1", cameras.URL(0), "admin", "een ander wachtwoord")
	s.start()
	s.eventually("a gap", func() bool { return s.causes(id) == "aanmelding geweigerd…" })
	s.state(id, Unreachable)
	s.exec(`UPDATE camera SET password = 'een wachtwoord'`)
	s.recorder.Ask()
	s.state(id, Recording)
	s.eventually("a gap that ended", func() bool { return s.causes(id) == "aanmelding geweigerd" })
	if story := s.story(); strings.Contains(story, "een ander wachtwoord") {
		t.Errorf("the password is told to everyone: %s", story)
	}
}

func TestCameraMayBeTurnedOffAndOn(t *testing.T) {
	t.Parallel()
	cameras := startDemo(t, demo.Options{Count: 1})
	s := newSchool(t, "")
	id := s.place("c1", cameras.URL(0), "", "")
	s.start()
	s.state(id, Recording)
	cameras.Stop(0)
	s.state(id, Unreachable)
	s.eventually("a gap", func() bool { return s.causes(id) == "onbereikbaar…" })
	held := s.recorded(id)
	if err := cameras.Restart(0); err != nil {
		t.Fatal(err)
	}
	s.state(id, Recording)
	s.eventually("more footage", func() bool { return s.recorded(id) > held+time.Second })
	if got := s.causes(id); got != "onbereikbaar" {
		t.Errorf("gaps %q, want onbereikbaar alone", got)
	}
}

func TestCameraThatLosesPacketsLeavesNoHoleUnsaid(t *testing.T) {
	t.Parallel()
	cameras := startDemo(t, demo.Options{Count: 1})
	s := newSchool(t, "")
	id := s.place("c1", cameras.URL(0), "", "")
	s.start()
	s.state(id, Recording)
	cameras.Lose(0, 40)
	s.eventually("lost packets", func() bool { return s.recorder.Status(id).Lost > 0 })
	cameras.Lose(0, 0)
	s.eventually("a hole with its cause", func() bool { return strings.HasPrefix(s.causes(id), "geen beeld") })
	s.state(id, Recording)
	s.end()
	s.allSaid(id)
}

// allSaid checks that nothing is missing without a cause.
func (s *school) allSaid(id premises.CameraID) {
	s.t.Helper()
	segments, gaps := s.segments(id), s.gaps(id)
	for i := range len(segments) - 1 {
		at, to := segments[i].Span.To, segments[i+1].Span.From
		for _, g := range gaps { // oldest first
			if g.Span.From.Sub(at) > maxHole {
				break
			}
			if g.Span.To.IsZero() {
				at = to
			} else if g.Span.To.After(at) {
				at = g.Span.To
			}
		}
		if to.Sub(at) > maxHole {
			s.t.Errorf("nothing says why there is nothing from %v to %v\n%s", at, to, s.story())
		}
	}
}
