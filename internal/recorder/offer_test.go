package recorder

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"oogmerk/internal/premises"
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

// A camera whose H.265 comes in another order than it is decoded is asked for
// nothing, and the line says what to change. One that offers something else
// too is asked for that.
func TestShuffledH265(t *testing.T) {
	t.Parallel()
	const head = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
	const shuffled = "m=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\na=fmtp:98 sprop-max-don-diff=2\r\na=control:1\r\n"
	const usual = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:2\r\n"
	s := newSchool(t, "")
	raw := startRaw(t)
	body := head + shuffled
	raw.answer = func(req *base.Request) *base.Response {
		if req.Method != base.Describe {
			return nil
		}
		return &base.Response{StatusCode: base.StatusOK, Body: []byte(body), Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}}
	}
	if _, err := Try(t.Context(), premises.Camera{URL: raw.url()}, nil); !errors.Is(err, ErrShuffled) || !errors.Is(err, ErrNoVideo) {
		t.Errorf("tried: %v", err)
	}
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Unreachable)
	if said := s.recorder.Status(id).Detail; !strings.Contains(said, "sprop-max-don-diff") || !strings.Contains(said, "H.264") {
		t.Errorf("the camera's page says %q", said)
	}
	s.end()
	if setups := raw.asked("SETUP"); len(setups) > 0 {
		t.Errorf("the camera was asked for %q", setups)
	}
	if asked, _, err := Asked([]byte(head + shuffled + usual)); err != nil || !slices.Equal(asked, []string{"video"}) {
		t.Errorf("of one with another stream %q is asked, %v", asked, err)
	}
	if asked, _, err := Asked([]byte(head + strings.Replace(shuffled, "=2", "=0", 1))); err != nil || !slices.Equal(asked, []string{"video"}) {
		t.Errorf("of one in order %q is asked, %v", asked, err)
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
