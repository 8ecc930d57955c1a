package viewing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

const (
	// heldFor is how long a camera goes on moving after somebody last said so.
	heldFor = 800 * time.Millisecond
	// letGo is how long after its last order a camera is anybody's again.
	letGo = 30 * time.Second
	// answersIn is how long a camera may take to do as it is told.
	answersIn = 3 * time.Second
)

// Unwatched is what who steers a camera hears that they don't watch live.
const Unwatched Invalid = "Een camera bedien je alleen terwijl je live met haar meekijkt: open eerst haar beeld."

const (
	fixedCamera Invalid = "Deze camera kan niet draaien of inzoomen."
	otherHands  Invalid = "Iemand anders bedient deze camera nu: probeer het over een halve minuut."
	noPosition  Invalid = "Deze stand kent de camera niet (meer): kies er een uit de lijst."
	noMove      Invalid = "Kies een richting, of hoeveel dichterbij: elk van -1 tot 1."
)

// A Move is what a camera is to do: go on moving at a speed of -1 to 1 each
// way (right, up and closer are positive), go to a position it remembers, or,
// all zero, stand still.
type Move struct {
	Pan, Tilt, Zoom float64
	Position        string // token of one of [Room.Positions]
}

func (m Move) check() error {
	for _, v := range []float64{m.Pan, m.Tilt, m.Zoom} {
		if !(math.Abs(v) <= 1) { // not a number isn't either
			return noMove
		}
	}
	return nil
}

func (m Move) still() bool { return m == Move{} }

// A helm is somebody steering a camera beside their live view of it, under one
// permit. It ends when they haven't for half a minute, when their live view
// does, or when the permit is withdrawn; and the camera stands still.
type helm struct {
	room   *Room
	motor  *onvif.Client
	live   *Live
	permit *gate.Permit
	orders chan order
	over   chan struct{} // closed when it takes no more orders

	// What the logbook is told.
	moves     int
	positions int
	moving    time.Duration
	since     time.Time // of the move under way; zero if it stands still
}

// An order is a move, and where to say what came of it.
type order struct {
	move Move
	done chan error
}

// Steer moves a camera: act "bedienen" on it, once for as long as who steers
// goes on. Nobody can who doesn't watch it live at the same seat. A move goes
// on for less than a second, unless it is said again. The error is a
// *gate.Refusal if the regulation says no.
func (r *Room) Steer(ctx context.Context, who people.Presence, camera premises.CameraID, m Move) error {
	if who.Empty() {
		return Invalid("Aan dit scherm is niemand aangemeld: meld eerst uzelf aan.")
	}
	if err := m.check(); err != nil {
		return err
	}
	// Two of one seat at once would each ask to begin.
	r.steering.Lock()
	h, err := r.helm(ctx, who, camera, m)
	r.steering.Unlock()
	if err != nil || h == nil {
		return err
	}
	o := order{m, make(chan error, 1)}
	select {
	case h.orders <- o:
		return <-o.done
	case <-h.over:
		return h.live.because(ErrOver)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// helm finds who steers a camera, or lets who begin; nil where there is
// nothing to stop.
func (r *Room) helm(ctx context.Context, who people.Presence, camera premises.CameraID, m Move) (*helm, error) {
	live := r.alongside(who.Seat, camera)
	if live == nil {
		return nil, Unwatched
	}
	r.mu.Lock()
	h := r.helms[camera]
	r.mu.Unlock()
	switch {
	case h != nil && h.live == live:
		return h, nil
	case m.still():
		return nil, nil
	case h != nil && h.live.seat() != who.Seat:
		return nil, otherHands
	case h != nil:
		return nil, h.live.because(ErrOver) // it ends at once, with its live view
	}
	return r.begin(ctx, who, camera, live)
}

// alongside is an open live view of a camera at a seat.
func (r *Room) alongside(seat string, camera premises.CameraID) *Live {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.lives {
		if l.seat() == seat && l.permit.Allows(gate.Subject{Entity: camera.Entity()}, regulation.Watch) == nil {
			return l
		}
	}
	return nil
}

// seat is where l is watched.
func (l *Live) seat() string { return string(l.permit.Request().Where.ID) }

// SteerRequest is the question that steering a camera puts to the gate, beside
// a live view of it for a purpose.
func SteerRequest(who people.Presence, camera premises.CameraID, purpose regulation.Purpose) gate.Request {
	req := who.Request(regulation.Steer, gate.Subject{Entity: camera.Entity()})
	req.For = purpose
	return req
}

func (r *Room) begin(ctx context.Context, who people.Presence, camera premises.CameraID, live *Live) (*helm, error) {
	watching := live.permit.Request()
	req := SteerRequest(who, camera, watching.For)
	req.Under = watching.Under
	req.Note = map[string]any{"uitkijken": live.permit.Seq()}
	permit, err := r.gate.Enter(ctx, req)
	if err != nil {
		return nil, err
	}
	motor, err := r.motor(ctx, camera)
	if err != nil {
		return nil, errors.Join(err, r.nothing(ctx, permit, "camera draait niet"))
	}
	h := &helm{room: r, motor: motor, live: live, permit: permit, orders: make(chan order), over: make(chan struct{})}
	r.mu.Lock()
	r.helms[camera] = h
	r.mu.Unlock()
	r.hands.Go(func() { h.hold(context.WithoutCancel(ctx), camera) })
	return h, nil
}

func (r *Room) motor(ctx context.Context, camera premises.CameraID) (*onvif.Client, error) {
	if r.Motor == nil {
		return nil, fixedCamera
	}
	motor, err := r.Motor(ctx, camera)
	if err == nil && motor == nil {
		err = fixedCamera
	}
	return motor, err
}

// Positions returns those that a camera remembers, for who watches it live.
// To know them is not to move it; to go to one is.
func (r *Room) Positions(ctx context.Context, who people.Presence, camera premises.CameraID) ([]onvif.Preset, error) {
	if r.alongside(who.Seat, camera) == nil {
		return nil, Unwatched
	}
	motor, err := r.motor(ctx, camera)
	if err != nil {
		return nil, err
	}
	all, err := motor.Presets(ctx, "")
	if err != nil && !errors.Is(err, onvif.ErrAbsent) {
		return nil, fmt.Errorf("couldn't learn which positions camera %s remembers: %w", camera, err)
	}
	return all, nil
}
