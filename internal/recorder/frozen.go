package recorder

import "time"

const (
	// Key pictures that are as large as this many before, for this long, are of
	// one and the same thing. They differ by no more than frozenBytes: a
	// picture may have a number of its own in it.
	frozenTimes = 8
	frozenBytes = 4
	frozenFor   = 2 * time.Minute
)

// A stillness notices that a camera sends one picture over and over: its
// sensor hangs, or something in between plays the last picture that it had.
// What a sensor sees is never twice the same, and neither are the sizes of
// the pictures that are made of it.
type stillness struct {
	size  int
	times int
	since time.Time // when the first of them came
	last  time.Time
}

// see takes the size of a key picture, in bytes.
func (s *stillness) see(size int, at time.Time) {
	if d := size - s.size; s.times == 0 || d < -frozenBytes || d > frozenBytes || at.Before(s.last) {
		s.size, s.times, s.since = size, 0, at
	}
	s.times++
	s.last = at
}

// frozen is since when the picture is the same, or zero if it isn't, or not yet
// for as long as that takes.
func (s *stillness) frozen(after time.Duration) time.Time {
	if s.times < frozenTimes || s.last.Sub(s.since) < after {
		return time.Time{}
	}
	return s.since
}
