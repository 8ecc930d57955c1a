package footage

import (
	"encoding/binary"
	"hash/crc32"

	"oogmerk/internal/blob"
	"oogmerk/internal/media"
)

const (
	recordHeader = 64 // bytes of a clear header
	tagSize      = 16
	footerSize   = 16
	footerMagic  = "OOGMEND\n"
	maxCipher    = 64 << 20
	maxFragments = 1 << 16
	maxTicks     = 60 * media.Clock // of one fragment

	magicFragment = "OGFR"
	magicTable    = "OGTB"
	flagKey       = 1
)

// A record is the clear header of a fragment or of the table: what can be
// known of it without a key.
type record struct {
	magic   string
	index   uint32 // of the fragment; for the table how many there are
	length  uint32 // of the ciphertext, tag included
	samples uint32
	start   int64 // microseconds
	ticks   uint64
	flags   uint32
}

func (r *record) key() bool { return r.flags&flagKey != 0 }

// end is when the last picture of r ends, in microseconds.
func (r *record) end() int64 { return endMicros(r.start, r.ticks) }

func endMicros(start int64, ticks uint64) int64 {
	return start + media.Duration(ticks).Microseconds()
}

// size is how many bytes r takes in the file, padding included.
func (r *record) size() int64 {
	n := recordHeader + int64(r.length)
	if r.magic == magicTable {
		n += footerSize
	}
	return (n + blob.Block - 1) / blob.Block * blob.Block
}

func (r *record) put(b []byte) {
	e := binary.BigEndian
	copy(b, r.magic)
	e.PutUint32(b[4:], r.index)
	e.PutUint32(b[8:], r.length)
	e.PutUint32(b[12:], r.samples)
	e.PutUint64(b[16:], uint64(r.start))
	e.PutUint64(b[24:], r.ticks)
	e.PutUint32(b[32:], r.flags)
	clear(b[36:60])
	e.PutUint32(b[60:], crc32.Checksum(b[:60], castagnoli))
}

// parseRecord reads a clear header.
func parseRecord(b []byte) (record, error) {
	e := binary.BigEndian
	if len(b) < recordHeader {
		return record{}, damaged("there is no room for a record")
	}
	r := record{magic: string(b[:4]), index: e.Uint32(b[4:]), length: e.Uint32(b[8:]), samples: e.Uint32(b[12:]),
		start: int64(e.Uint64(b[16:])), ticks: e.Uint64(b[24:]), flags: e.Uint32(b[32:])}
	switch {
	case r.magic != magicFragment && r.magic != magicTable:
		return record{}, damaged("there is no record here")
	case e.Uint32(b[60:]) != crc32.Checksum(b[:60], castagnoli):
		return record{}, damaged("the checksum of a record's header is wrong")
	case !allZero(b[36:60]):
		return record{}, damaged("a record's header has something where nothing may be")
	case r.length < tagSize || r.length > maxCipher:
		return record{}, damaged("a record has an impossible length")
	case r.magic == magicFragment && (r.samples == 0 || r.flags > flagKey || r.ticks > maxTicks || r.index >= maxFragments):
		return record{}, damaged("a fragment's header says what can't be")
	case r.magic == magicTable && (r.flags != 0 || r.index > maxFragments):
		return record{}, damaged("the table's header says what can't be")
	}
	return r, nil
}

func putFooter(b []byte, offset int64) {
	binary.BigEndian.PutUint64(b, uint64(offset))
	copy(b[8:], footerMagic)
}

func parseFooter(b []byte) (offset int64, ok bool) {
	if len(b) != footerSize || string(b[8:]) != footerMagic {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(b)), true
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
