package recorder

import (
	"slices"
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
)

func TestAsksForVideoOnly(t *testing.T) {
	asked, left, err := Asked([]byte(offer))
	if err != nil || !slices.Equal(asked, []string{"video"}) || !slices.Equal(left, []string{"audio"}) {
		t.Errorf("asked %q, left %q, %v", asked, left, err)
	}
	sound, _, _ := strings.Cut(offer, "m=video")
	if asked, left, err := Asked([]byte(sound)); err != nil || len(asked) != 0 || !slices.Equal(left, []string{"audio"}) {
		t.Errorf("of sound alone: asked %q, left %q, %v", asked, left, err)
	}
	if _, _, err := Asked([]byte("hallo")); err == nil {
		t.Error("anything is an offer")
	}
}

// Of a camera that offers sound alone nothing is asked for at all.
func TestCameraWithSoundAloneIsAskedForNothing(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", "#udp"} {
		t.Run("tcp"+suffix, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			raw := startRaw(t)
			raw.answer = func(req *base.Request) *base.Response {
				if req.Method != base.Describe {
					return nil
				}
				sound, _, _ := strings.Cut(offer, "m=video")
				return &base.Response{StatusCode: base.StatusOK, Body: []byte(sound),
					Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}}
			}
			id := s.place("c1", raw.url()+suffix, "", "")
			s.start()
			s.state(id, Unreachable)
			s.eventually("a gap", func() bool { return s.causes(id) == "geen beeld…" })
			s.end()
			if setups, plays := raw.asked("SETUP"), raw.asked("PLAY"); len(setups)+len(plays) > 0 {
				t.Errorf("the camera was asked for %q and %q, want nothing", setups, plays)
			}
		})
	}
}

func FuzzAsked(f *testing.F) {
	f.Add([]byte(offer))
	f.Add([]byte("v=0\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		asked, _, err := Asked(b)
		if err != nil {
			return
		}
		if len(asked) > 1 || len(asked) == 1 && asked[0] == "audio" {
			t.Errorf("asked for %q", asked)
		}
	})
}
