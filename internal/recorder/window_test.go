package recorder

import (
	"context"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/premises"
)

// A pause is a time of the week in which nothing is recorded.
const pause = `
## Artikel 9 – Pauze

` + "```yaml" + `
vensters:
  pauze:
    dagen: [ma, di, wo, do, vr]
    van: "10:00"
    tot: "11:00"
` + "```" + `

` + "```cedar" + `
forbid (principal, action == Action::"opnemen", resource)
when { context.vensters.contains("pauze") };
` + "```\n"

// becomes puts the clock on to an instant.
func (s *school) becomes(t time.Time) { s.put(t.Sub(s.now())) }

// reconsidered waits until camera is in a state while the gate reconsiders now
// and then, as it does in the program.
func (s *school) reconsidered(id premises.CameraID, state string) {
	s.t.Helper()
	s.eventually("camera "+string(id)+" "+state, func() bool {
		if err := s.gate.Reconsider(context.Background()); err != nil {
			s.t.Error(err)
		}
		return s.recorder.Status(id).State == state
	})
}

func TestWindowsEndAndBeginRecording(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	s.adopt(pause)
	s.recorder.wonder = time.Second
	monday := time.Date(2099, 11, 2, 10, 0, 0, 0, calendar.Amsterdam)
	s.becomes(monday.Add(-time.Hour))
	id := s.place("c1", startRaw(t).url(), "", "")
	s.start()
	s.state(id, Recording)
	s.becomes(monday.Add(-5 * time.Second))
	s.reconsidered(id, Forbidden)
	if at := s.now(); at.Before(monday) {
		t.Errorf("recording ended at %v, before it had to", at)
	}
	for _, g := range s.segments(id) {
		if late := g.Span.To.Sub(monday); late > 2*time.Second {
			t.Errorf("recording went on for %v", late)
		}
	}
	s.becomes(monday.Add(time.Hour - 2*time.Second))
	s.reconsidered(id, Recording)
	s.end()
	if n := strings.Count(s.entries(id), "besluit geweigerd"); n != 1 {
		t.Errorf("the logbook has %d refusals, want one: %s", n, s.entries(id))
	}
	s.allSaid(id)
}

// Nobody tells the recorder that a fact changed which it can't see: what was
// refused is allowed, another regulation is in force.
func TestFindsOutByItselfThatItMayRecord(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	s.recorder.wonder = 200 * time.Millisecond
	id := s.place("c1", startRaw(t).url(), "", "")
	s.exec(`UPDATE camera SET assessment = ''`)
	s.start()
	s.state(id, Forbidden)
	s.exec(`UPDATE camera SET assessment = 'toets 1'`)
	s.state(id, Recording)
	s.exec(`UPDATE camera SET assessment = ''`)
	s.reconsidered(id, Forbidden)
	s.adopt("\n## Artikel 9 – Kijken\n\n```yaml\nopname:\n  wijze: alleen live\n```\n")
	s.state(id, Live)
	s.end()
	if n := strings.Count(s.entries(id), "besluit geweigerd"); n != 2 {
		t.Errorf("the logbook has %d refusals, want two: %s", n, s.entries(id))
	}
}
