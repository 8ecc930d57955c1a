package blob

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// Nobody gets what somebody else still has, however pieces come and go.
func TestPoolHandsOutOnce(t *testing.T) {
	var p Pool
	random := rand.New(rand.NewPCG(1, 2))
	type piece struct {
		b    []byte
		mark byte
	}
	var out []piece
	for i := range 3000 {
		if len(out) > 0 && random.IntN(3) == 0 {
			at := random.IntN(len(out))
			for _, b := range []byte{out[at].b[0], out[at].b[len(out[at].b)-1]} {
				if b != out[at].mark {
					t.Fatal("a piece was handed out twice")
				}
			}
			p.Put(out[at].b[:random.IntN(len(out[at].b))])
			out[at] = out[len(out)-1]
			out = out[:len(out)-1]
			continue
		}
		n := 1 + random.IntN(400_000)
		if i%100 == 0 {
			n = 3 << 20
		}
		b := p.Get(n)
		if len(b) < n || uintptr(unsafe.Pointer(&b[0]))%Block != 0 {
			t.Fatalf("got %d bytes at %p, want %d", len(b), &b[0], n)
		}
		b[0], b[len(b)-1] = byte(i), byte(i)
		out = append(out, piece{b, byte(i)})
		if len(out) > 60 {
			for _, o := range out[30:] {
				p.Put(o.b)
			}
			out = out[:30]
		}
	}
}

// What isn't needed any more is given back to the system.
func TestPoolGivesBack(t *testing.T) {
	var p Pool
	var out [][]byte
	for range 100 {
		out = append(out, p.Get(300_000))
	}
	if p.used < 100*300_000/regionSize || len(p.regions) != p.used {
		t.Fatalf("%d regions are in use, and there are %d", p.used, len(p.regions))
	}
	for _, b := range out {
		p.Put(b)
	}
	p.Put(p.Get(9 << 20))
	if p.used != 0 {
		t.Errorf("%d regions are in use when everything is back", p.used)
	}
	for range 3 * poolStretch {
		p.Put(p.Get(1000))
	}
	if len(p.regions) > 2 {
		t.Errorf("%d regions are kept that nobody needs", len(p.regions))
	}
}
