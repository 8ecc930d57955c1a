package media

import "testing"

// A bitWriter is the inverse of a bitReader.
type bitWriter struct {
	b     []byte
	count uint // bits
}

func (w *bitWriter) bits(v uint32, n uint) {
	for i := n; i > 0; i-- {
		if w.count%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.count/8] |= byte(v>>(i-1)&1) << (7 - w.count%8)
		w.count++
	}
}

func (w *bitWriter) unsigned(v uint32) {
	n := uint(0)
	for (uint64(v)+1)>>(n+1) > 0 {
		n++
	}
	w.bits(0, n)
	w.bits(1, 1)
	if n > 0 {
		w.bits(uint32(uint64(v)+1-1<<n), n)
	}
}

func (w *bitWriter) signed(v int32) {
	if v > 0 {
		w.unsigned(uint32(2*v - 1))
	} else {
		w.unsigned(uint32(-2 * v))
	}
}

// escaped is what was written, ended and without start codes in it.
func (w *bitWriter) escaped() []byte {
	w.bits(1, 1)
	var out []byte
	zeros := 0
	for _, v := range w.b {
		if zeros >= 2 && v <= 3 {
			out, zeros = append(out, 3), 0
		}
		if out = append(out, v); v == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return out
}

func TestBits(t *testing.T) {
	numbers := []uint32{0, 1, 2, 3, 7, 8, 254, 255, 256, 65534, 1<<31 - 1, 1 << 31, 1<<32 - 2}
	var w bitWriter
	for i, n := range numbers {
		w.bits(uint32(i)&1, 1)
		w.unsigned(n)
		w.bits(n, 32)
		w.signed(int32(n >> 1))
		w.signed(-int32(n >> 1))
	}
	r := &bitReader{b: w.escaped()}
	for i, n := range numbers {
		if r.flag() != (i&1 == 1) || r.unsigned() != n || r.bits(32) != n || r.signed() != int32(n>>1) || r.signed() != -int32(n>>1) {
			t.Fatalf("number %d, %d, isn't read back", i, n)
		}
	}
	if r.bad {
		t.Error("it says that it read too far")
	}
	r.skip(100)
	if !r.bad || r.bits(8) != 0 {
		t.Error("it doesn't say that it read too far")
	}
	if r := (&bitReader{b: make([]byte, 9)}); r.unsigned() != 0 || !r.bad {
		t.Error("nothing but zeros is a number")
	}
}
