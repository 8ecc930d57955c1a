package recorder

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/auth"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

// trust has the register say which certificate a camera may show.
func (s *school) trust(id premises.CameraID, fingerprint string) {
	s.t.Helper()
	s.exec(`UPDATE camera SET trust = $2 WHERE id = $1`, string(id), fingerprint)
}

// Every codec over every transport, and never the sound.
func TestRecordsEveryCodecOverEveryTransport(t *testing.T) {
	t.Parallel()
	for _, codec := range []media.Codec{media.H264, media.H265, media.MJPEG} {
		for _, transport := range []string{"tcp", "tcp-ordinary", "udp", "tls", "tls-udp"} {
			t.Run(fmt.Sprint(codec, " ", transport), func(t *testing.T) {
				t.Parallel()
				film := &studio{codec: codec}
				fingerprint, suffix, want := "", "", "TCP 0"
				if strings.HasPrefix(transport, "tls") {
					film.secure, fingerprint = selfSigned(t)
				}
				if strings.HasSuffix(transport, "udp") {
					suffix, want = "#udp", "UDP 0"
				}
				film.start(t)
				s := newSchool(t, "")
				s.recorder.ordinary = transport == "tcp-ordinary"
				id := s.place("c1", film.url()+suffix, "", "")
				s.trust(id, fingerprint)
				s.start()
				s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
				status := s.state(id, Recording)
				names := map[media.Codec]string{media.H264: "avc1.", media.H265: "hvc1.", media.MJPEG: ""}
				if !strings.HasPrefix(status.Codec, names[codec]) || status.Width != 320 || status.Lost > 0 || status.Garbage > 0 {
					t.Errorf("status %+v, want 320 pixels of %s without losses", status, codec)
				}
				s.end()
				if got := film.asked(); !slices.Equal(got, []string{want}) {
					t.Errorf("the camera was asked for %q, want its video alone: %q", got, want)
				}
				if got := s.causes(id); got != "gestopt…" {
					t.Errorf("gaps %q, want none but the end", got)
				}
			})
		}
	}
}

func TestSignsInEveryWay(t *testing.T) {
	t.Parallel()
	for name, method := range map[string]auth.VerifyMethod{
		"basic": auth.VerifyMethodBasic, "digest MD5": auth.VerifyMethodDigestMD5, "digest SHA-256": auth.VerifyMethodDigestSHA256,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film := (&studio{codec: media.H264, methods: []auth.VerifyMethod{method}}).start(t)
			s := newSchool(t, "")
			right := s.place("right", film.url(), studioUser, studioPassword)
			wrong := s.place("wrong", film.url(), studioUser, "geheim-wachtwoord")
			s.start()
			s.eventually("a second on disk", func() bool { return s.recorded(right) > time.Second })
			s.eventually("a gap", func() bool { return s.causes(wrong) == causeLogin+"…" })
			s.state(wrong, Unreachable)
			if story := s.story(); strings.Contains(story, "geheim-wachtwoord") {
				t.Errorf("the password is told to everyone: %s", story)
			}
		})
	}
}

// A certificate is worth its fingerprint, and nothing else.
func TestTrustsACertificateByItsFingerprint(t *testing.T) {
	t.Parallel()
	secure, fingerprint := selfSigned(t)
	film := (&studio{codec: media.H264, secure: secure}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", film.url(), "", "")
	_, another := selfSigned(t)
	for _, wrong := range []string{"", another} {
		s.trust(id, wrong)
		if s.end == nil {
			s.start()
		}
		s.recorder.Ask()
		s.eventually("a line with the fingerprint", func() bool {
			status := s.recorder.Status(id)
			return status.State == Unreachable && strings.HasSuffix(status.Detail, fingerprint) && !strings.Contains(status.Detail, "\n") &&
				strings.Contains(status.Detail, "another certificate") == (wrong != "")
		})
		s.eventually("a gap", func() bool { return s.causes(id) == causeCertificate+"…" })
	}
	if len(film.asked()) > 0 {
		t.Errorf("a camera that isn't trusted was asked for %q", film.asked())
	}
	s.trust(id, fingerprint)
	s.recorder.Ask()
	s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
	s.eventually("a gap that ended", func() bool { return s.causes(id) == causeCertificate })
}

func TestFollowsACameraThatMoved(t *testing.T) {
	t.Parallel()
	here := (&studio{codec: media.H264, methods: []auth.VerifyMethod{auth.VerifyMethodDigestMD5}}).start(t)
	moved := (&studio{codec: media.H264, elsewhere: here.url}).start(t)
	circle := &studio{codec: media.H264}
	circle.elsewhere = circle.url
	circle.start(t)
	s := newSchool(t, "")
	id := s.place("moved", moved.url(), studioUser, studioPassword)
	lost := s.place("circle", circle.url(), studioUser, studioPassword)
	s.start()
	s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
	s.eventually("a line about the circle", func() bool {
		status := s.recorder.Status(lost)
		return status.State == Unreachable && strings.Contains(status.Detail, "elsewhere")
	})
	s.end()
	if n := len(moved.asked()); n > 0 || len(here.asked()) != 1 {
		t.Errorf("SETUP where it was %d times, where it is %q", n, here.asked())
	}
}

// Over UDP, packets get lost: pictures do too, and it is known how many.
func TestLosesPacketsOverUDPAndSaysSo(t *testing.T) {
	t.Parallel()
	film := (&studio{codec: media.H265, spoil: func(n int, _ *rtp.Packet) bool { return n%31 != 0 }}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", film.url()+"#udp", "", "")
	s.start()
	s.eventually("lost packets", func() bool { return s.recorder.Status(id).Lost > 1 })
	s.eventually("two seconds on disk", func() bool { return s.recorded(id) > 2*time.Second })
	s.state(id, Recording)
	if film.connections() != 1 {
		t.Errorf("%d connections, want one that goes on", film.connections())
	}
	s.end()
	s.allSaid(id)
}

// Without marker bits, a picture is over when the next one begins.
func TestNeedsNoMarkerBits(t *testing.T) {
	t.Parallel()
	for _, codec := range []media.Codec{media.H264, media.H265} {
		t.Run(string(codec), func(t *testing.T) {
			t.Parallel()
			film := (&studio{codec: codec, spoil: func(_ int, p *rtp.Packet) bool { p.Marker = false; return true }}).start(t)
			s := newSchool(t, "")
			id := s.place("c1", film.url(), "", "")
			s.start()
			s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
			s.end()
			if got := s.causes(id); got != "gestopt…" {
				t.Errorf("gaps %q, want none but the end", got)
			}
		})
	}
}

// Other parameter sets are part of the footage, without a hole between.
func TestParametersMayChangeInMidStream(t *testing.T) {
	t.Parallel()
	film := (&studio{codec: media.H264}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", film.url(), "", "")
	s.start()
	codec := s.state(id, Recording).Codec
	s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
	film.other.Store(true)
	s.eventually("another codec", func() bool { return s.recorder.Status(id).Codec != codec })
	held := s.recorded(id)
	s.eventually("another second on disk", func() bool { return s.recorded(id) > held+time.Second })
	s.end()
	if got := s.causes(id); got != "gestopt…" || film.connections() != 1 {
		t.Errorf("gaps %q and %d connections, want no gap and one", got, film.connections())
	}
}

// A camera that ends sessions nobody keeps alive finds ours alive.
func TestOutlivesAShortSessionTimeout(t *testing.T) {
	t.Parallel()
	film := (&studio{codec: media.H264, idle: 2 * time.Second}).start(t)
	s := newSchool(t, "")
	tcp, udp := s.place("tcp", film.url(), "", ""), s.place("udp", film.url()+"#udp", "", "")
	s.start()
	s.eventually("five seconds of both", func() bool { return s.recorded(tcp) > 5*time.Second && s.recorded(udp) > 5*time.Second })
	if film.connections() != 2 {
		t.Errorf("%d connections, want two that last", film.connections())
	}
	s.end()
	if got := s.causes(tcp) + " " + s.causes(udp); got != "gestopt… gestopt…" {
		t.Errorf("gaps %q, want none but the end", got)
	}
}

// Of several kinds of video, the first that we understand is asked for.
func TestChoosesTheFirstVideoItUnderstands(t *testing.T) {
	t.Parallel()
	film := (&studio{codec: media.H264, before: []*description.Media{
		{Type: description.MediaTypeAudio, Formats: []format.Format{&format.Opus{PayloadTyp: 101, ChannelCount: 2}}},
		{Type: description.MediaTypeVideo, Formats: []format.Format{&format.VP8{PayloadTyp: 98}}},
	}}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", film.url(), "", "")
	s.start()
	s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
	if got := film.asked(); !slices.Equal(got, []string{"TCP 2"}) {
		t.Errorf("the camera was asked for %q, want the third of what it offers", got)
	}
}
