package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

// NAL units of the smallest kind: what matters is their first two bytes.
var (
	sps    = []byte{0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xb4, 0x3a, 0x10}
	pps    = []byte{0x68, 0xce, 0x3c, 0x80}
	aud    = []byte{0x09, 0xf0}
	sei    = []byte{0x06, 0x05, 0x02, 0xaa, 0xbb, 0x80}
	point  = []byte{0x06, 0x05, 0x02, 0xaa, 0xbb, 0x06, 0x01, 0xc4, 0x80}
	idr    = append([]byte{0x65, 0x88}, bytes.Repeat([]byte{0x77}, 40)...)
	slice  = append([]byte{0x41, 0x9a}, bytes.Repeat([]byte{0x55}, 20)...)
	slice2 = append([]byte{0x41, 0x1a}, bytes.Repeat([]byte{0x56}, 20)...) // first_mb_in_slice > 0
	idr2   = append([]byte{0x65, 0x08}, bytes.Repeat([]byte{0x78}, 40)...)
)

// A sender writes RTP packets by hand, so that they can be wrong.
type sender struct {
	d    *Depacketizer
	seq  uint16
	time uint32
	at   time.Time
	ssrc uint32
	err  error
	push func(packet []byte, at time.Time) error
}

func newSender(config *Config, emit func(*AccessUnit) error) *sender {
	return newSenderOf(H264, config, emit)
}

func newSenderOf(codec Codec, config *Config, emit func(*AccessUnit) error) *sender {
	d := NewDepacketizer(codec, 96, config, emit)
	return &sender{d: d, push: d.Push, at: noon, seq: 65533, time: 1<<32 - 5000}
}

func (s *sender) send(marker bool, payload ...byte) {
	b := binary.BigEndian.AppendUint16([]byte{0x80, 96}, s.seq)
	if marker {
		b[1] |= 0x80
	}
	b = binary.BigEndian.AppendUint32(b, s.time)
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	s.seq++
	s.err = errors.Join(s.err, s.push(append(b, payload...), s.at))
}

// unit sends NAL units, one a packet, the last one with the marker.
func (s *sender) unit(nals ...[]byte) {
	for i, nal := range nals {
		s.send(i == len(nals)-1, nal...)
	}
	s.tick(3600)
}

func (s *sender) tick(ticks uint32) {
	s.time += ticks
	s.at = s.at.Add(Duration(uint64(ticks)))
}

func (s *sender) fu(nal []byte, start, end, marker bool, part ...byte) {
	header := nal[0] & 31
	if start {
		header |= 0x80
	}
	if end {
		header |= 0x40
	}
	s.send(marker, append([]byte{nal[0]&0xe0 | nalFUA, header}, part...)...)
}

func data(nals ...[]byte) []byte {
	var b []byte
	for _, nal := range nals {
		b = binary.BigEndian.AppendUint32(b, uint32(len(nal)))
		b = append(b, nal...)
	}
	return b
}

func TestDepacketizer(t *testing.T) {
	key := data(sps, pps, idr)
	known := &Config{Codec: H264, SPS: sps, PPS: pps}
	tests := []struct {
		name   string
		config *Config
		send   func(s *sender)
		want   [][]byte
		lost   uint64
		bad    uint64
	}{
		{name: "one NAL unit a packet", send: func(s *sender) {
			s.unit(aud, sps, pps, sei, idr)
			s.unit(aud, sei, slice, sei)
		}, want: [][]byte{data(aud, sps, pps, sei, idr), data(aud, sei, slice, sei)}},
		{name: "parameter sets known beforehand", config: known, send: func(s *sender) {
			s.unit(idr)
		}, want: [][]byte{data(idr)}},
		{name: "parameter sets unknown", send: func(s *sender) {
			s.unit(idr)
			s.unit(slice)
			s.unit(sps, pps, idr)
		}, want: [][]byte{key}},
		{name: "several slices", send: func(s *sender) {
			s.unit(sps, pps, idr, idr2)
			s.unit(slice, slice2)
		}, want: [][]byte{data(sps, pps, idr, idr2), data(slice, slice2)}},
		{name: "aggregated", send: func(s *sender) {
			b := []byte{nalSTAPA}
			for _, nal := range [][]byte{sps, pps, idr} {
				b = binary.BigEndian.AppendUint16(b, uint16(len(nal)))
				b = append(b, nal...)
			}
			s.send(true, append(b, 0, 0, 0)...)
		}, want: [][]byte{key}},
		{name: "fragmented", config: known, send: func(s *sender) {
			s.fu(idr, true, false, false, idr[1:10]...)
			s.fu(idr, false, false, false, idr[10:11]...)
			s.fu(idr, false, true, true, idr[11:]...)
			s.tick(3600)
			s.fu(slice, true, true, true, slice[1:]...) // both bits in one
		}, want: [][]byte{data(idr), data(slice)}},
		{name: "no markers", send: func(s *sender) {
			for _, nal := range [][]byte{sps, pps, idr} {
				s.send(false, nal...)
			}
			s.tick(3600)
			s.send(false, slice...)
			s.send(false, slice2...)
			s.tick(3600)
			s.send(false, slice...)
		}, want: [][]byte{key, data(slice, slice2)}},
		{name: "a marker on each slice", send: func(s *sender) {
			for range 3 {
				for _, nal := range [][]byte{sps, pps, idr, idr2, idr2} {
					s.send(true, nal...)
				}
				s.tick(3600)
			}
			s.send(true, aud...)
		}, want: [][]byte{key, data(sps, pps, idr, idr2, idr2), data(sps, pps, idr, idr2, idr2)}},
		{name: "markers and times of parameter sets", send: func(s *sender) {
			s.unit(sps)
			s.unit(pps)
			s.unit(idr)
			s.unit(slice)
		}, want: [][]byte{key, data(slice)}},
		{name: "start codes", config: known, send: func(s *sender) {
			var b []byte
			for _, nal := range [][]byte{sps, pps, idr} {
				b = append(append(b, 0, 0, 0, 1), nal...)
			}
			s.unit(b)
			s.unit(append([]byte{0, 0, 1}, slice...))
			s.unit(append(append(bytes.Clone(slice), 0, 0, 1), slice2...))
		}, want: [][]byte{key, data(slice), data(slice, slice2)}},
		{name: "recovery points instead of key pictures", send: func(s *sender) {
			s.unit(slice)
			s.unit(point, slice)
			s.unit(sps, pps, point, slice)
			s.unit(slice)
		}, want: [][]byte{data(sps, pps, point, slice), data(slice)}},
		{name: "recovery points with parameter sets known beforehand", config: known, send: func(s *sender) {
			s.unit(slice)
			s.unit(point, slice)
			s.unit(slice)
		}, want: [][]byte{data(point, slice), data(slice)}},
		{name: "an end that didn't come", config: known, send: func(s *sender) {
			s.unit(idr)
			s.fu(slice, true, false, true, slice[1:]...)
			s.tick(3600)
			s.unit(idr)
		}, want: [][]byte{data(idr), data(idr)}},
		{name: "a lost packet", send: func(s *sender) {
			s.unit(sps, pps, idr)
			s.unit(slice)
			s.seq += 2
			s.unit(slice)
			s.unit(slice)
			s.unit(sps, pps, idr)
		}, want: [][]byte{key, data(slice), key}, lost: 2},
		{name: "a lost end", config: known, send: func(s *sender) {
			s.unit(idr)
			s.fu(slice, true, false, false, slice[1:]...)
			s.seq++
			s.tick(3600)
			s.unit(slice)
			s.unit(idr)
		}, want: [][]byte{data(idr), data(idr)}, lost: 1},
		{name: "a lost beginning", config: known, send: func(s *sender) {
			s.unit(idr)
			s.seq++
			s.fu(idr, false, true, false, idr[10:]...)
			s.send(true, idr2...)
			s.tick(3600)
			s.seq++
			s.unit(idr2)
			s.unit(idr, idr2)
		}, want: [][]byte{data(idr), data(idr, idr2)}, lost: 2},
		{name: "late and twice", send: func(s *sender) {
			s.unit(sps, pps, idr)
			s.unit(slice)
			s.seq--
			s.send(true, slice...)
			s.unit(slice)
		}, want: [][]byte{key, data(slice), data(slice)}},
		{name: "counting anew", config: known, send: func(s *sender) {
			s.unit(idr)
			s.seq, s.ssrc = 7, 99
			s.unit(slice)
			s.unit(idr)
			s.seq -= 5000
			s.unit(idr)
		}, want: [][]byte{data(idr), data(idr), data(idr)}, lost: 1},
		{name: "interleaved", config: known, send: func(s *sender) {
			s.unit(idr)
			s.unit([]byte{nalSTAPA + 1, 1, 2, 3})
			s.unit(slice)
			s.unit(idr)
		}, want: [][]byte{data(idr), data(idr)}, bad: 1},
		{name: "aggregated beyond the end", config: known, send: func(s *sender) {
			s.unit([]byte{nalSTAPA, 0, 9, 0x65, 0x88})
			s.unit(idr)
		}, want: [][]byte{data(idr)}, bad: 1},
		{name: "empty packets", config: known, send: func(s *sender) {
			s.send(false)
			s.unit(idr)
			s.send(true)
			s.tick(3600)
			s.unit(slice)
		}, want: [][]byte{data(idr), data(slice)}},
		{name: "more than a picture can be", config: known, send: func(s *sender) {
			s.unit(idr)
			for range MaxAccessUnit/60000 + 9 {
				s.send(false, append([]byte{0x41, 0x1a}, make([]byte, 60000)...)...)
			}
			s.tick(3600)
			s.unit(slice)
			s.unit(idr)
		}, want: [][]byte{data(idr), data(idr)}, bad: 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var units []AccessUnit
			s := newSender(test.config, keep(&units))
			test.send(s)
			if s.err != nil {
				t.Error(s.err)
			}
			var got [][]byte
			for i, u := range units {
				got = append(got, u.Data)
				if u.Key != (u.Config != nil) {
					t.Errorf("picture %d: key %v, config %v", i, u.Key, u.Config)
				}
				if u.Config != nil && (!bytes.Equal(u.Config.SPS, sps) || !bytes.Equal(u.Config.PPS, pps)) {
					t.Errorf("picture %d has other parameter sets", i)
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

func TestPacketHeader(t *testing.T) {
	var units []AccessUnit
	d := NewDepacketizer(H264, 96, &Config{Codec: H264, SPS: sps, PPS: pps}, keep(&units))
	header := []byte{0x80 | 0x20 | 0x10 | 2, 0x80 | 96, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7}
	packet := append(header, 1, 1, 1, 1, 2, 2, 2, 2)               // CSRC
	packet = append(packet, 0xbe, 0xde, 0, 1, 5, 5, 5, 5)          // extension
	packet = append(append(packet, idr...), 0, 0, 3)               // padding
	other := append([]byte{0x80, 97, 0, 2}, make([]byte, 20)...)   // not ours
	short := []byte{0x80, 96, 0}                                   // too short
	padded := append([]byte{0xa0, 96, 0, 2}, make([]byte, 20)...)  // padding of 0
	extended := append([]byte{0x90, 96, 0, 2}, make([]byte, 8)...) // no room for the extension
	overlong := append([]byte{0xa0, 96, 0, 2}, 0, 0, 0, 0, 0, 0, 0, 0, 200)
	for _, p := range [][]byte{packet, other, short, padded, extended, overlong, {}} {
		if err := d.Push(p, noon); err != nil {
			t.Error(err)
		}
	}
	if len(units) != 1 || !bytes.Equal(units[0].Data, data(idr)) {
		t.Errorf("got %v", units)
	}
	if d.Bad() != 5 || d.Lost() != 0 {
		t.Errorf("%d bad, %d lost", d.Bad(), d.Lost())
	}
}

func TestConfigFollowsTheStream(t *testing.T) {
	var units []AccessUnit
	s := newSender(&Config{Codec: H264, SPS: sps, PPS: pps}, keep(&units))
	other := append(bytes.Clone(sps), 1)
	s.unit(idr)
	s.unit(sps, pps, idr)
	s.unit(other, pps, idr)
	s.unit(idr)
	if units[0].Config != units[1].Config {
		t.Error("the same parameter sets are another config")
	}
	if !bytes.Equal(units[2].Config.SPS, other) || !bytes.Equal(units[1].Config.SPS, sps) {
		t.Error("other parameter sets must be another config")
	}
	if units[3].Config != units[2].Config {
		t.Error("a key picture without parameter sets must have those from before")
	}
}

func TestEmitError(t *testing.T) {
	full := errors.New("disk full")
	s := newSender(&Config{Codec: H264, SPS: sps, PPS: pps}, func(*AccessUnit) error { return full })
	s.unit(idr)
	if !errors.Is(s.err, full) {
		t.Errorf("got %v", s.err)
	}
}
