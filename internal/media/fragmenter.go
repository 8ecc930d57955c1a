package media

import "time"

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
	}
}

// Push adds a picture, copying its data. Pictures before the first key
// picture are passed over. The errors are emit's; the picture is kept anyway.
func (f *Fragmenter) Push(au *AccessUnit) error {
	if !f.begun && !au.Key {
		return nil
	}
	f.begun = true
	var err error
	if f.settle(au) {
		err = f.flush()
	}
	f.add(au)
	return err
}

// Flush emits what there is, as if the next picture came as soon as it ever
// did. The next fragment begins at a key picture.
func (f *Fragmenter) Flush() error {
	f.begun = false
	if len(f.fragment.Samples) == 0 {
		return nil
	}
	samples := f.fragment.Samples
	last := &samples[len(samples)-1]
	last.Duration = f.duration
	for _, s := range samples[:len(samples)-1] {
		last.Duration = min(last.Duration, s.Duration)
	}
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
	}
	f.fragment.Samples[n-1].Duration = f.duration
	f.ticks += uint64(f.duration)
	return next.Key || next.Lost || next.Jump ||
		f.ticks+uint64(f.duration) > f.max ||
		n == maxFragmentSamples || len(f.fragment.Data)+len(next.Data) > maxFragmentBytes
}

// longestSample is what a picture may last: a slow camera's, not a pause.
const longestSample = 60 * Clock

func (f *Fragmenter) add(au *AccessUnit) {
	g := &f.fragment
	if len(g.Samples) == 0 {
		g.Start, g.Config = au.Time, au.Config
	}
	g.Samples = append(g.Samples, Sample{Size: uint32(len(au.Data)), CTS: au.CTS, Key: au.Key})
	g.Data = append(g.Data, au.Data...)
	f.last = au.DTS
}

// flush emits the fragment in hand, whatever becomes of that.
func (f *Fragmenter) flush() error {
	err := f.emit(&f.fragment)
	f.fragment.Samples, f.fragment.Data = f.fragment.Samples[:0], f.fragment.Data[:0]
	f.ticks = 0
	return err
}
