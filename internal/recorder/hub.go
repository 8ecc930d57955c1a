package recorder

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
)

// What is kept in memory for who watches: of a camera, and of each watcher.
const (
	maxGOP      = 16 << 20 // bytes; a longer GOP is kept from its key picture up to here
	maxQueue    = 24 << 20 // bytes a watcher may be behind
	maxPictures = 250      // pictures a watcher may be behind, beyond the GOP it began with
)

// ErrStopped is what a watcher gets when there is nothing to watch any more:
// the camera was removed, or the recorder stops.
var ErrStopped = errors.New("the camera is no longer there")

// A hub hands the pictures of one camera to who watches. It keeps the GOP in
// hand, so that a new watcher has a picture at once.
type hub struct {
	watching atomic.Int32  // watchers,
	people   atomic.Int32  // and those of them who are people: they want to see what is now
	arrived  chan struct{} // holds a token when one of them came

	mu     sync.Mutex
	feeds  map[*Feed]struct{}
	gop    []media.AccessUnit // their Data lies in memory
	memory *memory
	kept   int    // bytes of memory up to the end of gop
	cut    bool   // the GOP is longer than what is kept of it
	base   uint64 // ticks to add: each connection begins at 0
	last   media.AccessUnit
	first  bool // the next picture is the first of a connection
	closed bool
}

func newHub() *hub {
	return &hub{feeds: map[*Feed]struct{}{}, memory: &memory{}, first: true, arrived: make(chan struct{}, 1)}
}

// seen reports whether somebody looks at what comes.
func (h *hub) seen() bool { return h.people.Load() > 0 }

// connected says that pictures will come for as long as there is a connection.
func (h *hub) connected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.memory.reserve()
}

// reconnected says that ticks begin anew.
func (h *hub) reconnected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.first = true
	h.forget()
}

// A part says what a picture is for the recording.
type part int

const (
	unrecorded part = iota
	begins          // a fragment begins with it
	goesOn          // it follows in the same fragment
)

// publish hands out one picture, and keeps it if it is of the GOP in hand.
func (h *hub) publish(au media.AccessUnit) { h.share(au, unrecorded) }

// share does what publish does, and returns where the picture is kept, for who
// records it: if a fragment begins with it, with room before it; nil if it isn't.
// That stays as it is until the next fragment begins.
func (h *hub) share(au media.AccessUnit, p part) (kept []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.align(&au)
	kept = h.keep(&au, p)
	if len(h.feeds) == 0 {
		return kept
	}
	au.Data = append([]byte(nil), au.Data...)
	for f := range h.feeds {
		f.offer(au)
	}
	return kept
}

// align makes the ticks of a new connection go on where the last one's ended.
func (h *hub) align(au *media.AccessUnit) {
	const usual = media.Clock / 25
	if h.first && !h.last.Time.IsZero() {
		pause := uint64(usual)
		if d := au.Time.Sub(h.last.Time); d > 0 {
			pause = uint64(d.Microseconds()) * media.Clock / 1e6
		}
		h.base = h.last.DTS + pause - au.DTS
	}
	h.first = false
	au.DTS += h.base
	h.last = media.AccessUnit{Time: au.Time, DTS: au.DTS}
}

// room is where the next picture is best put together: where it will be kept;
// nil if there is no room. What was returned before is taken by now, unless it is
// the caller's own.
func (h *hub) room(old []byte) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.memory.mapped {
		return h.memory.tail()
	}
	return old
}

// keep sees to it that au is in memory, where it is from then on.
func (h *hub) keep(au *media.AccessUnit, p part) (kept []byte) {
	if au.Key {
		clear(h.gop)
		h.gop, h.kept, h.cut = h.gop[:0], 0, false
	}
	watched := au.Key || len(h.gop) > 0 && !h.cut
	room := 0
	switch {
	case p == unrecorded && !watched:
		return nil
	case p == begins && !watched:
		h.memory.used = h.kept // what was recorded from there on is no longer needed
		fallthrough
	case p == begins:
		room = before
	}
	if au.Key {
		kept = h.memory.restart(au.Data, room)
	} else {
		kept = h.memory.put(au.Data, room)
	}
	if kept != nil {
		au.Data = kept[room:]
	}
	switch {
	case !watched:
	case kept == nil || h.memory.used > maxGOP:
		h.cut = true
	default:
		h.gop, h.kept = append(h.gop, *au), h.memory.used
	}
	return kept
}

// forget empties the GOP.
func (h *hub) forget() {
	clear(h.gop)
	h.gop, h.kept, h.cut = h.gop[:0], 0, false
	h.memory.forget()
}

// join adds a watcher, and gives it the GOP in hand.
func (h *hub) join(f *Feed) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrStopped
	}
	for _, au := range h.gop {
		au.Data = bytes.Clone(au.Data)
		f.queue = append(f.queue, au)
		f.bytes += len(au.Data)
	}
	f.room = len(f.queue) + maxPictures
	f.behind = len(f.queue) == 0 || h.cut
	h.feeds[f] = struct{}{}
	h.watching.Add(1)
	if f.act == regulation.Watch {
		h.people.Add(1)
		signal(h.arrived)
	}
	return nil
}

func (h *hub) leave(f *Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.feeds[f]; ok {
		delete(h.feeds, f)
		h.watching.Add(-1)
		if f.act == regulation.Watch {
			h.people.Add(-1)
		}
	}
}

// close ends every watcher's feed.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for f := range h.feeds {
		f.end()
	}
}
