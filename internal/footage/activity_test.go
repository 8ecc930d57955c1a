package footage

import (
	"bytes"
	"context"
	"testing"
	"time"

	"oogmerk/internal/regulation"
)

// What moved, and how far the camera's clock was off, is known of each segment,
// also after the index was made again, and after a crash.
func TestActivityAndClockOfSegments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		film := shoot(noon, 200, 6)
		film[0].Activity = 7
		film[9].Activity = 30
		film[23].Activity, film[23].Motion = 101, true
		film[24].Activity = 2
		film[150].Activity = 255 // more than there is
		w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
		w.ClockOff(-1500 * time.Millisecond)
		s.write(w, film[:100])
		w.ClockOff(time.Hour)
		s.write(w, film[100:])
		s.must(w.Close(context.Background()))

		rows := s.allRows()
		if len(rows) != 2 || rows[0].ClockOff != -1500*time.Millisecond || rows[1].ClockOff != time.Hour {
			t.Fatalf("the clock was off by %v and %v, want -1.5s and 1h", rows[0].ClockOff, rows[1].ClockOff)
		}
		// The second segment begins with fragment 114, the first key picture after 56 s.
		first, second := []byte{30, 0, 101 | moved, 0, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{0, 0, 0, 127, 0, 0, 0, 0, 0}
		if !bytes.Equal(rows[0].Activity, first) || !bytes.Equal(rows[1].Activity, second) {
			t.Errorf("activity is %v and %v, want %v and %v", rows[0].Activity, rows[1].Activity, first, second)
		}
		s.clean()

		s.exec(`UPDATE segment SET activity = NULL, clock_off = 5`)
		if lines := s.check(false); len(lines) != 2 {
			t.Errorf("check finds %q wrong with rows that know nothing", lines)
		}
		s.check(true)
		s.sameRows(rows)
		s.exec(`DELETE FROM segment`)
		s.check(true)
		s.sameRows(rows)
		s.clean()
	})
}

// Activity of a slot is the highest of what reaches into it.
func TestMarked(t *testing.T) {
	second := int64(time.Second / time.Microsecond)
	at := func(from, length int64, a byte) *entry {
		return &entry{record: record{start: from, ticks: uint64(length * 90000 / second)}, active: a}
	}
	var a []byte
	for _, step := range []struct {
		e    *entry
		want []byte
	}{
		{at(0, second, 3), []byte{3}},
		{at(second, second, 2|moved), []byte{3 | moved}},
		{at(4*second, 2*second, 9), []byte{9 | moved, 9}},
		{at(9*second, second, 4), []byte{9 | moved, 9}}, // it ends where the third begins
		{at(20*second, 11*second, 1), []byte{9 | moved, 9, 0, 0, 1, 1, 1}},
		{at(-second, second, 50), []byte{9 | moved, 9, 0, 0, 1, 1, 1}},
		{at(1000*second, second, 50), []byte{9 | moved, 9, 0, 0, 1, 1, 1}},
	} {
		before := bytes.Clone(a)
		next := marked(a, 0, step.e)
		if !bytes.Equal(next, step.want) {
			t.Errorf("after %+v: %v, want %v", step.e.record, next, step.want)
		}
		if !bytes.Equal(a, before) {
			t.Error("what was handed out before was changed")
		}
		a = next
	}
}
