package recorder

import (
	"bytes"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"oogmerk/internal/premises"
)

func TestReconnectsByItself(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Recording)
	raw.cutOff()
	s.eventually("a second connection that records", func() bool {
		return raw.connections() == 2 && s.recorder.Status(id).State == Recording
	})
	s.eventually("a gap that ended", func() bool { return s.causes(id) == "onbereikbaar" })
	s.end()
	s.recorded(id)
	gap, segments := s.gaps(id)[0].Span, s.segments(id)
	if !gap.From.Equal(segments[0].Span.To) || !gap.To.Equal(segments[1].Span.From) {
		t.Errorf("the gap is %v, but between the segments is %v to %v", gap, segments[0].Span.To, segments[1].Span.From)
	}
}

func TestCameraThatHangsIsConnectedAnew(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	raw.play = func(conn net.Conn, stop <-chan struct{}) {
		shots := newShots(conn)
		for range 30 {
			shots.picture()
		}
		if raw.connections() > 1 {
			shots.shoot(stop)
		}
	}
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.eventually("a second connection that records", func() bool {
		return raw.connections() == 2 && s.recorder.Status(id).State == Recording
	})
	s.eventually("a gap that ended", func() bool { return s.causes(id) == "geen beeld" })
}

func TestSaysWhyThereIsNoConnection(t *testing.T) {
	t.Parallel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	raw := startRaw(t)
	raw.answer = func(req *base.Request) *base.Response {
		switch {
		case strings.HasSuffix(req.URL.Path, "/login"):
			return &base.Response{StatusCode: base.StatusUnauthorized,
				Header: base.Header{"WWW-Authenticate": base.HeaderValue{`Basic realm="camera"`}}}
		case strings.HasSuffix(req.URL.Path, "/nothing"):
			return &base.Response{StatusCode: base.StatusNotFound, Header: base.Header{}}
		case strings.HasSuffix(req.URL.Path, "/sound") && req.Method == base.Describe:
			sound, _, _ := strings.Cut(offer, "m=video")
			return &base.Response{StatusCode: base.StatusOK, Body: []byte(sound),
				Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}}
		}
		return nil
	}
	s := newSchool(t, "")
	want := map[string]string{"login": causeLogin, "nothing": causeNoPicture, "sound": causeNoPicture, "gone": causeUnreachable}
	for path := range want {
		url := strings.Replace(raw.url(), "stream", path, 1)
		if path == "gone" {
			url = "rtsp://" + nobody.Addr().String() + "/stream"
		}
		s.place(path, url, "admin", "geheim-wachtwoord")
	}
	s.start()
	for path, cause := range want {
		id := premises.CameraID(path)
		s.eventually(path+" "+cause, func() bool { return s.causes(id) == cause+"…" })
		if status := s.state(id, Unreachable); status.Detail == "" {
			t.Errorf("the status of %s has no detail", path)
		}
	}
	if story := s.story(); strings.Contains(story, "geheim-wachtwoord") {
		t.Errorf("the password is told to everyone: %s", story)
	}
}

// It takes the connection and never says a word.
func TestCameraThatNeverAnswers(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := newSchool(t, "")
	id := s.place("c1", "rtsp://"+silent.Addr().String()+"/stream", "", "")
	s.start()
	s.eventually("a gap", func() bool { return s.causes(id) == causeUnreachable+"…" })
	if status := s.state(id, Unreachable); status.Detail == "" || strings.Contains(status.Detail, "\n") {
		t.Errorf("status %+v, want a line that says why", status)
	}
}

func TestGarbageIsCountedAndPassedOver(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	raw.play = func(conn net.Conn, stop <-chan struct{}) {
		noise := rand.New(rand.NewPCG(1, 2))
		newShots(conn).shoot(stop, func() {
			packet := make([]byte, noise.IntN(200))
			for i := range packet {
				packet[i] = byte(noise.Uint32()) &^ 0xc0 // no RTP version that exists
			}
			conn.Write(frame(0, packet))
			conn.Write(frame(9, packet))
			conn.Write(bytes.Repeat([]byte{0xff}, noise.IntN(50)))
		})
	}
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.eventually("two seconds on disk", func() bool { return s.recorded(id) > 2*time.Second })
	s.eventually("a line about it", func() bool {
		return strings.Contains(s.recorder.Status(id).Detail, "onbruikbare pakketten")
	})
	if got := s.causes(id); got != "" || raw.connections() != 1 {
		t.Errorf("gaps %q and %d connections, want none and one\n%s", got, raw.connections(), s.story())
	}
}

func TestGarbageAloneIsAGap(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	raw.play = func(conn net.Conn, stop <-chan struct{}) {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			if _, err := conn.Write(frame(0, []byte("no packet"))); err != nil {
				return
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.eventually("a gap", func() bool { return s.causes(id) == "geen beeld…" })
	if status := s.recorder.Status(id); status.State != Connecting || raw.connections() != 1 {
		t.Errorf("status %+v after %d connections, want that one waits", status, raw.connections())
	}
}

func TestKeepsTheSessionAlive(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	raw.answer = func(req *base.Request) *base.Response {
		if req.Method != base.Setup {
			return nil
		}
		return &base.Response{StatusCode: base.StatusOK, Header: base.Header{
			"Session":   base.HeaderValue{"1;timeout=6"}, // so each second
			"Transport": base.HeaderValue{"RTP/AVP/TCP;unicast;interleaved=0-1"}}}
	}
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.eventually("signs of life", func() bool { return len(raw.asked("GET_PARAMETER")) >= 3 })
	if state := s.recorder.Status(id).State; state != Recording || raw.connections() != 1 {
		t.Errorf("the camera %s, over connection %d", state, raw.connections())
	}
}
