package media

import (
	"bytes"
	"encoding/binary"
	"time"
)

// A span is where in a unit's bytes a NAL unit is; zero is nowhere.
type span struct{ from, to int }

func (s span) of(data []byte) []byte {
	if s.to == 0 {
		return nil
	}
	return data[s.from:s.to]
}

// An assembly is an access unit that is being put together.
type assembly struct {
	open    bool
	time    uint32 // RTP's
	arrival time.Time
	data    []byte
	nal     int // where the NAL unit that comes in fragments began, or -1
	scan    int // where the JPEG's compressed data begin; 0 if it has no header yet

	slices        bool // it has any
	key           bool // decoding can start here
	recovery      bool // the camera says that it can
	leading       bool // it may need pictures from before the last key picture
	joint         bool // of a key picture: such pictures may follow it,
	cut           bool // and what they need isn't there
	vps, sps, pps span // the first ones
	damaged       bool // it can't be decoded
	unsure        bool // packets were missing just before it
	tail          bool // it began with a slice that isn't the first of its picture

	// What holds for the whole stream.
	*stream
}

// A stream is what an assembly knows beyond the unit in hand.
type stream struct {
	codec  Codec
	annexB bool // NAL units hide others, after start codes
	bad    uint64
	spare  []byte
	tables map[uint8][]byte // of JPEG: quantization tables by their number
	place  func(old []byte) []byte
}

// reset makes room for the next unit.
func (u *assembly) reset() {
	data := u.data[:0]
	if u.place != nil {
		data = u.place(data)
	}
	*u = assembly{data: data, nal: -1, stream: u.stream}
}

// pictured reports whether u has something of a picture, so that another
// timestamp or a marker ends it. Parameter sets alone belong to what follows.
func (u *assembly) pictured() bool { return u.slices || u.damaged || u.nal >= 0 }

// starts reports whether decoding can start at u: it is a picture that needs
// no other, or one where a camera that never sends those again says so.
func (u *assembly) starts() bool { return u.key || u.recovery }

func (u *assembly) damage() {
	u.damaged, u.nal = true, -1
	u.data = u.data[:0]
}

// foul is damage by a packet that makes no sense.
func (u *assembly) foul() {
	u.bad++
	u.damage()
}

// unpack adds what is in an RTP packet, which isn't empty.
func (u *assembly) unpack(p *packet) {
	switch u.codec {
	case H265:
		u.unpack265(p.payload)
	case MJPEG:
		u.unpackJPEG(p)
	default:
		u.unpack264(p.payload)
	}
}

// single adds a whole NAL unit.
func (u *assembly) single(nal []byte) {
	at := len(u.data)
	if u.room(4 + len(nal)) {
		u.data = append(u.data, 0, 0, 0, 0)
		u.data = append(u.data, nal...)
		u.complete(at)
	}
}

// aggregate adds several NAL units, each after its length in two bytes.
func (u *assembly) aggregate(b []byte) {
	for len(b) > 2 {
		size := int(binary.BigEndian.Uint16(b))
		b = b[2:]
		if size == 0 { // padding
			return
		}
		if size > len(b) {
			u.foul()
			return
		}
		u.single(b[:size])
		b = b[size:]
	}
}

// fragment adds a part of a NAL unit. header is the unit's own, which comes
// before the first part. Some cameras send units in one part.
func (u *assembly) fragment(start, end bool, header [2]byte, size int, part []byte) {
	if start != (u.nal < 0) {
		u.damage() // a fragment in between is missing
		return
	}
	if !u.room(4 + size + len(part)) {
		return
	}
	if start {
		u.nal = len(u.data)
		u.data = append(u.data, 0, 0, 0, 0)
		u.data = append(u.data, header[:size]...)
	}
	u.data = append(u.data, part...)
	if end {
		at := u.nal
		u.nal = -1
		u.complete(at)
	}
}

// room reports whether n more bytes may be added.
func (u *assembly) room(n int) bool {
	if u.damaged {
		return false
	}
	if len(u.data)+n > MaxAccessUnit {
		u.foul()
		u.data = nil // or every camera would keep so much, once it sent nonsense
		return false
	}
	return true
}

// complete writes the length of the NAL unit from at to the end, and looks
// what it is.
func (u *assembly) complete(at int) {
	nal := u.data[at+4:]
	u.annexB = u.annexB || bytes.Contains(nal[:min(len(nal), 512)], startCode)
	if u.annexB && bytes.Contains(nal, startCode) {
		u.split(at)
		return
	}
	binary.BigEndian.PutUint32(u.data[at:], uint32(len(nal)))
	u.note(at+4, nal)
}

// split makes several NAL units of the one from at to the end.
func (u *assembly) split(at int) {
	u.spare = append(u.spare[:0], u.data[at+4:]...)
	u.data = u.data[:at]
	splitNALs(u.spare, func(nal []byte) {
		if u.room(4 + len(nal)) {
			at := len(u.data)
			u.data = binary.BigEndian.AppendUint32(u.data, uint32(len(nal)))
			u.data = append(u.data, nal...)
			u.note(at+4, u.data[at+4:])
		}
	})
}

// note remembers what a NAL unit means for the picture.
func (u *assembly) note(at int, nal []byte) {
	if u.codec == H265 {
		u.note265(at, nal)
	} else {
		u.note264(at, nal)
	}
}

// set remembers where a parameter set is.
func (u *assembly) set(which *span, at, size int) {
	if which.to == 0 && size <= maxParameterSet {
		*which = span{at, at + size}
	}
}

// slice notes a slice; first says that its picture begins with it.
func (u *assembly) slice(first bool) {
	if !u.slices && !first {
		u.tail = true
		if u.unsure {
			u.damage() // its beginning was among the missing
		}
	}
	u.slices = true
}
