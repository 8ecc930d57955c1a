package recorder

import (
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
)

// A motion tells from how large pictures are whether something moves: a
// picture says what is other than in the one before. It knows nothing of what
// moves, or where.
//
// It goes by the median of each fragment, of the pictures that need another.
// What it takes for stillness follows the light and the hour.
type motion struct {
	last   []int // levels, oldest first
	sorted []int // the same
	sizes  []int // of the fragment in hand
	blind  int   // fragments in a row that can't be judged
}

// level is how much f's pictures differ; ok is false if it can't be said.
func (m *motion) level(f *media.Fragment) (level int, ok bool) {
	m.sizes = m.sizes[:0]
	for _, s := range f.Samples {
		if !s.Key {
			m.sizes = append(m.sizes, int(s.Size))
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
	if len(m.last) == stillWindow {
		i, _ := slices.BinarySearch(m.sorted, m.last[0])
		m.sorted = slices.Delete(m.sorted, i, i+1)
		m.last = m.last[:copy(m.last, m.last[1:])]
	}
	m.last = append(m.last, level)
	i, _ := slices.BinarySearch(m.sorted, level)
	m.sorted = slices.Insert(m.sorted, i, level)
}

// ready reports whether enough is known to judge.
func (m *motion) ready() bool { return len(m.last) >= warmUp }

// seesNothing reports whether all pictures stand on their own lately, so that
// nothing can be told from them.
func (m *motion) seesNothing() bool { return m.blind >= warmUp }

// in reports whether something moves in f.
func (m *motion) in(f *media.Fragment) bool {
	level, ok := m.level(f)
	if !ok || len(m.sorted) == 0 {
		return false
	}
	still := m.sorted[(len(m.sorted)-1)/stillestPart]
	return float64(level) > restless*float64(still)+surplus
}
