package recorder

import (
	"math"
	"slices"

	"oogmerk/internal/media"
)

const (
	// Stillness is what the tenth part of the last ten minutes stays under. So
	// a place may be busy for nine of ten minutes, and still be seen to be.
	stillWindow  = 1200 // fragments
	stillestPart = 10
	// What lies so much higher is motion. The surplus in bytes is for drawn and
	// frozen pictures, which come to nearly nothing.
	restless = 1.5
	surplus  = 96
	// Nothing is judged until so many fragments are known. They are judged then.
	warmUp = 10
	// What lies so many octaves higher than stillness is as active as can be.
	octaves = 5
	// Sizes are all alike if the largest tenth of them is no more than so many
	// times the smallest tenth.
	alike = 2
)

// A motion tells from how many bytes pictures take whether something moves: a
// picture says what is other than in the one before. It knows nothing of what
// moves, or where.
//
// It goes by the median of each fragment, of the pictures that need another.
// What it takes for stillness follows the light and the hour. A camera that
// keeps to a bitrate takes as many bytes for a still scene as for a busy one,
// but quantizes the busy one more coarsely. So where sizes have been all alike
// lately, weight counts as well.
type motion struct {
	size, weight gauge
	sizes        []uint32 // of the fragment in hand
	blind        int      // fragments in a row that can't be judged
}

// A gauge knows what is usual.
type gauge struct {
	last   []uint32 // levels, oldest first
	sorted []uint32 // the same
}

// level is the median size of f's pictures; ok is false if none needs another.
func (m *motion) level(f *media.Fragment) (level uint32, ok bool) {
	m.sizes = m.sizes[:0]
	for _, s := range f.Samples {
		if !s.Key {
			m.sizes = append(m.sizes, s.Size)
		}
	}
	if len(m.sizes) == 0 {
		return 0, false
	}
	slices.Sort(m.sizes)
	return m.sizes[len(m.sizes)/2], true
}

// learn takes f into account.
func (m *motion) learn(f *media.Fragment) {
	level, ok := m.level(f)
	if !ok {
		m.blind++
		return
	}
	m.blind = 0
	m.size.learn(level)
	if f.Weight > 0 {
		m.weight.learn(f.Weight)
	}
}

func (g *gauge) learn(level uint32) {
	if len(g.last) == stillWindow {
		i, _ := slices.BinarySearch(g.sorted, g.last[0])
		g.sorted = slices.Delete(g.sorted, i, i+1)
		g.last = g.last[:copy(g.last, g.last[1:])]
	}
	g.last = append(g.last, level)
	i, _ := slices.BinarySearch(g.sorted, level)
	g.sorted = slices.Insert(g.sorted, i, level)
}

// flat reports whether all levels have been alike.
func (g *gauge) flat() bool {
	n := len(g.sorted) - 1
	return g.ready() && float64(g.sorted[n-n/stillestPart]) <= alike*g.still()
}

func (g *gauge) ready() bool { return len(g.last) >= warmUp }

// still is the level at which nothing moves.
func (g *gauge) still() float64 { return float64(g.sorted[(len(g.sorted)-1)/stillestPart]) }

func (g *gauge) stirs(level uint32) bool {
	return len(g.sorted) > 0 && float64(level) > restless*g.still()+surplus
}

// above is how many octaves level lies above stillness.
func (g *gauge) above(level uint32) float64 {
	if !g.ready() {
		return 0
	}
	return max(math.Log2((float64(level)+surplus)/(g.still()+surplus)), 0)
}

// ready reports whether enough is known to judge.
func (m *motion) ready() bool { return m.size.ready() }

// seesNothing reports whether all pictures stand on their own lately, so that
// nothing can be told from them.
func (m *motion) seesNothing() bool { return m.blind >= warmUp }

// in reports whether something moves in f.
func (m *motion) in(f *media.Fragment) bool {
	level, ok := m.level(f)
	return ok && (m.size.stirs(level) || m.size.flat() && m.weight.ready() && m.weight.stirs(f.Weight))
}

// activity is how much moves in f: 0 if that can't be told, 1 for nothing, 12
// for what is just called motion, 101 for 32 times what stillness comes to.
// Each 20 are twice as much.
func (m *motion) activity(f *media.Fragment) uint8 {
	level, ok := m.level(f)
	if !ok || !m.ready() {
		return 0
	}
	above := m.size.above(level)
	if m.size.flat() {
		above = max(above, m.weight.above(f.Weight))
	}
	return uint8(1 + 100*min(above/octaves, 1))
}
