package media

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/Eyevinn/mp4ff/mp4"
)

// mdatHeader is the size of the long header of the box with the pictures. It
// is always the long one, so that the head's size says nothing about theirs.
const mdatHeader = 16

// writeHead writes m.head: ftyp, moov and the header of mdat. m.offset still
// counts from the first picture.
func (m *Movie) writeHead(c Config, parts []MoviePart) error {
	init, err := describe(c)
	if err != nil {
		return err
	}
	moov := init.Moov
	moov.Children = slices.DeleteFunc(moov.Children, func(b mp4.Box) bool { return b.Type() == "mvex" })
	moov.Mvex = nil

	t := &tables{}
	for _, p := range parts {
		if err := t.add(p); err != nil {
			return err
		}
	}
	first := max(firstSample(parts).CTS, 0)
	shown := m.start[len(parts)]
	if first > 0 {
		shown = max(shown, lastShown(parts)-uint64(first))
	}
	m.setDurations(moov, shown)
	addEdit(moov.Trak, first, shown)
	atMost := 1<<20 + 32*int64(t.sizes.SampleNumber) // bytes of head
	wide := atMost+m.offset[len(m.offset)-1] > math.MaxUint32
	setOffsets := t.install(moov.Trak.Mdia.Minf.Stbl, wide)

	brands := []string{"isom", "iso2", "mp41"}
	if c.Codec == H264 {
		brands = append(brands, "avc1")
	}
	ftyp := mp4.NewFtyp("isom", 0x200, brands)
	size := int64(ftyp.Size()+moov.Size()) + mdatHeader
	setOffsets(m.chunkOffsets(parts, size))

	var b bytes.Buffer
	b.Grow(int(size))
	if err := ftyp.Encode(&b); err != nil {
		return err
	}
	if err := moov.Encode(&b); err != nil {
		return err
	}
	b.Write([]byte{0, 0, 0, 1, 'm', 'd', 'a', 't'})
	m.head = binary.BigEndian.AppendUint64(b.Bytes(), uint64(mdatHeader+m.offset[len(m.offset)-1]))
	return nil
}

// lastShown is when the last picture has been shown, in ticks after the first
// is decoded. A movie that ends before pictures that others waited for shows
// those others later than it lasts.
func lastShown(parts []MoviePart) uint64 {
	var at, last int64
	for _, p := range parts {
		for _, s := range p.Samples {
			last = max(last, at+int64(s.CTS)+int64(s.Duration))
			at += int64(s.Duration)
		}
	}
	return uint64(last)
}

// setDurations writes how long the movie lasts, and how long it shows
// something, wherever MP4 wants to know.
func (m *Movie) setDurations(moov *mp4.MoovBox, shown uint64) {
	ticks := m.start[len(m.start)-1]
	version := byte(0)
	if shown > math.MaxUint32 {
		version = 1
	}
	mvhd, tkhd, mdhd := moov.Mvhd, moov.Trak.Tkhd, moov.Trak.Mdia.Mdhd
	mvhd.Version, mvhd.Duration = version, shown
	tkhd.Version, tkhd.Duration = version, shown
	mdhd.Version, mdhd.Duration = version, ticks
	tkhd.Flags = 3 // enabled, in the movie
}

// addEdit lets the movie begin when its first picture is shown.
func addEdit(trak *mp4.TrakBox, shown int32, ticks uint64) {
	if shown <= 0 {
		return
	}
	elst := &mp4.ElstBox{
		Version: trak.Tkhd.Version,
		Entries: []mp4.ElstEntry{{SegmentDuration: ticks, MediaTime: int64(shown), MediaRateInteger: 1}},
	}
	edts := &mp4.EdtsBox{}
	edts.AddChild(elst)
	trak.AddChild(edts)
	// Readers want it before the media.
	slices.SortStableFunc(trak.Children, func(a, b mp4.Box) int { return trakOrder(a) - trakOrder(b) })
}

func trakOrder(b mp4.Box) int { return slices.Index([]string{"tkhd", "edts", "mdia"}, b.Type()) }

// chunkOffsets is where the chunks begin, one for each part that has samples.
func (m *Movie) chunkOffsets(parts []MoviePart, head int64) []uint64 {
	var offsets []uint64
	for i, p := range parts {
		if len(p.Samples) > 0 {
			offsets = append(offsets, uint64(head+m.offset[i]))
		}
	}
	return offsets
}

// tables are a movie's sample tables while they are made.
type tables struct {
	times    mp4.SttsBox
	shifts   mp4.CttsBox
	shifted  bool
	keys     mp4.StssBox
	sizes    mp4.StszBox
	chunks   mp4.StscBox
	chunk    uint32 // how many there are
	perChunk uint32 // samples in the last one
}

func (t *tables) add(p MoviePart) error {
	n := uint32(len(p.Samples))
	if n == 0 {
		return nil
	}
	t.chunk++
	if n != t.perChunk {
		t.perChunk = n
		if err := t.chunks.AddEntry(t.chunk, n, 1); err != nil {
			return err
		}
	}
	for _, s := range p.Samples {
		t.sizes.SampleSize = append(t.sizes.SampleSize, s.Size)
		t.sizes.SampleNumber++
		if s.Key {
			t.keys.SampleNumber = append(t.keys.SampleNumber, t.sizes.SampleNumber)
		}
		t.addTime(s.Duration)
		t.addShift(s.CTS)
	}
	return nil
}

func (t *tables) addTime(duration uint32) {
	b := &t.times
	if n := len(b.SampleTimeDelta); n > 0 && b.SampleTimeDelta[n-1] == duration {
		b.SampleCount[n-1]++
		return
	}
	b.SampleTimeDelta = append(b.SampleTimeDelta, duration)
	b.SampleCount = append(b.SampleCount, 1)
}

func (t *tables) addShift(cts int32) {
	b := &t.shifts
	t.shifted = t.shifted || cts != 0
	if n := len(b.SampleOffset); n > 0 && b.SampleOffset[n-1] == cts {
		b.EndSampleNr[n]++
		return
	}
	if len(b.EndSampleNr) == 0 {
		b.EndSampleNr = append(b.EndSampleNr, 0)
	}
	b.SampleOffset = append(b.SampleOffset, cts)
	b.EndSampleNr = append(b.EndSampleNr, t.sizes.SampleNumber)
}

// install replaces stbl's empty tables with t. It returns what writes the
// chunks' offsets, once the size of everything before them is known.
func (t *tables) install(stbl *mp4.StblBox, wide bool) func(offsets []uint64) {
	stsd := stbl.Stsd
	*stbl = mp4.StblBox{}
	stbl.AddChild(stsd)
	stbl.AddChild(&t.times)
	if t.shifted {
		t.shifts.Version = 1 // may be negative
		stbl.AddChild(&t.shifts)
	}
	stbl.AddChild(&t.keys)
	stbl.AddChild(&t.sizes)
	stbl.AddChild(&t.chunks)
	if wide {
		b := &mp4.Co64Box{ChunkOffset: make([]uint64, t.chunk)}
		stbl.AddChild(b)
		return func(offsets []uint64) { copy(b.ChunkOffset, offsets) }
	}
	b := &mp4.StcoBox{ChunkOffset: make([]uint32, t.chunk)}
	stbl.AddChild(b)
	return func(offsets []uint64) {
		for i, o := range offsets {
			b.ChunkOffset[i] = uint32(o)
		}
	}
}
