package media

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Markers of a JPEG (ITU-T T.81 table B.1).
const (
	jpegSOF = 0xc0 // frame header, baseline
	jpegDHT = 0xc4 // Huffman tables
	jpegSOI = 0xd8
	jpegEOI = 0xd9
	jpegSOS = 0xda // scan header
	jpegDQT = 0xdb // quantization tables
	jpegDRI = 0xdd // restart interval
)

const (
	jpegRestart   = 64     // types that have a restart interval begin here
	jpegTables    = 128    // from here on, tables come with the picture
	jpegChanging  = 255    // and are other ones each time
	onvifJPEG     = 0xffd8 // a header extension with parts of a JPEG header
	maxTableBytes = 4 * 128
)

// A jpegHeader is what the packet that begins a picture says of it.
type jpegHeader struct {
	kind          uint8
	quality       uint8
	width, height int
	restart       int // blocks between two restarts; 0 without
	tables        []byte
	wide          uint8 // of which tables numbers have two bytes: bit n is table n
}

// unpackJPEG adds a part of a picture (RFC 2435 §3). What all pictures have
// in common isn't sent, and is put before it.
func (u *assembly) unpackJPEG(p *packet) {
	b := p.payload
	if u.damaged {
		return
	}
	if len(b) < 8 {
		u.foul()
		return
	}
	offset := int(binary.BigEndian.Uint32(b) & 0xffffff)
	h := jpegHeader{kind: b[4], quality: b[5], width: 8 * int(b[6]), height: 8 * int(b[7])}
	b = b[8:]
	if h.kind&^63 == jpegRestart {
		if len(b) < 4 {
			u.foul()
			return
		}
		h.restart, b = int(binary.BigEndian.Uint16(b)), b[4:]
	}
	if offset == 0 {
		u.beginJPEG(&h, p, b)
		return
	}
	u.slice(false) // which the first part made meaningless
	switch {
	case u.scan == 0 || offset != len(u.data)-u.scan:
		u.damage() // a part is missing
	case u.room(len(b) + 2): // for EOI
		u.data = append(u.data, b...)
	}
}

// beginJPEG puts the header of a picture together. What an extension of the
// packet's header says goes above what can be told from the packet.
func (u *assembly) beginJPEG(h *jpegHeader, p *packet, b []byte) {
	first := !u.slices
	u.slice(true)
	var own jpegParts
	if p.profile == onvifJPEG {
		own.read(p.extension)
	}
	b, ok := u.quantization(h, b)
	if !first || !ok || !own.suffice(h) {
		u.foul()
		return
	}
	if !u.room(len(b) + len(own.all) + len(h.tables) + 1024) {
		return
	}
	u.key = true
	u.appendJPEGHeader(h, &own)
	u.data = append(u.data, b...)
}

// quantization finds h's tables, and returns what comes after them.
func (u *assembly) quantization(h *jpegHeader, b []byte) (rest []byte, ok bool) {
	if h.quality < jpegTables {
		if h.tables = u.tables[h.quality]; h.tables == nil && h.quality > 0 && h.quality < 100 {
			h.tables = usualTables(h.quality)
			u.remember(h.quality, h.tables)
		}
		return b, true
	}
	if len(b) < 4 {
		return nil, false
	}
	size := int(binary.BigEndian.Uint16(b[2:]))
	h.wide, b = b[1], b[4:]
	if size > len(b) || size > maxTableBytes {
		return nil, false
	}
	h.tables = b[:size]
	if size == 0 { // as before
		h.tables = u.tables[h.quality]
	} else if h.quality != jpegChanging && !bytes.Equal(u.tables[h.quality], h.tables) {
		u.remember(h.quality, bytes.Clone(h.tables))
	}
	return b[size:], true
}

func (u *assembly) remember(quality uint8, tables []byte) {
	if u.tables == nil {
		u.tables = map[uint8][]byte{}
	}
	u.tables[quality] = tables
}

// appendJPEGHeader writes everything up to the compressed data.
func (u *assembly) appendJPEGHeader(h *jpegHeader, own *jpegParts) {
	b := append(u.data, 0xff, jpegSOI)
	count := 1
	if own.quantization != nil {
		b = append(b, own.quantization...)
		count = 2
	} else {
		b, count = appendQuantization(b, h)
	}
	frame := len(b)
	if own.frame != nil {
		b = append(b, own.frame...)
	} else {
		b = appendFrameHeader(b, h, count)
	}
	u.sps = span{frame, len(b)}
	if own.huffman != nil {
		b = append(b, own.huffman...)
	} else {
		b = append(b, usualHuffman...)
	}
	switch {
	case own.restart != nil:
		b = append(b, own.restart...)
	case h.restart > 0:
		b = append(b, 0xff, jpegDRI, 0, 4, byte(h.restart>>8), byte(h.restart))
	}
	u.data = appendScanHeader(b, b[frame:u.sps.to])
	u.scan = len(u.data)
}

// appendQuantization writes h's tables, of which there are two at most: the
// second is for the colours.
func appendQuantization(b []byte, h *jpegHeader) (out []byte, count int) {
	rest := h.tables
	for n := range byte(2) {
		size, precision := 64, byte(0)
		if h.wide>>n&1 != 0 {
			size, precision = 128, 1
		}
		if len(rest) < size {
			break
		}
		b = append(b, 0xff, jpegDQT, 0, byte(3+size), precision<<4|n)
		b = append(b, rest[:size]...)
		rest = rest[size:]
		count++
	}
	return b, count
}

// appendFrameHeader writes what the pictures look like: in type 0 there is
// half as much colour as light, in type 1 a quarter.
func appendFrameHeader(b []byte, h *jpegHeader, tables int) []byte {
	sampling, colours := byte(0x21), byte(0)
	if h.kind&1 == 1 {
		sampling = 0x22
	}
	if tables > 1 {
		colours = 1
	}
	b = append(b, 0xff, jpegSOF, 0, 17, 8)
	b = binary.BigEndian.AppendUint16(b, uint16(h.height))
	b = binary.BigEndian.AppendUint16(b, uint16(h.width))
	return append(b, 3, 1, sampling, 0, 2, 0x11, colours, 3, 0x11, colours)
}

// appendScanHeader writes what follows from the frame header: all components
// in one scan, the first one with the tables for light.
func appendScanHeader(b, frame []byte) []byte {
	n := frame[9]
	b = append(b, 0xff, jpegSOS, 0, 6+2*n, n)
	for i := range int(n) {
		tables := byte(0x11)
		if i == 0 {
			tables = 0
		}
		b = append(b, frame[10+3*i], tables)
	}
	return append(b, 0, 63, 0)
}

// endJPEG ends a picture the way a JPEG ends, if the camera didn't.
func (u *assembly) endJPEG() {
	end := []byte{0xff, jpegEOI}
	switch {
	case u.damaged || u.scan == 0:
	case len(u.data) == u.scan:
		u.damage() // nothing came after the header
	case !bytes.HasSuffix(u.data, end):
		u.data = append(u.data, end...)
	}
}

// jpegParts are parts of a JPEG header, markers included.
type jpegParts struct{ all, quantization, frame, huffman, restart []byte }

// suffice reports whether p and h together say what a picture looks like.
func (p *jpegParts) suffice(h *jpegHeader) bool {
	looks := p.frame != nil || h.kind&^jpegRestart <= 1 && h.width > 0 && h.height > 0
	return looks && (p.quantization != nil || len(h.tables) >= 64)
}

// read finds the parts in b; what isn't one ends it.
func (p *jpegParts) read(b []byte) {
	p.all = b
	for len(b) >= 4 && b[0] == 0xff {
		if b[1] == 0xff { // padding
			b = b[1:]
			continue
		}
		size := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if size < 4 || size > len(b) {
			return
		}
		segment := b[:size:size]
		b = b[size:]
		switch segment[1] {
		case jpegDQT:
			p.quantization = slices.Concat(p.quantization, segment)
		case jpegDHT:
			p.huffman = slices.Concat(p.huffman, segment)
		case jpegDRI:
			p.restart = segment
		case jpegSOF:
			if isFrameHeader(segment) {
				p.frame = segment
			}
		}
	}
}

// isFrameHeader reports whether b is a whole frame header of pictures of 1 to
// 4 components.
func isFrameHeader(b []byte) bool {
	return len(b) >= 13 && b[0] == 0xff && b[1] >= jpegSOF && b[1] <= jpegSOF+2 &&
		b[9] >= 1 && b[9] <= 4 && len(b) == 10+3*int(b[9]) && int(binary.BigEndian.Uint16(b[2:])) == len(b)-2
}

// frameHeader finds the frame header in a JPEG; nil if there is none.
func frameHeader(jpeg []byte) []byte {
	if len(jpeg) < 4 || jpeg[0] != 0xff || jpeg[1] != jpegSOI {
		return nil
	}
	for b := jpeg[2:]; len(b) >= 4 && b[0] == 0xff && b[1] != jpegSOS; {
		if b[1] == 0xff { // padding
			b = b[1:]
			continue
		}
		size := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if size > len(b) {
			return nil
		}
		if isFrameHeader(b[:size]) {
			return b[:size]
		}
		b = b[size:]
	}
	return nil
}
