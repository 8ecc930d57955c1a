package footage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrFull is returned when the room that is left is the reserve of the
// database and the logbook. It is what a full disk says, said in time.
var ErrFull = fmt.Errorf("what is left of the disk is kept for the database and the logbook: %w", syscall.ENOSPC)

const (
	leastReserve = 2 << 30          // bytes, unless that is more than a tenth of the disk
	reserveTime  = 10 * time.Minute // of all cameras together
	lowEvery     = 10               // looks between two warnings while there is little room
)

// A Room is how much fits, in bytes.
type Room struct {
	Free    int64
	Size    int64 // of the whole disk
	Reserve int64 // what footage doesn't take; 0 before the first look
	Low     bool  // less is free than the reserve
	Full    bool  // nothing is recorded until the reserve is free again
	Failure error // why the last look failed; what is above is older then
}

// room is what the store knows of its disk.
type room struct {
	shut atomic.Bool // Full, for who writes

	mu    sync.Mutex
	asked int64 // the reserve that was asked for; 0: as the cameras need
	last  Room
}

// KeepFree sets the reserve, in bytes; 0 is what all cameras write in ten
// minutes, but at least 2 GiB and at most a tenth of the disk. Until
// [Store.Mind] runs nothing is kept free.
func (s *Store) KeepFree(bytes int64) {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.room.asked = bytes
}

// Room returns what the last look of [Store.Mind] found, and asks the disk if
// there was none.
func (s *Store) Room() Room {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	r := s.room.last
	if r.Size == 0 {
		r.Free, r.Size, r.Failure = s.blobs.Space()
	}
	return r
}

// full reports whether nothing may be written.
func (s *Store) full() bool { return s.room.shut.Load() }

// Mind looks each time `every` has passed how much fits, until ctx ends. While
// that is less than the reserve it calls low, at once and then now and again:
// it is for erasing what is due. Below half of it the store takes nothing until
// the reserve is free again. report gets what keeps it from looking.
func (s *Store) Mind(ctx context.Context, every time.Duration, low func(), report func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for looks := 0; ; looks++ {
		if !s.look(report).Low {
			looks = -1 // so that the next is warned of at once
		} else if looks%lowEvery == 0 {
			low()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look asks the disk how much fits. A failure is reported once, until it is
// another or over.
func (s *Store) look(report func(error)) Room {
	free, size, err := s.blobs.Space()
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	r := &s.room.last
	if err != nil {
		if r.Failure == nil || r.Failure.Error() != err.Error() {
			report(err)
		}
		r.Failure = err
		return *r
	}
	next := Room{Free: free, Size: size, Reserve: s.room.asked, Full: r.Full}
	if next.Reserve == 0 {
		next.Reserve = min(max(leastReserve, s.inTime(reserveTime)), size/10)
	}
	next.judge()
	if next.Full && !r.Full {
		report(fmt.Errorf("recording stops: %d MB are free of the %d MB that are kept for the database and the logbook: %w",
			free>>20, next.Reserve>>20, errors.Unwrap(ErrFull)))
	}
	*r = next
	s.room.shut.Store(next.Full)
	return next
}

// judge says what follows from how much is free. Full stays until the reserve
// is free again.
func (r *Room) judge() {
	r.Low = r.Free < r.Reserve
	r.Full = r.Free < r.Reserve/2 || r.Full && r.Low
}
