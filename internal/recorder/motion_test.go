package recorder

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
)

// sized is a fragment of pictures of about so many bytes.
func sized(random *rand.Rand, size, noise float64) *media.Fragment {
	f := &media.Fragment{Samples: []media.Sample{{Size: uint32(20 * size), Duration: 3600, Key: true}}}
	for range 12 {
		f.Samples = append(f.Samples, media.Sample{Size: uint32(size * (1 + noise*random.NormFloat64())), Duration: 3600})
	}
	return f
}

// see has m see n fragments and returns in how many of the last `of` it saw
// something move.
func (m *motion) see(n, of int, next func(i int) *media.Fragment) int {
	moving := 0
	for i := range n {
		f := next(i)
		m.learn(f)
		if i >= n-of && m.in(f) {
			moving++
		}
	}
	return moving
}

func TestMotionStandsOutAgainstStillness(t *testing.T) {
	const hour = 7200 // fragments
	random := rand.New(rand.NewPCG(1, 2))
	always := func(size, noise float64) func(int) *media.Fragment {
		return func(int) *media.Fragment { return sized(random, size, noise) }
	}
	var m motion
	if n := m.see(hour, hour, always(4000, 0.2)); n != 0 {
		t.Errorf("in an hour of a noisy picture something moves %d times", n)
	}
	if n := m.see(20, 20, always(9000, 0.3)); n != 20 {
		t.Errorf("in ten seconds of somebody walking something moves in %d of 20 fragments", n)
	}
	if n := m.see(hour, hour, always(4000, 0.2)); n != 0 {
		t.Errorf("in the hour after it something moves %d times", n)
	}
	// At dusk all pictures become larger. That is motion until it is usual.
	if n := m.see(hour, hour/2, always(12000, 0.2)); n != 0 {
		t.Errorf("half an hour after the light went something moves %d times", n)
	}
	if n := m.see(hour, 100, always(2000, 0.2)); n != 0 {
		t.Errorf("by day something moves %d times", n)
	}
	// Somebody walks by for eight of every ten seconds, all day.
	busy := m.see(2*hour, hour, func(i int) *media.Fragment {
		if i%20 < 4 {
			return sized(random, 2000, 0.2)
		}
		return sized(random, 5000, 0.3)
	})
	if all := hour * 8 / 10; busy < all*99/100 || busy > all {
		t.Errorf("in a busy place something moves in %d of %d fragments", busy, all)
	}
}

func TestPicturesThatComeToNothingDontMove(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var m motion
	if n := m.see(1000, 1000, func(i int) *media.Fragment { return sized(random, 20+float64(i%60), 0.3) }); n != 0 {
		t.Errorf("in a drawing something moves %d times", n)
	}
}

func TestKeyPicturesAloneTellNothing(t *testing.T) {
	var m motion
	for range warmUp {
		if m.seesNothing() {
			t.Error("it gave up too soon")
		}
		m.learn(&media.Fragment{Samples: []media.Sample{{Size: 9000, Key: true}}})
	}
	if !m.seesNothing() || m.ready() {
		t.Error("it judges by pictures that say nothing")
	}
}

// The demo's clips begin and end with a second in which nobody is there.
func TestMotionInTheDemosClips(t *testing.T) {
	clips, err := demo.Clips()
	if err != nil {
		t.Fatal(err)
	}
	for i := range clips {
		var m motion
		var moving, still int
		for range 10 {
			lookAt(t, &m, &clips[i], func(at time.Duration, moves bool) {
				switch {
				case !m.ready():
				case at < time.Second/2 || at >= 11*time.Second+time.Second/2:
					if !moves {
						still++
					}
				case at > 2*time.Second && at < 10*time.Second && moves:
					moving++
				}
			})
		}
		if moving < 128 || still < 15 {
			t.Errorf("clip %d: people move in %d of about 160 fragments, and nothing in %d of about 20", i, moving, still)
		}
	}
}

// lookAt has m look at a clip once.
func lookAt(t *testing.T, m *motion, clip *media.Clip, each func(at time.Duration, moves bool)) {
	t.Helper()
	var at time.Duration
	f := media.NewFragmenter(fragmentLength, func(f *media.Fragment) error {
		m.learn(f)
		each(at, m.in(f))
		at += f.Length()
		return nil
	})
	for i := range clip.Pictures {
		if err := f.Push(&clip.Pictures[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
}

// A camera that keeps to a bitrate takes no more bytes for a busy scene than
// for a still one.
func TestMotionOfAConstantBitrate(t *testing.T) {
	file, err := os.Open("../media/testdata/bitrate.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	clip, err := media.ReadClip(file)
	if err != nil {
		t.Fatal(err)
	}
	var m motion
	var moving, larger, still, lively int
	f := media.NewFragmenter(fragmentLength, func(f *media.Fragment) error {
		m.learn(f)
		level, _ := m.level(f)
		moves, active := m.in(f), m.activity(f)
		switch {
		case !m.ready():
			if active != 0 {
				t.Errorf("it knows of nothing, but says %d", active)
			}
		case moves:
			moving++
			if m.size.stirs(level) {
				larger++
			}
			if active < 12 {
				t.Errorf("something moves, but that is called %d", active)
			}
		default:
			still++
			if active >= 40 {
				lively++
			}
		}
		return nil
	})
	for i := range clip.Pictures {
		if err := f.Push(&clip.Pictures[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	// Of 36 fragments, something moves in 8, and the first 9 can't be judged.
	if moving < 6 || moving > 9 || larger > moving/2 || still < 18 || lively > 0 {
		t.Errorf("something moves in %d fragments, %d of them larger, and nothing in %d, %d of them lively", moving, larger, still, lively)
	}
}

func TestActivityGrowsWithWhatMoves(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var m motion
	if got := m.activity(sized(random, 4000, 0)); got != 0 {
		t.Errorf("knowing nothing, it says %d", got)
	}
	m.see(100, 0, func(int) *media.Fragment { return sized(random, 4000, 0.1) })
	last := uint8(0)
	for _, size := range []float64{3000, 4000, 8000, 16000, 32000, 64000, 128000, 512000} {
		got := m.activity(sized(random, size, 0))
		if got < last || got < 1 || got > 101 || size > 4000 && size < 200000 && got <= last {
			t.Errorf("%v bytes are %d, after %d", size, got, last)
		}
		last = got
	}
	if last != 101 {
		t.Errorf("a hundred times as much is %d", last)
	}
	if got := m.activity(&media.Fragment{Samples: []media.Sample{{Size: 9000, Key: true}}}); got != 0 {
		t.Errorf("a key picture alone is %d", got)
	}
}

func BenchmarkMotion(b *testing.B) {
	random := rand.New(rand.NewPCG(7, 8))
	var m motion
	next := func(int) *media.Fragment {
		f := sized(random, 4000, 0.3)
		f.Weight = uint32(3000 + random.IntN(2000))
		return f
	}
	m.see(2*stillWindow, 0, next)
	var fragments []*media.Fragment
	for range 500 {
		fragments = append(fragments, next(0))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f := fragments[i%len(fragments)]
		m.learn(f)
		m.activity(f)
	}
}
