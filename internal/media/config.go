package media

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
)

// maxParameterSet is what an MP4 can say about the size of one.
const maxParameterSet = 1<<16 - 1

// Codec is c's name for browsers (RFC 6381), such as "avc1.64001f"; "" if c
// says nothing.
func (c Config) Codec() string {
	if len(c.SPS) < 4 {
		return ""
	}
	return fmt.Sprintf("avc1.%02x%02x%02x", c.SPS[1], c.SPS[2], c.SPS[3])
}

// Size is how many pixels the pictures have.
func (c Config) Size() (w, h int, err error) {
	sps, err := c.parse()
	if err != nil {
		return 0, 0, err
	}
	w, h = sps.Width(), sps.Height()
	if w <= 0 || h <= 0 || w > maxSide || h > maxSide {
		return 0, 0, fmt.Errorf("couldn't read the parameter set: it speaks of pictures of %d by %d", w, h)
	}
	return w, h, nil
}

// maxSide is more pixels than H.264 allows at any level.
const maxSide = 1 << 14

func (c Config) parse() (*h264.SPS, error) {
	if !c.complete() {
		return nil, errors.New("couldn't read the parameter sets: there are none")
	}
	var sps h264.SPS
	if err := sps.Unmarshal(c.SPS); err != nil {
		return nil, fmt.Errorf("couldn't read the parameter set: %w", err)
	}
	return &sps, nil
}

func (c *Config) complete() bool { return len(c.SPS) >= 4 && len(c.PPS) > 0 }

func (c *Config) clone() *Config {
	return &Config{SPS: bytes.Clone(c.SPS), PPS: bytes.Clone(c.PPS)}
}

// reordering is how many pictures a decoder must keep back to show them in
// order, if c says so.
func (c *Config) reordering() (depth int, ok bool) {
	sps, err := c.parse()
	switch {
	case err != nil:
		return 0, false
	case sps.PicOrderCntType == 2:
		return 0, true
	case sps.VUI != nil && sps.VUI.BitstreamRestriction != nil:
		return int(min(sps.VUI.BitstreamRestriction.MaxNumReorderFrames, maxDepth)), true
	}
	return 0, false
}
