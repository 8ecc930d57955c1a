package media

// A bitReader reads the bits of a NAL unit, without the bytes that are only
// there so that no start code appears in it. Beyond the end it gives zeros.
type bitReader struct {
	b     []byte
	zeros int    // bytes of 0 just before b
	held  uint64 // bits that were taken from b, the next one highest of count
	count uint
	bad   bool // it was read beyond the end, or there was a number of over 32 bits
}

// bits reads n bits, at most 32.
func (r *bitReader) bits(n uint) uint32 {
	for r.count < n {
		r.held, r.count = r.held<<8|uint64(r.next()), r.count+8
	}
	r.count -= n
	return uint32(r.held >> r.count & (1<<n - 1))
}

func (r *bitReader) next() byte {
	if r.zeros >= 2 && len(r.b) > 0 && r.b[0] == 3 {
		r.b, r.zeros = r.b[1:], 0
	}
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	if v == 0 {
		r.zeros++
	} else {
		r.zeros = 0
	}
	return v
}

func (r *bitReader) flag() bool { return r.bits(1) == 1 }

// unsigned reads a number as ue(v) writes it.
func (r *bitReader) unsigned() uint32 {
	n := uint(0)
	for !r.flag() {
		if n++; n > 32 || r.bad {
			r.bad = true
			return 0
		}
	}
	return uint32(uint64(1)<<n - 1 + uint64(r.bits(n)))
}

// signed reads a number as se(v) writes it: 1, -1, 2, -2 …
func (r *bitReader) signed() int32 {
	v := r.unsigned()
	if v&1 == 1 {
		return int32(v/2 + 1)
	}
	return -int32(v / 2)
}

func (r *bitReader) skip(n uint) {
	for ; n > 32; n -= 32 {
		r.bits(32)
	}
	r.bits(n)
}
