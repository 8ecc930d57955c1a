package footage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"

	"oogmerk/internal/blob"
	"oogmerk/internal/media"
)

// An entry is what the table knows of a fragment, and all a player needs to
// know until it wants the picture.
type entry struct {
	record
	offset  int64 // in the file, of the clear header
	tag     [tagSize]byte
	config  *media.Config // on key fragments
	samples []media.Sample
	active  byte // as in Segment.Activity; not of a fragment that was read back
}

// activity is that of a segment with these fragments.
func activity(entries []entry) (a []byte) {
	for i := range entries {
		a = marked(a, entries[0].start, &entries[i])
	}
	return a
}

// marked is a with what e, of a segment that begins at start, adds to it. a
// itself stays as it is.
func marked(a []byte, start int64, e *entry) []byte {
	step := slot.Microseconds()
	first, last := (e.start-start)/step, (max(e.end()-1, e.start)-start)/step
	if e.start < start || last >= maxActivity {
		return a
	}
	a = append(make([]byte, 0, max(len(a), int(last)+1)), a...)
	a = a[:cap(a)]
	for i := first; i <= last; i++ {
		a[i] = higher(a[i], e.active)
	}
	return a
}

// maxActivity is more bytes than a segment's activity has.
const maxActivity = 64

// appendTable appends the plaintext of the table.
func appendTable(b []byte, start int64, entries []entry, hash [32]byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(entries)))
	var last *media.Config
	for i := range entries {
		e := &entries[i]
		b = binary.AppendUvarint(b, uint64(e.offset/blob.Block))
		b = binary.AppendUvarint(b, uint64(e.length))
		b = append(b, e.tag[:]...)
		b = binary.AppendVarint(b, e.start-start)
		b = binary.AppendUvarint(b, uint64(e.flags))
		if e.key() {
			if sameConfig(last, e.config) {
				b = binary.AppendUvarint(b, 0)
			} else {
				b = appendConfig(binary.AppendUvarint(b, 1), e.config)
			}
			last = e.config
		}
		b = binary.AppendUvarint(b, uint64(len(e.samples)))
		b = appendSamples(b, e.samples)
	}
	b = append(b, hash[:]...)
	a := activity(entries)
	return append(binary.AppendUvarint(b, uint64(len(a))), a...)
}

func sameConfig(a, b *media.Config) bool {
	return a != nil && b != nil && a.Equal(b)
}

// parseTable reads the plaintext of the table with header r of a segment that
// begins at start. What it returns is consistent in itself: hash, sums, order.
func parseTable(r *record, h *header, sum [32]byte, plain []byte) ([]entry, []byte, error) {
	d := &decoder{b: plain}
	n := d.uvarint(maxFragments)
	entries := make([]entry, 0, min(n, uint64(len(plain))/20))
	var last *media.Config
	var samples, ticks uint64
	for i := range n {
		e, ok := d.entry(uint32(i), h.start, last)
		if !ok {
			return nil, nil, damaged("the table can't be read")
		}
		if e.key() {
			last = e.config
		}
		samples, ticks = samples+uint64(e.record.samples), ticks+e.ticks
		entries = append(entries, e)
	}
	hash := d.bytes(32)
	var active []byte
	if len(d.b) > 0 { // the first tables had none
		active = bytes.Clone(d.bytes(d.uvarint(maxActivity)))
	}
	if d.bad || len(d.b) != 0 || uint64(r.index) != n || uint64(r.samples) != samples || r.ticks != ticks || r.start != h.start {
		return nil, nil, damaged("what the table says of itself doesn't agree")
	}
	if want := segmentHash(sum, entries); !bytes.Equal(hash, want[:]) {
		return nil, nil, damaged("the table's hash is wrong")
	}
	return entries, active, inOrder(entries)
}

func (d *decoder) entry(index uint32, start int64, last *media.Config) (entry, bool) {
	e := entry{record: record{magic: magicFragment, index: index}}
	e.offset = int64(d.uvarint(math.MaxInt64/blob.Block)) * blob.Block
	e.length = uint32(d.uvarint(maxCipher))
	copy(e.tag[:], d.bytes(tagSize))
	e.start = start + d.varint()
	e.flags = uint32(d.uvarint(flagKey))
	if e.key() {
		e.config = last
		if d.uvarint(1) == 1 {
			e.config = d.config()
		}
	}
	e.record.samples = uint32(d.uvarint(math.MaxUint32))
	e.samples, e.ticks, _ = d.samples(e.record.samples)
	ok := !d.bad && e.record.samples > 0 && e.ticks <= maxTicks && (!e.key() || e.config != nil) && e.samples[0].Key == e.key()
	return e, ok
}

// inOrder checks that fragments follow one another in file and time.
func inOrder(entries []entry) error {
	at := int64(blob.Block)
	for i := range entries {
		e := &entries[i]
		if e.offset != at || i > 0 && e.start < entries[i-1].start {
			return damaged("fragment %d isn't where it should be", i)
		}
		at += e.size()
	}
	return nil
}

// segmentHash is the hash of a segment: docs/formats/segment.md, Hash.
func segmentHash(sum [32]byte, entries []entry) [32]byte {
	h := sha256.New()
	h.Write(sum[:])
	for i := range entries {
		h.Write(entries[i].tag[:])
	}
	return [32]byte(h.Sum(nil))
}
