package recorder

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

// Trying asks what there is, and for nothing of it.
func TestTry(t *testing.T) {
	t.Parallel()
	cameras := startDemo(t, demo.Options{Count: 1, Username: "admin", Password: "een wachtwoord"})
	camera := premises.Camera{URL: cameras.URL(0), Username: "admin", Password: "een wachtwoord"}
	offer, err := Try(t.Context(), camera, nil)
	if err != nil || offer.Codec != "h264" || offer.Width == 0 || offer.Height == 0 || !offer.Sound {
		t.Errorf("it offers %+v, %v", offer, err)
	}
	wrong := camera
	wrong.Password = "een ander wachtwoord"
	if _, err := Try(t.Context(), wrong, nil); !errors.Is(err, ErrLogin) {
		t.Errorf("with a wrong password: %v", err)
	}
	elsewhere := camera
	elsewhere.URL += "x"
	if _, err := Try(t.Context(), elsewhere, nil); !errors.Is(err, ErrNoVideo) {
		t.Errorf("at a path that isn't there: %v", err)
	}
	no := errors.New("not there")
	if _, err := Try(t.Context(), camera, func(netip.Addr) error { return no }); !errors.Is(err, no) {
		t.Errorf("at a forbidden address: %v", err)
	}
	if setups := cameras.Setups(); len(setups) > 0 {
		t.Errorf("it was asked for %q", setups)
	}
	cameras.Stop(0)
	if _, err := Try(t.Context(), camera, nil); err == nil || errors.Is(err, ErrLogin) || errors.Is(err, ErrNoVideo) {
		t.Errorf("turned off: %v", err)
	}
}

// A camera whose certificate nobody vouches for says which it is.
func TestTryCertificate(t *testing.T) {
	t.Parallel()
	film := &studio{codec: media.H264}
	var fingerprint string
	film.secure, fingerprint = selfSigned(t)
	film.start(t)
	camera := premises.Camera{URL: film.url()}
	if offer, err := Try(t.Context(), camera, nil); !errors.Is(err, ErrUntrusted) || offer.Trust != fingerprint {
		t.Errorf("without trust: %+v, %v", offer, err)
	}
	camera.Trust = fingerprint
	if offer, err := Try(t.Context(), camera, nil); err != nil || offer.Codec != "h264" {
		t.Errorf("with trust: %+v, %v", offer, err)
	}
}

// What doesn't answer keeps nobody waiting longer than they want.
func TestTryImpatient(t *testing.T) {
	t.Parallel()
	ctx, done := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer done()
	silent := silentCamera(t)
	if _, err := Try(ctx, premises.Camera{URL: "rtsp://" + silent + "/x"}, nil); err == nil || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
}

// silentCamera is where somebody takes calls, and never answers.
func silentCamera(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}
