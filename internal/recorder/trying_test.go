package recorder

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/auth"

	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

func TestTriesACameraWithoutAskingForPictures(t *testing.T) {
	t.Parallel()
	secure, fingerprint := selfSigned(t)
	hidden := (&studio{codec: media.H265, secure: secure, methods: []auth.VerifyMethod{auth.VerifyMethodDigestSHA256}}).start(t)
	plain := (&studio{codec: media.MJPEG}).start(t)
	moved := (&studio{codec: media.H264, elsewhere: plain.url}).start(t)
	far := errors.New("that is too far away")
	refuse := func(netip.Addr) error { return far }
	h265 := Offer{Codec: "h265", Width: 320, Height: 180, Sound: true}
	for name, c := range map[string]struct {
		camera premises.Camera
		allow  func(netip.Addr) error
		want   Offer
		fails  error
	}{
		"all is well":      {premises.Camera{URL: hidden.url(), Username: studioUser, Password: studioPassword, Trust: fingerprint}, nil, h265, nil},
		"a strange face":   {premises.Camera{URL: hidden.url(), Username: studioUser, Password: studioPassword}, nil, Offer{Trust: fingerprint}, ErrUntrusted},
		"a wrong password": {premises.Camera{URL: hidden.url(), Username: studioUser, Password: "anders", Trust: fingerprint}, nil, Offer{}, ErrLogin},
		"no password":      {premises.Camera{URL: hidden.url(), Trust: fingerprint}, nil, Offer{}, ErrLogin},
		"it moved":         {premises.Camera{URL: moved.url()}, nil, Offer{Codec: "mjpeg", Sound: true}, nil},
		"too far":          {premises.Camera{URL: plain.url()}, refuse, Offer{}, far},
		"near":             {premises.Camera{URL: plain.url()}, func(netip.Addr) error { return nil }, Offer{Codec: "mjpeg", Sound: true}, nil},
	} {
		got, err := Try(t.Context(), c.camera, c.allow)
		if got != c.want || !errors.Is(err, c.fails) {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, err, c.want, c.fails)
		}
	}
	for _, film := range []*studio{hidden, plain, moved} {
		if asked := film.asked(); len(asked) > 0 {
			t.Errorf("a camera was asked for %q", asked)
		}
	}
}
