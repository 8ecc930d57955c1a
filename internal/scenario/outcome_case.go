package scenario

import (
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/calendar"
)

// endsOn: term, from which date, last day.
func (w *world) endsOn(a []string) error {
	from, err := date(a[1])
	last, lastErr := date(a[2])
	if err := errors.Join(err, lastErr); err != nil {
		return err
	}
	due, err := w.due(a[0], on(from, begins))
	if err == nil && due.Date != last {
		err = fmt.Errorf("de termijn loopt tot en met %s", due.Date)
	}
	return err
}

// endsAt: term, from which date and time, until which date and time.
func (w *world) endsAt(a []string) error {
	from, err := instant(a[1], a[2])
	until, untilErr := instant(a[3], a[4])
	if err := errors.Join(err, untilErr); err != nil {
		return err
	}
	due, err := w.due(a[0], from)
	if err == nil && !due.At.Equal(until) {
		err = fmt.Errorf("de termijn loopt tot %s", due.At.In(calendar.Amsterdam).Format("2006-01-02 15:04"))
	}
	return err
}

func instant(day, clock string) (time.Time, error) {
	d, err := date(day)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return t, fmt.Errorf("%s is geen tijd: schrijf bijvoorbeeld 10:05", clock)
	}
	return on(d, t), nil
}

// due is when a term of the regulation in force ends.
func (w *world) due(key string, from time.Time) (calendar.Due, error) {
	term, ok := w.terms(w.now()).Deadline(key)
	if !ok {
		return calendar.Due{}, fmt.Errorf("dit reglement kent geen termijn %q", key)
	}
	return ends(term, from)
}

// mustBeDecided: request and last day.
func (w *world) mustBeDecided(a []string) error {
	id, err := w.incident(a[0])
	last, lastErr := date(a[1])
	if err := errors.Join(err, lastErr); err != nil {
		return err
	}
	i, err := w.incidents.Get(w.ctx, id)
	if err == nil && i.Due != last {
		err = fmt.Errorf("er moet uiterlijk %s zijn besloten", i.Due)
	}
	return err
}

// isHeld: camera and incident.
func (w *world) isHeld(a []string) error {
	n, err := w.holdsOn(a[0], a[1])
	if err == nil && n == 0 {
		err = errors.New("er staat niets vast")
	}
	return err
}

func (w *world) isNotHeld(a []string) error {
	n, err := w.holdsOn(a[0], a[1])
	if err == nil && n > 0 {
		err = errors.New("er staat wel iets vast")
	}
	return err
}

// holdsOn is how many holds there are on what a camera saw for an incident.
func (w *world) holdsOn(camera, name string) (n int, err error) {
	id, err := w.camera(camera)
	incident, incidentErr := w.incident(name)
	if err := errors.Join(err, incidentErr); err != nil {
		return 0, err
	}
	holds, err := w.kept.Of(w.ctx, incident)
	for _, h := range holds {
		if h.Camera == id && h.Lifted.IsZero() {
			n++
		}
	}
	return n, err
}

// waitsForTwo: incident.
func (w *world) waitsForTwo(a []string) error {
	waits, err := w.isLonely(a[0])
	if err == nil && !waits {
		err = errors.New("het hoeft niet samen te worden bekeken")
	}
	return err
}

func (w *world) waitsForNobody(a []string) error {
	waits, err := w.isLonely(a[0])
	if err == nil && waits {
		err = errors.New("het moet nog samen worden bekeken")
	}
	return err
}

func (w *world) isLonely(name string) (bool, error) {
	id, err := w.incident(name)
	if err != nil {
		return false, err
	}
	i, err := w.incidents.Get(w.ctx, id)
	return i.Waits(), err
}

// sawNothing: a camera of which nothing was recorded, ever.
func (w *world) sawNothing(a []string) error {
	n, err := w.seen(a[0])
	if err == nil && n > 0 {
		err = errors.New("er is wel iets opgenomen")
	}
	return err
}

func (w *world) sawSomething(a []string) error {
	n, err := w.seen(a[0])
	if err == nil && n == 0 {
		err = errors.New("er is niets opgenomen")
	}
	return err
}

// seen is how many stretches there are of what a camera saw.
func (w *world) seen(camera string) (int, error) {
	found, err := w.recorded(camera)
	return len(found), err
}
