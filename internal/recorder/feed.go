package recorder

import (
	"context"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A Feed is a camera being watched. A slow watcher loses pictures up to the
// next key picture; the recording never does.
type Feed struct {
	hub    *hub
	permit *gate.Permit
	act    regulation.Act // that it must allow
	camera premises.CameraID
	now    func() time.Time
	ready  chan struct{} // holds a token while there may be something in queue
	gone   chan struct{} // closed when the feed ends
	once   sync.Once

	mu     sync.Mutex
	queue  []media.AccessUnit
	bytes  int  // in queue
	room   int  // how many pictures queue may hold
	behind bool // pictures are lost until the next key picture
}

// Live returns what camera sees, beginning with the GOP in hand so that there
// is a picture at once. The permit must allow [regulation.Watch]; Next checks
// it for every picture.
func (r *Recorder) Live(ctx context.Context, p *gate.Permit, id premises.CameraID) (*Feed, error) {
	f := r.newFeed(p, regulation.Watch, id)
	if err := f.allowed(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := r.camera(id)
	if c == nil {
		return nil, fmt.Errorf("couldn't watch camera %s: %w", id, ErrStopped)
	}
	f.hub = c.hub
	if err := f.hub.join(f); err != nil {
		return nil, fmt.Errorf("couldn't watch camera %s: %w", id, err)
	}
	f.signal()
	return f, nil
}

func (r *Recorder) newFeed(p *gate.Permit, act regulation.Act, id premises.CameraID) *Feed {
	return &Feed{permit: p, act: act, camera: id, now: r.now, ready: make(chan struct{}, 1), gone: make(chan struct{})}
}

// allowed checks the permit for looking now.
func (f *Feed) allowed() error {
	now := f.now()
	return f.permit.Allows(footage.Subject(f.camera, footage.Span{From: now, To: now}), f.act)
}

// Next waits for the next access unit. Others watch the same Data, so it isn't
// to be changed; it stays as it is for as long as the caller has it. The error is
// context's, [gate.ErrNoPermit] once the permit has ended, or [ErrStopped].
func (f *Feed) Next(ctx context.Context) (media.AccessUnit, error) {
	for {
		if err := f.allowed(); err != nil {
			return media.AccessUnit{}, err
		}
		if au, ok := f.take(); ok {
			return au, nil
		}
		select {
		case <-f.ready:
		case <-f.permit.Done():
		case <-f.gone:
			return media.AccessUnit{}, ErrStopped
		case <-ctx.Done():
			return media.AccessUnit{}, ctx.Err()
		}
	}
}

// take takes the first picture from the queue.
func (f *Feed) take() (media.AccessUnit, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return media.AccessUnit{}, false
	}
	au := f.queue[0]
	f.queue[0] = media.AccessUnit{}
	f.queue = f.queue[1:]
	f.bytes -= len(au.Data)
	return au, true
}

// offer puts a picture in the queue if there is room. If there isn't, what is
// old goes at the next key picture: a watcher wants to see what is now.
func (f *Feed) offer(au media.AccessUnit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) >= f.room || f.bytes+len(au.Data) > maxQueue {
		f.behind = true
		if au.Key {
			clear(f.queue)
			f.queue, f.bytes = f.queue[:0], 0
		}
	}
	if f.behind && !au.Key {
		return
	}
	f.behind = false
	f.queue = append(f.queue, au)
	f.bytes += len(au.Data)
	f.signal()
}

func (f *Feed) signal() {
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

func (f *Feed) end() { f.once.Do(func() { close(f.gone) }) }

// Close stops watching.
func (f *Feed) Close() {
	f.hub.leave(f)
	f.end()
}
