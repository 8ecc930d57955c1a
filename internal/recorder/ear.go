package recorder

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
)

const (
	clockEach  = 10 * time.Minute // asking a camera what time it is
	clockSoon  = time.Minute      // again, when it didn't say
	clockWait  = 10 * time.Second // for the answer
	earPause   = 5 * time.Second  // before listening again; doubled each time
	earLongest = 5 * time.Minute
	wentWell   = time.Minute // of listening: what fails after it is a new failure
	maxZones   = 64          // of a camera, in which it notices motion
)

// An ear is for what is told of a camera besides its video, while that comes:
// what time it has, and when something moves. That the camera says itself, or
// ffmpeg of its lighter stream.
type ear struct {
	camera *camera
	all    sync.WaitGroup
	stop   context.CancelFunc // nil: it isn't listening
	to     heard

	mu     sync.Mutex
	ahead  time.Duration // of the camera's clock,
	told   bool          // if that was asked
	fault  error         // why it doesn't hear of motion; nil if it does
	failed time.Time     // since when
	began  time.Time     // to listen, the last time
}

// Heard is whom an ear listens to, and to what.
type heard struct {
	device, username, password, trust string // device "" for nobody
	motion                            bool
	light                             string       // the lighter stream, to look at for motion,
	permit                            *gate.Permit // under this; nil: it isn't looked at
}

// hears is what may be heard of c now. Who may not record doesn't listen to
// what moves either.
func (c *camera) hears() (to heard) {
	record := c.current()
	permit, _ := c.tape.permits()
	if record.Device != "" {
		to = heard{device: record.Device, username: record.Username, password: record.Password, trust: record.Trust,
			motion: record.Senses == premises.ByCamera && permit != nil}
	}
	if record.Senses == premises.ByFFmpeg && permit != nil {
		to.light, to.permit = record.Sub, permit
	}
	return to
}

// attune listens to this from now on.
func (e *ear) attune(ctx context.Context, to heard) {
	if to == e.to {
		return
	}
	e.hush()
	e.to = to
	if to == (heard{}) {
		return
	}
	ctx, e.stop = context.WithCancel(ctx)
	if to.permit != nil {
		e.watch(ctx, to)
	}
	if to.device == "" {
		return
	}
	client, err := onvif.New(onvif.Options{Device: to.device, Username: to.username, Password: to.password, Trust: to.trust, Now: e.camera.recorder.now, Random: rand.Reader})
	if err != nil {
		e.fails(err)
		return
	}
	e.all.Go(func() { e.askClock(ctx, client) })
	if to.motion {
		e.all.Go(func() { e.listen(ctx, client) })
	}
	context.AfterFunc(ctx, client.Close)
}

// hush stops listening.
func (e *ear) hush() {
	if e.stop != nil {
		e.stop()
	}
	e.stop, e.to = nil, heard{}
	e.mu.Lock()
	e.told, e.fault = false, nil
	e.mu.Unlock()
	e.camera.sieve.deaf()
}

// end stops listening, and waits until it has.
func (e *ear) end() {
	e.hush()
	e.all.Wait()
}

// clock is how far the camera's clock is ahead of ours, if it said so.
func (e *ear) clock() (ahead time.Duration, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ahead, e.told
}

// wrong is since when nothing is heard of motion, and why; nil if it is. A
// camera that keeps silent for long has nothing to say.
func (e *ear) wrong() (since time.Time, why error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.began.IsZero() && e.camera.recorder.now().Sub(e.began) > wentWell {
		e.fault = nil
	}
	return e.failed, e.fault
}

func (e *ear) fails(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fault == nil {
		e.failed = e.camera.recorder.now()
	}
	e.fault, e.began = err, time.Time{}
}

func (e *ear) begins() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.began = e.camera.recorder.now()
	return e.began
}

func (e *ear) hearsWell() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fault = nil
}

// askClock asks the camera now and then what time it is.
func (e *ear) askClock(ctx context.Context, client *onvif.Client) {
	for {
		asking, done := context.WithTimeout(ctx, clockWait)
		ahead, err := client.Clock(asking)
		done()
		next := clockEach
		if err != nil { // it will be asked again, and isn't needed where the video says it
			next = clockSoon
		}
		e.mu.Lock()
		if ctx.Err() == nil {
			e.ahead, e.told = ahead, err == nil
		}
		e.mu.Unlock()
		if !waits(ctx, next) {
			return
		}
	}
}

// waits reports whether ctx goes on for so long.
func waits(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// listen tells the sieve what the camera says of motion.
func (e *ear) listen(ctx context.Context, client *onvif.Client) {
	e.insist(ctx, "couldn't hear from camera %s when something moves: %w", func() error {
		moving := zones{}
		return client.Events(ctx, func(event onvif.Event) {
			e.hearsWell()
			if event.Motion {
				e.tell(ctx, event.At, moving.after(event))
			}
		})
	})
}

// insist has motion told again and again, until ctx ends. While it isn't, the
// sieve goes by the pictures.
func (e *ear) insist(ctx context.Context, trouble string, told func() error) {
	c := e.camera
	pause := earPause
	for {
		began := e.begins()
		err := told()
		if ctx.Err() != nil {
			return
		}
		c.sieve.deaf()
		err = fmt.Errorf(trouble, c.id, err)
		e.fails(err)
		c.recorder.Report(err)
		if d := c.recorder.now().Sub(began); d > wentWell || d < 0 {
			pause = earPause
		}
		if !waits(ctx, time.Duration(float64(pause)*(0.75+c.recorder.Jitter()/2))) {
			return
		}
		pause = min(2*pause, earLongest)
	}
}

// tell tells the sieve, unless ctx has ended: then it was told already that it
// is deaf.
func (e *ear) tell(ctx context.Context, at time.Time, on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ctx.Err() == nil {
		e.camera.sieve.motionEvent(at, on)
	}
}

// Zones are where a camera says that something moves: it may say so of
// several, each for itself.
type zones map[string]bool

// after is whether something moves anywhere after event.
func (z zones) after(event onvif.Event) bool {
	where := event.Topic
	for _, name := range slices.Sorted(maps.Keys(event.Source)) {
		where += "\x00" + name + "\x00" + event.Source[name]
	}
	if !event.On {
		delete(z, where)
	} else if len(z) < maxZones {
		z[where] = true
	}
	return len(z) > 0
}
