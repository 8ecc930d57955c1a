package media

import (
	"bytes"
	"encoding/binary"
)

// NAL unit types (H.264 table 7-1), and those that RFC 6184 adds for RTP.
const (
	nalSlice = 1
	nalIDR   = 5
	nalSEI   = 6
	nalSPS   = 7
	nalPPS   = 8
	nalSTAPA = 24
	nalFUA   = 28
)

const seiRecoveryPoint = 6

// unpack264 adds the NAL units, or the part of one, in a payload (RFC 6184).
func (u *assembly) unpack264(payload []byte) {
	switch kind := nalType(payload); {
	case kind == nalFUA:
		if len(payload) < 2 {
			u.foul()
			return
		}
		header := [2]byte{payload[0]&0xe0 | payload[1]&31}
		u.fragment(payload[1]&0x80 != 0, payload[1]&0x40 != 0, header, 1, payload[2:])
	case u.nal >= 0: // the last fragments of a unit are missing
		u.damage()
	case kind == nalSTAPA:
		u.aggregate(payload[1:])
	case kind > 0 && kind < nalSTAPA, bytes.HasPrefix(payload, startCode), bytes.HasPrefix(payload, []byte("\x00\x00\x00\x01")):
		u.single(payload)
	default: // interleaved modes, which no camera uses
		u.foul()
	}
}

func (u *assembly) note264(at int, nal []byte) {
	switch nalType(nal) {
	case nalIDR:
		u.key = true
		u.slice(beginsPicture(nal))
	case nalSlice, nalSlice + 1: // and a partition
		u.slice(beginsPicture(nal))
	case nalSEI:
		u.recovery = u.recovery || isRecoveryPoint(nal[1:])
	case nalSPS:
		if len(nal) >= 4 {
			u.set(&u.sps, at, len(nal))
		}
	case nalPPS:
		u.set(&u.pps, at, len(nal))
	}
}

var startCode = []byte{0, 0, 1}

func nalType(nal []byte) uint8 { return nal[0] & 31 }

// beginsPicture reports whether a slice is the first of its picture: its
// first_mb_in_slice is 0, which Exp-Golomb writes as a single 1 bit.
func beginsPicture(slice []byte) bool { return len(slice) > 1 && slice[1]&0x80 != 0 }

// isRecoveryPoint reports whether an SEI, here without the header of its NAL
// unit, says that decoding can begin at its picture. Emulation prevention bytes aren't looked at: they can only stand
// behind the message's type.
func isRecoveryPoint(b []byte) bool {
	for len(b) > 2 {
		var kind, size int
		kind, b = seiNumber(b)
		size, b = seiNumber(b)
		if kind == seiRecoveryPoint && size > 0 {
			return true
		}
		if size >= len(b) {
			return false
		}
		b = b[size:]
	}
	return false
}

// seiNumber reads a number that is written as 255s and a rest.
func seiNumber(b []byte) (int, []byte) {
	n := 0
	for len(b) > 0 {
		n += int(b[0])
		last := b[0] != 255
		b = b[1:]
		if last {
			break
		}
	}
	return n, b
}

// splitNALs cuts b, which has start codes where one NAL unit was promised,
// into its units and calls each with every one of them.
func splitNALs(b []byte, each func(nal []byte)) {
	for len(b) > 0 {
		nal, rest := b, []byte(nil)
		if i := bytes.Index(b, startCode); i >= 0 {
			nal, rest = b[:i], b[i+3:]
			if i > 0 && b[i-1] == 0 { // the long start code
				nal = b[:i-1]
			}
		}
		if len(nal) > 0 {
			each(nal)
		}
		b = rest
	}
}

// NALs calls each with every NAL unit of an access unit's Data, until the end
// or until a length that is wrong. It reports whether all lengths were right.
func NALs(data []byte, each func(nal []byte)) bool {
	for len(data) > 0 {
		if len(data) < 4 {
			return false
		}
		size := uint64(binary.BigEndian.Uint32(data))
		if size == 0 || size > uint64(len(data)-4) {
			return false
		}
		each(data[4 : 4+size])
		data = data[4+size:]
	}
	return true
}
