package scenario

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// isDay: date and, maybe, time. It comes before the world begins.
func (w *world) isDay(a []string) error {
	d, err := date(a[0])
	if err != nil {
		return err
	}
	clock := begins
	if len(a) > 1 {
		if clock, err = time.Parse("15:04", a[1]); err != nil {
			return fmt.Errorf("%s is geen tijd: schrijf bijvoorbeeld 10:05", a[1])
		}
	}
	w.stage.begins = on(d, clock)
	return nil
}

// hasRecorded: camera and, if not half an hour ago, when.
func (w *world) hasRecorded(a []string) error {
	at := w.now().Add(-30 * time.Minute)
	if len(a) > 1 {
		var err error
		if at, err = w.clockTime(a[1]); err != nil {
			return err
		}
	}
	if _, err := w.camera(a[0]); err != nil {
		return err
	}
	return w.record(a[0], at)
}

// shotLength is how long a camera records in a scenario: one fragment.
const shotLength = 20 * time.Second

// record lets a camera record, if the regulation allows it. One that nobody
// placed has an id that the program doesn't know.
func (w *world) record(name string, at time.Time) error {
	id, err := w.camera(name)
	if err != nil {
		id = premises.CameraID(nowhere)
	}
	s := shot{name, footage.Span{From: at, To: at.Add(shotLength)}, fmt.Sprintf("dit zag %s om %s", name, at.Format(time.RFC3339))}
	permit, err := w.gate.Enter(w.ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: footage.Subject(id, s.span)})
	if err != nil {
		return err
	}
	writer := w.footage.Record(permit, id)
	err = writer.Write(w.ctx, s.fragment())
	w.shots = append(w.shots, s)
	return errors.Join(err, writer.Close(w.ctx), permit.Close(w.ctx, "gedaan", nil))
}

// fragment is one key picture that lasts all of s. Its parameter sets are
// real, of a picture of 160 by 120: a movie is made of it.
func (s shot) fragment() *media.Fragment {
	nal := append([]byte{0x65}, s.text...)
	data := append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
	return &media.Fragment{Start: s.span.From, Data: data,
		Config:  plain(),
		Samples: []media.Sample{{Size: uint32(len(data)), Duration: uint32(shotLength / time.Second * media.Clock), Key: true}}}
}

func (w *world) isSuspected(a []string) error {
	return w.hasIncident(a[0], a[1], w.kindOfIncident(a[2:]), incident.Suspected)
}
func (w *world) isObserved(a []string) error {
	return w.hasIncident(a[0], a[1], w.kindOfIncident(a[2:]), incident.Observed)
}
func (w *world) isSettled(a []string) error {
	return w.hasIncident(a[0], a[1], w.kindOfIncident(nil), incident.Settled)
}

// kindOfIncident is the kind that is named, or if none is, an ordinary one.
func (w *world) kindOfIncident(named []string) string {
	if len(named) > 0 {
		return named[0]
	}
	kinds := incident.Kinds(w.law.Terms)
	if slices.ContainsFunc(kinds, func(k regulation.IncidentTerm) bool { return k.Key == "anders" }) {
		return "anders"
	}
	return kinds[0].Key
}

func (w *world) hasIncident(site, name, kind, state string) error {
	var settled any
	if state == incident.Settled {
		settled = w.yesterday()
	}
	return w.addCase(site, name, "kind, state, happened_at, observer, settled_at", kind, state, w.yesterday(), "iemand", settled)
}

// hasRequest: site, name and, maybe, the date on which it came in.
func (w *world) hasRequest(a []string) error {
	received := w.stage.begins
	if len(a) > 2 {
		d, err := date(a[2])
		if err != nil {
			return err
		}
		received = on(d, begins)
	}
	due := ""
	if term, ok := w.adopted.Deadline("bewaarverzoek"); ok {
		ends, err := ends(term, received)
		if err != nil {
			return err
		}
		due = ends.Date.String()
	}
	return w.addCase(a[0], a[1], "kind, state, happened_at, requester, due_on", "", incident.Requested, db.Micros(received), "een bezoeker", due)
}

// ends is when a term that begins at an instant is over.
func ends(term regulation.DeadlineTerm, from time.Time) (calendar.Due, error) {
	decrees, err := calendar.ShippedDecrees()
	if err != nil {
		return calendar.Due{}, err
	}
	return term.Deadline.End(from, calendar.New(decrees, nil)), nil
}

// addCase enters an incident or a request.
func (w *world) addCase(site, name, columns string, values ...any) error {
	place, err := w.site(site)
	if err != nil {
		return err
	}
	if _, ok := w.cases[name]; ok {
		return fmt.Errorf("er is al een incident %q", name)
	}
	id := w.id()
	w.cases[name] = id
	return w.insert("incident", "id, number, site, reported_at, reported_by, description, "+columns,
		append([]any{id, fmt.Sprintf("2025-%03d", len(w.cases)), string(place), w.yesterday(), "gegeven", name}, values...))
}

// incident returns the id of an incident.
func (w *world) incident(name string) (string, error) {
	id, ok := w.cases[name]
	if !ok {
		return "", fmt.Errorf("er is geen incident %q: zet er eerst een zin over voor", name)
	}
	return id, nil
}
