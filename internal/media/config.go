package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
)

// maxParameterSet is what an MP4 can say about the size of one.
const maxParameterSet = 1<<16 - 1

// String is c's name for browsers (RFC 6381), such as "avc1.64001f",
// "hvc1.1.6.L93.B0" or "mp4v.6C"; "" if c says nothing.
func (c Config) String() string {
	switch {
	case !c.complete():
		return ""
	case c.Codec == H264:
		return fmt.Sprintf("avc1.%02x%02x%02x", c.SPS[1], c.SPS[2], c.SPS[3])
	case c.Codec == MJPEG:
		return "mp4v.6C"
	}
	sps, err := parseSPS265(c.SPS)
	if err != nil {
		return ""
	}
	return sps.name()
}

// Sets are c's parameter sets: SPS and PPS, VPS first if it is H.265, the
// frame header alone if it is MJPEG; nil if c is of no codec.
func (c *Config) Sets() [][]byte {
	switch c.Codec {
	case H264:
		return [][]byte{c.SPS, c.PPS}
	case H265:
		return [][]byte{c.VPS, c.SPS, c.PPS}
	case MJPEG:
		return [][]byte{c.SPS}
	}
	return nil
}

// ConfigOf is the inverse of [Config.Sets], or nil if a codec doesn't have so
// many sets. It keeps the sets.
func ConfigOf(codec Codec, sets [][]byte) *Config {
	switch {
	case codec == H264 && len(sets) == 2:
		return &Config{Codec: codec, SPS: sets[0], PPS: sets[1]}
	case codec == H265 && len(sets) == 3:
		return &Config{Codec: codec, VPS: sets[0], SPS: sets[1], PPS: sets[2]}
	case codec == MJPEG && len(sets) == 1:
		return &Config{Codec: codec, SPS: sets[0]}
	}
	return nil
}

// Equal reports whether c and other say the same.
func (c *Config) Equal(other *Config) bool {
	return c.Codec == other.Codec && slices.EqualFunc(c.Sets(), other.Sets(), bytes.Equal)
}

// Clone is a copy that shares nothing with c.
func (c *Config) Clone() *Config {
	return &Config{Codec: c.Codec, VPS: bytes.Clone(c.VPS), SPS: bytes.Clone(c.SPS), PPS: bytes.Clone(c.PPS)}
}

// complete reports whether all sets are there.
func (c *Config) complete() bool {
	switch c.Codec {
	case H264:
		return len(c.SPS) >= 4 && len(c.PPS) > 0
	case H265:
		return len(c.VPS) > hevcHeader && len(c.SPS) > hevcHeader && len(c.PPS) > hevcHeader
	case MJPEG:
		return isFrameHeader(c.SPS)
	}
	return false
}

// Size is how many pixels the pictures have.
func (c Config) Size() (w, h int, err error) {
	switch c.Codec {
	case MJPEG:
		if c.complete() {
			w, h = int(binary.BigEndian.Uint16(c.SPS[7:])), int(binary.BigEndian.Uint16(c.SPS[5:]))
		}
	case H265:
		sps, err := parseSPS265(c.SPS)
		if err != nil {
			return 0, 0, err
		}
		w, h = sps.width, sps.height
	default:
		sps, err := c.parse264()
		if err != nil {
			return 0, 0, err
		}
		w, h = sps.Width(), sps.Height()
	}
	if w <= 0 || h <= 0 || w > maxSide || h > maxSide {
		return 0, 0, fmt.Errorf("couldn't read the parameter set: it speaks of pictures of %d by %d", w, h)
	}
	return w, h, nil
}

// maxSide is more pixels than H.264 and H.265 allow at any level.
const maxSide = 1 << 14

var errNoSets = errors.New("couldn't read the parameter sets: there are none")

func (c Config) parse264() (*h264.SPS, error) {
	if !c.complete() {
		return nil, errNoSets
	}
	var sps h264.SPS
	if err := sps.Unmarshal(c.SPS); err != nil {
		return nil, fmt.Errorf("couldn't read the parameter set: %w", err)
	}
	return &sps, nil
}

// reordering is how many pictures a decoder must keep back to show them in
// order, if c says so.
func (c *Config) reordering() (depth int, ok bool) {
	switch c.Codec {
	case MJPEG:
		return 0, true
	case H265:
		sps, err := parseSPS265(c.SPS)
		if err != nil {
			return 0, false
		}
		return sps.reorder, true
	}
	sps, err := c.parse264()
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
