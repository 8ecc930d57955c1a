package footage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/vault"
)

// row puts a segment of a minute in the index.
func (s *stage) row(from time.Time, activity ...byte) {
	s.exec(`INSERT INTO segment (id, camera, hour, from_at, to_at, bytes, fragments, hash, state, blob, activity)
		VALUES ($1, $2, $3, $4, $5, 1, 1, $6, 'closed', $7, $8)`, fmt.Sprint("r-", from.Unix()), string(cam), int64(vault.HourOf(from)),
		db.Micros(from), db.Micros(from.Add(time.Minute)), make([]byte, 32), fmt.Sprintf("a/%d.seg", from.Unix()), activity)
}

func (s *stage) timeline(span Span, step time.Duration) Timeline {
	s.t.Helper()
	t, err := s.Timeline(context.Background(), s.d, cam, span, step)
	s.must(err)
	return t
}

func (s *stage) summarised() (n int) {
	s.must(s.d.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM recorded_hour`).Scan(&n))
	return n
}

func told(t Timeline) (out []string) {
	for _, r := range t.Runs {
		out = append(out, r.Span.From.Format(time.TimeOnly)+"-"+r.Span.To.Format(time.TimeOnly))
	}
	for i, p := range t.Peaks {
		if p != 0 {
			out = append(out, fmt.Sprintf("%v:%d", time.Duration(i)*t.Step, p))
		}
	}
	return out
}

// TestTimeline: what is told of an hour is the same before and after it was
// summarised, and gone when the hour is.
func TestTimeline(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		for i := range 60 {
			if i < 20 || i > 22 { // a hole of three minutes
				s.row(noon.Add(time.Duration(i)*time.Minute), 5, 0, byte(i))
			}
		}
		s.row(noon.Add(90*time.Minute), 0, 40|moved)
		day := Span{From: noon.Add(-12 * time.Hour), To: noon.Add(12 * time.Hour)}
		s.setClock(noon.Add(70 * time.Minute))
		before := fmt.Sprint(told(s.timeline(day, time.Hour)))
		want := fmt.Sprint([]string{"12:00:00-12:20:00", "12:23:00-13:00:00", "13:30:00-13:31:00", "12h0m0s:59", "13h0m0s:168"})
		if before != want {
			t.Fatalf("of the segments: %s, want %s", before, want)
		}
		s.must(s.Summarise(t.Context()))
		s.must(s.Summarise(t.Context())) // once is enough
		if n := s.summarised(); n != 1 {
			t.Fatalf("%d hours were summarised, want the one that is over", n)
		}
		if after := fmt.Sprint(told(s.timeline(day, time.Hour))); after != want {
			t.Errorf("of the summary: %s, want %s", after, want)
		}
		// An hour or two come from the segments, to five seconds.
		fine := told(s.timeline(Span{From: noon.Add(time.Minute), To: noon.Add(2 * time.Minute)}, time.Second))
		if fmt.Sprint(fine) != "[12:01:00-12:02:00 0s:5 10s:1]" {
			t.Errorf("a minute: %s", fine)
		}
		// A segment that comes later undoes the summary, and one that goes.
		s.must(Segment{ID: "late-0000", Camera: cam, Hour: noonH, Span: Span{noon.Add(20 * time.Minute), noon.Add(21 * time.Minute)}, Fragments: 1, State: closed, Blob: "a/late.seg"}.insert(t.Context(), s.d))
		if n := s.summarised(); n != 0 {
			t.Error("the summary stayed when a segment came")
		}
		s.must(s.Summarise(t.Context()))
		s.erase(noonH + 1)
		if n := s.summarised(); n != 0 {
			t.Error("the summary outlived its hour")
		}
		if left := fmt.Sprint(told(s.timeline(day, time.Hour))); left != "[13:30:00-13:31:00 13h0m0s:168]" {
			t.Errorf("after erasing: %s", left)
		}
	})
}

// TestTimelineOfWeeks: four weeks cost no more than their hours.
func TestTimelineOfWeeks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		const weeks = 28 * 24
		from := noon.Add(-weeks * time.Hour)
		for h := range weeks {
			runs, peaks := summary(vault.HourOf(from)+vault.Hour(h), []trace{{Run: Run{Span: Span{from.Add(time.Duration(h) * time.Hour), from.Add(time.Duration(h+1) * time.Hour)}}, activity: []byte{byte(h%100 + 1)}}})
			s.exec(`INSERT INTO recorded_hour (camera, hour, runs, peaks) VALUES ($1, $2, $3, $4)`, string(cam), int64(vault.HourOf(from))+int64(h), runs, peaks)
		}
		began := time.Now()
		tl := s.timeline(Span{from, noon}, time.Hour)
		t.Logf("four weeks in %v", time.Since(began))
		if len(tl.Runs) != weeks || len(tl.Peaks) != weeks || tl.Peaks[5] != 6 {
			t.Errorf("%d runs, %d peaks", len(tl.Runs), len(tl.Peaks))
		}
	})
}
