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

	slices   bool // it has any
	idr      bool
	recovery bool
	sps, pps span // the first ones
	damaged  bool // it can't be decoded
	unsure   bool // packets were missing just before it
	tail     bool // it began with a slice that isn't the first of its picture

	// What holds for the whole stream.
	annexB bool // NAL units hide others, after start codes
	bad    uint64
	spare  []byte
}

// reset makes room for the next unit.
func (u *assembly) reset() {
	*u = assembly{data: u.data[:0], nal: -1, annexB: u.annexB, bad: u.bad, spare: u.spare}
}

// pictured reports whether u has something of a picture, so that another
// timestamp or a marker ends it. Parameter sets alone belong to what follows.
func (u *assembly) pictured() bool { return u.slices || u.damaged }

// key reports whether decoding can start at u: it is an IDR picture, or one
// where a camera that never sends those again says that it can.
func (u *assembly) key() bool { return u.idr || u.recovery && u.sps.to > 0 }

func (u *assembly) damage() {
	u.damaged, u.nal = true, -1
	u.data = u.data[:0]
}

// unpack adds the NAL units, or the part of one, in an RTP payload.
func (u *assembly) unpack(payload []byte) {
	switch kind := nalType(payload); {
	case kind == nalFUA:
		u.fragment(payload)
	case u.nal >= 0: // the last fragments of a unit are missing
		u.damage()
	case kind == nalSTAPA:
		u.aggregate(payload[1:])
	case kind > 0 && kind < nalSTAPA, bytes.HasPrefix(payload, startCode), bytes.HasPrefix(payload, []byte("\x00\x00\x00\x01")):
		u.single(payload)
	default: // interleaved modes, which no camera uses
		u.bad++
		u.damage()
	}
}

func (u *assembly) single(nal []byte) {
	at := len(u.data)
	if u.room(4 + len(nal)) {
		u.data = append(u.data, 0, 0, 0, 0)
		u.data = append(u.data, nal...)
		u.complete(at)
	}
}

func (u *assembly) aggregate(b []byte) {
	for len(b) > 2 {
		size := int(binary.BigEndian.Uint16(b))
		b = b[2:]
		if size == 0 { // padding
			return
		}
		if size > len(b) {
			u.bad++
			u.damage()
			return
		}
		u.single(b[:size])
		b = b[size:]
	}
}

func (u *assembly) fragment(b []byte) {
	if len(b) < 2 {
		u.bad++
		u.damage()
		return
	}
	start, end := b[1]&0x80 != 0, b[1]&0x40 != 0 // some cameras set both
	if start != (u.nal < 0) {
		u.damage() // a fragment in between is missing
		return
	}
	if !u.room(5 + len(b)) {
		return
	}
	if start {
		u.nal = len(u.data)
		u.data = append(u.data, 0, 0, 0, 0, b[0]&0xe0|b[1]&31)
	}
	u.data = append(u.data, b[2:]...)
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
		u.bad++
		u.damage()
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
	switch nalType(nal) {
	case nalIDR:
		u.idr = true
		u.slice(nal)
	case nalSlice, nalSlice + 1: // and a partition
		u.slice(nal)
	case nalSEI:
		u.recovery = u.recovery || isRecoveryPoint(nal)
	case nalSPS:
		if u.sps.to == 0 && len(nal) >= 4 && len(nal) <= maxParameterSet {
			u.sps = span{at, at + len(nal)}
		}
	case nalPPS:
		if u.pps.to == 0 && len(nal) <= maxParameterSet {
			u.pps = span{at, at + len(nal)}
		}
	}
}

func (u *assembly) slice(nal []byte) {
	if !u.slices && !beginsPicture(nal) {
		u.tail = true
		if u.unsure {
			u.damage() // its beginning was among the missing
		}
	}
	u.slices = true
}
