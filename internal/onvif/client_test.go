package onvif_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/onvif"
	"oogmerk/internal/simulator"
)

// plain is a camera like many: two streams, a microphone, a card, a head that
// turns, and a clock that is three hours off.
func plain() simulator.Options {
	return simulator.Options{Listen: "127.0.0.1:0", Maker: "Kijk & Co", Model: "K<1>", Firmware: "V20r4", Serial: "K1-77", Name: "Hal west", Place: "eerste verdieping",
		Username: "beheer", Password: "ge\"heim\\", Now: time.Now, Ahead: 3 * time.Hour,
		Streams: []simulator.Stream{
			{Token: "hoofd", Name: "Main", URL: "rtsp://10.99.0.1:8554/cam1", Codec: "H264", Width: 1920, Height: 1080, Rate: 25},
			{Token: "klein", Name: "Sub", URL: "rtsp://10.99.0.1/cam1s", Codec: "H264", Width: 640, Height: 360, Rate: 10}},
		Microphone: true, Keeps: true, Turns: true, Presets: []simulator.Preset{{Token: "1", Name: "Deur", Pan: 0.5, Tilt: -0.25, Zoom: 0.1}},
		Masks: []simulator.Mask{{Token: "m1", Points: [][2]float64{{-1, -1}, {0, -1}, {0, 0}}, Enabled: true}}}
}

func start(t *testing.T, o simulator.Options) *simulator.Camera {
	t.Helper()
	c, err := simulator.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func client(t *testing.T, c *simulator.Camera, o onvif.Options) *onvif.Client {
	t.Helper()
	if o.Device == "" {
		o.Device = c.Device()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	made, err := onvif.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	return made
}

func as(o simulator.Options) onvif.Options {
	return onvif.Options{Username: o.Username, Password: o.Password}
}

// ways are the cameras that every question is put to.
var ways = map[string]func(*simulator.Options){
	"message":         func(o *simulator.Options) {},
	"nobody":          func(o *simulator.Options) { o.Username = "" },
	"digest":          func(o *simulator.Options) { o.Login = simulator.Digest },
	"digest SHA-256":  func(o *simulator.Options) { o.Login = simulator.DigestSHA256 },
	"secret":          func(o *simulator.Options) { o.Secret = true },
	"basic in secret": func(o *simulator.Options) { o.Secret, o.Login = true, simulator.Basic },
	"no Media2":       func(o *simulator.Options) { o.NoMedia2 = true },
	"ancient":         func(o *simulator.Options) { o.Ancient = true },
	"translated":      func(o *simulator.Options) { o.Host = "192.0.2.7:8080" },
}

func each(t *testing.T, do func(*testing.T, *onvif.Client, *simulator.Camera, simulator.Options)) {
	for name, change := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := plain()
			change(&o)
			camera := start(t, o)
			with := as(o)
			with.Trust = camera.Fingerprint()
			do(t, client(t, camera, with), camera, o)
		})
	}
}

// TestWhatItIs asks each kind of camera everything there is to ask.
func TestWhatItIs(t *testing.T) {
	each(t, func(t *testing.T, c *onvif.Client, camera *simulator.Camera, o simulator.Options) {
		ctx := t.Context()
		device, err := c.Device(ctx)
		if err != nil || device != (onvif.Device{Maker: "Kijk & Co", Model: "K<1>", Firmware: "V20r4", Serial: "K1-77"}) {
			t.Errorf("it is %+v, %v", device, err)
		}
		ahead, err := c.Clock(ctx)
		if err != nil || (ahead-3*time.Hour).Abs() > 2*time.Second {
			t.Errorf("its clock is %v ahead, %v", ahead, err)
		}
		profiles, err := c.Profiles(ctx)
		want := []onvif.Profile{
			{Token: "hoofd", Name: "Main", Codec: "h264", Width: 1920, Height: 1080, Rate: 25, Sound: true, Source: "VSC", Turns: true},
			{Token: "klein", Name: "Sub", Codec: "h264", Width: 640, Height: 360, Rate: 10, Sound: true, Source: "VSC", Turns: true}}
		if err != nil || !slices.Equal(profiles, want) {
			t.Fatalf("its streams are %+v, %v", profiles, err)
		}
		for profile, where := range map[string]string{"hoofd": "rtsp://127.0.0.1:8554/cam1", "klein": "rtsp://127.0.0.1/cam1s"} {
			if at, err := c.Stream(ctx, profile); err != nil || at != where {
				t.Errorf("%s is at %q, %v", profile, at, err)
			}
		}
		base := strings.TrimSuffix(camera.Device(), "/onvif/device_service")
		if at, err := c.Snapshot(ctx, "hoofd"); err != nil || at != base+"/snapshot/hoofd" {
			t.Errorf("single pictures are at %q, %v", at, err)
		}
		if n, err := c.Microphones(ctx); err != nil || n != 1 {
			t.Errorf("%d microphones, %v", n, err)
		}
		if keeps, err := c.Keeps(ctx); err != nil || !keeps {
			t.Errorf("it records itself: %v, %v", keeps, err)
		}
		if turns, err := c.Turns(ctx); err != nil || !turns {
			t.Errorf("it turns: %v, %v", turns, err)
		}
		masks, err := c.Masks(ctx, profiles[0])
		switch {
		case o.NoMedia2 || o.Ancient:
			if !errors.Is(err, onvif.ErrAbsent) {
				t.Errorf("masks: %v", err)
			}
		case err != nil || len(masks) != 1 || !masks[0].Enabled || len(masks[0].Polygon) != 3 || masks[0].Polygon[1] != (onvif.Point{X: 0, Y: -1}):
			t.Errorf("masks: %+v, %v", masks, err)
		}
		if slices.Contains(camera.Asked(), "snapshot") {
			t.Error("a picture was fetched")
		}
	})
}

// TestSaysNo: a camera that hears nothing, keeps nothing and doesn't turn says so.
func TestSaysNo(t *testing.T) {
	o := plain()
	o.Microphone, o.Keeps, o.Turns, o.Masks = false, false, false, nil
	c := client(t, start(t, o), as(o))
	if n, err := c.Microphones(t.Context()); n != 0 || err != nil {
		t.Errorf("%d microphones, %v", n, err)
	}
	if keeps, err := c.Keeps(t.Context()); keeps || err != nil {
		t.Errorf("it records itself: %v, %v", keeps, err)
	}
	if turns, err := c.Turns(t.Context()); turns || err != nil {
		t.Errorf("it turns: %v, %v", turns, err)
	}
	if err := c.Steer(t.Context(), "hoofd", 1, 0, 0); !errors.Is(err, onvif.ErrAbsent) {
		t.Errorf("it is steered: %v", err)
	}
	profiles, err := c.Profiles(t.Context())
	if err != nil || profiles[0].Sound || profiles[0].Turns {
		t.Errorf("%+v, %v", profiles, err)
	}
}

// TestWrongPassword: whichever way a camera asks, a wrong password is said to
// be that, and isn't tried over and over.
func TestWrongPassword(t *testing.T) {
	for name, change := range ways {
		o := plain()
		if change(&o); o.Username == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			camera := start(t, o)
			c := client(t, camera, onvif.Options{Username: o.Username, Password: "anders", Trust: camera.Fingerprint()})
			if _, err := c.Device(t.Context()); !errors.Is(err, onvif.ErrLogin) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestPasswordStaysSecret: a camera that would have the password itself, in
// the open, doesn't get it.
func TestPasswordStaysSecret(t *testing.T) {
	o := plain()
	o.Login = simulator.Basic
	_, err := client(t, start(t, o), as(o)).Device(t.Context())
	if err == nil || !strings.Contains(err.Error(), "in the open") {
		t.Errorf("got %v", err)
	}
}

// TestClockIsSet: when somebody sets the camera's clock, we follow.
func TestClockIsSet(t *testing.T) {
	o := plain()
	camera := start(t, o)
	c := client(t, camera, as(o))
	if _, err := c.Device(t.Context()); err != nil {
		t.Fatal(err)
	}
	camera.SetAhead(0)
	if _, err := c.Device(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCertificate(t *testing.T) {
	o := plain()
	o.Secret = true
	camera := start(t, o)
	var untrusted *onvif.Untrusted
	_, err := client(t, camera, as(o)).Device(t.Context())
	if !errors.As(err, &untrusted) || untrusted.Fingerprint != camera.Fingerprint() {
		t.Fatalf("without trust: %v", err)
	}
	with := as(o)
	with.Trust = strings.Repeat("0", 64)
	if _, err := client(t, camera, with).Device(t.Context()); !errors.As(err, &untrusted) {
		t.Errorf("with another one trusted: %v", err)
	}
}

func TestForbiddenAddress(t *testing.T) {
	o := plain()
	camera := start(t, o)
	with := as(o)
	no := errors.New("not there")
	with.Allow = func(a netipAddr) error { return fmt.Errorf("%w: %s", no, a) }
	if _, err := client(t, camera, with).Device(t.Context()); !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
	if asked := camera.Asked(); len(asked) > 0 {
		t.Errorf("it was asked %v", asked)
	}
}

// TestSteering moves a camera, lets it stop by itself, halts it and sends it to
// where it remembers.
func TestSteering(t *testing.T) {
	o := plain()
	now := time.Now()
	o.Now = func() time.Time { return now }
	camera := start(t, o)
	with := as(o)
	with.Now = o.Now
	c := client(t, camera, with)
	expect := func(what string, pan, tilt, zoom float64) {
		t.Helper()
		a, b, z := camera.Position()
		if math.Abs(a-pan)+math.Abs(b-tilt)+math.Abs(z-zoom) > 0.001 {
			t.Errorf("%s: it looks at %.2f %.2f %.2f", what, a, b, z)
		}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	check(c.Steer(ctx, "hoofd", 1, -0.5, 0))
	now = now.Add(time.Second)
	expect("after a second", 0.5, -0.25, 0)
	check(c.Halt(ctx, "hoofd"))
	now = now.Add(time.Second)
	expect("halted", 0.5, -0.25, 0)
	check(c.Steer(ctx, "", -7, math.NaN(), 1))
	now = now.Add(time.Minute)
	expect("left alone for a minute", -0.5, -0.25, 1)
	presets, err := c.Presets(ctx, "")
	if err != nil || !slices.Equal(presets, []onvif.Preset{{Token: "1", Name: "Deur"}}) {
		t.Fatalf("positions: %+v, %v", presets, err)
	}
	check(c.GoTo(ctx, "", presets[0].Token))
	expect("where it remembers", 0.5, -0.25, 0.1)
	if err := c.GoTo(ctx, "", "99"); err == nil || !strings.Contains(err.Error(), "no such position") {
		t.Errorf("a position that isn't there: %v", err)
	}
	if err := c.Steer(ctx, "nergens", 1, 0, 0); err == nil {
		t.Error("a profile that isn't there was steered")
	}
}

// TestImpatience: a camera that doesn't answer keeps nobody waiting longer
// than they want.
func TestImpatience(t *testing.T) {
	ctx, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer done()
	silent := listen(t, func(string) string { <-ctx.Done(); return "" })
	_, err := client(t, nil, onvif.Options{Device: silent}).Device(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
