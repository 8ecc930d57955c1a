package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
	"oogmerk/internal/viewing"
)

// on is a time on a summer's day, or the end of it.
func on(clock string) time.Time {
	s, err := readTime(clock)
	if clock == "24:00" {
		return time.Date(2025, 8, 3, 0, 0, 0, 0, calendar.Amsterdam)
	}
	if err != nil {
		panic(err)
	}
	return s.on(day{2025, 8, 2})
}

func stretch(kind, from, to string) piece {
	p := piece{Kind: kind, Span: footage.Span{From: on(from), To: on(to)}}
	if kind == recorded {
		p.Until = p.Span.From.Truncate(time.Hour).AddDate(0, 0, 6)
	}
	return p
}

func TestRowsTellOfHoursTogether(t *testing.T) {
	s := strip{now: on("12:00"), Pieces: []piece{
		stretch(before, "00:00", "06:00"), stretch(recorded, "06:00", "07:00"), stretch(recorded, "07:00", "08:00"), stretch(recorded, "08:00", "09:00"),
		stretch(recorded, "09:00", "09:30"), stretch(gap, "09:30", "10:00"), stretch(recorded, "10:00", "11:00"), stretch(recorded, "11:00", "11:59:59"),
		{Kind: fresh, Span: footage.Span{From: on("11:59:59"), To: on("11:59:59").Add(time.Millisecond)}},
		stretch(ahead, "12:00", "24:00")}}
	var got []string
	for _, r := range s.Rows() {
		got = append(got, fmt.Sprintf("%s %s-%s %v", r.Kind, exact(r.Span.From), r.Ends, !r.Last.IsZero()))
	}
	want := []string{"before 00:00:00-06:00:00 false", "recorded 06:00:00-09:30:00 true", "gap 09:30:00-10:00:00 false",
		"recorded 10:00:00-11:00:00 false", "recorded 11:00:00-11:59:59 false", "ahead 12:00:00-24:00:00 false"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	late := strip{now: on("12:00").AddDate(0, 0, 7), Pieces: s.Pieces[1:2]}
	if rows := late.Rows(); !rows[0].Late {
		t.Error("an hour whose term is over isn't late")
	}
}

// TestStripSaysWhatPlays: a film begins at a key picture, a moment before what
// is held; the strip doesn't call that erased while it is on the screen.
func TestStripSaysWhatPlays(t *testing.T) {
	s := strip{Pieces: []piece{stretch(erased, "10:00", "10:10"), stretch(held, "10:10", "10:20"), stretch(erased, "10:20", "10:30"), stretch(recorded, "10:30", "10:40")}}
	s.plays([]viewing.Stretch{{From: 0, To: 602, Shows: on("10:10").Add(-time.Second)}, {From: 602, To: 1202, Shows: on("10:30")}})
	want := []string{"10:00:00", "10:09:59", "10:20:01", "10:30:00"}
	for i, p := range s.Pieces {
		if exact(p.Span.From) != want[i] {
			t.Errorf("piece %d begins at %s, want %s", i, exact(p.Span.From), want[i])
		}
	}
}

func TestTicksStayInside(t *testing.T) {
	for _, length := range []time.Duration{45 * time.Second, 10 * time.Minute, 2 * time.Hour, 24 * time.Hour, 25 * time.Hour} {
		s := strip{Span: footage.Span{From: on("00:00"), To: on("00:00").Add(length)}}
		ticks := s.Ticks()
		if n := len(ticks); n < 2 || n > mostTicks+1 {
			t.Errorf("%v has %d ticks", length, n)
		}
		if ticks[0].Side != "first" {
			t.Errorf("%v: the first tick sticks out", length)
		}
	}
}
