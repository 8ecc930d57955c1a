package blob

import (
	"testing"
	"unsafe"
)

// What comes back is handed out again, the last first; what isn't needed any
// more is given back to the system.
func TestPool(t *testing.T) {
	var p Pool
	var out [][]byte
	for i := range 40 {
		b := p.Get(200_000 + i)
		if len(b) < 200_000+i || uintptr(unsafe.Pointer(&b[0]))%Block != 0 {
			t.Fatalf("got %d bytes at %p", len(b), &b[0])
		}
		for j := range b {
			b[j] = byte(i)
		}
		out = append(out, b)
	}
	for i, b := range out {
		if b[0] != byte(i) || b[len(b)-1] != byte(i) {
			t.Fatal("a buffer was handed out twice")
		}
		p.Put(b[:10])
	}
	if last := out[len(out)-1]; &p.Get(150_000)[0] != &last[0] {
		t.Error("the last buffer that came back isn't the first to be used again")
	}
	if b := p.Get(1000); len(b) > leastBuffer {
		t.Errorf("%d bytes were handed out for 1000", len(b))
	}
	for range 3 * poolStretch {
		p.Put(p.Get(1000))
	}
	if p.unused > alwaysPooled {
		t.Errorf("%d bytes are kept that nobody needs", p.unused)
	}
}
