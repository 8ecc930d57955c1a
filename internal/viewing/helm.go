package viewing

import (
	"context"
	"slices"
	"time"

	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
)

// hold does as it is told until it is over, and writes down what came of it.
func (h *helm) hold(ctx context.Context, camera premises.CameraID) {
	dead := time.NewTimer(time.Hour) // till a move under way isn't said again
	dead.Stop()
	idle := time.NewTimer(letGo)
	how := silent
	for running := true; running; {
		select {
		case o := <-h.orders:
			o.done <- h.obey(ctx, o.move)
			dead.Stop()
			if h.stirs() {
				dead.Reset(heldFor)
			}
			idle.Reset(letGo)
		case <-dead.C:
			h.room.report(h.halt(ctx))
		case <-idle.C:
			running = false
		case <-h.live.permit.Done():
			running, how = false, ended
		case <-h.permit.Done():
			running, how = false, withdrawn
		}
	}
	close(h.over)
	h.room.report(h.end(ctx, camera, how))
}

// stirs reports whether the camera moves as far as we know.
func (h *helm) stirs() bool { return !h.since.IsZero() }

// obey does one thing. A camera that doesn't answer is taken to move, so that
// it is told to stop.
func (h *helm) obey(ctx context.Context, m Move) error {
	if h.permit.Withdrawn() != nil || h.live.permit.Withdrawn() != nil {
		return h.live.because(ErrOver)
	}
	if m.still() {
		return h.halt(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, answersIn)
	defer cancel()
	if m.Position != "" {
		return h.goTo(ctx, m.Position)
	}
	if !h.stirs() {
		h.since = h.room.now()
		h.moves++
	}
	return h.motor.Steer(ctx, "", m.Pan, m.Tilt, m.Zoom)
}

// goTo sends the camera to a position that it says it has.
func (h *helm) goTo(ctx context.Context, position string) error {
	all, err := h.motor.Presets(ctx, "")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(p onvif.Preset) bool { return p.Token == position }) {
		return noPosition
	}
	h.positions++
	return h.motor.GoTo(ctx, "", position)
}

// halt has the camera stand still.
func (h *helm) halt(ctx context.Context) error {
	if !h.stirs() {
		return nil
	}
	h.moving += h.room.now().Sub(h.since)
	h.since = time.Time{}
	return h.stop(ctx)
}

func (h *helm) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answersIn)
	defer cancel()
	return h.motor.Halt(ctx, "")
}

// end has the camera stand still and writes down how it was steered. A camera
// that can't be told stops by itself: it was asked to move for two seconds.
func (h *helm) end(ctx context.Context, camera premises.CameraID, how string) error {
	halted := h.halt(ctx)
	if h.positions > 0 {
		halted = h.stop(ctx) // it may still be on its way to one
	}
	h.room.mu.Lock()
	delete(h.room.helms, camera)
	h.room.mu.Unlock()
	result := "gedaan"
	if how == withdrawn {
		result = "beëindigd"
	}
	d := &debt{permit: h.permit, result: result, outcome: map[string]any{
		"bewegingen": h.moves, "standen": h.positions, "seconden": rounded(h.moving), "einde": how}}
	h.room.owe(d)
	if err := h.room.pay(ctx, d); err != nil {
		return err
	}
	return halted
}
