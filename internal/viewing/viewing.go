// Package viewing is what happens at the screen: watching live and playing
// back, by as many people as the regulation wants.
package viewing

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/retention"
	"oogmerk/internal/still"
)

// Invalid is what is wrong with what someone asked for: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

var (
	// ErrNothing is returned for a playback that was allowed of a stretch
	// without footage.
	ErrNothing = errors.New("there is no footage of that stretch of time")
	// ErrOver is returned for something asked of a session that ended.
	ErrOver = errors.New("watching has ended")
)

// keepEnded is how long a playback that ended can still be found, so that its
// page can say why.
const keepEnded = time.Hour

// A Room is where people watch.
type Room struct {
	// Report is told of what fails while nobody waits for the answer; it is
	// tried again. It may be nil.
	Report func(error)
	// Develop makes stills; nil where that can't be done.
	Develop func(context.Context, still.Job) ([]byte, error)
	// Motor finds what turns a camera: (nil, nil) if nothing does. It is nil
	// where no camera can be turned.
	Motor func(context.Context, premises.CameraID) (*onvif.Client, error)

	gate      *gate.Gate
	footage   *footage.Store
	recorder  *recorder.Recorder
	incidents *incident.Register
	holds     *retention.Holds
	now       func() time.Time

	mu        sync.Mutex
	playbacks map[string]*Playback // by id; those that ended for a while yet
	together  map[string]*Together // by id, for as long as one of its playbacks is there
	lives     map[*Live]struct{}   // open
	helms     map[premises.CameraID]*helm
	debts     map[*debt]struct{} // outcomes that couldn't be written yet
	closed    bool

	steering sync.Mutex     // held while somebody may begin to steer
	hands    sync.WaitGroup // those at the helm
}

// NewRoom returns a room. [Room.Run] must run for its sessions to end.
func NewRoom(g *gate.Gate, f *footage.Store, r *recorder.Recorder, i *incident.Register, h *retention.Holds, now func() time.Time) *Room {
	return &Room{gate: g, footage: f, recorder: r, incidents: i, holds: h, now: now,
		playbacks: map[string]*Playback{}, together: map[string]*Together{}, lives: map[*Live]struct{}{},
		helms: map[premises.CameraID]*helm{}, debts: map[*debt]struct{}{}}
}

// Run ends, once every tick, the playbacks of which nobody reports anything
// any more, and tries again to write down outcomes that the disk refused.
// When ctx ends it ends all sessions, and returns what couldn't be written.
func (r *Room) Run(ctx context.Context, tick time.Duration) error {
	beat := time.NewTicker(tick)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			r.tidy(ctx)
		case <-ctx.Done():
			return r.empty(context.WithoutCancel(ctx))
		}
	}
}

// tidy is what happens every tick. What fails stays a debt, for the next.
func (r *Room) tidy(ctx context.Context) {
	r.report(r.pay(ctx))
	for _, p := range r.abandoned(r.now()) {
		r.report(p.end(ctx, silent, nil))
	}
}

func (r *Room) report(err error) {
	if err != nil && r.Report != nil {
		r.Report(err)
	}
}

// abandoned returns the playbacks nobody reports on, and forgets those that
// ended long ago.
func (r *Room) abandoned(now time.Time) []*Playback {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*Playback
	for id, p := range r.playbacks {
		switch {
		case p.abandoned(now):
			out = append(out, p)
		case p.past(now):
			delete(r.playbacks, id)
		}
	}
	for id, t := range r.together {
		if t.forgotten(r.playbacks) {
			delete(r.together, id)
		}
	}
	return out
}

// empty ends everything that is open.
func (r *Room) empty(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	var playbacks []*Playback
	for _, p := range r.playbacks {
		playbacks = append(playbacks, p)
	}
	var lives []*Live
	for l := range r.lives {
		lives = append(lives, l)
	}
	r.mu.Unlock()
	// What fails here is a debt, and tried once more below.
	for _, p := range playbacks {
		r.report(p.end(ctx, stopped, nil))
	}
	for _, l := range lives {
		r.report(l.Close(ctx))
	}
	r.hands.Wait() // a camera that nobody watches is let go
	return r.pay(ctx)
}

// A debt is an outcome that belongs in the logbook.
type debt struct {
	permit  *gate.Permit
	result  string
	outcome any

	mu   sync.Mutex
	paid bool
}

func (d *debt) pay(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paid {
		return nil
	}
	if err := d.permit.Close(ctx, d.result, d.outcome); err != nil {
		return err
	}
	d.paid = true
	return nil
}

// owe notes a debt before the first try to pay it.
func (r *Room) owe(d *debt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.debts[d] = struct{}{}
}

// pay pays what is owed: all of it, or these.
func (r *Room) pay(ctx context.Context, these ...*debt) error {
	r.mu.Lock()
	if len(these) == 0 {
		for d := range r.debts {
			these = append(these, d)
		}
	}
	r.mu.Unlock()
	var failed []error
	for _, d := range these {
		if err := d.pay(ctx); err != nil {
			failed = append(failed, err)
			continue
		}
		r.mu.Lock()
		delete(r.debts, d)
		r.mu.Unlock()
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("couldn't write down what was watched: %w", err)
	}
	return nil
}

// nothing writes down that what was allowed couldn't be shown.
func (r *Room) nothing(ctx context.Context, permit *gate.Permit, why string) error {
	d := &debt{permit: permit, result: "mislukt", outcome: map[string]any{"einde": why}}
	r.owe(d)
	return r.pay(context.WithoutCancel(ctx), d)
}

// newID is a name nobody can guess.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
