package recorder

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

const (
	// Between two reads of a camera: all keep to it, whether or not one that is
	// watched is read in between as data arrives.
	quietPace = 200 * time.Millisecond
	// The same where nothing tells that data arrive.
	livePace = 30 * time.Millisecond

	firstPause = time.Second // before connecting again; doubled each time
	lastPause  = 30 * time.Second

	newFor      = time.Minute     // a camera that was added since then is new
	look        = time.Second     // how often a camera looks after itself
	maxSilence  = 5               // looks without any packet: the camera hangs
	maxBlind    = 5               // looks without any picture: there is a gap
	giveUp      = 60              // looks without any picture: another connection may help
	diskPause   = 3 * time.Second // before trying a disk again that failed
	closingTime = 10 * time.Second
	repeatAfter = time.Minute // the same trouble isn't reported more often
)

// A camera is one camera being recorded. Its own goroutine asks for
// permission, connects, and keeps accounts; the goroutine that reads the
// connection fills tape and hub.
type camera struct {
	id        premises.CameraID
	recorder  *Recorder
	hub       *hub
	light     *light
	ear       *ear
	tape      *tape
	sieve     *sieve
	gaps      *gaps
	asking    asking
	condition *condition
	stop      context.CancelCauseFunc
	wake      chan struct{} // the tape needs something
	nudge     chan struct{} // something changed in the register

	mu     sync.Mutex
	record premises.Camera

	// Of the camera's own goroutine.
	begun    bool
	pause    time.Duration // before connecting again
	askAfter time.Duration // in which no further permit is asked for
	broken   time.Duration // since the disk failed
	said     string        // the last trouble reported,
	saidAt   time.Time     // and when
}

func (r *Recorder) newCamera(record premises.Camera, stop context.CancelCauseFunc) *camera {
	c := &camera{id: record.ID, recorder: r, record: record, stop: stop, hub: newHub(),
		gaps:      &gaps{store: r.store, camera: record.ID},
		asking:    asking{gate: r.gate, camera: record.ID, now: r.now, span: r.span, ahead: r.ahead},
		condition: &condition{now: r.now},
		wake:      make(chan struct{}, 1), nudge: make(chan struct{}, 1)}
	now := r.now()
	c.tape = &tape{start: now, end: now, store: r.store, camera: record.ID, gaps: c.gaps, now: r.now, wake: func() { signal(c.wake) }}
	c.sieve = &sieve{tape: c.tape}
	c.light = &light{camera: c}
	c.ear = &ear{camera: c}
	c.assume(record)
	c.condition.set(Connecting, "", nil)
	return c
}

// assume takes the camera's clock for what the register knows of it, until it
// is measured.
func (c *camera) assume(record premises.Camera) {
	ahead := time.Duration(record.ClockOff) * time.Second
	c.condition.clock(ahead)
	c.tape.clock(ahead)
}

// signal leaves a token in ch, if there isn't one.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// update takes over what the register says now.
func (c *camera) update(record premises.Camera) {
	c.mu.Lock()
	c.record = record
	c.mu.Unlock()
	signal(c.nudge)
}

func (c *camera) current() premises.Camera {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record
}

// run records until ctx ends.
func (c *camera) run(ctx context.Context) {
	defer c.finish(ctx)
	c.light.begin(ctx)
	defer c.light.end()
	for ctx.Err() == nil {
		c.rest(ctx, c.turn(ctx))
	}
}

// turn asks for permission, connects and records for as long as both last. It
// returns how long to wait before the next turn.
func (c *camera) turn(ctx context.Context) time.Duration {
	err := c.begin(ctx)
	if err == nil {
		err = c.allowed(ctx)
	}
	if err == nil {
		if c.condition.get().State != Unreachable { // it stays that until there is a connection
			c.condition.set(Connecting, "", nil)
		}
		err = c.connected(ctx)
	}
	var bad *failure
	switch {
	case ctx.Err() != nil, errors.Is(err, errMoved):
		return 0
	case errors.As(err, &bad):
		return c.unreachable(bad)
	}
	return c.forbidden(err)
}

// unreachable is for a connection that couldn't be made, or ended.
func (c *camera) unreachable(bad *failure) time.Duration {
	c.condition.set(Unreachable, oneLine(bad), nil)
	c.lost(bad.cause, oneLine(bad))
	c.pause = min(max(2*c.pause, firstPause), lastPause)
	return time.Duration(float64(c.pause) * (0.75 + c.recorder.Jitter()/2))
}

// rest waits until it is time for another turn.
func (c *camera) rest(ctx context.Context, d time.Duration) {
	c.keepBooks(ctx)
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	wondering := time.NewTicker(c.recorder.wonder)
	defer wondering.Stop()
	for {
		select {
		case <-timer.C:
		case <-c.nudge:
			c.asking.forget()
			c.pause = 0
		case <-c.tape.withdrawn():
		case <-ctx.Done():
		case <-wondering.C:
			if !c.refusedInVain(ctx) {
				continue
			}
		}
		return
	}
}

// refusedInVain reports whether c waits for a permission that it would get
// now, or needs no longer.
func (c *camera) refusedInVain(ctx context.Context) bool {
	if c.asking.refused == nil {
		return false
	}
	return c.mode().how == regulation.LiveOnly || c.asking.mayNow(ctx)
}

// forbidden is for when the gate said no, or couldn't be asked.
func (c *camera) forbidden(err error) time.Duration {
	var no *gate.Refusal
	switch {
	case errors.As(err, &no):
		detail := "artikel " + strings.Join(articles(no), ", ")
		if len(no.Articles) == 0 {
			detail = "geen artikel staat het toe"
		}
		c.condition.set(Forbidden, detail, no)
		c.lost(causeForbidden, detail)
	default:
		c.report(err)
		c.condition.set(Unstored, oneLine(err), nil)
		c.lost(causeDisk, oneLine(err))
	}
	return c.asking.pause()
}

// lost notes that nothing is recorded from here on.
func (c *camera) lost(cause, detail string) {
	c.gaps.open(c.tape.ending(), c.recorder.now(), cause, detail)
}

// begin starts the books. [footage.Store.Recover] kept them up to now; a camera
// that was there before misses something from now until it records.
func (c *camera) begin(ctx context.Context) error {
	if c.begun {
		return nil
	}
	now := c.recorder.now()
	free, before, err := c.recorder.store.Resume(ctx, c.id, now)
	if err != nil {
		return err
	}
	c.begun = true
	c.tape.place(free)
	c.tape.empty = !before && now.Sub(c.current().Added) < newFor
	if !c.tape.empty {
		c.gaps.open(free.From, free.From, causeRestart, "")
	}
	return nil
}

// goOn finds where to record when that can't be where the clock says: it was
// put back, or is where there is footage already.
func (c *camera) goOn(ctx context.Context) error {
	now := c.recorder.now()
	end, until := c.tape.reached()
	detail := "van deze tijd is er al beeld"
	if back := end.Sub(now); back > maxBack {
		detail = fmt.Sprintf("de klok is %v teruggezet", back.Round(time.Second))
	}
	free, _, err := c.recorder.store.Resume(ctx, c.id, now)
	if err != nil {
		return err
	}
	if !until.IsZero() && end.Before(until) && !now.Before(end) {
		c.gaps.open(end, end, causeClock, detail)
		c.gaps.end(until)
	}
	c.gaps.open(free.From, free.From, causeClock, detail)
	c.tape.place(free)
	c.tape.mend()
	return nil
}

// finish records what is in hand and writes down what came of it.
func (c *camera) finish(ctx context.Context) {
	detail := "het programma is gestopt"
	if errors.Is(context.Cause(ctx), errRemoved) {
		detail = "de camera is weggehaald"
	}
	c.hub.close()
	c.tape.expire(c.recorder.now(), true)
	c.lost(causeStopped, detail)
	c.keepBooks(ctx)
	c.condition.set(Stopped, detail, nil)
}

// allowed sees to it that what is to be done now may be done. Who only watches
// needs no permission to record: whoever looks has one to look.
func (c *camera) allowed(ctx context.Context) error {
	m := c.mode()
	if m.how == regulation.LiveOnly {
		c.sieve.set(m)
		c.tape.expire(c.recorder.now(), true)
		return nil
	}
	if err := c.permit(ctx); err != nil {
		return err
	}
	c.sieve.set(m)
	return nil
}

// permit sees to it that there is permission to record now, and for a while.
func (c *camera) permit(ctx context.Context) error {
	now := c.recorder.now()
	c.tape.expire(now, false)
	current, next := c.tape.permits()
	if current != nil && (next != nil || !c.asking.ending(current, now) || c.askAfter > 0) {
		return nil
	}
	p, err := c.asking.ask(ctx)
	if err == nil {
		c.tape.insert(p)
		return nil
	}
	if current == nil {
		return err
	}
	c.askAfter = c.asking.pause() // there is still a minute
	return nil
}

// keepBooks closes what is spent and writes down gaps, also when ctx has
// ended: what was done must be in the books. What can't be written is tried
// again the next time.
func (c *camera) keepBooks(ctx context.Context) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer done()
	for _, r := range c.tape.discarded() {
		if err := c.close(ctx, r); err != nil {
			c.tape.keep(r)
			c.report(fmt.Errorf("couldn't end a recording of camera %s: %w", c.id, err))
		}
	}
	c.report(c.gaps.write(ctx))
}

// An outcome is what the logbook gets to know of a permit to record.
type outcome struct {
	Pictures int64   `json:"beelden"`
	Bytes    int64   `json:"bytes"`
	Seconds  float64 `json:"seconden"`
	Lost     uint64  `json:"verloren_pakketten"`
}

// close waits for what was recorded on r to be stored, and writes down what
// it was. An error means that nothing was written down.
func (c *camera) close(ctx context.Context, r *roll) error {
	if r.writer != nil {
		c.report(r.writer.Close(ctx))
		r.writer = nil
	}
	result := "gedaan"
	if r.permit.Withdrawn() != nil {
		result = "beëindigd"
	}
	return r.permit.Close(ctx, result, outcome{r.pictures, r.bytes, media.Duration(r.ticks).Seconds(), r.lost})
}

// report passes on err, if there is one, but not the same each second.
func (c *camera) report(err error) {
	if err == nil {
		return
	}
	now := c.recorder.now()
	if text := err.Error(); text != c.said || now.Sub(c.saidAt) > repeatAfter {
		c.said, c.saidAt = text, now
		c.recorder.Report(err)
	}
}
