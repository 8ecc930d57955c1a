package recorder

import (
	"fmt"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/sdp"
)

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
	video, _, _ := find(&all) // or nothing is asked for
	for _, m := range all.Medias {
		if m == video {
			asked = append(asked, string(m.Type))
		} else {
			left = append(left, string(m.Type))
		}
	}
	return asked, left, nil
}
