package media

import (
	"slices"
	"time"
)

const (
	usualDuration = Clock / 25
	maxDepth      = 16         // pictures a decoder may have to keep back (H.264 A.3.1)
	maxTurn       = 10 * Clock // a timestamp that goes further ahead has begun anew,
	maxBack       = -2 * Clock // as has one that goes further back: that isn't reordering
	longPause     = 2 * Clock  // longer, and several times longer than usual, is a hole
)

// An order tells when pictures are shown (pts) and when they must be decoded
// (dts). RTP says only the first, in the order of the second. Pictures that
// must wait for d later ones are decoded d pictures ahead, so the n-th is
// decoded when the (n−d)-th is shown: at the least timestamp that wasn't used
// yet. No slice needs to be read for that.
type order struct {
	begun    bool
	config   *Config
	depth    int // d
	time     uint32
	arrival  time.Time
	pts, dts int64   // of the last picture, in ticks since the first
	duration int64   // between the last two dts
	pending  []int64 // timestamps of which no dts was made yet, in order
	ahead    int     // pictures to decode before the first of pending is shown
}

// configure takes over the depth that the parameter sets promise. If they
// promise nothing it is 0 until a picture comes that proves otherwise.
func (o *order) configure(c *Config) {
	if o.config == c {
		return
	}
	o.config = c
	if depth, ok := c.reordering(); ok && depth != o.depth {
		o.depth = depth
		o.pending, o.ahead = o.pending[:0], depth
	}
	if o.pending == nil {
		o.duration = usualDuration
		o.pending = make([]int64, 0, 2*maxDepth)
	}
}

// next places a picture with RTP timestamp t. It reports whether pictures are
// missing before it: if so is known, or if time itself says so.
func (o *order) next(t uint32, arrival time.Time, missing bool) (lost bool) {
	turn := int64(int32(t - o.time))
	restarted := turn > maxTurn || turn < maxBack
	switch {
	case !o.begun:
		turn = int64(o.depth) * o.duration
	case restarted:
		turn = o.elapsed(arrival)
	}
	lost = o.begun && (missing || restarted || turn > longPause && turn > 4*o.duration)
	if lost || !o.begun {
		o.pending, o.ahead = o.pending[:0], o.depth
	}
	o.pts += turn
	o.time, o.arrival = t, arrival
	o.advance(o.decodeAt(), lost)
	o.begun = true
	return lost
}

// elapsed is how long it is since the last picture by our clock, in ticks.
func (o *order) elapsed(arrival time.Time) int64 {
	passed := min(arrival.Sub(o.arrival), 24*time.Hour)
	return max(int64(passed/time.Microsecond)*Clock/1e6, o.duration)
}

// decodeAt is the dts of the picture that is shown at o.pts.
func (o *order) decodeAt() int64 {
	i, _ := slices.BinarySearch(o.pending, o.pts)
	o.pending = slices.Insert(o.pending, i, o.pts)
	first := o.pending[0]
	switch {
	case o.ahead > 0:
		o.ahead--
		return first - int64(o.ahead+1)*o.duration
	case o.begun && first < o.dts && len(o.pending) <= maxDepth && o.pts == first:
		o.depth = len(o.pending) // it is deeper than we thought
		return o.dts + 1
	}
	o.pending = o.pending[:copy(o.pending, o.pending[1:])]
	return first
}

// advance moves dts, which never stands still.
func (o *order) advance(dts int64, lost bool) {
	if o.begun {
		dts = max(dts, o.dts+1)
		if !lost && dts > o.dts+1 {
			o.duration = dts - o.dts
		}
	}
	o.dts = dts
	if o.depth == 0 {
		o.pts = dts
	}
}
