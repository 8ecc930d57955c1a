package recorder

import (
	"errors"
	"sync"
	"sync/atomic"

	"oogmerk/internal/media"
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
	watching atomic.Int32 // watchers

	mu     sync.Mutex
	feeds  map[*Feed]struct{}
	gop    []media.AccessUnit // their Data lies in data, one after the other
	data   []byte
	cut    bool   // the GOP is longer than what is kept of it
	base   uint64 // ticks to add: each connection begins at 0
	last   media.AccessUnit
	first  bool // the next picture is the first of a connection
	closed bool
}

func newHub() *hub { return &hub{feeds: map[*Feed]struct{}{}, first: true} }

// reconnected says that ticks begin anew.
func (h *hub) reconnected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.first = true
	h.forget()
}

// publish hands out one picture, and keeps it if it is of the GOP in hand.
func (h *hub) publish(au media.AccessUnit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.align(&au)
	h.keep(au)
	if len(h.feeds) == 0 {
		return
	}
	au.Data = append([]byte(nil), au.Data...)
	for f := range h.feeds {
		f.offer(au)
	}
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

func (h *hub) keep(au media.AccessUnit) {
	switch {
	case au.Key:
		h.forget()
	case len(h.gop) == 0 || h.cut:
		return
	}
	if len(h.data)+len(au.Data) > maxGOP {
		h.cut = true
		return
	}
	h.data = append(h.data, au.Data...)
	h.gop = append(h.gop, au)
}

// forget empties the GOP but keeps its memory for the next, unless that was
// exceptionally much.
func (h *hub) forget() {
	clear(h.gop)
	h.gop, h.data, h.cut = h.gop[:0], h.data[:0], false
	if cap(h.data) > maxGOP/2 {
		h.data = nil
	}
}

// join adds a watcher, and gives it the GOP in hand.
func (h *hub) join(f *Feed) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrStopped
	}
	data := append([]byte(nil), h.data...)
	for _, au := range h.gop {
		n := len(au.Data)
		au.Data, data = data[:n:n], data[n:]
		f.queue = append(f.queue, au)
		f.bytes += n
	}
	f.room = len(f.queue) + maxPictures
	f.behind = len(f.queue) == 0 || h.cut
	h.feeds[f] = struct{}{}
	h.watching.Add(1)
	return nil
}

func (h *hub) leave(f *Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.feeds[f]; ok {
		delete(h.feeds, f)
		h.watching.Add(-1)
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
