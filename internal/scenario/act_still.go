package scenario

import (
	"bytes"
	"context"
	"errors"
	"io"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/still"
	"oogmerk/internal/viewing"
)

func (w *world) stills(a []string) error          { return w.still(a[0], regulation.Still, viewing.Look{}) }
func (w *world) stillsSharpened(a []string) error { return w.processes(a[0], viewing.Sharpen) }
func (w *world) stillsBrightened(a []string) error {
	return w.processes(a[0], viewing.Brighten)
}
func (w *world) stillsEnlarged(a []string) error { return w.processes(a[0], viewing.Enlarge) }

func (w *world) processes(name, filter string) error {
	return w.still(name, regulation.Process, viewing.Look{Filter: filter, Place: viewing.Places()[0]})
}

// develop is the still of pictures that are drawn: the moment itself, opened.
func develop(_ context.Context, j still.Job) ([]byte, error) { return io.ReadAll(j.Footage) }

// still has someone stop at what is played back: the last thing the camera
// saw.
func (w *world) still(name string, act regulation.Act, look viewing.Look) error {
	return w.onScreen(name, act, func(who people.Presence, p *viewing.Playback) error {
		picture, err := p.Still(w.ctx, who, p.Wish.Span.From, look)
		if err == nil && !bytes.Contains(picture.PNG, []byte(w.shown(p.Wish.Camera))) {
			err = errors.New("het stilstaande beeld laat niet zien wat de camera zag")
		}
		return err
	})
}

// shown is what a camera saw last.
func (w *world) shown(id premises.CameraID) (text string) {
	for _, s := range w.shots {
		if w.cameras[s.camera] == id {
			text = s.text
		}
	}
	return text
}

// steers: who and camera. Who doesn't watch it live can't: the program sees to
// that. No camera turns here: as with watching live, what is tried is the
// permit for it.
func (w *world) steers(a []string) error {
	id, err := w.camera(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Steer, func(who people.Presence) error {
		live, err := w.alongside(who, id)
		if err != nil {
			return err
		}
		r := who.Request(regulation.Steer, gate.Subject{Entity: id.Entity()})
		r.For, r.Under = live.For, live.Under
		return w.enter(r)
	})
}

// alongside is what someone asked to watch a camera live, and still does.
func (w *world) alongside(who people.Presence, id premises.CameraID) (gate.Request, error) {
	if w.watch == nil || w.watch.permit == nil {
		return gate.Request{}, viewing.Unwatched
	}
	live := w.watch.permit.Request()
	if w.watch.permit.Allows(gate.Subject{Entity: id.Entity()}, regulation.Watch) != nil || live.Where != who.Request(regulation.Watch, live.On).Where {
		return gate.Request{}, viewing.Unwatched
	}
	return live, nil
}
