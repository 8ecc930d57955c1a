package recorder

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

const (
	lingering  = 5           // looks in which nobody watches, before a lighter stream is ended
	lightPause = time.Minute // before a lighter stream is tried again that couldn't be had
)

// A light is the lighter stream of a camera. There is a connection for it
// while somebody watches it, or motion is looked for in it. Nothing of it is ever
// recorded.
type light struct {
	camera *camera

	mu     sync.Mutex
	ctx    context.Context // of the camera; nil before it runs and after
	all    sync.WaitGroup
	hub    *hub      // nil while there is no connection
	failed time.Time // when it couldn't be had, or ended; zero while all is well
	fault  error     // why
}

// LiveLight is as [Recorder.Live], but of the camera's lighter stream if it has
// one. If that can't be had or ends, so does the feed, with [ErrStopped]: who
// watches again within a minute gets what Live gives.
func (r *Recorder) LiveLight(ctx context.Context, p *gate.Permit, id premises.CameraID) (*Feed, error) {
	f := r.newFeed(p, regulation.Watch, id)
	if err := errors.Join(f.allowed(), ctx.Err()); err != nil {
		return nil, err
	}
	c := r.camera(id)
	if c == nil {
		return nil, fmt.Errorf("couldn't watch camera %s: %w", id, ErrStopped)
	}
	if !c.light.join(f) {
		f.hub = c.hub
		if err := f.hub.join(f); err != nil {
			return nil, fmt.Errorf("couldn't watch camera %s: %w", id, err)
		}
	}
	f.signal()
	return f, nil
}

// begin lets there be connections until end.
func (l *light) begin(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx = ctx
}

// end ends the connection, if there is one. The context of begin has ended.
func (l *light) end() {
	l.mu.Lock()
	l.ctx = nil
	l.mu.Unlock()
	l.all.Wait()
}

// join has f watch the lighter stream, or reports that there is none now.
func (l *light) join(f *Feed) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.camera.recorder.now()
	record := l.camera.current()
	since := now.Sub(l.failed)
	if record.Sub == "" || l.ctx == nil || !l.failed.IsZero() && since >= 0 && since < lightPause {
		return false
	}
	if l.hub == nil {
		l.hub = newHub()
		own, ctx := l.hub, l.ctx
		l.all.Go(func() { l.run(ctx, own, record) })
	}
	f.hub = l.hub
	return f.hub.join(f) == nil
}

// run keeps a connection for as long as somebody watches it.
func (l *light) run(ctx context.Context, own *hub, record premises.Camera) {
	defer own.close()
	err := l.watch(ctx, own, record)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hub = nil
	if err != nil && ctx.Err() == nil {
		l.failed, l.fault = l.camera.recorder.now(), err
	}
}

// watch hands the lighter stream to who watches it. Without an error it is
// because nobody does any more, or it is to be had elsewhere.
func (l *light) watch(ctx context.Context, own *hub, record premises.Camera) error {
	c := l.camera
	from := record
	from.URL = record.Sub
	in := &intake{ctx: ctx, now: c.recorder.now, hub: own, condition: &condition{now: c.recorder.now}}
	line, err := c.dialer(own).dial(ctx, from, in)
	if err != nil {
		return err
	}
	defer line.hangUp()
	tick := time.NewTicker(look)
	defer tick.Stop()
	var w watch
	for alone := 0; alone < lingering; alone++ {
		select {
		case <-ctx.Done():
			return nil
		case err := <-line.ended:
			return err
		case <-tick.C:
		}
		now := c.current()
		if now.Sub != record.Sub || moved(now, record) {
			return nil
		}
		if err := w.look(in); err != nil {
			return err
		}
		if in.pictures.Load() > 0 {
			l.well()
		}
		if own.watching.Load() > 0 {
			alone = -1
		}
	}
	return nil
}

// well forgets what was wrong.
func (l *light) well() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed, l.fault = time.Time{}, nil
}

// wrong is since when the stream can't be had, and why; nil if it can.
func (l *light) wrong() (since time.Time, why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed, l.fault
}
