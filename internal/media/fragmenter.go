package media

import (
	"slices"
	"time"
)

const (
	maxFragmentBytes   = 16 << 20 // then it ends, however short
	maxFragmentSamples = 1000
)

// A Fragmenter gathers pictures into fragments.
type Fragmenter struct {
	max      uint64 // ticks
	emit     func(*Fragment) error
	fragment Fragment
	ticks    uint64 // of the samples whose duration is known
	begun    bool   // a key picture came
	last     uint64 // DTS of the last sample
	duration uint32 // of the one before it
	least    uint32 // that one ever lasted
	weights  []uint32
	own      []byte // where pictures are copied that nobody keeps for it
}

// NewFragmenter returns a fragmenter whose fragments are at most max long,
// unless their last picture lasts longer than the one before it. emit gets each fragment when the picture
// after it arrives, since only that says how long the last one lasted. What
// it gets is overwritten by the next one.
func NewFragmenter(max time.Duration, emit func(*Fragment) error) *Fragmenter {
	return &Fragmenter{
		max:      uint64(max/time.Microsecond) * Clock / 1e6,
		emit:     emit,
		duration: usualDuration,
		least:    longestSample,
	}
}

// Push adds a picture, copying its data. Pictures before the first key
// picture are passed over. The errors are emit's; the picture is kept anyway.
func (f *Fragmenter) Push(au *AccessUnit) error {
	err := f.Settle(au)
	f.Add(au, nil)
	return err
}

// Settle emits the fragment in hand if it ends before au, which must be added
// next. The errors are emit's.
func (f *Fragmenter) Settle(au *AccessUnit) error {
	f.begun = f.begun || au.Key
	if f.begun && f.settle(au) {
		return f.flush()
	}
	return nil
}

// Empty reports whether the next picture begins a fragment.
func (f *Fragmenter) Empty() bool { return len(f.fragment.Samples) == 0 }

// Add adds a picture. kept is a copy of its data that stays as it is until the
// fragment was emitted, with room before it if it is the first of a fragment;
// or nil. If those of a fragment lie one behind the other, they aren't copied.
func (f *Fragmenter) Add(au *AccessUnit, kept []byte) {
	if !f.begun {
		return
	}
	g, data := &f.fragment, au.Data
	if kept != nil {
		data = kept[len(kept)-len(data):] // where au had its own there may be something else by now
	}
	switch {
	case kept == nil:
		f.copy(data)
	case f.Empty():
		g.Padded, g.Data = kept, data
	case borders(g.Data, kept):
		g.Padded, g.Data = g.Padded[:len(g.Padded)+len(kept)], g.Data[:len(g.Data)+len(kept)]
	default:
		f.copy(data)
	}
	if f.Empty() {
		g.Start, g.Config = au.Time, au.Config
	}
	g.Samples = append(g.Samples, Sample{Size: uint32(len(au.Data)), CTS: au.CTS, Key: au.Key})
	if !au.Key && au.Weight > 0 {
		f.weights = append(f.weights, au.Weight)
	}
	f.last = au.DTS
}

// copy adds data to a copy of its own of what the fragment has.
func (f *Fragmenter) copy(data []byte) {
	g := &f.fragment
	if g.Padded != nil {
		f.own = append(f.own[:0], g.Data...)
		g.Padded = nil
	}
	f.own = append(f.own[:len(g.Data)], data...)
	g.Data = f.own
}

// borders reports whether b is where a ends.
func borders(a, b []byte) bool {
	n := len(a)
	return len(b) > 0 && n+len(b) <= cap(a) && &a[:n+1][n] == &b[0]
}

// Flush emits what there is, as if the next picture came as soon as it ever
// did. The next fragment begins at a key picture.
func (f *Fragmenter) Flush() error {
	f.begun = false
	if len(f.fragment.Samples) == 0 {
		return nil
	}
	samples := f.fragment.Samples
	samples[len(samples)-1].Duration = min(f.duration, f.least)
	return f.flush()
}

// settle gives the last sample its duration, now that the next picture is
// there. It reports whether that begins a new fragment.
func (f *Fragmenter) settle(next *AccessUnit) bool {
	n := len(f.fragment.Samples)
	if n == 0 {
		return false
	}
	if passed := next.DTS - f.last; !next.Lost && passed <= longestSample {
		f.duration = uint32(passed)
		if f.duration >= shortestSample {
			f.least = min(f.least, f.duration)
		}
	}
	f.fragment.Samples[n-1].Duration = f.duration
	f.ticks += uint64(f.duration)
	return next.Key || next.Lost || next.Jump ||
		f.ticks+uint64(f.duration) > f.max ||
		n == maxFragmentSamples || len(f.fragment.Data)+len(next.Data) > maxFragmentBytes
}

// What a picture may last: as long as a slow camera's, but not a pause, and no
// shorter than a fast one's. Shorter ones only keep others in order.
const (
	longestSample  = 60 * Clock
	shortestSample = Clock / 250
)

// flush emits the fragment in hand, whatever becomes of that.
func (f *Fragmenter) flush() error {
	f.fragment.Weight = 0
	if n := len(f.weights); n > 0 {
		slices.Sort(f.weights)
		f.fragment.Weight = f.weights[n/2]
	}
	f.weights = f.weights[:0]
	f.fragment.Activity, f.fragment.Motion = 0, false
	err := f.emit(&f.fragment)
	f.fragment.Samples, f.fragment.Data, f.fragment.Padded = f.fragment.Samples[:0], nil, nil
	f.ticks = 0
	return err
}
