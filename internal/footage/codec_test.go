package footage

import (
	"testing"

	"oogmerk/internal/media"
)

// A config is read back as it was written, of whatever codec.
func TestConfigOfEachCodec(t *testing.T) {
	for _, c := range []*media.Config{
		{Codec: media.H264, SPS: []byte{0x67, 1, 2, 3}, PPS: []byte{0x68, 4}},
		{Codec: media.H265, VPS: []byte{0x40, 1, 7}, SPS: []byte{0x42, 1, 8, 9}, PPS: []byte{0x44, 1, 5}},
		{Codec: media.MJPEG, SPS: []byte{0xff, 0xc0, 0, 11}},
	} {
		b := appendConfig(nil, c)
		d := &decoder{b: append(b, 1, 2)}
		if got := d.config(); got == nil || !got.Equal(c) || d.bad || len(d.b) != 2 {
			t.Errorf("%+v is read back as %+v", c, got)
		}
		for n := range b {
			if d := (&decoder{b: b[:n]}); d.config() != nil && !d.bad {
				t.Errorf("%s: %d of %d bytes are enough", c.Codec, n, len(b))
			}
		}
	}
	for _, b := range [][]byte{{0, 2, 0, 0}, {4, 1, 0}, {1, 3, 0, 0, 0}, {2, 2, 0, 0}, {3, 0}, {1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0}} {
		if d := (&decoder{b: b}); d.config() != nil && !d.bad {
			t.Errorf("%v is a config", b)
		}
	}
}
