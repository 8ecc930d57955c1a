package footage

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"oogmerk/internal/media"
)

// codecs are those that version 1 knows; the first has number 1.
var codecs = []media.Codec{media.H264, media.H265, media.MJPEG}

// maxSets is more parameter sets than any of them has.
const maxSets = 8

func appendConfig(b []byte, c *media.Config) []byte {
	sets := c.Sets()
	b = binary.AppendUvarint(b, uint64(slices.Index(codecs, c.Codec)+1))
	b = binary.AppendUvarint(b, uint64(len(sets)))
	for _, set := range sets {
		b = binary.AppendUvarint(b, uint64(len(set)))
		b = append(b, set...)
	}
	return b
}

func appendSamples(b []byte, samples []media.Sample) []byte {
	for _, s := range samples {
		size := uint64(s.Size) << 1
		if s.Key {
			size |= 1
		}
		b = binary.AppendUvarint(b, size)
		b = binary.AppendUvarint(b, uint64(s.Duration))
		b = binary.AppendVarint(b, int64(s.CTS))
	}
	return b
}

// maxMeta is how many bytes config and samples of f take at most.
func maxMeta(f *media.Fragment) int {
	n := len(f.Samples) * 3 * binary.MaxVarintLen32
	n += len(f.Samples) // the bit that makes a size a 33-bit number
	if f.Config != nil {
		n += 5*binary.MaxVarintLen64 + len(f.Config.VPS) + len(f.Config.SPS) + len(f.Config.PPS)
	}
	return n
}

// appendMeta appends what comes before the pictures in the plaintext of f.
func appendMeta(b []byte, f *media.Fragment) []byte {
	if f.Key() {
		b = appendConfig(b, f.Config)
	}
	return appendSamples(b, f.Samples)
}

// checkFragment says what is wrong with a fragment that a caller wants kept.
func checkFragment(f *media.Fragment) error {
	if len(f.Samples) == 0 || len(f.Samples) > math.MaxInt32 {
		return damaged("the fragment has no pictures")
	}
	var size uint64
	for _, s := range f.Samples {
		size += uint64(s.Size)
	}
	switch {
	case size != uint64(len(f.Data)):
		return damaged("the pictures take %d bytes, but the fragment has %d", size, len(f.Data))
	case f.Key() && (f.Config == nil || f.Config.Sets() == nil):
		return damaged("a key picture came without its parameter sets")
	case f.Ticks() > maxTicks:
		return damaged("the fragment lasts longer than a minute")
	case size+uint64(maxMeta(f))+tagSize > maxCipher:
		return damaged("the fragment is larger than %d bytes", maxCipher)
	}
	return nil
}

// A decoder takes varints and bytes off the front of what was opened. After a
// first failure it gives zeros, so that only the end need be checked.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > most {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) config() *media.Config {
	number, n := d.uvarint(uint64(len(codecs))), d.uvarint(maxSets)
	if d.bad || number == 0 {
		d.bad = true
		return nil
	}
	sets := make([][]byte, n)
	for i := range sets {
		sets[i] = bytes.Clone(d.bytes(d.uvarint(math.MaxUint32)))
	}
	c := media.ConfigOf(codecs[number-1], sets)
	if c == nil {
		d.bad = true
	}
	return c
}

// samples reads n samples and says how long they last and how many bytes they take.
func (d *decoder) samples(n uint32) (out []media.Sample, ticks, size uint64) {
	// No sample is smaller than three bytes, so a large n can't make us
	// set aside more than a few times what we were given.
	if uint64(n)*3 > uint64(len(d.b)) {
		d.bad = true
		return nil, 0, 0
	}
	out = make([]media.Sample, n)
	for i := range out {
		v := d.uvarint(math.MaxUint32<<1 | 1)
		duration, cts := d.uvarint(math.MaxUint32), d.varint()
		if cts != int64(int32(cts)) {
			d.bad = true
		}
		out[i] = media.Sample{Size: uint32(v >> 1), Key: v&1 != 0, Duration: uint32(duration), CTS: int32(cts)}
		ticks += duration
		size += v >> 1
	}
	return out, ticks, size
}

// parseFragment reads the plaintext of the fragment with header r. Data
// points into plain.
func parseFragment(r *record, plain []byte) (*media.Fragment, error) {
	d := &decoder{b: plain}
	f := &media.Fragment{}
	if r.key() {
		f.Config = d.config()
	}
	var ticks, size uint64
	f.Samples, ticks, size = d.samples(r.samples)
	if d.bad || ticks != r.ticks || size != uint64(len(d.b)) || f.Key() != r.key() {
		return nil, damaged("what the fragment says of itself doesn't agree")
	}
	f.Start, f.Data = timeOf(r.start), d.b
	return f, nil
}
