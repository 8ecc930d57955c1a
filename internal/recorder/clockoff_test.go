package recorder

import (
	"encoding/binary"
	"fmt"
	"net"
	"testing"
	"time"

	"oogmerk/internal/demo"
)

// report sends a sender report (RFC 3550 §6.4.1): what time it is by the
// camera, and which timestamp its pictures have at that moment.
func (s *shots) report(now time.Time) {
	const sinceEpoch = 2208988800 // seconds from 1900 to 1970
	b := make([]byte, 28)
	b[0], b[1], b[3] = 0x80, 200, 6
	binary.BigEndian.PutUint32(b[8:], uint32(now.Unix()+sinceEpoch))
	binary.BigEndian.PutUint32(b[12:], uint32(uint64(now.Nanosecond())<<32/1e9))
	binary.BigEndian.PutUint32(b[16:], s.time)
	_, _ = s.conn.Write(frame(1, b))
}

func TestNotesHowFarACamerasClockIsOff(t *testing.T) {
	t.Parallel()
	for _, ordinary := range []bool{false, true} {
		t.Run(fmt.Sprintf("ordinary=%v", ordinary), func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			raw := startRaw(t)
			raw.play = func(conn net.Conn, stop <-chan struct{}) {
				shots := newShots(conn)
				shots.shoot(stop, func() { shots.report(s.now().Add(-40 * time.Second)) })
			}
			id := s.place("c1", raw.url(), "", "")
			s.recorder.ordinary, s.recorder.samples = ordinary, 2
			s.start()
			s.eventually("a clock that is 40 s behind", func() bool {
				c, err := s.premises.Camera(t.Context(), id)
				return err == nil && c.ClockOff == -40
			})
			s.state(id, Recording)
			s.end()
			if got := s.causes(id); got != "gestopt…" {
				t.Errorf("gaps %q, want none but the end", got)
			}
		})
	}
}

// Over UDP reports come by a port of their own.
func TestNotesTheClockOfACameraOverUDP(t *testing.T) {
	t.Parallel()
	cameras := startDemo(t, demo.Options{Count: 1})
	cameras.GoBy(func() time.Duration { return time.Hour })
	s := newSchool(t, "")
	id := s.place("c1", cameras.URL(0)+"#udp", "", "")
	s.recorder.samples = 1
	s.start()
	s.eventually("five seconds", func() bool { return s.recorded(id) > 5*time.Second }) // it says so every ten
	s.eventually("a clock that is an hour ahead", func() bool {
		c, err := s.premises.Camera(t.Context(), id)
		return err == nil && c.ClockOff == 3600
	})
}

func TestComparesClocksPatiently(t *testing.T) {
	at := time.Unix(1e9, 0)
	sample := func(c *comparison, ahead ...time.Duration) {
		for _, a := range ahead {
			c.add(at.Add(a), at)
		}
	}
	c := &comparison{need: 3}
	sample(c, time.Minute, time.Minute)
	if _, ok := c.result(); ok {
		t.Error("two samples are enough, want three")
	}
	sample(c, time.Minute-300*time.Millisecond)
	if ahead, ok := c.result(); !ok || ahead != time.Minute {
		t.Errorf("%v, %v, want a minute: what comes late makes it seem less", ahead, ok)
	}
	sample(c, 0) // our clock was put right, or a packet waited
	if _, ok := c.result(); ok {
		t.Error("what differs by a minute is the same")
	}
	sample(c, 0, 0)
	if ahead, ok := c.result(); !ok || ahead != 0 {
		t.Errorf("%v, %v, want no difference", ahead, ok)
	}
	c = &comparison{need: 1}
	c.add(time.Date(1900, 1, 1, 3, 0, 0, 0, time.UTC), at)
	if _, ok := c.result(); ok {
		t.Error("a camera that says how long it is on has a clock")
	}
	if !c.due(at) || c.due(at.Add(time.Second)) || !c.due(at.Add(3*time.Second)) || !c.due(at) {
		t.Error("a sample is due every two seconds, and when our clock is put back")
	}
}
