package viewing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/simulator"
	"oogmerk/internal/viewing"
)

// lines are the entries about an act, the latest first.
func (s *school) lines(act regulation.Act) (out []logbook.Record) {
	s.t.Helper()
	all, err := s.book.Records(context.Background(), -1, 1000)
	must(s.t, err)
	for _, r := range all {
		if r.Act == string(act) {
			out = append(out, r)
		}
	}
	return out
}

// turning is a school with a camera that streams, and turns.
func turning(t *testing.T) (*school, premises.CameraID, *simulator.Camera) {
	t.Helper()
	s, camera, _ := live(t)
	s.also(mayStill)
	head, err := simulator.Start(simulator.Options{Listen: "127.0.0.1:0", Turns: true, Now: time.Now, Username: "u", Password: "p",
		Streams: []simulator.Stream{{Token: "main", Codec: "H264", Width: 640, Height: 360, Rate: 25}},
		Presets: []simulator.Preset{{Token: "1", Name: "Hek", Pan: 0.5, Tilt: 0.25, Zoom: 0.5}}})
	must(t, err)
	t.Cleanup(head.Close)
	motor, err := onvif.New(onvif.Options{Device: head.Device(), Username: "u", Password: "p", Now: time.Now})
	must(t, err)
	t.Cleanup(motor.Close)
	s.room.Motor = func(_ context.Context, id premises.CameraID) (*onvif.Client, error) {
		if id != camera {
			return nil, nil
		}
		return motor, nil
	}
	return s, camera, head
}

func (s *school) steer(camera premises.CameraID, m viewing.Move) error {
	return s.room.Steer(s.t.Context(), s.who(), camera, m)
}

// A camera turns for who watches it live, stops by itself when nobody says
// more, and all of it is one permit and one outcome.
func TestSteer(t *testing.T) {
	s, camera, head := turning(t)
	var invalid viewing.Invalid
	if err := s.steer(camera, viewing.Move{Pan: 1}); !errors.As(err, &invalid) || invalid != viewing.Unwatched {
		t.Errorf("without watching: %v", err)
	}
	l := s.watch(camera)
	if err := s.steer(camera, viewing.Move{Pan: 2}); !errors.As(err, &invalid) {
		t.Errorf("faster than there is: %v", err)
	}
	must(t, s.steer(camera, viewing.Move{Pan: 1}))
	if !head.Moving() {
		t.Error("it doesn't move")
	}
	s.eventually("the camera stands still by itself", func() bool { return !head.Moving() })
	must(t, s.steer(camera, viewing.Move{Tilt: 0.5, Zoom: 1}))
	must(t, s.steer(camera, viewing.Move{}))
	if head.Moving() {
		t.Error("told to stop, it goes on")
	}
	all, err := s.room.Positions(t.Context(), s.who(), camera)
	must(t, err)
	if len(all) != 1 || all[0].Name != "Hek" {
		t.Errorf("it remembers %v", all)
	}
	if err := s.steer(camera, viewing.Move{Position: "9"}); !errors.As(err, &invalid) {
		t.Errorf("a position there isn't: %v", err)
	}
	must(t, s.steer(camera, viewing.Move{Position: all[0].Token}))
	if pan, _, _ := head.Position(); pan != 0.5 {
		t.Errorf("at its position it looks at %v", pan)
	}
	must(t, l.Close(t.Context()))
	s.eventually("its outcome is written", func() bool { result, _ := s.outcome(regulation.Steer); return result == "gedaan" })
	if lines := s.lines(regulation.Steer); len(lines) != 2 {
		t.Errorf("all of it is %d lines in the logbook", len(lines))
	}
	if _, said := s.outcome(regulation.Steer); said["bewegingen"] != 2.0 || said["standen"] != 1.0 {
		t.Errorf("the logbook says %v", said)
	}
}

// Whoever steers stops when their live view does, and at once.
func TestSteeringEndsWithTheView(t *testing.T) {
	s, camera, head := turning(t)
	l := s.watch(camera)
	must(t, s.steer(camera, viewing.Move{Pan: -1}))
	must(t, l.Close(t.Context()))
	s.eventually("the camera stands still", func() bool { return !head.Moving() })
	var invalid viewing.Invalid
	s.eventually("nobody steers", func() bool { result, _ := s.outcome(regulation.Steer); return result == "gedaan" })
	if err := s.steer(camera, viewing.Move{Pan: 1}); !errors.As(err, &invalid) {
		t.Errorf("after the end: %v", err)
	}
	if head.Moving() {
		t.Error("it moves for nobody")
	}
}

// Or when they may no more.
func TestSteeringWithdrawn(t *testing.T) {
	s, camera, head := turning(t)
	l := s.watch(camera)
	must(t, s.steer(camera, viewing.Move{Zoom: 1}))
	s.also() // the board takes it back
	must(t, s.gate.Reconsider(t.Context()))
	s.eventually("the camera stands still", func() bool { return !head.Moving() })
	s.eventually("its outcome is written", func() bool { result, _ := s.outcome(regulation.Steer); return result == "beëindigd" })
	var refusal *gate.Refusal
	if err := s.steer(camera, viewing.Move{Zoom: 1}); !errors.As(err, &refusal) || refusal.Request.Act != regulation.Steer {
		t.Errorf("they steer on: %v", err)
	}
	if _, _, err := l.Next(t.Context(), nil); err != nil {
		t.Errorf("watching went too: %v", err)
	}
}

// A camera that doesn't turn isn't turned; nor one in somebody else's hands.
func TestSteerOneAtATime(t *testing.T) {
	s, camera, _ := turning(t)
	s.watch(camera)
	must(t, s.steer(camera, viewing.Move{Pan: 1}))
	s.hire(s.byManager(), "petra", "locatiebeheerder", s.site)
	token, err := s.people.SignIn(t.Context(), "", "petra", password)
	must(t, err)
	first := s.token
	s.token = token
	s.watch(camera)
	var invalid viewing.Invalid
	if err := s.steer(camera, viewing.Move{Pan: -1}); !errors.As(err, &invalid) || invalid == viewing.Unwatched {
		t.Errorf("two steer at once: %v", err)
	}
	s.token = first
	must(t, s.steer(camera, viewing.Move{}))
	s.room.Motor = nil
	other := s.place("rtsp://camera.invalid/2")
	if err := s.steer(other, viewing.Move{Pan: 1}); !errors.As(err, &invalid) {
		t.Errorf("another camera turns: %v", err)
	}
}
