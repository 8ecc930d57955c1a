package vault

import (
	"crypto/rand"
	mrand "math/rand/v2"
	"testing"
)

func testRing(t testing.TB) ring {
	t.Helper()
	r, err := newRing(rand.Reader, 1)
	must(t, err)
	return r
}

// begins is the first hour that still has a key.
func (r ring) begins() Hour {
	if len(r.nodes) == 0 {
		return hours
	}
	return r.nodes[0].first()
}

// Hours are destroyed in the middle too, in any order, and those around them
// stay what they were.
func TestRingWithHoles(t *testing.T) {
	random := mrand.New(mrand.NewPCG(3, 4))
	const first, many = Hour(494_000), 300
	whole := testRing(t)
	r := whole
	gone := map[Hour]bool{}
	for range 60 {
		from := first + Hour(random.IntN(many))
		before := min(from+Hour(random.IntN(6)), first+many)
		r = r.without(from, before, 2)
		must(t, r.valid())
		for h := from; h < before; h++ {
			gone[h] = true
		}
		if r.yields(from, before) {
			t.Fatalf("it yields what was destroyed from %d before %d", from, before)
		}
		for h := first - 1; h <= first+many; h++ {
			want, err := whole.leaf(h)
			must(t, err)
			got, err := r.leaf(h)
			if gone[h] != (err == ErrErased) || !gone[h] && got != want || r.yields(h, h+1) == gone[h] {
				t.Fatalf("hour %d, destroyed: %v, but its key gives %v", h, gone[h], err)
			}
		}
	}
	// A sweep that comes by later takes the holes with it.
	if r = r.without(0, first+many, 3); len(r.nodes) > depth {
		t.Errorf("%d nodes are left, more than %d", len(r.nodes), depth)
	}
}

// TestRingKeepsWhatItKeeps destroys at random hours, and compares every hour
// around them with the untouched ring.
func TestRingKeepsWhatItKeeps(t *testing.T) {
	random := mrand.New(mrand.NewPCG(1, 2))
	whole := testRing(t)
	r := whole
	at := Hour(0)
	for range 200 {
		at = min(at+Hour(random.IntN(40_000)), hours)
		r = r.without(0, at, 2)
		must(t, r.valid())
		if r.begins() != at {
			t.Fatalf("destroyed before %d, but it begins at %d", at, r.begins())
		}
		for _, h := range []Hour{0, at - 1000, at - 2, at - 1, at, at + 1, at + 1000, hours - 1} {
			if h < 0 || h >= hours {
				continue
			}
			want, err := whole.leaf(h)
			must(t, err)
			got, err := r.leaf(h)
			if h < at && err != ErrErased {
				t.Fatalf("hour %d, destroyed before %d: %v", h, at, err)
			}
			if h >= at && (err != nil || got != want) {
				t.Fatalf("hour %d, destroyed before %d: another key, %v", h, at, err)
			}
		}
	}
}

// TestRingHoldsNoParents checks that no node that is kept could derive a
// destroyed hour: all of its hours come after.
func TestRingHoldsNoParents(t *testing.T) {
	r := testRing(t)
	most := 0
	for at := Hour(494_000); at < 494_000+28*24; at++ {
		r = r.without(0, at, 2)
		most = max(most, len(r.nodes))
		for i := range r.nodes {
			if r.nodes[i].first() < at {
				t.Fatalf("a node of hour %d is kept at %d", r.nodes[i].first(), at)
			}
		}
	}
	if most > depth {
		t.Errorf("%d nodes, more than %d", most, depth)
	}
}

func TestSeedsDiffer(t *testing.T) {
	r := testRing(t)
	seen := map[[32]byte]Hour{}
	for h := Hour(494_000); h < 494_500; h++ {
		s, err := r.leaf(h)
		must(t, err)
		if other, ok := seen[s]; ok {
			t.Fatalf("hours %d and %d have the same key", other, h)
		}
		seen[s] = h
	}
}
