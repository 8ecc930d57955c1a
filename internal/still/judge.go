package still

import (
	"slices"
	"time"
)

// What is called motion. Measured: in a clip of 320 by 180 with noise, at
// 60 kbit/s, stillness comes to 0 cells, and something that goes by to 500.
const (
	each    = 180 * time.Millisecond // is looked at: five pictures a second of those that come
	back    = 2                      // looks: with what was there so long ago is compared
	few     = 4                      // cells in which something is other: motion
	least   = 10                     // of 255: a cell that differs by more is other,
	most    = 24                     // and never need it be more than this,
	noisier = 8                      // else so many times what half of the cells differ
	resting = 2 * time.Second        // in which nothing moved: nothing does any more
)

// A judge tells from grey cells whether something moves. What changes
// everywhere alike is the light, and what changes here and there a little is
// noise: what differs much more than most cells do is motion.
type judge struct {
	past   [back][]byte // looked at, the oldest first; nil if there is none
	looked time.Time
	moved  time.Time // when something was last seen to
	on     bool
	told   bool
	differ []int
	sorted []int
}

// see takes a picture, and returns what is new: since when something moves, or
// when it did for the last time.
func (j *judge) see(at time.Time, cells []byte) (when time.Time, on, news bool) {
	since := at.Sub(j.looked)
	if since >= 0 && since < each {
		return time.Time{}, false, false
	}
	if since < 0 || j.past[0] == nil {
		for i := range j.past {
			j.past[i] = slices.Clone(cells)
		}
		if since < 0 { // a clock was put back
			j.moved = at
		}
		j.looked = at
		return time.Time{}, false, false
	}
	moves := j.others(j.past[0], cells) >= few
	oldest := j.past[0]
	copy(j.past[:], j.past[1:])
	copy(oldest, cells)
	j.past[back-1], j.looked = oldest, at
	was, told := j.on, j.told
	j.told = true
	if moves {
		j.on, j.moved = true, at
		return at, true, !was
	}
	if j.on && at.Sub(j.moved) < resting {
		return time.Time{}, false, false
	}
	j.on = false
	if was {
		return j.moved, false, true
	}
	return at, false, !told
}

// others is how many cells are other.
func (j *judge) others(before, now []byte) (n int) {
	j.differ = j.differ[:0]
	for i := range now {
		j.differ = append(j.differ, int(now[i])-int(before[i]))
	}
	light := j.median()
	for i, d := range j.differ {
		j.differ[i] = max(d-light, light-d)
	}
	limit := min(max(noisier*j.median(), least), most)
	for _, d := range j.differ {
		if d > limit {
			n++
		}
	}
	return n
}

func (j *judge) median() int {
	j.sorted = append(j.sorted[:0], j.differ...)
	slices.Sort(j.sorted)
	return j.sorted[len(j.sorted)/2]
}
