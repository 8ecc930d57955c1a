package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// presence returns who sits where name acts, after signing them in if they
// aren't, or aren't any more.
func (w *world) presence(name string) (people.Presence, error) {
	if _, err := w.person(name); err != nil {
		return people.Presence{}, err
	}
	if err := w.mayAct(name); err != nil {
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

// mayAct refuses who sits beside someone else, who does what is done there.
func (w *world) mayAct(name string) error {
	host, ok := w.beside[name]
	if !ok {
		return nil
	}
	p, err := w.people.Sitting(w.ctx, w.tokens[host])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.All, func(a people.Attendance) bool { return a.Person.ID == w.persons[name] }) {
		return fmt.Errorf("%s zit bij %s, die het doet: noem eerst wie het toetsenbord heeft", name, host)
	}
	delete(w.beside, name)
	return nil
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
	then, err := later(w.now(), a[0])
	if err != nil {
		return err
	}
	return w.until(then)
}

// until moves the clock to an instant.
func (w *world) until(then time.Time) error {
	w.mu.Lock()
	w.at = then.UTC()
	w.mu.Unlock()
	return errors.Join(w.gate.Reconsider(w.ctx), w.sweeper.Sweep(w.ctx))
}

// isTime: a time of day, the next time it comes.
func (w *world) isTime(a []string) error {
	clock, err := time.Parse("15:04", a[0])
	if err != nil {
		return fmt.Errorf("%s is geen tijd: schrijf bijvoorbeeld 10:05", a[0])
	}
	day := calendar.DateOf(w.now())
	if !on(day, clock).After(w.now()) {
		day++
	}
	return w.until(on(day, clock))
}

// isLater: a date, at the time of day it is now.
func (w *world) isLater(a []string) error {
	d, err := date(a[0])
	if err != nil {
		return err
	}
	then := on(d, w.now().In(calendar.Amsterdam))
	if then.Before(w.now()) {
		return fmt.Errorf("%s is al voorbij", a[0])
	}
	return w.until(then)
}

// later is an instant and a period, as people count it: "6 dagen". With a -
// before it, it is that long ago.
func later(t time.Time, period string) (time.Time, error) {
	number, unit, _ := strings.Cut(period, " ")
	n, err := strconv.Atoi(number)
	t = t.In(calendar.Amsterdam)
	switch unit {
	case "seconden":
		t = t.Add(time.Duration(n) * time.Second)
	case "minuut", "minuten":
		t = t.Add(time.Duration(n) * time.Minute)
	case "uur":
		t = t.Add(time.Duration(n) * time.Hour)
	case "dag", "dagen":
		t = t.AddDate(0, 0, n)
	case "week", "weken":
		t = t.AddDate(0, 0, 7*n)
	case "maand", "maanden":
		t = t.AddDate(0, n, 0)
	case "jaar":
		t = t.AddDate(n, 0, 0)
	default:
		err = errors.New("onbekende eenheid")
	}
	if err != nil {
		return t, fmt.Errorf("%q is geen duur: schrijf bijvoorbeeld 6 dagen", period)
	}
	return t.UTC(), nil
}

// try notes what came of an act.
func (w *world) try(act regulation.Act, do func() error) error {
	since, err := w.entries()
	if err != nil {
		return err
	}
	w.last = attempt{act: act, since: since}
	w.ear.listen(act)
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
