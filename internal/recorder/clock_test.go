package recorder

import (
	"testing"
	"time"

	"oogmerk/internal/premises"
)

// put puts the clock on, or back.
func (s *school) put(by time.Duration) { s.offset.Add(int64(by)) }

// current waits until camera has footage up to now by the clock.
func (s *school) current(id premises.CameraID) {
	s.t.Helper()
	s.eventually("footage of now", func() bool {
		now := s.now()
		for _, g := range s.segments(id) {
			if g.Span.From.Before(now) && now.Sub(g.Span.To) < 2*time.Second && g.Span.To.Sub(g.Span.From) > time.Second {
				return true
			}
		}
		return false
	})
}

// restart stops the recorder, and starts another when the clock was put.
func (s *school) restart(by time.Duration) {
	s.t.Helper()
	s.end()
	s.put(by)
	s.hire()
	s.start()
}

// Put back by more than can be caught up with, the clock is where there is
// footage already, or nearly: recording goes on after that.
func TestClockPutBackWritesNothingOver(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(*school){
		"while recording": func(s *school) { s.put(-7 * time.Second) },
		"while stopped":   func(s *school) { s.restart(-7 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			id := s.place("c1", startRaw(t).url(), "", "")
			s.start()
			s.eventually("footage", func() bool { return s.recorded(id) > time.Second })
			back(s)
			s.eventually("a gap", func() bool { return s.gapNow(id) == causeClock })
			s.state(id, Connecting)
			held := s.recorded(id)
			s.eventually("more footage", func() bool { return s.recorded(id) > held+time.Second })
			s.state(id, Recording)
			s.end()
			s.recorded(id)
			s.allSaid(id)
		})
	}
}

// gapNow is the cause of the gap that lasts, "" if none does.
func (s *school) gapNow(id premises.CameraID) string {
	s.t.Helper()
	for _, g := range s.gaps(id) {
		if g.Span.To.IsZero() {
			return g.Cause
		}
	}
	return ""
}

// A clock that was wrong for a moment, by far, doesn't keep a camera from
// recording when it is right again: now, at the next start, or when that time
// comes.
func TestClockThatWasFarAheadForAMoment(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(*school, time.Duration){
		"while recording": (*school).put,
		"while stopped":   (*school).restart,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const far = 10 * 365 * 24 * time.Hour
			s := newSchool(t, "")
			id := s.place("c1", startRaw(t).url(), "", "")
			s.start()
			s.current(id)
			s.put(far)
			s.current(id)
			back(s, -far)
			s.current(id)
			s.state(id, Recording)
			s.put(far - 10*time.Second) // to before what was recorded then
			s.current(id)
			s.end()
			s.recorded(id)
			s.allSaid(id)
		})
	}
}

// Pictures may be dated a little ahead of the clock, and a restart may take
// no time at all.
func TestRestartsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.exec(`UPDATE camera SET added_at = 0`)
	s.start()
	for range 3 {
		held := s.recorded(id)
		s.eventually("footage", func() bool { return s.recorded(id) > held+time.Second/2 })
		s.restart(-200 * time.Millisecond)
	}
	s.state(id, Recording)
	s.end()
	s.recorded(id)
	s.allSaid(id)
	if err := s.store.Check(t.Context(), false, func(line string) { t.Errorf("check: %s", line) }); err != nil {
		t.Error(err)
	}
}
