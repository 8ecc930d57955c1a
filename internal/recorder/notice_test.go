package recorder

import (
	"net"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/premises"
)

// noticed waits for a notice about camera, "" for the recorder itself.
func (s *school) noticed(id premises.CameraID, kind NoticeKind) Notice {
	s.t.Helper()
	var got Notice
	s.eventually("notice "+string(kind), func() bool {
		for _, n := range s.recorder.Notices() {
			if n.Camera == id && n.Kind == kind {
				got = n
				return true
			}
		}
		return false
	})
	if got.Since.After(s.now()) || strings.Contains(got.Detail, "\n") {
		s.t.Errorf("notice %+v begins in the future, or has more than a line", got)
	}
	return got
}

// quiet checks that there is nothing to say of a kind.
func (s *school) quiet(kind NoticeKind) {
	s.t.Helper()
	s.eventually("no notice "+string(kind), func() bool {
		for _, n := range s.recorder.Notices() {
			if n.Kind == kind {
				return false
			}
		}
		return true
	})
}

func TestNoticesACameraThatIsAway(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Recording)
	s.exec(`UPDATE camera SET url = 'rtsp://127.0.0.1:1/stream'`)
	s.recorder.Ask()
	s.state(id, Unreachable)
	s.eventually("a gap", func() bool { return s.causes(id) == causeUnreachable+"…" })
	s.quiet(NoticeOffline) // it may be back in a moment
	s.put(patience)
	n := s.noticed(id, NoticeOffline)
	if gap := s.gaps(id)[0]; n.Cause != causeUnreachable || n.Detail == "" || !n.Since.Equal(gap.Span.From) && n.Since.Sub(gap.Span.From).Abs() > time.Millisecond {
		t.Errorf("notice %+v, want since %v because it is away", n, gap.Span.From)
	}
	s.exec(`UPDATE camera SET url = $1`, raw.url())
	s.recorder.Ask()
	s.state(id, Recording)
	s.quiet(NoticeOffline)
}

func TestNoticesWhatTheRegulationForbids(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.assess(id, "")
	s.start()
	if n := s.noticed(id, NoticeRefused); n.Refusal == nil || n.Cause != causeForbidden || !strings.HasPrefix(n.Detail, "artikel ") {
		t.Errorf("notice %+v, want which article forbids it", n)
	}
}

func TestNoticesAPictureThatStandsStill(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	still := startRaw(t)
	lively := startRaw(t)
	lively.play = func(conn net.Conn, stop <-chan struct{}) {
		shots := newShots(conn)
		shots.shoot(stop, func() { shots.padding = 1000 + 7*(shots.n%13) })
	}
	frozen, live := s.place("frozen", still.url(), "", ""), s.place("live", lively.url(), "", "")
	s.recorder.frozenAfter = time.Second
	s.start()
	n := s.noticed(frozen, NoticeFrozen)
	if lasted := s.now().Sub(n.Since); lasted < time.Second || lasted > time.Minute {
		t.Errorf("notice %+v, want since it stands still", n)
	}
	s.state(frozen, Recording)
	s.eventually("three seconds of the other", func() bool { return s.recorded(live) > 3*time.Second })
	for _, n := range s.recorder.Notices() {
		if n.Camera == live {
			t.Errorf("notice %+v of a camera that is well", n)
		}
	}
	s.end()
	if s.recorded(frozen) < time.Second {
		t.Errorf("what stands still isn't recorded\n%s", s.story())
	}
}

func TestStillnessIsJudgedByKeyPictures(t *testing.T) {
	at := time.Unix(1e9, 0)
	see := func(sizes ...int) time.Time {
		var s stillness
		for i, size := range sizes {
			s.see(size, at.Add(time.Duration(i)*10*time.Second))
		}
		return s.frozen(time.Minute)
	}
	same := []int{9000, 9001, 9000, 9003, 8999, 9000, 9001, 9000}
	for name, c := range map[string]struct {
		sizes []int
		since time.Time
	}{
		"nothing yet":         {nil, time.Time{}},
		"the same, not long":  {same[:7], time.Time{}},
		"the same":            {same, at},
		"since it was":        {append([]int{5000}, same...), at.Add(10 * time.Second)},
		"until it wasn't":     {append(same[:8:8], 9100), time.Time{}},
		"a scene that sleeps": {[]int{9000, 9020, 9011, 8988, 9005, 9030, 8970, 9015, 9002, 9041}, time.Time{}},
	} {
		if got := see(c.sizes...); !got.Equal(c.since) {
			t.Errorf("%s: frozen since %v, want %v", name, got, c.since)
		}
	}
}

// The offset of a camera's clock is a notice, and goes with what is recorded.
func TestNoticesAClockThatIsOff(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	raw.play = func(conn net.Conn, stop <-chan struct{}) {
		shots := newShots(conn)
		shots.shoot(stop, func() { shots.report(s.now().Add(-40 * time.Second)) })
	}
	id := s.place("c1", raw.url(), "", "")
	s.exec(`UPDATE camera SET clock_off = 7`)
	s.recorder.samples = 2
	s.start()
	s.eventually("a notice of 40 s", func() bool { return s.noticed(id, NoticeClock).Off.Round(time.Second) == -40*time.Second })
	raw.cutOff()
	s.eventually("two segments", func() bool { return len(s.segments(id)) >= 2 })
	s.end()
	list := s.segments(id)
	if first := list[0].ClockOff; first != 7*time.Second {
		t.Errorf("the first footage says %v, want what was known then", first)
	}
	if last := list[len(list)-1].ClockOff; (last + 40*time.Second).Abs() > time.Second {
		t.Errorf("the last footage says %v, want what was measured", last)
	}
}

func TestNoticesThatOurOwnClockLeapt(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	began := time.Now()
	s.recorder.Guard = NewGuard(s.now, func() time.Duration { return time.Since(began) })
	s.start()
	s.state(id, Recording)
	if list := s.recorder.Notices(); len(list) > 0 {
		t.Errorf("notices %+v, want none", list)
	}
	s.put(3 * time.Hour)
	if n := s.noticed("", NoticeOwnClock); (n.Off-3*time.Hour).Abs() > time.Second || n.Detail == "" {
		t.Errorf("notice %+v, want three hours", n)
	}
	if list := s.recorder.Notices(); list[0].Kind != NoticeOwnClock {
		t.Errorf("notices %+v, want our own clock first", list)
	}
	s.recorder.Guard.Confirm()
	s.quiet(NoticeOwnClock)
}
