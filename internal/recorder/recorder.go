// Package recorder keeps one connection to every camera that may record, and
// hands what it sees to the footage store and to whoever watches.
package recorder

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/still"
)

// A Recorder records all cameras of the register. Its fields may be set
// before Run.
type Recorder struct {
	Report func(error)    // gets what went wrong where nobody waits for the answer
	Jitter func() float64 // in [0, 1): spreads what cameras do after a common failure

	// InForce is the regulation that says which pictures are recorded; nil:
	// none does, and the camera alone says it.
	InForce func(time.Time) *regulation.Regulation

	// Detect tells what moves in a camera's lighter stream
	// ([premises.ByFFmpeg]), until ctx or the stream ends; nil: nothing can.
	Detect func(ctx context.Context, s still.Stream) error

	// Guard doubts our own clock; nil: nobody does.
	Guard *Guard

	gate        *gate.Gate
	store       *footage.Store
	premises    *premises.Register
	now         func() time.Time
	buffers     *sync.Pool
	bell        *bell
	ordinary    bool // read cameras without the fast connection
	span        time.Duration
	ahead       time.Duration
	wonder      time.Duration
	samples     int           // of a camera's clock that must agree
	patience    time.Duration // before it is noticed that a camera is away
	frozenAfter time.Duration // its picture is the same
	asked       chan struct{}

	mu      sync.Mutex
	cameras map[premises.CameraID]*camera
}

// New returns a recorder. now is the program's clock.
func New(g *gate.Gate, f *footage.Store, q *premises.Register, now func() time.Time) *Recorder {
	return &Recorder{Report: func(error) {}, Jitter: rand.Float64,
		gate: g, store: f, premises: q, now: now, buffers: newBuffers(), bell: &bell{}, span: permitSpan, ahead: renewAhead, wonder: wonder, samples: clockSamples,
		patience: patience, frozenAfter: frozenFor, asked: make(chan struct{}, 1), cameras: map[premises.CameraID]*camera{}}
}

// retryList is how long to wait when the register can't be read.
const retryList = 5 * time.Second

// errRemoved is why a camera stops that is no longer in the register.
var errRemoved = errors.New("the camera was removed")

// Run records until ctx ends, one goroutine a camera, following the register.
// When it returns, all that was seen is with the store, and why nothing more
// is. The store must be running until then.
func (r *Recorder) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		changed := r.premises.Changed()
		var retry <-chan time.Time
		if err := r.follow(ctx, &all); err != nil && ctx.Err() == nil {
			r.Report(err)
			retry = time.After(retryList)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-r.asked:
		case <-retry:
		}
	}
}

// Ask has every camera that may not record ask again, because something
// changed that the recorder can't see: another regulation is in force.
func (r *Recorder) Ask() {
	select {
	case r.asked <- struct{}{}:
	default:
	}
}

// follow starts cameras that are new, stops those that are gone, and tells
// the others that something changed.
func (r *Recorder) follow(ctx context.Context, all *sync.WaitGroup) error {
	list, err := r.premises.Cameras(ctx)
	if err != nil {
		return fmt.Errorf("couldn't learn which cameras there are: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	there := map[premises.CameraID]bool{}
	for _, record := range list {
		there[record.ID] = true
		if c, ok := r.cameras[record.ID]; ok {
			c.update(record)
			continue
		}
		own, stop := context.WithCancelCause(ctx)
		c := r.newCamera(record, stop)
		r.cameras[record.ID] = c
		all.Go(func() { c.run(own) })
	}
	for id, c := range r.cameras {
		if !there[id] {
			delete(r.cameras, id)
			c.stop(errRemoved)
		}
	}
	return nil
}

// camera returns the camera with this id, or nil if it isn't recorded.
func (r *Recorder) camera(id premises.CameraID) *camera {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cameras[id]
}
