package footage

import (
	"testing"
	"time"
)

// Recording goes on where nothing is recorded yet, whatever the clock says.
func TestResume(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		at := func(sec int) time.Time { return noon.Add(time.Duration(sec) * time.Second) }
		if free, before, err := s.Resume(t.Context(), cam, noon); err != nil || before || free != (Span{From: noon}) {
			t.Errorf("a new camera goes on at %v, %v, %v", free, before, err)
		}
		s.record(shoot(noon, 240, 4))         // two minutes
		s.record(shoot(at(130), 60, 4))       // half a minute, ten seconds later
		s.record(shoot(at(3600+600), 240, 4)) // two minutes in the next hour
		for _, test := range []struct{ now, from, to int }{
			{-3600, -3600, 0},  // an hour before all of it
			{-30, 160, 4200},   // just before: half a minute isn't worth the trouble
			{0, 160, 4200},     // where it begins
			{60, 160, 4200},    // in it
			{125, 160, 4200},   // in a hole
			{1000, 1000, 4200}, // after it, before the rest
			{4190, 4320, 0},    // just before the rest
			{4320, 4320, 0},    // just after it
			{99999, 99999, 0},  // long after
			{4139, 4139, 4200}, // as long before the rest as it must be
			{4141, 4320, 0},    // and not quite
		} {
			want := Span{From: at(test.from)}
			if test.to != 0 || test.now < 0 && test.from == test.now {
				want.To = at(test.to)
			}
			free, before, err := s.Resume(t.Context(), cam, at(test.now))
			s.must(err)
			if !before || !free.From.Equal(want.From) || free.To != want.To {
				t.Errorf("at %d it goes on at %v, want %v", test.now, free, want)
			}
		}
	})
}

// Gaps of a time that hasn't been are cut off, or go.
func TestResumeMendsGaps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
		s.record(shoot(at(100), 8, 4))
		for i, to := range []int{10, 60, 80, 95, 110, 130} {
			from := []int{0, 20, 65, 90, 105, 120}[i]
			s.must(s.OpenGap(t.Context(), cam, at(from), "klok", ""))
			s.must(s.EndGap(t.Context(), cam, at(to)))
		}
		_, _, err := s.Resume(t.Context(), cam, at(30))
		s.must(err)
		gaps, err := s.Gaps(t.Context(), s.d, cam, Span{at(0), at(200)})
		s.must(err)
		want := []Span{{at(0), at(10)}, {at(20), at(30)}, {at(105), at(110)}, {at(120), at(130)}}
		if len(gaps) != len(want) {
			t.Fatalf("gaps %+v, want %v", gaps, want)
		}
		for i, g := range gaps {
			if g.Span != want[i] {
				t.Errorf("gap %d is %v, want %v", i, g.Span, want[i])
			}
		}
	})
}
