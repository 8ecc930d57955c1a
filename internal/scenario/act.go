package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/incident"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
	"oogmerk/internal/viewing"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// presence returns who sits where name acts, after signing them in if they
// aren't, or aren't any more.
func (w *world) presence(name string) (people.Presence, error) {
	if _, err := w.person(name); err != nil {
		return people.Presence{}, err
	}
	if token, ok := w.tokens[name]; ok {
		p, err := w.people.Present(w.ctx, token)
		if err != nil || !p.Empty() {
			return p, err
		}
	}
	token, err := w.people.SignIn(w.ctx, "", strings.ToLower(name), password)
	if err != nil {
		return people.Presence{}, err
	}
	w.tokens[name] = token
	return w.people.Present(w.ctx, token)
}

func (w *world) join(name, host string) error {
	if _, err := w.person(name); err != nil {
		return err
	}
	if _, err := w.presence(host); err != nil {
		return err
	}
	w.beside[name] = host
	return w.people.Join(w.ctx, w.tokens[host], strings.ToLower(name), password)
}

func (w *world) joins(a []string) error { return w.join(a[0], a[1]) }

func (w *world) leaves(a []string) error {
	host, ok := w.beside[a[0]]
	if !ok {
		host = a[0]
	}
	delete(w.beside, a[0])
	return w.people.Leave(w.ctx, w.tokens[host], w.persons[a[0]])
}

// passes moves the clock, and does what the program does by itself as time
// goes by.
func (w *world) passes(a []string) error {
	d, err := duration(a[0])
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.at = w.at.Add(d)
	w.mu.Unlock()
	return errors.Join(w.gate.Reconsider(w.ctx), w.sweeper.Sweep(w.ctx))
}

func duration(text string) (time.Duration, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	each := map[string]time.Duration{"seconden": time.Second, "minuut": time.Minute, "minuten": time.Minute, "uur": time.Hour,
		"dag": 24 * time.Hour, "dagen": 24 * time.Hour, "weken": 7 * 24 * time.Hour}[unit]
	if err != nil || each == 0 {
		return 0, fmt.Errorf("%q is geen duur: schrijf bijvoorbeeld 6 dagen", text)
	}
	return time.Duration(n) * each, nil
}

// try notes what came of an act.
func (w *world) try(act regulation.Act, do func() error) error {
	since, err := w.entries()
	if err != nil {
		return err
	}
	w.last = attempt{act: act, since: since}
	w.last.err = do()
	return nil
}

// as tries something in the name of who sits where name acts.
func (w *world) as(name string, act regulation.Act, do func(people.Presence) error) error {
	who, err := w.presence(name)
	if err != nil {
		return err
	}
	return w.try(act, func() error { return do(who) })
}

// enter asks the gate for what is over at once.
func (w *world) enter(r gate.Request) error {
	permit, err := w.gate.Enter(w.ctx, r)
	if err != nil {
		return err
	}
	return permit.Close(w.ctx, "gedaan", nil)
}

// watches: who, camera and, maybe, purpose. No camera streams here, so the
// picture is the permit for it.
func (w *world) watches(a []string) error {
	id, err := w.camera(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Watch, func(who people.Presence) error {
		r := who.Request(regulation.Watch, gate.Subject{Entity: id.Entity()})
		if len(a) > 2 {
			r.For = regulation.Purpose(a[2])
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
	return err
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

func (w *world) records(a []string) error {
	return w.try(regulation.Record, func() error { return w.record(a[0], w.now()) })
}

// holds: who, camera, incident: all the camera saw today.
func (w *world) holds(a []string) error {
	day := time.Date(begins.Year(), begins.Month(), begins.Day(), 0, 0, 0, 0, begins.Location())
	id, err := w.incident(a[2])
	if err != nil {
		return err
	}
	return w.hold(a[0], a[1], id, footage.Span{From: day, To: day.AddDate(0, 0, 1)})
}

func (w *world) holdsForNothing(a []string) error {
	return w.hold(a[0], a[1], "", footage.Span{From: begins.Add(-time.Hour), To: begins})
}

func (w *world) holdsFromTo(a []string) error {
	from, err := clockTime(a[2])
	to, toErr := clockTime(a[3])
	id, idErr := w.incident(a[4])
	if err := errors.Join(err, toErr, idErr); err != nil {
		return err
	}
	return w.hold(a[0], a[1], id, footage.Span{From: from, To: to})
}

func (w *world) hold(name, camera, incident string, span footage.Span) error {
	id, err := w.camera(camera)
	if err != nil {
		return err
	}
	return w.as(name, regulation.Hold, func(who people.Presence) error {
		_, err := w.kept.Place(w.ctx, who, retention.Hold{Incident: incident, Camera: id, Span: span, Reason: "scenario"})
		return err
	})
}

func termOver(yes bool) regulation.Context {
	return regulation.Context{"termijn_voorbij": regulation.Boolean(yes)}
}

// erases: a person tries what only the program does.
func (w *world) erases(a []string) error {
	id, err := w.camera(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Erase, func(who people.Presence) error {
		r := who.Request(regulation.Erase, gate.Subject{Entity: id.Entity()})
		r.Details = termOver(true)
		return w.enter(r)
	})
}

func (w *world) erasesEarly(a []string) error {
	id, err := w.camera(a[0])
	if err != nil {
		return err
	}
	return w.try(regulation.Erase, func() error {
		return w.enter(gate.Request{Act: regulation.Erase, Who: people.System.Entity(),
			On: gate.Subject{Entity: id.Entity()}, Details: termOver(false)})
	})
}

func (w *world) reports(a []string) error          { return w.report(a, incident.Observed) }
func (w *world) reportsSuspicion(a []string) error { return w.report(a, incident.Suspected) }

func (w *world) report(a []string, state string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Report, func(who people.Presence) error {
		i, err := w.incidents.Report(w.ctx, who, incident.Incident{Kind: "anders", State: state, Site: site, Happened: w.now(), Description: a[2]})
		if err == nil {
			w.cases[a[2]] = i.ID
		}
		return err
	})
}

func (w *world) settles(a []string) error {
	id, err := w.incident(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Settle, func(who people.Presence) error { return w.incidents.Settle(w.ctx, who, id) })
}

func (w *world) settlesItself(a []string) error {
	id, err := w.incident(a[0])
	if err != nil {
		return err
	}
	return w.try(regulation.Settle, func() error {
		return w.enter(gate.Request{Act: regulation.Settle, Who: people.System.Entity(),
			On: gate.Subject{Entity: regulation.NewEntity(regulation.Incident, id)}})
	})
}

func (w *world) consults(a []string) error {
	return w.as(a[0], regulation.Consult, func(who people.Presence) error {
		return w.enter(who.Request(regulation.Consult, gate.Subject{Entity: organisation}))
	})
}

func (w *world) consultsAt(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Consult, func(who people.Presence) error {
		return w.enter(who.Request(regulation.Consult, gate.Subject{Entity: site.Entity()}))
	})
}

// newCamera is a camera with everything in order.
func newCamera(site premises.SiteID) premises.Camera {
	return premises.Camera{Name: "Nieuw", Site: site, URL: "rtsp://192.0.2.2/", Visible: true, Aim: "zicht", Assessment: "toets 1"}
}

func (w *world) placesCamera(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	return w.placeCamera(a[0], site)
}

func (w *world) placesCameraNowhere(a []string) error {
	return w.placeCamera(a[0], premises.SiteID(nowhere))
}

func (w *world) placeCamera(name string, site premises.SiteID) error {
	return w.as(name, regulation.Place, func(who people.Presence) error {
		id, err := w.premises.AddCamera(w.ctx, who.Request("", gate.Subject{}), newCamera(site))
		if err == nil {
			w.cameras["Nieuw"] = id
		}
		return err
	})
}

func (w *world) hangsSign(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Place, func(who people.Presence) error {
		return w.premises.AddSign(w.ctx, who.Request("", gate.Subject{}), premises.Sign{Site: site, Entrance: "zijdeur", Evidence: "foto 2"})
	})
}

func (w *world) addsSite(a []string) error {
	return w.as(a[0], regulation.Place, func(who people.Presence) error {
		_, err := w.premises.AddSite(w.ctx, who.Request("", gate.Subject{}), premises.Site{Name: "Nieuwbouw"})
		return err
	})
}

func (w *world) adopts(a []string) error          { return w.adopt(a[0], "besluit van vandaag") }
func (w *world) adoptsUndecided(a []string) error { return w.adopt(a[0], "") }

func (w *world) adopt(name, decision string) error {
	return w.as(name, regulation.Adopt, func(who people.Presence) error {
		next := governance.Adoption{File: w.doc.File, Document: append(bytes.Clone(w.doc.Text), '\n'), Decision: decision}
		return w.board.Adopt(w.ctx, w.gate, who.Request("", gate.Subject{}), next)
	})
}
