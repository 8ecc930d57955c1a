package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"
	"time"
)

// FuzzDepacketizer pushes packets of H.264 that are written one after the
// other, each behind its length in two bytes.
func FuzzDepacketizer(f *testing.F) {
	for _, end := range []bool{true, false} {
		f.Add(packets(H264, func(s *sender) {
			s.unit(aud, sps, pps, idr)
			s.unit(point, slice, slice2)
			s.fu(slice, true, false, false, slice[1:5]...)
			s.fu(slice, false, end, true, slice[5:]...)
		}))
	}
	f.Add([]byte{0, 14, 0x80, 0xe0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x65, 0x88})
	f.Fuzz(func(t *testing.T, b []byte) { pushAll(t, &Config{Codec: H264, SPS: sps, PPS: pps}, b) })
}

// FuzzDepacketizerH265 does the same with H.265.
func FuzzDepacketizerH265(f *testing.F) {
	clip := readClip(f, "h265")
	f.Add(packets(H265, func(s *sender) {
		s.unit(vps5, sps5, pps5, cra5)
		s.unit(rasl5)
		s.unit(point5, trail5, trail5b)
		s.fu5(idr5, true, false, false, idr5[2:5]...)
		s.fu5(idr5, false, true, true, idr5[5:]...)
	}))
	f.Add(packets(H265, func(s *sender) {
		s.unit(append(clip.Config.Sets(), hevcUnit(hevcCRA, true, 4))...)
		NALs(clip.Pictures[1].Data, func(nal []byte) { s.unit(nal) })
	}))
	f.Fuzz(func(t *testing.T, b []byte) { pushAll(t, known5, b) })
}

// FuzzDepacketizerMJPEG does the same with JPEGs.
func FuzzDepacketizerMJPEG(f *testing.F) {
	c := cutJPEG(f, drawJPEG(f, 0, 40))
	f.Add(packets(MJPEG, func(s *sender) {
		s.jpeg(c, 1, 40, nil, 0, 300)
		s.jpeg(c, jpegRestart, 255, front(c.tables), 3, 300)
		s.jpeg(c, 1, 130, front(c.tables), 0, 300)
		s.jpeg(c, 1, 130, front(nil), 0, 300)
	}))
	f.Add(packets(MJPEG, func(s *sender) {
		s.extended(onvifJPEG, c.header[2:len(c.header)&^3+2], []byte{0, 0, 0, 0, 255, 0, 0, 0, 1, 2, 3})
	}))
	f.Fuzz(func(t *testing.T, b []byte) { pushAll(t, &Config{Codec: MJPEG}, b) })
}

// packets are what a sender sends, each packet behind its length.
func packets(codec Codec, send func(*sender)) (all []byte) {
	s := newSenderOf(codec, nil, nil)
	s.push = func(packet []byte, _ time.Time) error {
		all = binary.BigEndian.AppendUint16(all, uint16(len(packet)))
		all = append(all, packet...)
		return nil
	}
	send(s)
	return all
}

// pushAll pushes packets, and looks whether what comes of them makes sense.
func pushAll(t *testing.T, config *Config, b []byte) {
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
	d := NewDepacketizer(config.Codec, 96, config, func(au *AccessUnit) error {
		switch {
		case len(au.Data) == 0:
			t.Error("an empty picture")
		case config.Codec == MJPEG && (frameHeader(au.Data) == nil || !bytes.HasSuffix(au.Data, []byte{0xff, jpegEOI}) || !au.Key):
			t.Errorf("no JPEG: %x", au.Data)
		case config.Codec != MJPEG && !NALs(au.Data, func([]byte) {}):
			t.Error("the lengths of NAL units don't add up")
		}
		if au.Key && !au.Config.complete() {
			t.Error("a key picture without its parameter sets")
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
}

func FuzzReadClip(f *testing.F) {
	for i, name := range clips {
		clip := readClip(f, name)
		au := data(sei) // the pictures don't matter, the tables do
		if clip.Config.Codec == MJPEG {
			au = drawJPEG(f, 0, 1)
		}
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
			if clip.Config.Codec == MJPEG && frameHeader(au.Data) == nil || clip.Config.Codec != MJPEG && !NALs(au.Data, func([]byte) {}) {
				t.Error("a picture makes no sense")
			}
		}
	})
}

// FuzzConfig reads parameter sets as a camera may send them.
func FuzzConfig(f *testing.F) {
	for _, name := range clips {
		c := readClip(f, name).Config
		f.Add(string(c.Codec), c.SPS, c.PPS)
	}
	f.Add("h264", sps, pps)
	f.Add("h265", laidOut(), pps5)
	f.Fuzz(func(t *testing.T, codec string, sps, pps []byte) {
		c := Config{Codec: Codec(codec), VPS: vps5, SPS: sps, PPS: pps}
		_ = c.String()
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
			isRecoveryPoint(nal[1:])
		}
	})
}
