package media

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"
)

// hevc is the smallest NAL unit of a kind: what matters are its header and the
// bit that says whether it is the first of its picture.
func hevcUnit(kind byte, first bool, size int) []byte {
	nal := append([]byte{kind << 1, 1, 0x2f}, bytes.Repeat([]byte{0x70 + kind}, size)...)
	if first {
		nal[2] |= 0x80
	}
	return nal
}

var (
	vps5, sps5, pps5 = hevcUnit(hevcVPS, false, 9), hevcUnit(hevcSPS, false, 20), hevcUnit(hevcPPS, false, 4)
	idr5, idr5b      = hevcUnit(20, true, 40), hevcUnit(20, false, 40)
	cra5, bla5       = hevcUnit(hevcCRA, true, 40), hevcUnit(hevcBLA, true, 40)
	rasl5, radl5     = hevcUnit(hevcRASLR, true, 20), hevcUnit(7, true, 20)
	trail5, trail5b  = hevcUnit(1, true, 20), hevcUnit(1, false, 20)
	point5           = []byte{hevcSEI << 1, 1, 6, 1, 0xc4, 0x80}
	known5           = &Config{Codec: H265, VPS: vps5, SPS: sps5, PPS: pps5}
)

func (s *sender) fu5(nal []byte, start, end, marker bool, part ...byte) {
	header := hevcType(nal)
	if start {
		header |= 0x80
	}
	if end {
		header |= 0x40
	}
	s.send(marker, append([]byte{nal[0]&0x81 | hevcFU<<1, nal[1], header}, part...)...)
}

func TestDepacketizerH265(t *testing.T) {
	sets := [][]byte{vps5, sps5, pps5}
	key := data(vps5, sps5, pps5, idr5)
	tests := []struct {
		name   string
		config *Config
		send   func(s *sender)
		want   [][]byte
		lost   uint64
		bad    uint64
	}{
		{name: "one NAL unit a packet", send: func(s *sender) {
			s.unit(append(slices.Clone(sets), idr5)...)
			s.unit(trail5)
		}, want: [][]byte{key, data(trail5)}},
		{name: "parameter sets known beforehand", config: known5, send: func(s *sender) {
			s.unit(idr5)
		}, want: [][]byte{data(idr5)}},
		{name: "no VPS yet", send: func(s *sender) {
			s.unit(sps5, pps5, idr5)
			s.unit(trail5)
			s.unit(vps5, idr5)
		}, want: [][]byte{data(vps5, idr5)}},
		{name: "several slices", config: known5, send: func(s *sender) {
			s.unit(idr5, idr5b, idr5b)
			s.unit(trail5, trail5b)
		}, want: [][]byte{data(idr5, idr5b, idr5b), data(trail5, trail5b)}},
		{name: "aggregated", send: func(s *sender) {
			b := []byte{hevcAP << 1, 1}
			for _, nal := range append(slices.Clone(sets), idr5) {
				b = append(binary.BigEndian.AppendUint16(b, uint16(len(nal))), nal...)
			}
			s.send(true, b...)
		}, want: [][]byte{key}},
		{name: "fragmented", config: known5, send: func(s *sender) {
			s.fu5(idr5, true, false, false, idr5[2:10]...)
			s.fu5(idr5, false, false, false, idr5[10:11]...)
			s.fu5(idr5, false, true, true, idr5[11:]...)
			s.tick(3600)
			s.fu5(trail5, true, true, true, trail5[2:]...) // both bits in one
		}, want: [][]byte{data(idr5), data(trail5)}},
		{name: "no markers", config: known5, send: func(s *sender) {
			s.send(false, idr5...)
			s.send(false, idr5b...)
			s.tick(3600)
			s.send(false, trail5...)
			s.tick(3600)
			s.send(false, trail5...)
		}, want: [][]byte{data(idr5, idr5b), data(trail5)}},
		{name: "a marker on each slice", config: known5, send: func(s *sender) {
			for range 3 {
				for _, nal := range [][]byte{idr5, idr5b, idr5b} {
					s.send(true, nal...)
				}
				s.tick(3600)
			}
			s.send(true, trail5...)
		}, want: [][]byte{data(idr5), data(idr5, idr5b, idr5b), data(idr5, idr5b, idr5b)}},
		{name: "start codes", send: func(s *sender) {
			var b []byte
			for _, nal := range append(slices.Clone(sets), idr5) {
				b = append(append(b, 0, 0, 0, 1), nal...)
			}
			s.unit(b)
			s.unit(append([]byte{0, 0, 1}, trail5...))
		}, want: [][]byte{key, data(trail5)}},
		{name: "a clean random access picture to begin with", config: known5, send: func(s *sender) {
			s.unit(trail5)
			s.unit(cra5)
			s.unit(rasl5) // needs what was before
			s.unit(radl5)
			s.unit(trail5)
			s.unit(cra5)
			s.unit(rasl5)
			s.unit(trail5)
		}, want: [][]byte{data(cra5), data(radl5), data(trail5), data(cra5), data(rasl5), data(trail5)}},
		{name: "a clean random access picture after a loss", config: known5, send: func(s *sender) {
			s.unit(idr5)
			s.seq++
			s.unit(trail5)
			s.unit(cra5)
			s.unit(rasl5)
			s.unit(trail5)
			s.unit(cra5)
			s.unit(rasl5)
		}, want: [][]byte{data(idr5), data(cra5), data(trail5), data(cra5), data(rasl5)}, lost: 1},
		{name: "a broken link", config: known5, send: func(s *sender) {
			s.unit(idr5)
			s.unit(bla5)
			s.unit(rasl5)
			s.unit(trail5)
		}, want: [][]byte{data(idr5), data(bla5), data(trail5)}},
		{name: "recovery points instead of key pictures", send: func(s *sender) {
			s.unit(point5, trail5)
			s.unit(vps5, sps5, pps5, trail5)
			s.unit(point5, trail5)
			s.unit(trail5)
		}, want: [][]byte{data(point5, trail5), data(trail5)}},
		{name: "a lost fragment", config: known5, send: func(s *sender) {
			s.unit(idr5)
			s.fu5(trail5, true, false, false, trail5[2:]...)
			s.seq++
			s.fu5(trail5, false, true, true, trail5[2:]...)
			s.tick(3600)
			s.unit(trail5)
			s.unit(idr5)
		}, want: [][]byte{data(idr5), data(idr5)}, lost: 1},
		{name: "an end that didn't come", config: known5, send: func(s *sender) {
			s.unit(idr5)
			s.fu5(trail5, true, false, true, trail5[2:]...)
			s.tick(3600)
			s.unit(idr5)
		}, want: [][]byte{data(idr5), data(idr5)}},
		{name: "nonsense", config: known5, send: func(s *sender) {
			s.unit(idr5)
			s.unit([]byte{50 << 1, 1, 2, 3}) // PACI
			s.unit(idr5)
			s.unit([]byte{hevcAP << 1, 1, 0, 99, 1})
			s.unit(idr5)
			s.unit([]byte{2, 1})
			s.unit(idr5)
		}, want: [][]byte{data(idr5), data(idr5), data(idr5), data(idr5)}, bad: 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var units []AccessUnit
			s := newSenderOf(H265, test.config, keep(&units))
			test.send(s)
			if s.err != nil {
				t.Error(s.err)
			}
			var got [][]byte
			for i, u := range units {
				got = append(got, u.Data)
				if u.Config != nil && !u.Config.Equal(known5) || u.Key != (u.Config != nil) {
					t.Errorf("picture %d: key %v, config %+v", i, u.Key, u.Config)
				}
			}
			if a, b := bytes.Join(got, []byte("|")), bytes.Join(test.want, []byte("|")); !bytes.Equal(a, b) {
				t.Errorf("got  %x\nwant %x", a, b)
			}
			if s.d.Lost() != test.lost || s.d.Bad() != test.bad {
				t.Errorf("%d lost, %d bad; want %d, %d", s.d.Lost(), s.d.Bad(), test.lost, test.bad)
			}
		})
	}
}

func TestConfigFollowsTheStreamH265(t *testing.T) {
	var units []AccessUnit
	s := newSenderOf(H265, known5, keep(&units))
	for _, set := range []*[]byte{&vps5, &sps5, &pps5} {
		other := append(bytes.Clone(*set), 9)
		s.unit(idr5)
		s.unit(other, idr5)
		s.unit(*set, idr5)
	}
	if s.err != nil || len(units) != 9 {
		t.Fatalf("%d pictures (%v)", len(units), s.err)
	}
	for i := 0; i < 9; i += 3 {
		if units[i+1].Config.Equal(known5) || !units[i].Config.Equal(known5) || !units[i+2].Config.Equal(known5) {
			t.Errorf("set %d: a change wasn't followed", i/3)
		}
	}
}

// TestSPS265 reads a set with layers, cropping and padding, as cameras have it.
func TestSPS265(t *testing.T) {
	clip := readClip(t, "h265")
	for name, c := range map[string]struct {
		sps           []byte
		width, height int
		depth         int
		codec         string
	}{
		"drawn":  {clip.Config.SPS, 320, 180, 2, "hvc1.1.6.L60.90"},
		"padded": {append(bytes.Clone(clip.Config.SPS), 0, 0), 320, 180, 2, "hvc1.1.6.L60.90"},
		"layers": {laidOut(), 1912, 1072, 3, "hvc1.B2.5.H93.B0"},
	} {
		config := Config{Codec: H265, VPS: clip.Config.VPS, SPS: c.sps, PPS: clip.Config.PPS}
		w, h, err := config.Size()
		if err != nil || w != c.width || h != c.height {
			t.Errorf("%s: %d by %d (%v)", name, w, h, err)
		}
		if depth, ok := config.reordering(); depth != c.depth || !ok {
			t.Errorf("%s: depth %d, %v", name, depth, ok)
		}
		if got := config.String(); got != c.codec {
			t.Errorf("%s: codec %s, want %s", name, got, c.codec)
		}
		if _, err := InitSegment(config); err != nil {
			t.Error(err)
		}
	}
	for n := range clip.Config.SPS[:20] {
		c := Config{Codec: H265, VPS: vps5, SPS: clip.Config.SPS[:n], PPS: pps5}
		if _, _, err := c.Size(); err == nil {
			t.Errorf("%d bytes of a parameter set have a size", n)
		}
		if _, err := InitSegment(c); err == nil || c.String() != "" {
			t.Errorf("%d bytes of a parameter set are enough", n)
		}
	}
}

// laidOut writes an SPS bit by bit: three temporal layers of which the first
// has a profile and a level, 1920 by 1080 less 4 samples on all sides.
func laidOut() []byte {
	var w bitWriter
	w.bits(0, 4)
	w.bits(2, 3)
	w.bits(1, 1)
	w.bits(2<<6|1<<5|2, 8) // space B, high tier, profile 2
	w.bits(0xa0000000, 32)
	w.bits(0xb0, 8)
	w.bits(0, 32)
	w.bits(0, 8)
	w.bits(93, 8)
	w.bits(3<<14, 16) // the first layer's flags; the others have none
	w.bits(0, 32)
	w.bits(0, 32)
	w.bits(0, 32) // 88 + 8 bits
	w.unsigned(0)
	w.unsigned(1)
	w.unsigned(1920)
	w.unsigned(1080)
	w.bits(1, 1)
	for range 4 {
		w.unsigned(2)
	}
	w.unsigned(2)
	w.unsigned(2)
	w.unsigned(4)
	w.bits(1, 1)
	for i := range uint32(3) {
		w.unsigned(4)
		w.unsigned(i + 1)
		w.unsigned(0)
	}
	return append([]byte{hevcSPS << 1, 1}, w.escaped()...)
}

// TestLossBeforeCRA joins and rejoins a stream with open GOPs: what is left
// decodes, and nothing comes twice or out of order.
func TestLossBeforeCRA(t *testing.T) {
	clip := readClip(t, "h265")
	sent := packetize(t, &clip, 0)
	for _, from := range []int{1, len(sent) / 3, len(sent) / 2} {
		var fragments []Fragment
		f := NewFragmenter(500*time.Millisecond, keepFragments(&fragments))
		d := NewDepacketizer(H265, 96, nil, f.Push)
		for _, p := range sent[from:] {
			if err := d.Push(p.data, p.at); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		samples := 0
		for _, f := range fragments {
			samples += len(f.Samples)
		}
		path := save(t, "movie.mp4", movieOf(t, *fragments[0].Config, fragments).Reader(t.Context()))
		if got := len(decoded(t, path)); got != samples || samples < 20 {
			t.Errorf("from packet %d: %d pictures decoded, want %d", from, got, samples)
		}
	}
}
