package viewing

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
)

// Watch starts watching a camera live, if the regulation allows it. It
// doesn't wait for a picture: [Live.Next] does.
func (r *Room) Watch(ctx context.Context, who people.Presence, camera premises.CameraID, purpose regulation.Purpose) (*Live, error) {
	return r.watch(ctx, who, camera, purpose, r.recorder.Live)
}

// WatchLight is Watch, of the camera's lighter stream if it has one: for a
// wall of cameras, or a browser that can't decode what is recorded.
func (r *Room) WatchLight(ctx context.Context, who people.Presence, camera premises.CameraID, purpose regulation.Purpose) (*Live, error) {
	return r.watch(ctx, who, camera, purpose, r.recorder.LiveLight)
}

func (r *Room) watch(ctx context.Context, who people.Presence, camera premises.CameraID, purpose regulation.Purpose,
	open func(context.Context, *gate.Permit, premises.CameraID) (*recorder.Feed, error)) (*Live, error) {
	if who.Empty() {
		return nil, Invalid("Aan dit scherm is niemand aangemeld: meld eerst uzelf aan.")
	}
	req := who.Request(regulation.Watch, gate.Subject{Entity: camera.Entity()})
	req.For = purpose
	permit, err := r.gate.Enter(ctx, req)
	if err != nil {
		return nil, err
	}
	feed, err := open(ctx, permit, camera)
	if err != nil {
		return nil, errors.Join(err, r.nothing(ctx, permit, "geen camera"))
	}
	l := &Live{room: r, permit: permit, feed: feed}
	if !r.welcome(l) {
		return nil, errors.Join(ErrOver, l.Close(ctx))
	}
	return l, nil
}

// welcome remembers l, unless the room is closed.
func (r *Room) welcome(l *Live) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.lives[l] = struct{}{}
	}
	return !r.closed
}

// A Live is someone watching a camera. Media Source Extensions want an
// initialisation segment first, then one moof+mdat a picture.
type Live struct {
	room   *Room
	permit *gate.Permit
	feed   *recorder.Feed

	mu      sync.Mutex // held while waiting for a picture
	pending *media.AccessUnit
	stream  stream

	named sync.Mutex
	codec string

	closing sync.Mutex
	sender  *sender // nil unless by WebRTC
	debt    *debt   // nil while open
}

// Codec is what the browser is told: "avc1.64001f". It is "" before the first
// message, and may change with each initialisation segment.
func (l *Live) Codec() string {
	l.named.Lock()
	defer l.named.Unlock()
	return l.codec
}

// Next waits for the next message: first the initialisation segment, then
// pictures, and another initialisation segment when the camera changes its
// parameters. Its beginning is appended to head. Others are sent the same body,
// so it isn't to be changed. It fails with a *gate.Refusal once the permit is
// withdrawn.
func (l *Live) Next(ctx context.Context, head []byte) (message, body []byte, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	au, err := l.picture(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !l.stream.changes(&au) {
		return l.stream.frame(head, &au), au.Data, nil
	}
	init, err := media.InitSegment(*au.Config)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't show the camera: %w", err)
	}
	l.stream.config, l.pending = au.Config, &au
	l.named.Lock()
	l.codec = au.Config.String()
	l.named.Unlock()
	return append(head, init...), nil, nil
}

// picture waits for the next picture that can be decoded.
func (l *Live) picture(ctx context.Context) (media.AccessUnit, error) {
	if l.permit == nil {
		return media.AccessUnit{}, gate.ErrNoPermit
	}
	if p := l.pending; p != nil && l.permit.Withdrawn() == nil {
		l.pending = nil
		return *p, nil
	}
	for {
		au, err := l.feed.Next(ctx)
		if err != nil {
			return media.AccessUnit{}, l.because(err)
		}
		if au.Config != nil || l.stream.config != nil {
			return au, nil
		}
	}
}

// because is err, or what is behind it.
func (l *Live) because(err error) error {
	if why := l.permit.Withdrawn(); why != nil {
		return why
	}
	if errors.Is(err, gate.ErrNoPermit) {
		return fmt.Errorf("%w: %w", ErrOver, err)
	}
	return err
}

// Close stops watching, and writes how long was watched. Called again, it
// says whether that was written.
func (l *Live) Close(ctx context.Context) error {
	if l.permit == nil {
		return gate.ErrNoPermit
	}
	return l.room.pay(context.WithoutCancel(ctx), l.end())
}

// end stops watching, if it hadn't stopped.
func (l *Live) end() *debt {
	l.closing.Lock()
	defer l.closing.Unlock()
	if l.debt != nil {
		return l.debt
	}
	by := "mse"
	if l.sender != nil {
		by = "whep"
		l.sender.stop()
		<-l.sender.done
	}
	l.feed.Close() // whoever waits in Next is let go, and with it the lock
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = nil
	l.debt = &debt{permit: l.permit, result: "gedaan", outcome: map[string]any{
		"seconden": rounded(media.Duration(l.stream.ticks)), "beelden": l.stream.pictures, "via": by}}
	if l.permit.Withdrawn() != nil {
		l.debt.result = "beëindigd"
	}
	l.room.owe(l.debt)
	l.room.mu.Lock()
	delete(l.room.lives, l)
	l.room.mu.Unlock()
	return l.debt
}
