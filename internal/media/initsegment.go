package media

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/Eyevinn/mp4ff/mp4"
)

// InitSegment is the beginning (ftyp, moov) of a fragmented MP4 of pictures
// that c describes, for browsers' Media Source Extensions.
func InitSegment(c Config) ([]byte, error) {
	init, err := describe(c)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := init.Encode(&b); err != nil {
		return nil, fmt.Errorf("couldn't write the init segment: %w", err)
	}
	return b.Bytes(), nil
}

// describe makes a movie of one track without samples.
func describe(c Config) (*mp4.InitSegment, error) {
	w, h, err := c.Size()
	if err != nil {
		return nil, err
	}
	for _, set := range c.Sets() {
		if len(set) > maxParameterSet {
			return nil, fmt.Errorf("couldn't describe the pictures: a parameter set is longer than %d bytes", maxParameterSet)
		}
	}
	init := mp4.CreateEmptyInit()
	track := init.AddEmptyTrack(Clock, "video", "und")
	track.Tkhd.Width, track.Tkhd.Height = mp4.Fixed32(w<<16), mp4.Fixed32(h<<16)
	entry, err := sampleEntry(&c, uint16(w), uint16(h))
	if err != nil {
		return nil, fmt.Errorf("couldn't describe the pictures: %w", err)
	}
	track.Mdia.Minf.Stbl.Stsd.AddChild(entry)
	init.Moov.Mvhd.Timescale = Clock
	return init, nil
}

func sampleEntry(c *Config, w, h uint16) (*mp4.VisualSampleEntryBox, error) {
	switch c.Codec {
	case H265:
		sps, err := parseSPS265(c.SPS)
		if err != nil {
			return nil, err
		}
		return mp4.CreateVisualSampleEntryBox("hvc1", w, h, sps.box(c)), nil
	case MJPEG:
		return mp4.CreateVisualSampleEntryBox("mp4v", w, h, mp4.CreateUnknownBox("esds", uint64(8+len(jpegESDS)), jpegESDS)), nil
	}
	avcC, err := mp4.CreateAvcC([][]byte{c.SPS}, [][]byte{c.PPS}, true)
	if err != nil {
		return nil, err
	}
	return mp4.CreateVisualSampleEntryBox("avc1", w, h, avcC), nil
}

// jpegObject is the number that JPEG has among what MP4 knows by number.
const jpegObject = 0x6c

// jpegESDS says that a track is one of JPEGs (ISO/IEC 14496-1 §7.2.6.5): an
// elementary stream (3) with a decoder (4) for visual objects that needs
// nothing to know beforehand, in packets (6) as MP4 has them.
var jpegESDS = []byte{0, 0, 0, 0,
	3, 21, 0, 1, 0,
	4, 13, jpegObject, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	6, 1, 2}

// Where the boxes of a frame segment begin, and how long they are
// (ISO/IEC 14496-12 §8.8).
const (
	mfhdAt = 8
	trafAt = mfhdAt + 16
	tfhdAt = trafAt + 8
	tfdtAt = tfhdAt + 16
	trunAt = tfdtAt + 20
	mdatAt = trunAt + 36
	dataAt = mdatAt + 8
)

// What a sample's flags say about where decoding can start.
const (
	flagsKey   = 0x02000000 // depends on no other
	flagsOther = 0x01010000 // depends on others, is no sync sample
)

// AppendFrameHead appends what makes a piece of fragmented MP4 (moof, mdat) of
// one picture, whose Data must follow: with sequence number seq, lasting so many
// ticks. Written by hand, since it is done for every picture of every viewer.
func AppendFrameHead(to []byte, seq uint32, au *AccessUnit, duration uint32) []byte {
	began := len(to)
	to = append(to, make([]byte, dataAt)...)
	b := to[began:]
	box := func(at int, kind string, size int) {
		binary.BigEndian.PutUint32(b[at:], uint32(size))
		copy(b[at+4:], kind)
	}
	put := func(at int, values ...uint32) {
		for i, v := range values {
			binary.BigEndian.PutUint32(b[at+4*i:], v)
		}
	}
	flags := uint32(flagsOther)
	if au.Key {
		flags = flagsKey
	}
	box(0, "moof", mdatAt)
	box(mfhdAt, "mfhd", 16)
	put(mfhdAt+8, 0, seq)
	box(trafAt, "traf", mdatAt-trafAt)
	box(tfhdAt, "tfhd", 16)
	put(tfhdAt+8, 0x020000, 1) // offsets count from the moof; track 1
	box(tfdtAt, "tfdt", 20)
	put(tfdtAt+8, 1<<24, uint32(au.DTS>>32), uint32(au.DTS))
	box(trunAt, "trun", 36)
	put(trunAt+8, 1<<24|0x000f01, 1, dataAt, duration, uint32(len(au.Data)), flags, uint32(au.CTS))
	box(mdatAt, "mdat", 8+len(au.Data))
	return to
}
