package scenario

import (
	"bytes"
	"errors"
	"io"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// watches: who, camera and, maybe, purpose and incident. No camera streams here, so the
// picture is the permit for it.
func (w *world) watches(a []string) error {
	id, err := w.camera(a[1])
	if err != nil {
		return err
	}
	under := ""
	if len(a) > 3 {
		if under, err = w.incident(a[3]); err != nil {
			return err
		}
	}
	return w.as(a[0], regulation.Watch, func(who people.Presence) error {
		r := who.Request(regulation.Watch, gate.Subject{Entity: id.Entity()})
		if len(a) > 2 {
			r.For = regulation.Purpose(a[2])
		}
		if under != "" {
			r.Under = regulation.NewEntity(regulation.Incident, under)
		}
		permit, err := w.gate.Enter(w.ctx, r)
		if err == nil {
			w.watch = &viewed{act: regulation.Watch, since: w.last.since, permit: permit}
		}
		return err
	})
}

// playsBack: who, camera and, maybe, purpose and incident.
func (w *world) playsBack(a []string) error {
	id, err := w.camera(a[1])
	if err != nil {
		return err
	}
	wish := viewing.Wish{Camera: id, Span: footage.Span{From: w.now().Add(-time.Hour), To: w.now()}}
	var want shot
	for _, s := range w.shots {
		if s.camera == a[1] {
			wish.Span, want = s.span, s
		}
	}
	if len(a) > 2 {
		wish.Purpose = regulation.Purpose(a[2])
	}
	if len(a) > 3 {
		if wish.Incident, err = w.incident(a[3]); err != nil {
			return err
		}
	}
	return w.as(a[0], regulation.PlayBack, func(who people.Presence) error {
		p, err := w.room.PlayBack(w.ctx, who, wish)
		if err != nil {
			return err
		}
		w.watch = &viewed{act: regulation.PlayBack, since: w.last.since, playback: p}
		return w.shows(p, want)
	})
}

// shows demands that a playback shows what the camera saw.
func (w *world) shows(p *viewing.Playback, want shot) error {
	movie, err := p.Movie(w.ctx)
	if err != nil {
		return err
	}
	all, err := io.ReadAll(movie)
	if err == nil && !bytes.Contains(all, []byte(want.text)) {
		err = errors.New("het beeld laat niet zien wat de camera zag")
	}
	// The screen reports that all of it was shown.
	return errors.Join(err, p.Shown(w.ctx, 0, shotLength.Seconds()))
}

func (w *world) closes([]string) error {
	if w.watch == nil {
		return errors.New("er staat geen beeld open")
	}
	if w.watch.permit != nil {
		return w.watch.permit.Close(w.ctx, "gedaan", nil)
	}
	return w.watch.playback.End(w.ctx)
}

// onScreen has someone do something with what is played back.
func (w *world) onScreen(name string, act regulation.Act, do func(who people.Presence, p *viewing.Playback) error) error {
	if w.watch == nil || w.watch.playback == nil {
		return errors.New("er wordt niets teruggekeken: zet er eerst een zin over voor")
	}
	return w.as(name, act, func(who people.Presence) error { return do(who, w.watch.playback) })
}

// seesIncident: who, what they call it.
func (w *world) seesIncident(a []string) error {
	report := incident.Incident{Kind: w.kindOfIncident(nil), Description: a[1]}
	return w.onScreen(a[0], regulation.Report, func(who people.Presence, p *viewing.Playback) error {
		i, _, err := p.SawIncident(w.ctx, who, report)
		if i.ID != "" {
			w.cases[a[1]] = i.ID
		}
		return err
	})
}

func (w *world) sharpens(a []string) error  { return w.process(a[0], viewing.Sharpen) }
func (w *world) brightens(a []string) error { return w.process(a[0], viewing.Brighten) }
func (w *world) enlarges(a []string) error  { return w.process(a[0], viewing.Enlarge) }

func (w *world) process(name, filter string) error {
	return w.onScreen(name, regulation.Process, func(who people.Presence, p *viewing.Playback) error {
		return p.Process(w.ctx, who, filter)
	})
}

// rejects: who: what is on the screen is of no use.
func (w *world) rejects(a []string) error {
	return w.onScreen(a[0], regulation.Reject, func(who people.Presence, p *viewing.Playback) error {
		return w.kept.Reject(w.ctx, who, p.Wish.Camera, p.Wish.Span)
	})
}
