package recorder

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/sdp"

	"oogmerk/internal/media"
)

// A choice is the one medium that is asked for, of all that a camera offers.
type choice struct {
	medium *description.Media
	format format.Format
	codec  media.Codec
	kind   uint8         // payload type of its packets
	config *media.Config // what the offer says of the pictures; nil for nothing
}

// find returns the first medium with video that we understand and that comes
// our way. Nothing else of an offer is ever asked for.
func find(offer *description.Session) (*choice, error) {
	shuffled := false
	for _, m := range offer.Medias {
		if m.IsBackChannel || m.Type != description.MediaTypeVideo {
			continue
		}
		for _, f := range m.Formats {
			shuffled = shuffled || inOtherOrder(f)
			if c := understand(f); c != nil {
				c.medium, c.format = m, f
				return c, nil
			}
		}
	}
	if shuffled {
		return nil, &failure{causeNoPicture, ErrShuffled}
	}
	return nil, &failure{causeNoPicture, errors.New("the camera offers no video as H.264, H.265 or MJPEG; choose one of those in its settings")}
}

// understand is what f is, or nil if it is nothing that we can record.
func understand(f format.Format) *choice {
	switch f := f.(type) {
	case *format.H264:
		c := &choice{codec: media.H264, kind: f.PayloadTyp}
		if sps, pps := f.SafeParams(); sps != nil && pps != nil {
			c.config = &media.Config{Codec: media.H264, SPS: sps, PPS: pps}
		}
		return c
	case *format.H265:
		if inOtherOrder(f) {
			return nil
		}
		c := &choice{codec: media.H265, kind: f.PayloadTyp}
		if vps, sps, pps := f.SafeParams(); vps != nil && sps != nil && pps != nil {
			c.config = &media.Config{Codec: media.H265, VPS: vps, SPS: sps, PPS: pps}
		}
		return c
	case *format.MJPEG:
		return &choice{codec: media.MJPEG, kind: f.PayloadType()}
	case *format.Generic: // there are cameras that give it a payload type of their own
		if strings.EqualFold(f.RTPMa, "JPEG/90000") {
			return &choice{codec: media.MJPEG, kind: f.PayloadTyp}
		}
	}
	return nil
}

// inOtherOrder reports whether f is H.265 that may be sent in another order than
// it is decoded: then there are numbers between its NAL units, which we don't
// read.
func inOtherOrder(f format.Format) bool {
	h265, ok := f.(*format.H265)
	return ok && h265.MaxDONDiff > 0
}

// Asked says which of the media that a camera offers, as SDP, the recorder
// asks for, and which it leaves: "video", "audio". Of what it leaves, not one
// packet is sent.
func Asked(offer []byte) (asked, left []string, err error) {
	var text sdp.SessionDescription
	if err := text.Unmarshal(offer); err != nil {
		return nil, nil, fmt.Errorf("couldn't read what the camera offers: %w", err)
	}
	var all description.Session
	if err := all.Unmarshal(&text); err != nil {
		return nil, nil, fmt.Errorf("couldn't read what the camera offers: %w", err)
	}
	video, err := find(&all)
	for _, m := range all.Medias {
		if err == nil && m == video.medium {
			asked = append(asked, string(m.Type))
		} else {
			left = append(left, string(m.Type))
		}
	}
	return asked, left, nil // what asks for nothing is no failure
}
