package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/dossier"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
	"oogmerk/internal/viewing"
)

// entries is how many entries the logbook has.
func (w *world) entries() (int64, error) {
	latest, err := w.book.Records(w.ctx, -1, 1)
	if err != nil || len(latest) == 0 {
		return 0, err
	}
	return latest[0].Seq + 1, nil
}

// since returns the entries from seq on, oldest first.
func (w *world) since(seq int64) ([]logbook.Record, error) {
	const all = 10_000 // more than a scenario writes
	records, err := w.book.Records(w.ctx, -1, all)
	slices.Reverse(records)
	return slices.DeleteFunc(records, func(r logbook.Record) bool { return r.Seq < seq }), err
}

// cited are the articles of the first entry of a kind about act since seq.
func (w *world) cited(kind string, act regulation.Act, seq int64) (articles []string, found bool, err error) {
	records, err := w.since(seq)
	if err != nil {
		return nil, false, err
	}
	for _, r := range records {
		if r.Kind == kind && r.Act == string(act) {
			var header struct{ Artikelen []string }
			err := json.Unmarshal(r.Header, &header)
			return header.Artikelen, true, err
		}
	}
	return nil, false, nil
}

// same demands that the articles are these; without any, that there are some.
// What stands above the document or below it, every scenario would cite; it
// counts only for one that names an article of it.
func (w *world) same(want []string, got []string) error {
	if len(want) == 0 {
		return nil
	}
	foreign := func(number string) bool {
		_, ours := w.own.Article(number)
		return !ours
	}
	list, all := numbers(want[0]), slices.Sorted(slices.Values(got))
	if !slices.ContainsFunc(list, foreign) {
		all = slices.DeleteFunc(all, foreign)
	}
	if !slices.Equal(list, all) {
		return fmt.Errorf("het logboek noemt artikel %s", strings.Join(slices.Sorted(slices.Values(got)), " en "))
	}
	return nil
}

// wasAllowed: maybe by which articles.
func (w *world) wasAllowed(a []string) error {
	w.last.told = true
	if w.last.err != nil {
		return fmt.Errorf("het mocht niet: %w", w.last.err)
	}
	articles, found, err := w.cited(logbook.Ruling, w.last.act, w.last.since)
	switch {
	case err != nil:
		return err
	case !found:
		return errors.New("er is niets gevraagd: zet er eerst een zin met Als voor")
	}
	return w.same(a, articles)
}

// wasRefused: maybe by which articles.
func (w *world) wasRefused(a []string) error {
	w.last.told = true
	var refusal *gate.Refusal
	if !errors.As(w.last.err, &refusal) {
		if w.last.err != nil {
			return fmt.Errorf("het kon niet, maar het reglement verbood het niet: %w", w.last.err)
		}
		return errors.New("het mocht wel")
	}
	articles, _, err := w.cited(logbook.Ruling, w.last.act, w.last.since)
	return errors.Join(err, w.same(a, articles))
}

// wasInvalid: refused by the form, before anybody asked the regulation, or by
// the register after it.
func (w *world) wasInvalid([]string) error {
	w.last.told = true
	var person people.Invalid
	var place premises.Invalid
	var hold retention.Invalid
	var report incident.Invalid
	var paper dossier.Invalid
	var board governance.Invalid
	var unfit governance.Unfit
	var screen viewing.Invalid
	err := w.last.err
	if errors.As(err, &person) || errors.As(err, &place) || errors.As(err, &hold) || errors.As(err, &report) ||
		errors.As(err, &paper) || errors.As(err, &board) || errors.As(err, &unfit) || errors.As(err, &screen) ||
		errors.Is(err, governance.ErrNoDecision) {
		return nil
	}
	if err == nil {
		return errors.New("het kon wel")
	}
	return fmt.Errorf("het ging anders mis: %w", err)
}

func (w *world) foundNothing([]string) error {
	w.last.told = true
	if !errors.Is(w.last.err, viewing.ErrNothing) {
		return fmt.Errorf("er kwam iets anders van: %v", w.last.err)
	}
	return nil
}

// wasStopped: maybe by which articles.
func (w *world) wasStopped(a []string) error {
	if w.watch == nil {
		return errors.New("er stond geen beeld open")
	}
	articles, found, err := w.cited(logbook.Withdrawal, w.watch.act, w.watch.since)
	switch {
	case err != nil:
		return err
	case !found:
		return errors.New("het beeld loopt door")
	}
	if p := w.watch.playback; p != nil {
		ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
		defer cancel()
		select {
		case <-p.Ended():
		case <-ctx.Done():
			return errors.New("de toestemming is weg, maar het beeld loopt door")
		}
		if _, err := p.Movie(w.ctx); err == nil {
			return errors.New("de toestemming is weg, maar het beeld is nog op te vragen")
		}
	}
	return w.same(a, articles)
}

func (w *world) goesOn([]string) error {
	if w.watch == nil {
		return errors.New("er stond geen beeld open")
	}
	_, found, err := w.cited(logbook.Withdrawal, w.watch.act, w.watch.since)
	if found {
		return errors.New("het beeld is gestopt")
	}
	return err
}

// isLogged: act and result, in any entry.
func (w *world) isLogged(a []string) error {
	return w.logged(a[0], a[1], func(logbook.Record) bool { return true })
}

func (w *world) isLoggedFor(a []string) error {
	return w.logged(a[0], a[1], func(r logbook.Record) bool {
		var header struct{ Doel string }
		return json.Unmarshal(r.Header, &header) == nil && header.Doel == a[2]
	})
}

func (w *world) isLoggedBy(a []string) error {
	return w.logged(a[0], a[1], func(r logbook.Record) bool {
		var person struct{ Wie string }
		return json.Unmarshal(r.Person, &person) == nil && person.Wie == w.persons[a[2]].Entity().String()
	})
}

func (w *world) logged(act, result string, fits func(logbook.Record) bool) error {
	records, err := w.since(0)
	if err != nil {
		return err
	}
	var about []string
	for _, r := range records {
		if r.Act == act && r.Result == result && fits(r) {
			return nil
		}
		if r.Act == act {
			about = append(about, r.Result)
		}
	}
	return fmt.Errorf("over %s staat er alleen: %q", act, about)
}

func (w *world) isPurpose(a []string) error {
	for _, p := range w.terms(w.now()).Purposes {
		if string(p.Key) == a[0] {
			return nil
		}
	}
	return fmt.Errorf("%q staat niet op de lijst", a[0])
}

func (w *world) isNoPurpose(a []string) error {
	if w.isPurpose(a) == nil {
		return fmt.Errorf("%q staat op de lijst", a[0])
	}
	return nil
}
