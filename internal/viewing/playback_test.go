package viewing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// stopped is a clock that doesn't run.
func stopped() time.Time { return ten }

// wish asks for the ten minutes before now.
func wish(camera premises.CameraID) viewing.Wish {
	return viewing.Wish{Camera: camera, Span: footage.Span{From: ten.Add(-10 * time.Minute), To: ten}, Purpose: "veiligheid"}
}

// open opens a playback by two people of a camera with a clip at -5 and one
// at -3 minutes.
func open(t *testing.T, d *db.DB) (*school, *viewing.Playback) {
	t.Helper()
	s := found(t, d, stopped)
	camera := s.place("rtsp://camera.invalid/1")
	s.record(camera, ten.Add(-5*time.Minute))
	s.record(camera, ten.Add(-3*time.Minute))
	s.join()
	p, err := s.room.PlayBack(t.Context(), s.who(), wish(camera))
	must(t, err)
	return s, p
}

func read(t *testing.T, p *viewing.Playback, from, n int64) []byte {
	t.Helper()
	m, err := p.Movie(t.Context())
	must(t, err)
	_, err = m.Seek(from, io.SeekStart)
	must(t, err)
	b, err := io.ReadAll(io.LimitReader(m, n))
	must(t, err)
	return b
}

func TestPlayBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d, stopped)
		camera := s.place("rtsp://camera.invalid/1")
		first := s.record(camera, ten.Add(-5*time.Minute))
		second := s.record(camera, ten.Add(-3*time.Minute))
		length := second.To.Sub(second.From).Seconds()

		var refusal *gate.Refusal
		if _, err := s.room.PlayBack(t.Context(), s.who(), wish(camera)); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Vier ogen" {
			t.Fatalf("alone: %v, want the article on two people", err)
		}
		s.join()
		p, err := s.room.PlayBack(t.Context(), s.who(), wish(camera))
		must(t, err)

		m := p.Map()
		if len(m) != 2 || !near(m[0].Shows, first.From) || !near(m[1].Shows, second.From) ||
			m[0].From != 0 || math.Abs(m[1].From-length) > 0.01 || math.Abs(m[1].To-2*length) > 0.01 {
			t.Errorf("the map is %+v, want %v long from %v and from %v", m, length, first.From, second.From)
		}
		if got, ok := s.room.Find(s.who().Seat, p.ID); !ok || got != p {
			t.Error("isn't found")
		}
		if _, ok := s.room.Find("elders", p.ID); ok {
			t.Error("is found at another seat")
		}

		must(t, p.Shown(t.Context(), 0, 1)) // nothing was sent yet
		clip, err := media.ReadClip(bytes.NewReader(read(t, p, 0, math.MaxInt64)))
		must(t, err)
		if want := 2 * len(s.clip().Pictures); len(clip.Pictures) != want {
			t.Errorf("the movie has %d pictures, want %d", len(clip.Pictures), want)
		}
		must(t, p.Shown(t.Context(), 1, 2))
		must(t, p.Shown(t.Context(), 2, length+1)) // over the gap
		must(t, p.Shown(t.Context(), length, length+0.5))
		must(t, p.End(t.Context()))
		must(t, p.End(t.Context()))
		if p.Why() != nil {
			t.Errorf("ended by %v", p.Why())
		}
		want := fmt.Sprint([][]string{{stamp(first.From.Add(time.Second)), stamp(first.To)}, {stamp(second.From), stamp(second.From.Add(time.Second))}})
		result, said := s.outcome(regulation.PlayBack)
		if result != "gedaan" || said["einde"] != "afgesloten" || fmt.Sprint(said["getoond"]) != want ||
			math.Abs(said["seconden"].(float64)-(length-1+1+0.5)) > 0.01 || said["verstrekt_bytes"].(float64) < 100_000 {
			t.Errorf("the logbook says %s %v, want %s", result, said, want)
		}
		if _, err := p.Movie(t.Context()); err == nil {
			t.Error("there is a movie after the end")
		}
		if err := p.Shown(t.Context(), 0, 1); !errors.Is(err, viewing.ErrOver) {
			t.Errorf("a report after the end: %v", err)
		}
		if len(s.room.Sessions(s.who().Seat)) != 0 {
			t.Error("is still open")
		}
	})
}

func near(a, b time.Time) bool { return a.Sub(b).Abs() < time.Millisecond }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// When the second person leaves, the picture stops.
func TestLeavingStops(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, p := open(t, d)
		m, err := p.Movie(t.Context())
		must(t, err)
		b := make([]byte, 1000)
		_, err = m.Read(b)
		must(t, err)
		must(t, s.people.Leave(t.Context(), s.token, s.samira))
		var refusal *gate.Refusal
		if _, err := m.Read(b); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Vier ogen" {
			t.Errorf("the picture goes on: %v", err)
		}
		select {
		case <-p.Ended():
		case <-time.After(time.Second):
			t.Fatal("hasn't ended within a second")
		}
		if why := p.Why(); why == nil || why.Articles[0].Title != "Vier ogen" {
			t.Errorf("ended by %v", why)
		}
		s.eventually("the outcome is written", func() bool { result, _ := s.outcome(regulation.PlayBack); return result == "beëindigd" })
		if _, said := s.outcome(regulation.PlayBack); said["einde"] != "ingetrokken" {
			t.Errorf("the logbook says %v", said)
		}
	})
}

func TestNothingThere(t *testing.T) {
	s := found(t, dbtest.SQLite(t), stopped)
	camera := s.place("rtsp://camera.invalid/1")
	s.join()
	if _, err := s.room.PlayBack(t.Context(), s.who(), wish(camera)); !errors.Is(err, viewing.ErrNothing) {
		t.Errorf("%v, want %v", err, viewing.ErrNothing)
	}
	if result, said := s.outcome(regulation.PlayBack); result != "mislukt" || said["einde"] != "geen beelden" {
		t.Errorf("the logbook says %s %v", result, said)
	}
}

func TestWishes(t *testing.T) {
	s := found(t, dbtest.SQLite(t), stopped)
	camera := s.place("rtsp://camera.invalid/1")
	s.join()
	for _, span := range []footage.Span{
		{}, {From: ten}, {To: ten}, {From: ten, To: ten.Add(-time.Minute)}, {From: ten, To: ten},
		{From: ten.Add(-2*time.Hour - time.Second), To: ten}, {From: ten.Add(-time.Hour), To: ten.Add(time.Second)},
	} {
		var invalid viewing.Invalid
		if _, err := s.room.PlayBack(t.Context(), s.who(), viewing.Wish{Camera: camera, Span: span, Purpose: "veiligheid"}); !errors.As(err, &invalid) {
			t.Errorf("%v: %v", span, err)
		}
	}
	w := wish(camera)
	w.Purpose = "nieuwsgierigheid"
	var refusal *gate.Refusal
	if _, err := s.room.PlayBack(t.Context(), s.who(), w); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Een doel kiezen" {
		t.Errorf("an aim nobody adopted: %v", err)
	}
	nobody, err := s.people.Present(t.Context(), "geen")
	must(t, err)
	var invalid viewing.Invalid
	if _, err := s.room.PlayBack(t.Context(), nobody, wish(camera)); !errors.As(err, &invalid) {
		t.Errorf("by nobody: %v", err)
	}
	if _, err := s.room.Watch(t.Context(), nobody, camera, "veiligheid"); !errors.As(err, &invalid) {
		t.Errorf("watched by nobody: %v", err)
	}
}

func ended(p *viewing.Playback) bool {
	select {
	case <-p.Ended():
		return true
	default:
		return false
	}
}

// A playback nobody reports on ends: after a minute at first, fifteen seconds
// after the last report.
func TestSilence(t *testing.T) {
	s, p := open(t, dbtest.SQLite(t))
	s.run(func(ctx context.Context) error { return s.room.Run(ctx, time.Millisecond) })
	s.set(ten.Add(59 * time.Second))
	must(t, p.Shown(t.Context(), 0, 0))
	s.set(ten.Add(73 * time.Second))
	must(t, p.Shown(t.Context(), 0, 0)) // which it wouldn't be if it had ended
	s.set(ten.Add(89 * time.Second))
	s.eventually("it ended", func() bool { return ended(p) })
	s.eventually("that was written", func() bool { _, said := s.outcome(regulation.PlayBack); return said["einde"] == "stil" })
	if p.Why() != nil {
		t.Errorf("ended by %v", p.Why())
	}
	if _, ok := s.room.Find(s.who().Seat, p.ID); !ok {
		t.Error("can't be found any more")
	}
	seat := s.who().Seat
	s.set(ten.Add(3 * time.Hour))
	s.eventually("it is forgotten", func() bool { _, ok := s.room.Find(seat, p.ID); return !ok })
}

// The clock of the demo jumps days ahead.
func TestJump(t *testing.T) {
	s, p := open(t, dbtest.SQLite(t))
	s.run(func(ctx context.Context) error { return s.room.Run(ctx, time.Millisecond) })
	s.set(ten.Add(6*24*time.Hour + time.Hour))
	s.eventually("it ended", func() bool { return ended(p) })
}

// When the program stops, sessions end and are accounted for.
func TestStop(t *testing.T) {
	s, p := open(t, dbtest.SQLite(t))
	stop := s.run(func(ctx context.Context) error { return s.room.Run(ctx, time.Hour) })
	stop()
	if !ended(p) {
		t.Error("is still open")
	}
	if result, said := s.outcome(regulation.PlayBack); result != "beëindigd" || said["einde"] != "gestopt" {
		t.Errorf("the logbook says %s %v", result, said)
	}
	if _, err := s.room.PlayBack(t.Context(), s.who(), p.Wish); !errors.Is(err, viewing.ErrOver) {
		t.Errorf("opened after the stop: %v", err)
	}
}

func TestShownNonsense(t *testing.T) {
	_, p := open(t, dbtest.SQLite(t))
	for _, bad := range [][2]float64{{-1, 1}, {2, 1}, {math.NaN(), 1}, {0, math.NaN()}, {0, math.Inf(1)}, {math.Inf(-1), 0}} {
		var invalid viewing.Invalid
		if err := p.Shown(t.Context(), bad[0], bad[1]); !errors.As(err, &invalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	must(t, p.Shown(t.Context(), 1e300, 1e301))
	must(t, p.End(t.Context()))
}

// What nobody made opens nothing.
func TestZero(t *testing.T) {
	var p viewing.Playback
	if _, err := p.Movie(t.Context()); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("a movie: %v", err)
	}
	if err := p.Shown(t.Context(), 0, 1); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("a report: %v", err)
	}
	if err := p.End(t.Context()); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("an end: %v", err)
	}
	var l viewing.Live
	if _, _, err := l.Next(t.Context(), nil); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("a picture: %v", err)
	}
	if _, err := l.Answer(t.Context(), ""); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("an answer: %v", err)
	}
	if err := l.Close(t.Context()); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("an end: %v", err)
	}
}
