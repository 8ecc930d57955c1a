package recorder

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"

	"oogmerk/internal/premises"
)

// Why a camera can't be had, for [errors.Is].
var (
	ErrLogin     = errors.New("the camera refuses our name and password")
	ErrUntrusted = errors.New("nobody vouches for the camera's certificate")
	ErrNoVideo   = errors.New("the camera sends no video that can be recorded")
	// ErrShuffled is an ErrNoVideo too: its H.265 doesn't come in the order in
	// which it is decoded (RFC 7798 §4.4).
	ErrShuffled = errors.New("the camera sends its H.265 in another order than it is decoded (sprop-max-don-diff), which can't be recorded; switch that off, or choose H.264 in its settings")
)

// Is makes the causes of failures known by name.
func (f *failure) Is(target error) bool {
	switch target {
	case ErrLogin:
		return f.cause == causeLogin
	case ErrUntrusted:
		return f.cause == causeCertificate
	case ErrNoVideo:
		return f.cause == causeNoPicture
	}
	return false
}

// An Offer is what a camera says that it can send.
type Offer struct {
	Codec         string // "h264", "h265", "mjpeg"
	Width, Height int    // 0 if it doesn't say
	Sound         bool   // it has a microphone, which stays unheard
	Trust         string // SHA-256 in hex of a certificate that nobody vouches for and isn't trusted yet; "" otherwise
}

// Try asks a camera what it offers, and for nothing of it: no picture is sent.
// allow may refuse the address that it turns out to have, also after it sent us
// elsewhere; nil: none is. When the error is [ErrUntrusted], Trust is told.
func Try(ctx context.Context, camera premises.Camera, allow func(netip.Addr) error) (Offer, error) {
	var offer Offer
	d := dialer{ordinary: true, control: guarding(allow)}
	l, err := d.reach(ctx, camera, nil, func(l *line, u *base.URL) error {
		all, _, err := l.client.Describe(u)
		if err == nil {
			offer, err = offered(all)
		}
		return err
	})
	var strange *untrusted
	if errors.As(err, &strange) {
		offer.Trust = hex.EncodeToString(strange.hash[:])
	}
	if err != nil {
		return offer, fmt.Errorf("couldn't try the camera: %w", err)
	}
	l.hangUp()
	return offer, nil
}

// offered is what there is in an offer.
func offered(all *description.Session) (Offer, error) {
	var o Offer
	for _, m := range all.Medias {
		o.Sound = o.Sound || m.Type == description.MediaTypeAudio && !m.IsBackChannel
	}
	video, err := find(all)
	if err != nil {
		return o, err
	}
	o.Codec = string(video.codec)
	if video.config != nil {
		if w, h, err := video.config.Size(); err == nil {
			o.Width, o.Height = w, h
		}
	}
	return o, nil
}

// guarding refuses connections to what allow refuses.
func guarding(allow func(netip.Addr) error) func(string, string, syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		if allow == nil {
			return nil
		}
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return allow(at.Addr().Unmap())
	}
}
