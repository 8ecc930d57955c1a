package footage

import (
	"sync"
	"time"
)

const (
	// syncEvery is how long what is written may wait to be synced. With the half
	// second of a fragment, and what is in the socket, that is what a power cut
	// costs at most.
	syncEvery = 600 * time.Millisecond
	// syncPhase is how long after a beat of the clock, at which cameras are
	// read, their files are synced: most of what was read is written by then.
	syncPhase = 80 * time.Millisecond
	// A file system on which others write so much that syncing all of it takes
	// tooSlow isn't synced as a whole for a while.
	tooSlow   = time.Second
	slowPause = time.Minute
)

// syncs has all files that are being written synced together: that costs a
// fifth of syncing each of them. Files for which that can't be done, and all of
// them when it failed, are synced one by one, by who writes them: so it is
// known which of them it failed for.
type syncs struct {
	store *Store

	mu      sync.Mutex
	lines   int // disklines there are
	waiting map[*diskline]wish
	stop    chan struct{} // closed when there are none any more
	slow    time.Time     // when syncing together took too long; zero if it didn't
}

// A wish is what a diskline wants synced.
type wish struct {
	row      Segment
	together bool
}

// join counts one diskline more. There is a goroutine while there are any.
func (s *syncs) join() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines++; s.lines == 1 {
		s.stop = make(chan struct{})
		go s.run(s.stop)
	}
}

func (s *syncs) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines--; s.lines == 0 {
		close(s.stop)
	}
}

// want has what row says synced soon.
func (s *syncs) want(d *diskline, row Segment, together bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting = map[*diskline]wish{}
	}
	s.waiting[d] = wish{row, together}
}

func (s *syncs) run(stop chan struct{}) {
	timer := time.NewTimer(s.next())
	defer timer.Stop()
	for {
		select {
		case <-stop:
			return
		case <-timer.C:
			s.sync()
			timer.Reset(s.next())
		}
	}
}

// next is how long it is until the next sync.
func (s *syncs) next() time.Duration {
	now := time.Duration(s.store.now().Add(-syncPhase).UnixNano())
	return syncEvery - (now%syncEvery+syncEvery)%syncEvery
}

// take returns what is to be synced together, and hurries the others.
func (s *syncs) take(now time.Time) map[*diskline]Segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	pause := now.Sub(s.slow)
	alone := !s.slow.IsZero() && pause >= 0 && pause < slowPause
	together := map[*diskline]Segment{}
	for d, w := range s.waiting {
		if w.together && !alone {
			together[d] = w.row
		} else {
			signal(d.hurry)
		}
	}
	clear(s.waiting)
	return together
}

func (s *syncs) sync() {
	began := s.store.now()
	together := s.take(began)
	if len(together) == 0 {
		return
	}
	err := s.store.blobs.Sync()
	took := s.store.now().Sub(began)
	if err == nil {
		s.store.synced(took)
	}
	for d, row := range together {
		if err != nil {
			signal(d.hurry)
		} else {
			d.kept(row)
		}
	}
	if took >= tooSlow {
		s.mu.Lock()
		s.slow = began
		s.mu.Unlock()
	}
}

// signal leaves a token in ch, if there isn't one.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
