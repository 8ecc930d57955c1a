package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"
	"time"
)

// FuzzDepacketizer pushes packets that are written one after the other, each
// behind its length in two bytes.
func FuzzDepacketizer(f *testing.F) {
	for _, end := range []bool{true, false} {
		var seed []byte
		s := newSender(nil, nil)
		s.push = func(packet []byte, _ time.Time) error {
			seed = binary.BigEndian.AppendUint16(seed, uint16(len(packet)))
			seed = append(seed, packet...)
			return nil
		}
		s.unit(aud, sps, pps, idr)
		s.unit(point, slice, slice2)
		s.fu(slice, true, false, false, slice[1:5]...)
		s.fu(slice, false, end, true, slice[5:]...)
		f.Add(seed)
	}
	f.Add([]byte{0, 14, 0x80, 0xe0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x65, 0x88})
	f.Fuzz(func(t *testing.T, b []byte) {
		at := noon
		var last uint64
		var before bool
		fragmenter := NewFragmenter(500*time.Millisecond, func(g *Fragment) error {
			total := 0
			for _, s := range g.Samples {
				total += int(s.Size)
			}
			if total != len(g.Data) {
				t.Errorf("samples of %d bytes, data of %d", total, len(g.Data))
			}
			return nil
		})
		d := NewDepacketizer(96, &Config{SPS: sps, PPS: pps}, func(au *AccessUnit) error {
			if !NALs(au.Data, func([]byte) {}) || len(au.Data) == 0 {
				t.Error("the lengths of NAL units don't add up")
			}
			if before && au.DTS <= last {
				t.Errorf("DTS %d after %d", au.DTS, last)
			}
			before, last = true, au.DTS
			return fragmenter.Push(au)
		})
		for len(b) > 2 {
			n := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
			if err := d.Push(b[2:2+n], at); err != nil {
				t.Error(err)
			}
			b = b[2+n:]
			at = at.Add(time.Duration(n) * time.Millisecond)
			if len(d.unit.data) > MaxAccessUnit {
				t.Errorf("%d bytes kept", len(d.unit.data))
			}
		}
		if err := fragmenter.Flush(); err != nil {
			t.Error(err)
		}
	})
}

func FuzzReadClip(f *testing.F) {
	for i, name := range clips {
		clip := readClip(f, name)
		au := data(sei) // the pictures don't matter, the tables do
		one := Sample{uint32(len(au)), 3600, int32(i) * 1800, true}
		m, err := NewMovie(clip.Config, []MoviePart{{[]Sample{one}}, {[]Sample{one, one}}}, func(_ context.Context, i int) ([]byte, error) {
			return bytes.Repeat(au, i+1), nil
		})
		if err != nil {
			f.Fatal(err)
		}
		b, err := io.ReadAll(m.Reader(f.Context()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		clip, err := ReadClip(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, au := range clip.Pictures {
			if !NALs(au.Data, func([]byte) {}) {
				t.Error("the lengths of NAL units don't add up")
			}
		}
	})
}

// FuzzConfig reads parameter sets as a camera may send them.
func FuzzConfig(f *testing.F) {
	for _, name := range clips {
		c := readClip(f, name).Config
		f.Add(c.SPS, c.PPS)
	}
	f.Add(sps, pps)
	f.Fuzz(func(t *testing.T, sps, pps []byte) {
		c := Config{SPS: sps, PPS: pps}
		c.Codec()
		c.reordering()
		w, h, err := c.Size()
		if err == nil && (w <= 0 || h <= 0) {
			t.Errorf("%d by %d", w, h)
		}
		if b, err := InitSegment(c); err == nil && len(b) == 0 {
			t.Error("an empty init segment")
		}
	})
}

func FuzzRecoveryPoint(f *testing.F) {
	f.Add(sei)
	f.Add(point)
	f.Fuzz(func(t *testing.T, nal []byte) {
		if len(nal) > 0 {
			isRecoveryPoint(nal)
		}
	})
}
