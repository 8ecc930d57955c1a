package footage

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"oogmerk/internal/premises"
)

// health counts what the writers do. Everything on the way of a fragment is an
// atomic addition.
type health struct {
	syncs, syncTime atomic.Int64 // how many went well, and nanoseconds of all of them
	syncClass       [len(SyncClasses) + 1]atomic.Int64
	errors          atomic.Int64
	deepest         recent // of the queues to the disk
	slowest         recent // of the syncs, nanoseconds
	failed          recent // errors

	mu      sync.Mutex
	cameras map[premises.CameraID]*counts
	gaps    map[string]int64
}

// counts are those of one camera. They outlive its writers.
type counts struct{ fragments, bytes atomic.Int64 }

// SyncClasses are the upper bounds of the classes in which syncs are counted.
// What took longer is in one more class.
var SyncClasses = [...]time.Duration{time.Millisecond, 4 * time.Millisecond, 16 * time.Millisecond, 64 * time.Millisecond,
	250 * time.Millisecond, time.Second, 4 * time.Second}

// A Health is how writing goes, since the program started unless it says
// otherwise.
type Health struct {
	Syncs     int64
	SyncTime  time.Duration                // of all of them together
	Classes   [len(SyncClasses) + 1]int64  // how many syncs took at most each of SyncClasses and more than the one before
	Slowest   time.Duration                // of the last hour
	Deepest   int                          // most fragments that waited for a disk, in the last hour
	Errors    int64                        // that ended a segment
	Failures  int64                        // the same, in the last hour
	Cameras   map[premises.CameraID]Volume // what was queued for the disk
	GapsBegun map[string]int64             // by cause
}

// A Volume is how much a camera recorded since the program started.
type Volume struct{ Fragments, Bytes int64 }

// QueueLength is how many fragments of a camera may wait for the disk.
const QueueLength = queueLength

// Health returns how writing goes.
func (s *Store) Health() Health {
	h, minute := &s.health, s.minute()
	out := Health{Syncs: h.syncs.Load(), SyncTime: time.Duration(h.syncTime.Load()), Errors: h.errors.Load(),
		Slowest: time.Duration(h.slowest.most(minute)), Deepest: int(h.deepest.most(minute)), Failures: h.failed.sum(minute),
		Cameras: map[premises.CameraID]Volume{}}
	for i := range h.syncClass {
		out.Classes[i] = h.syncClass[i].Load()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, c := range h.cameras {
		out.Cameras[id] = Volume{c.fragments.Load(), c.bytes.Load()}
	}
	out.GapsBegun = maps.Clone(h.gaps)
	return out
}

// minute is the one the clock is in, counted from 1970.
func (s *Store) minute() int64 { return s.now().Unix() / 60 }

// of returns the counts of a camera.
func (h *health) of(camera premises.CameraID) *counts {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cameras == nil {
		h.cameras = map[premises.CameraID]*counts{}
	}
	c, ok := h.cameras[camera]
	if !ok {
		c = &counts{}
		h.cameras[camera] = c
	}
	return c
}

// wrote counts a fragment that was queued for the disk.
func (c *counts) wrote(bytes int) {
	c.fragments.Add(1)
	c.bytes.Add(int64(bytes))
}

// gap counts a gap that began.
func (h *health) gap(cause string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gaps == nil {
		h.gaps = map[string]int64{}
	}
	h.gaps[cause]++
}

// queued notes how many fragments of a camera wait for the disk.
func (s *Store) queued(depth int) {
	if depth > 1 { // nearly always there is but the one that was just queued
		s.health.deepest.raise(s.minute(), int64(depth))
	}
}

// synced counts a sync that went well.
func (s *Store) synced(took time.Duration) {
	h := &s.health
	took = max(took, 0) // the clock may have been put back
	h.syncs.Add(1)
	h.syncTime.Add(int64(took))
	class, _ := slices.BinarySearch(SyncClasses[:], took)
	h.syncClass[class].Add(1)
	h.slowest.raise(s.minute(), int64(took))
}

// failed counts an error of the disk.
func (s *Store) failed() {
	s.health.errors.Add(1)
	s.health.failed.add(s.minute(), 1)
}

// A recent is a figure for each minute of the last hour. Two who write in the
// first moment of a minute may lose one of their figures: it is for looking at.
type recent struct {
	minute [60]atomic.Int64 // which one each is about
	figure [60]atomic.Int64
}

func (r *recent) at(minute int64) *atomic.Int64 {
	i := int(minute % 60)
	if r.minute[i].Swap(minute) != minute {
		r.figure[i].Store(0)
	}
	return &r.figure[i]
}

func (r *recent) add(minute, n int64) { r.at(minute).Add(n) }

func (r *recent) raise(minute, to int64) {
	for f := r.at(minute); ; {
		old := f.Load()
		if old >= to || f.CompareAndSwap(old, to) {
			return
		}
	}
}

// within calls do with the figures of the hour that ends with this minute.
func (r *recent) within(minute int64, do func(int64)) {
	for i := range r.minute {
		if m := r.minute[i].Load(); m > minute-60 && m <= minute {
			do(r.figure[i].Load())
		}
	}
}

func (r *recent) most(minute int64) (most int64) {
	r.within(minute, func(n int64) { most = max(most, n) })
	return most
}

func (r *recent) sum(minute int64) (sum int64) {
	r.within(minute, func(n int64) { sum += n })
	return sum
}
