package footage

import (
	"oogmerk/internal/blob"
	"oogmerk/internal/media"
	"oogmerk/internal/vault"
)

// A segment is one being sealed.
type segment struct {
	header  *header
	sealer  *sealer
	entries []entry
	end     int64  // where the next record goes
	meta    []byte // what was sealed before the last fragment's pictures
}

// full reports whether f belongs in a segment of its own.
func (g *segment) full(f *media.Fragment) bool {
	start := f.Start.UnixMicro()
	age := timeOf(start).Sub(timeOf(g.header.start))
	n := len(g.entries)
	return vault.HourOf(f.Start) != g.header.hour ||
		age+f.Length() > segmentLength ||
		f.Key() && age >= nearlyFull ||
		n > 0 && start < g.entries[n-1].start || // the clock went back
		n == maxFragments
}

// seal seals f into blocks that are ready for the disk.
func (g *segment) seal(s *Store, f *media.Fragment) ([]byte, entry) {
	buf := s.buffers.Get(recordHeader + maxMeta(f) + len(f.Data) + tagSize + blob.Block)
	text := g.text(f, buf)
	plain := len(text)
	r := record{magic: magicFragment, index: uint32(len(g.entries)), length: uint32(plain + tagSize),
		samples: uint32(len(f.Samples)), start: f.Start.UnixMicro(), ticks: f.Ticks()}
	e := entry{offset: g.end, active: active(f)}
	if f.Key() {
		r.flags = flagKey
		e.config = f.Config.Clone()
	}
	e.record = r
	e.samples = append([]media.Sample(nil), f.Samples...)
	e.tag = g.finish(buf, &r, text)
	return buf[:r.size()], e
}

// active is what f adds to its segment's activity.
func active(f *media.Fragment) byte {
	a := min(f.Activity, moved-1)
	if f.Motion {
		a |= moved
	}
	return a
}

// add notes a fragment that is on its way to the disk.
func (g *segment) add(e entry) {
	g.entries = append(g.entries, e)
	g.end += e.size()
}

// text is the plaintext of f: where its pictures are, if there is room before
// them, and else in buf, after a clear header.
func (g *segment) text(f *media.Fragment, buf []byte) []byte {
	g.meta = appendMeta(g.meta[:0], f)
	at := len(f.Padded) - len(f.Data) - len(g.meta)
	if at >= 0 && len(f.Data) > 0 && &f.Padded[len(f.Padded)-len(f.Data)] == &f.Data[0] {
		copy(f.Padded[at:], g.meta)
		return f.Padded[at:]
	}
	return append(append(buf[recordHeader:recordHeader], g.meta...), f.Data...)
}

// finish seals plain to behind a clear header in buf, where it may be already,
// and zeros the rest of the blocks.
func (g *segment) finish(buf []byte, r *record, plain []byte) [tagSize]byte {
	r.put(buf)
	tag := g.sealer.seal(buf, plain)
	clear(buf[recordHeader+int64(r.length) : r.size()])
	return tag
}

// table seals the table into blocks that are ready for the disk.
func (g *segment) table(s *Store) []byte {
	plain := appendTable(nil, g.header.start, g.entries, segmentHash(g.sealer.sum, g.entries))
	r := record{magic: magicTable, index: uint32(len(g.entries)), length: uint32(len(plain) + tagSize), start: g.header.start}
	for i := range g.entries {
		r.samples += g.entries[i].record.samples
		r.ticks += g.entries[i].ticks
	}
	buf := s.buffers.Get(int(r.size()))
	g.finish(buf, &r, plain)
	putFooter(buf[r.size()-footerSize:], g.end)
	return buf[:r.size()]
}
