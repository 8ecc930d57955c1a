package onvif_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"oogmerk/internal/onvif"
	"oogmerk/internal/simulator"
)

// hear listens to a camera; what it notices comes out of the channel.
func hear(t *testing.T, c *onvif.Client) (events chan onvif.Event, stop func() error) {
	t.Helper()
	ctx, done := context.WithCancel(t.Context())
	events, ended := make(chan onvif.Event, 100), make(chan error, 1)
	go func() { ended <- c.Events(ctx, func(e onvif.Event) { events <- e }) }()
	return events, func() error { done(); return <-ended }
}

func next(t *testing.T, events chan onvif.Event) onvif.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was noticed")
		return onvif.Event{}
	}
}

// TestMotion: what a camera notices reaches us, by our clock, with how it was
// when we began.
func TestMotion(t *testing.T) {
	more := map[string]func(*simulator.Options){
		"by reference": func(o *simulator.Options) { o.ByReference = true },
		"no waiting":   func(o *simulator.Options) { o.NoWait = true },
	}
	for name, change := range ways {
		more[name] = change
	}
	for name, change := range more {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := plain()
			change(&o)
			camera := start(t, o)
			with := as(o)
			with.Trust = camera.Fingerprint()
			events, stop := hear(t, client(t, camera, with))
			first := next(t, events)
			if !first.Initial || !first.Motion || first.On || first.Topic != "RuleEngine/CellMotionDetector/Motion" {
				t.Errorf("at first: %+v", first)
			}
			for _, on := range []bool{true, false} {
				camera.Motion(on)
				e := next(t, events)
				if e.Initial || !e.Motion || e.On != on || time.Since(e.At).Abs() > 10*time.Second || e.Source["Rule"] == "" {
					t.Errorf("moving %v: %+v", on, e)
				}
			}
			if n := camera.Listeners(); n != 1 {
				t.Errorf("%d listen", n)
			}
			if err := stop(); err != nil {
				t.Errorf("stopped: %v", err)
			}
			if n := camera.Listeners(); n != 0 {
				t.Errorf("%d still listen", n)
			}
		})
	}
}

// TestDeafens: listening ends with an error when the camera goes away.
func TestDeafens(t *testing.T) {
	o := plain()
	camera := start(t, o)
	c := client(t, camera, as(o))
	heard, ended := make(chan onvif.Event, 100), make(chan error, 1)
	go func() { ended <- c.Events(t.Context(), func(e onvif.Event) { heard <- e }) }()
	next(t, heard)
	camera.Close()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ended as if we wanted it to")
		}
	case <-time.After(20 * time.Second):
		t.Error("it went on listening")
	}
}

func TestListeningNeedsALogin(t *testing.T) {
	o := plain()
	c := client(t, start(t, o), onvif.Options{Username: o.Username, Password: "anders"})
	if err := c.Events(t.Context(), func(onvif.Event) {}); !errors.Is(err, onvif.ErrLogin) {
		t.Errorf("got %v", err)
	}
}
