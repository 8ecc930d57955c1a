package media

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"
)

// TestAllocations shows that a steady stream needs no new memory.
func TestAllocations(t *testing.T) {
	for _, name := range []string{"plain", "bframes"} {
		clip := readClip(t, name)
		sent := packetize(t, &clip, 0)
		pictures := 0
		fragmenter := NewFragmenter(500*time.Millisecond, func(*Fragment) error { return nil })
		d := NewDepacketizer(clip.Config.Codec, 96, &clip.Config, func(au *AccessUnit) error { pictures++; return fragmenter.Push(au) })
		var seq uint16
		push := func() {
			for _, p := range sent {
				binary.BigEndian.PutUint16(p.data[2:], seq)
				seq++
				if err := d.Push(p.data, p.at); err != nil {
					t.Fatal(err)
				}
			}
		}
		push()
		if n := testing.AllocsPerRun(5, push); n > 0 {
			t.Errorf("%s: %v allocations for %d packets", name, n, len(sent))
		}
		if pictures < 6*len(clip.Pictures) {
			t.Errorf("%s: %d pictures, want %d", name, pictures, 7*len(clip.Pictures))
		}
	}
}

// TestLoss drops packets at random: what is left must decode without errors.
func TestLoss(t *testing.T) {
	for _, name := range clips {
		t.Run(name, func(t *testing.T) {
			clip := readClip(t, name)
			random := rand.New(rand.NewPCG(1, 2))
			var fragments []Fragment
			lost := 0
			fragmenter := NewFragmenter(500*time.Millisecond, keepFragments(&fragments))
			d := NewDepacketizer(clip.Config.Codec, 96, &clip.Config, func(au *AccessUnit) error {
				if au.Lost {
					lost++
				}
				return fragmenter.Push(au)
			})
			dropped := 0
			for i, p := range packetize(t, &clip, 0) {
				if i > 0 && random.IntN(100) == 0 {
					dropped++
					continue
				}
				if err := d.Push(p.data, p.at); err != nil {
					t.Fatal(err)
				}
			}
			if err := fragmenter.Flush(); err != nil {
				t.Fatal(err)
			}
			if dropped == 0 || lost == 0 && name != "slices" && name != "refresh" && name != "sub" {
				t.Fatalf("%d packets dropped, %d resumptions: the test shows nothing", dropped, lost)
			}
			if name == "refresh" {
				return // its pictures need a second to recover
			}
			m := movieOf(t, clip.Config, fragments)
			samples := 0
			for _, f := range fragments {
				samples += len(f.Samples)
			}
			path := save(t, "movie.mp4", m.Reader(t.Context()))
			if got := len(decoded(t, path)); got != samples {
				t.Errorf("%d pictures decoded, want %d", got, samples)
			}
		})
	}
}

func BenchmarkPush(b *testing.B) {
	clip := readClip(b, "plain")
	sent := packetize(b, &clip, 0)
	d := NewDepacketizer(clip.Config.Codec, 96, &clip.Config, func(*AccessUnit) error { return nil })
	var seq uint16
	var bytes int
	for i := 0; b.Loop(); i++ {
		p := sent[i%len(sent)]
		binary.BigEndian.PutUint16(p.data[2:], seq)
		seq++
		bytes += len(p.data)
		if err := d.Push(p.data, p.at); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(bytes / b.N))
}

// TestLongGOP has ten seconds between key pictures: fragments stay short, all
// of them but the first need others, and a loss costs the rest of the GOP.
func TestLongGOP(t *testing.T) {
	var fragments []Fragment
	f := NewFragmenter(500*time.Millisecond, keepFragments(&fragments))
	s := newSender(nil, f.Push)
	for range 3 {
		s.unit(sps, pps, idr)
		for range 249 {
			s.unit(slice)
		}
	}
	s.unit(sps, pps, idr)
	for i := range 249 {
		if i == 100 {
			s.seq++
		}
		s.unit(slice)
	}
	s.unit(sps, pps, idr)
	if err := f.Flush(); err != nil || s.err != nil {
		t.Fatal(err, s.err)
	}
	var keys, pictures int
	var ticks uint64
	for _, g := range fragments {
		if g.Key() {
			keys++
		}
		if g.Length() > 500*time.Millisecond || len(g.Samples) > 13 {
			t.Errorf("a fragment lasts %v", g.Length())
		}
		pictures += len(g.Samples)
		ticks += g.Ticks()
	}
	if keys != 5 || pictures != 3*250+101+1 || ticks != uint64(pictures)*3600 {
		t.Errorf("%d key fragments, %d pictures, %v", keys, pictures, Duration(ticks))
	}
}
