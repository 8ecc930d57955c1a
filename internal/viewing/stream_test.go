package viewing

import (
	"bytes"
	"encoding/binary"
	"testing"

	"oogmerk/internal/media"
)

func TestStreamTime(t *testing.T) {
	var s stream
	for i, c := range []struct {
		dts, want uint64
		lasts     uint32
	}{
		{1 << 40, 0, usual},        // begins at zero
		{1<<40 + 6000, 6000, 6000}, // lasts as long as the one before
		{1<<40 + 12000, 12000, 6000},
		{1<<40 + 12000 + 900000, 912000, 6000}, // ten seconds of nothing
		{3000, 918000, 6000},                   // the camera's ticks begin anew
		{6000, 921000, 3000},
	} {
		dts, lasts := s.time(&media.AccessUnit{DTS: c.dts})
		if dts != c.want || lasts != c.lasts {
			t.Errorf("picture %d: at %d for %d, want at %d for %d", i, dts, lasts, c.want, c.lasts)
		}
	}
	if s.pictures != 6 || s.ticks != usual+5*6000-3000 {
		t.Errorf("%d pictures, %d ticks", s.pictures, s.ticks)
	}
}

func TestStreamChanges(t *testing.T) {
	var s stream
	one, other := &media.Config{Codec: media.H264, SPS: []byte{1}, PPS: []byte{2}}, &media.Config{Codec: media.H264, SPS: []byte{1}, PPS: []byte{3}}
	if !s.changes(&media.AccessUnit{Config: one}) || s.changes(&media.AccessUnit{}) {
		t.Error("a viewer must be told first, and only then")
	}
	s.config = one
	if s.changes(&media.AccessUnit{Config: &media.Config{Codec: media.H264, SPS: []byte{1}, PPS: []byte{2}}}) || s.changes(&media.AccessUnit{}) {
		t.Error("nothing changed")
	}
	if !s.changes(&media.AccessUnit{Config: other}) {
		t.Error("the picture parameter set changed")
	}
}

func unit(nals ...[]byte) []byte {
	var b []byte
	for _, n := range nals {
		b = binary.BigEndian.AppendUint32(b, uint32(len(n)))
		b = append(b, n...)
	}
	return b
}

func TestAnnexB(t *testing.T) {
	config := &media.Config{Codec: media.H264, SPS: []byte{0x67, 1}, PPS: []byte{0x68, 2}}
	start := "\x00\x00\x00\x01"
	for _, c := range []struct {
		name string
		au   media.AccessUnit
		want string
	}{
		{"key without parameters", media.AccessUnit{Key: true, Config: config, Data: unit([]byte{0x65, 9})}, start + "g\x01" + start + "h\x02" + start + "e\x09"},
		{"key with parameters", media.AccessUnit{Key: true, Config: config, Data: unit([]byte{0x67, 1}, []byte{0x68, 2}, []byte{0x65, 9})}, start + "g\x01" + start + "h\x02" + start + "e\x09"},
		{"other", media.AccessUnit{Data: unit([]byte{0x41, 9}, []byte{0x41, 8})}, start + "A\x09" + start + "A\x08"},
		{"damaged", media.AccessUnit{Data: []byte{0, 0, 0, 9, 1}}, ""},
	} {
		if got := annexB(&c.au); !bytes.Equal(got, []byte(c.want)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
