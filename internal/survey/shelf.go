package survey

import (
	"crypto/rand"
	"sync"
	"time"

	"oogmerk/internal/people"
)

// mostKept is how many things a shelf holds: the oldest make room.
const mostKept = 50

// A shelf keeps things for a while, each for the one person it is of.
type shelf[T any] struct {
	mu  sync.Mutex
	all map[string]shelved[T]
}

type shelved[T any] struct {
	of    people.PersonID
	since time.Time
	thing T
}

// put keeps a thing and returns its name, which nobody can guess.
func (s *shelf[T]) put(who people.Presence, now time.Time, thing T) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]shelved[T]{}
	}
	oldest := ""
	for id, one := range s.all {
		if now.Sub(one.since) >= keeps {
			delete(s.all, id)
		} else if oldest == "" || one.since.Before(s.all[oldest].since) {
			oldest = id
		}
	}
	if len(s.all) >= mostKept {
		delete(s.all, oldest)
	}
	id := rand.Text()
	s.all[id] = shelved[T]{who.Who().ID, now, thing}
	return id
}

// get is the thing of that name, if it is this person's and still there.
func (s *shelf[T]) get(who people.Presence, now time.Time, id string) (thing T, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[id]
	if !ok || who.Empty() || one.of != who.Who().ID || now.Sub(one.since) >= keeps {
		return thing, errStale
	}
	return one.thing, nil
}
