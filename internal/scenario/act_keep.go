package scenario

import (
	"errors"
	"oogmerk/internal/calendar"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

func (w *world) records(a []string) error {
	return w.try(regulation.Record, func() error { return w.record(a[0], w.now()) })
}

// holds: who, camera, incident: all the camera saw today.
func (w *world) holds(a []string) error {
	day := on(calendar.DateOf(w.stage.begins), time.Time{})
	id, err := w.incident(a[2])
	if err != nil {
		return err
	}
	return w.hold(a[0], a[1], id, footage.Span{From: day, To: day.AddDate(0, 0, 1)})
}

func (w *world) holdsForNothing(a []string) error {
	return w.hold(a[0], a[1], "", footage.Span{From: w.stage.begins.Add(-time.Hour), To: w.stage.begins})
}

func (w *world) holdsFromTo(a []string) error {
	from, err := w.clockTime(a[2])
	to, toErr := w.clockTime(a[3])
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

func (w *world) reports(a []string) error {
	return w.report(a[0], a[1], incident.Incident{Description: a[2], Kind: w.kindOfIncident(a[3:]), State: incident.Observed, Observer: a[0]})
}

func (w *world) reportsSuspicion(a []string) error {
	return w.report(a[0], a[1], incident.Incident{Description: a[2], Kind: w.kindOfIncident(a[3:]), State: incident.Suspected, Observer: a[0]})
}

func (w *world) reportsUnseen(a []string) error {
	return w.report(a[0], a[1], incident.Incident{Description: a[2], Kind: w.kindOfIncident(a[3:]), State: incident.Observed})
}

// requests: who enters it, site, name: somebody else asks to keep footage.
func (w *world) requests(a []string) error {
	return w.report(a[0], a[1], incident.Incident{Description: a[2], State: incident.Requested, Requester: "een bezoeker"})
}

func (w *world) report(name, site string, i incident.Incident) error {
	id, err := w.site(site)
	if err != nil {
		return err
	}
	i.Site, i.Happened = id, w.now()
	return w.as(name, regulation.Report, func(who people.Presence) error {
		reported, err := w.incidents.Report(w.ctx, who, i)
		if err == nil {
			w.cases[i.Description] = reported.ID
		}
		return err
	})
}

func (w *world) refers(a []string) error {
	id, err := w.incident(a[1])
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.Report, func(who people.Presence) error {
		return w.incidents.Refer(w.ctx, who, id, "mutatienummer 1")
	})
}

func (w *world) grants(a []string) error              { return w.decide(a[0], a[1], true, "dit is nodig") }
func (w *world) denies(a []string) error              { return w.decide(a[0], a[1], false, "dit is niet nodig") }
func (w *world) deniesWithoutReason(a []string) error { return w.decide(a[0], a[1], false, "") }

func (w *world) decide(name, request string, yes bool, reasons string) error {
	id, err := w.incident(request)
	if err != nil {
		return err
	}
	return w.as(name, regulation.Decide, func(who people.Presence) error {
		return w.incidents.Decide(w.ctx, who, id, yes, reasons)
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
