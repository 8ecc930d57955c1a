package media

import "encoding/binary"

// A packet is what an RTP packet says (RFC 3550 §5.1).
type packet struct {
	kind    uint8 // payload type
	marker  bool
	seq     uint16
	time    uint32
	source  uint32 // SSRC
	payload []byte // may be empty: some cameras keep a line open that way

	extension []byte // of the header, without its own four bytes
	profile   uint16 // what kind of extension it is
}

// parsePacket reads b, which it keeps a part of. It reports whether b is an
// RTP packet at all.
func parsePacket(b []byte) (packet, bool) {
	if len(b) < 12 || b[0]>>6 != 2 {
		return packet{}, false
	}
	p := packet{
		kind:   b[1] & 0x7f,
		marker: b[1]&0x80 != 0,
		seq:    binary.BigEndian.Uint16(b[2:]),
		time:   binary.BigEndian.Uint32(b[4:]),
		source: binary.BigEndian.Uint32(b[8:]),
	}
	start, end := 12+4*int(b[0]&15), len(b)
	if b[0]&0x10 != 0 { // header extension
		if len(b) < start+4 {
			return packet{}, false
		}
		from := start + 4
		p.profile = binary.BigEndian.Uint16(b[start:])
		start = from + 4*int(binary.BigEndian.Uint16(b[start+2:]))
		if start > end {
			return packet{}, false
		}
		p.extension = b[from:start]
	}
	if b[0]&0x20 != 0 { // padding, the last byte counts itself
		if b[end-1] == 0 {
			return packet{}, false
		}
		end -= int(b[end-1])
	}
	if start > end {
		return packet{}, false
	}
	p.payload = b[start:end]
	return p, true
}

// A sequence follows a source's sequence numbers.
type sequence struct {
	begun  bool
	source uint32
	next   uint16
	lost   uint64 // packets that never came
}

// maxLate is how far behind a packet may be to be one that comes late or
// twice. Further behind, the camera has begun to count anew.
const maxLate = 100

// follow takes p's number. It reports whether p is to be used, and whether
// packets are missing before it.
func (s *sequence) follow(p *packet) (use, gap bool) {
	ahead := int16(p.seq - s.next)
	switch {
	case !s.begun:
	case p.source != s.source:
		gap = true
	case ahead > 0:
		s.lost += uint64(ahead)
		gap = true
	case ahead < -maxLate:
		s.lost++ // at least
		gap = true
	case ahead < 0:
		return false, false
	}
	s.begun, s.source, s.next = true, p.source, p.seq+1
	return true, gap
}
