package retention

import (
	"sync"
	"time"

	"oogmerk/internal/footage"
)

// An Outcome says how sweeping goes, since the program started.
type Outcome struct {
	At       time.Time     // when the last sweep began; zero if there was none
	Took     time.Duration // how long it took
	Err      error         // of the last sweep: what couldn't be erased, or why nothing could
	Failing  time.Time     // since when every sweep failed; zero if the last one didn't
	Sweeps   int64
	Failures int64 // sweeps that couldn't erase all they should
	Hours    int64 // camera-hours that went
	Segments int64
	Bytes    int64
}

// told is what the sweeps until now came to.
type told struct {
	mu sync.Mutex
	Outcome
}

// Outcome returns how sweeping goes.
func (s *Sweeper) Outcome() Outcome {
	s.told.mu.Lock()
	defer s.told.mu.Unlock()
	return s.told.Outcome
}

// tally counts what one erasure removed.
func (s *Sweeper) tally(p footage.Proof) {
	s.told.mu.Lock()
	defer s.told.mu.Unlock()
	s.told.Hours += int64(p.Hours)
	s.told.Segments += int64(p.Segments)
	s.told.Bytes += p.Bytes
}

// swept notes how a sweep went that began at some time.
func (s *Sweeper) swept(began time.Time, err error) {
	s.told.mu.Lock()
	defer s.told.mu.Unlock()
	o := &s.told.Outcome
	o.At, o.Took, o.Err = began, max(0, s.now().Sub(began)), err
	o.Sweeps++
	if err == nil {
		o.Failing = time.Time{}
		return
	}
	if o.Failing.IsZero() {
		o.Failing = began
	}
	o.Failures++
}
