package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
	"time"
)

// drawJPEG draws one of a few pictures of 64 by 48 with another's encoder,
// which has the usual tables.
func drawJPEG(t testing.TB, n, quality int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			m.Set(x, y, color.RGBA{uint8(x * 4), uint8(y*5 + n*9), uint8(x ^ y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A cut is a JPEG taken apart: what is sent of it, and what isn't.
type cut struct {
	header []byte
	scan   []byte
	tables []byte // of quantization, in order
	frame  []byte
}

func cutJPEG(t testing.TB, b []byte) cut {
	t.Helper()
	c := cut{frame: frameHeader(b)}
	i := 2
	for {
		size := 2 + int(binary.BigEndian.Uint16(b[i+2:]))
		if kind := b[i+1]; kind == jpegSOS {
			c.header, c.scan = b[:i+size], b[i+size:]
			return c
		} else if kind == jpegDQT {
			for q := b[i+4 : i+size]; len(q) >= 65; q = q[65:] {
				c.tables = append(c.tables, q[1:65]...)
			}
		}
		i += size
	}
}

// jpeg sends a picture in packets of so many bytes of compressed data.
func (s *sender) jpeg(c cut, kind, quality byte, front []byte, every, size int) {
	width, height := byte(64/8), byte(48/8)
	for at := 0; at < len(c.scan); at += size {
		part := c.scan[at:min(at+size, len(c.scan))]
		b := binary.BigEndian.AppendUint32(nil, uint32(at))
		b = append(b, kind, quality, width, height)
		if kind >= jpegRestart {
			b = append(binary.BigEndian.AppendUint16(b, uint16(every)), 0xff, 0xff)
		}
		if at == 0 {
			b = append(b, front...)
		}
		s.send(at+size >= len(c.scan), append(b, part...)...)
	}
	s.tick(9000)
}

// front is how tables stand before the first part of a picture.
func front(tables []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(tables))), tables...)
}

// sameImage decodes two JPEGs and reports whether they show the same.
func sameImage(t *testing.T, got, want []byte) bool {
	t.Helper()
	a, err := jpeg.Decode(bytes.NewReader(got))
	if err != nil {
		t.Errorf("what was put together doesn't decode: %v", err)
		return false
	}
	b, err := jpeg.Decode(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	x, y := a.(*image.YCbCr), b.(*image.YCbCr)
	return a.Bounds() == b.Bounds() && bytes.Equal(x.Y, y.Y) && bytes.Equal(x.Cb, y.Cb) && bytes.Equal(x.Cr, y.Cr)
}

func TestMJPEG(t *testing.T) {
	for _, test := range []struct {
		name      string
		qualities []int
		send      func(s *sender, n int, c cut)
	}{
		{"usual tables", []int{1, 30, 49, 50, 75, 99}, func(s *sender, n int, c cut) {
			s.jpeg(c, 1, byte([]int{1, 30, 49, 50, 75, 99}[n]), nil, 0, 300)
		}},
		{"tables that came before", []int{60, 60, 60}, func(s *sender, n int, c cut) {
			if n == 0 {
				s.jpeg(c, 1, 200, front(c.tables), 0, 300)
			} else {
				s.jpeg(c, 1, 200, front(nil), 0, 300)
			}
		}},
		{"tables with each picture", []int{60, 61, 99}, func(s *sender, n int, c cut) {
			s.jpeg(c, 1, 255, front(c.tables), 0, 300)
		}},
		{"all in one packet, without an end", []int{60, 61}, func(s *sender, n int, c cut) {
			c.scan = bytes.TrimSuffix(c.scan, []byte{0xff, jpegEOI})
			s.jpeg(c, 1, 255, front(c.tables), 0, 1<<20)
		}},
		{"a header in an extension", []int{60, 70}, func(s *sender, n int, c cut) {
			extension := bytes.Clone(c.header[2:bytes.LastIndex(c.header, []byte{0xff, jpegSOS})])
			for len(extension)%4 != 0 {
				extension = append(extension, 0xff)
			}
			c.scan = append([]byte{0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0}, c.scan...) // a type and a size that say nothing
			s.extended(onvifJPEG, extension, c.scan)
			s.tick(9000)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var units []AccessUnit
			s := newSenderOf(MJPEG, nil, keep(&units))
			var want [][]byte
			for n, quality := range test.qualities {
				b := drawJPEG(t, n, quality)
				want = append(want, b)
				test.send(s, n, cutJPEG(t, b))
			}
			if s.err != nil || len(units) != len(want) || s.d.Bad() != 0 {
				t.Fatalf("%d pictures, want %d; %d bad (%v)", len(units), len(want), s.d.Bad(), s.err)
			}
			for i, u := range units {
				w, h, err := u.Config.Size()
				if !u.Key || w != 64 || h != 48 || err != nil || u.Config.String() != "mp4v.6C" || u.CTS != 0 || u.DTS != uint64(9000*i) {
					t.Errorf("picture %d: %+v, %d by %d (%v)", i, u, w, h, err)
				}
				if !sameImage(t, u.Data, want[i]) {
					t.Errorf("picture %d shows something else", i)
				}
			}
		})
	}
}

// extended sends a packet whose header has an extension.
func (s *sender) extended(profile uint16, extension, payload []byte) {
	b := binary.BigEndian.AppendUint16([]byte{0x90, 0x80 | 96}, s.seq)
	b = binary.BigEndian.AppendUint32(b, s.time)
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	b = binary.BigEndian.AppendUint16(b, profile)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(extension)/4)), extension...)
	s.seq++
	s.err = s.push(append(b, payload...), s.at)
}

// TestMJPEGRestarts has ffmpeg draw a picture whose rows can each be decoded
// apart, with one table for all.
func TestMJPEGRestarts(t *testing.T) {
	b := run(t, "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", "-pix_fmt", "yuvj420p",
		"-c:v", "mjpeg", "-huffman", "default", "-threads", "3", "-slices", "3", "-f", "image2pipe", "-")
	c := cutJPEG(t, b)
	i := bytes.Index(c.header, []byte{0xff, jpegDRI, 0, 4})
	if i < 0 {
		t.Fatal("the picture has no restarts: the test shows nothing")
	}
	var units []AccessUnit
	s := newSenderOf(MJPEG, nil, keep(&units))
	s.jpeg(c, jpegRestart+1, 255, front(c.tables), int(binary.BigEndian.Uint16(c.header[i+4:])), 200)
	if s.err != nil || len(units) != 1 || !sameImage(t, units[0].Data, b) {
		t.Errorf("%d pictures, %d packets bad (%v)", len(units), s.d.Bad(), s.err)
	}
}

// TestMJPEGDamage loses, spoils and changes packets: every picture that comes
// out is whole.
func TestMJPEGDamage(t *testing.T) {
	b := drawJPEG(t, 0, 80)
	c := cutJPEG(t, b)
	for name, test := range map[string]struct {
		send      func(s *sender)
		want      int
		lost, bad uint64
	}{
		"a lost beginning": {func(s *sender) { s.seq++; s.jpegTail(c, 80, 500); s.jpeg(c, 1, 80, nil, 0, 500) }, 1, 0, 0},
		"a lost part": {func(s *sender) {
			s.jpeg(c, 1, 80, nil, 0, 500)
			whole := c.scan
			c := c
			c.scan = whole[:300]
			s.jpegPart(c, 80)
			s.seq++
			s.jpegTail(cut{scan: whole}, 80, 600)
			s.jpeg(cut{scan: whole}, 1, 80, nil, 0, 500)
		}, 2, 1, 0},
		"a part that isn't the next": {func(s *sender) {
			c := c
			c.scan = c.scan[:300]
			s.jpegPart(c, 80)
			s.jpegTail(cut{scan: append(bytes.Clone(c.scan), c.scan...)}, 80, 400)
			s.jpeg(c, 1, 80, nil, 0, 500)
		}, 1, 0, 0},
		"no marker": {func(s *sender) {
			s.jpegPart(c, 80)
			s.tick(9000)
			s.jpegPart(c, 80)
			s.tick(9000)
			s.jpegPart(c, 80)
		}, 2, 0, 0},
		"no tables":             {func(s *sender) { s.jpeg(c, 1, 200, front(nil), 0, 1<<20); s.jpeg(c, 1, 80, nil, 0, 500) }, 1, 0, 1},
		"a quality of 0":        {func(s *sender) { s.jpeg(c, 1, 0, nil, 0, 1<<20); s.jpeg(c, 1, 80, nil, 0, 500) }, 1, 0, 1},
		"a type we don't know":  {func(s *sender) { s.jpeg(c, 9, 80, nil, 0, 1<<20); s.jpeg(c, 1, 80, nil, 0, 500) }, 1, 0, 1},
		"tables beyond the end": {func(s *sender) { s.send(true, 0, 0, 0, 0, 1, 255, 8, 6, 0, 0, 1, 0, 7); s.tick(1) }, 0, 0, 1},
		"nothing but a header":  {func(s *sender) { s.send(true, 0, 0, 0, 0, 1, 80, 8, 6); s.tick(1) }, 0, 0, 0},
		"too short":             {func(s *sender) { s.send(true, 0, 0, 0, 0, 1, 80, 8); s.send(true, 0, 0, 0, 0, 65, 80, 8, 6, 1) }, 0, 0, 2},
		"two beginnings":        {func(s *sender) { s.jpegPart(c, 80); s.jpegPart(c, 80); s.tick(1); s.jpeg(c, 1, 80, nil, 0, 500) }, 1, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var units []AccessUnit
			s := newSenderOf(MJPEG, nil, keep(&units))
			test.send(s)
			if s.err != nil || len(units) != test.want || s.d.Lost() != test.lost || s.d.Bad() != test.bad {
				t.Errorf("%d pictures, %d lost, %d bad (%v)", len(units), s.d.Lost(), s.d.Bad(), s.err)
			}
		})
	}
}

// jpegPart sends c's data in one packet, without a marker.
func (s *sender) jpegPart(c cut, quality byte) {
	s.send(false, append([]byte{0, 0, 0, 0, 1, quality, 8, 6}, c.scan...)...)
}

// jpegTail sends what comes after the first bytes of c's data.
func (s *sender) jpegTail(c cut, quality byte, from int) {
	b := binary.BigEndian.AppendUint32(nil, uint32(from))
	s.send(true, append(append(b, 1, quality, 8, 6), c.scan[min(from, len(c.scan)):]...)...)
	s.tick(9000)
}

func TestFrameHeader(t *testing.T) {
	b := drawJPEG(t, 0, 50)
	if f := frameHeader(b); !isFrameHeader(f) || len(f) != 19 {
		t.Errorf("the frame header is %x", f)
	}
	for n := range bytes.Index(b, []byte{0xff, jpegSOF}) + 19 {
		if f := frameHeader(b[:n]); f != nil {
			t.Errorf("%d bytes have a frame header", n)
		}
	}
	if frameHeader([]byte("no picture")) != nil {
		t.Error("words have a frame header")
	}
}

// TestWideTables has tables of two bytes a number.
func TestWideTables(t *testing.T) {
	b := drawJPEG(t, 0, 80)
	c := cutJPEG(t, b)
	var wide []byte
	for _, v := range c.tables[:64] {
		wide = append(wide, 0, v)
	}
	f := front(append(wide, c.tables[64:]...))
	f[1] = 1 // the first table
	var units []AccessUnit
	s := newSenderOf(MJPEG, nil, keep(&units))
	s.jpeg(c, 1, 255, f, 0, 500)
	if len(units) != 1 || !sameImage(t, units[0].Data, b) || s.d.Bad() > 0 {
		t.Errorf("%d pictures, %d packets bad", len(units), s.d.Bad())
	}
}

func BenchmarkPushMJPEG(b *testing.B) {
	clip := readClip(b, "mjpeg")
	sent := packetize(b, &clip, 0)
	d := NewDepacketizer(MJPEG, 96, nil, func(*AccessUnit) error { return nil })
	var seq uint16
	for i := 0; b.Loop(); i++ {
		p := sent[i%len(sent)]
		binary.BigEndian.PutUint16(p.data[2:], seq)
		seq++
		if err := d.Push(p.data, noon.Add(time.Duration(i))); err != nil {
			b.Fatal(err)
		}
	}
}
