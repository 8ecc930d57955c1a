package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/calendar"
	"oogmerk/internal/regulation"
)

// thing is what a sentence is about: camera "Gang", locatie "Noord", de
// organisatie, Pieter.
func (w *world) thing(text string) (regulation.Entity, error) {
	kind, rest, named := strings.Cut(text, ` "`)
	name := strings.TrimSuffix(rest, `"`)
	switch {
	case text == "de organisatie":
		return organisation, nil
	case named && kind == "camera":
		id, err := w.camera(name)
		return id.Entity(), err
	case named:
		id, err := w.site(name)
		return id.Entity(), err
	}
	id, err := w.person(text)
	return id.Entity(), err
}

// onFile finds a kind of document and the thing a sentence says it is about.
func (w *world) onFile(kind, about string) (regulation.FileTerm, regulation.Entity, error) {
	e, err := w.thing(about)
	if err != nil {
		return regulation.FileTerm{}, e, err
	}
	term, ok := w.law.Terms.File(kind)
	if !ok {
		return term, e, fmt.Errorf("dit reglement noemt geen stuk %q", kind)
	}
	if term.About != string(e.Type) {
		return term, e, fmt.Errorf("stuk %q gaat over een %s", kind, strings.ToLower(term.About))
	}
	return term, e, nil
}

// isOnFile: thing and kind: one that is complete and of today.
func (w *world) isOnFile(a []string) error {
	term, about, err := w.onFile(a[1], a[0])
	return errors.Join(err, w.insert("file_item", "id, kind, about, title, fields, dated, by_whom, at, media", w.paper(term, about)))
}

func (w *world) isNotOnFile(a []string) error {
	term, about, err := w.onFile(a[1], a[0])
	return errors.Join(err, w.exec("DELETE FROM file_item WHERE kind = $1 AND about = $2", term.Key, about.String()))
}

// isOld: kind, thing, how long ago it was dated.
func (w *world) isOld(a []string) error {
	term, about, err := w.onFile(a[0], a[1])
	if err != nil {
		return err
	}
	then, err := later(w.stage.begins, "-"+a[2])
	if err != nil {
		return err
	}
	return w.exec("UPDATE file_item SET dated = $3 WHERE kind = $1 AND about = $2", term.Key, about.String(), calendar.DateOf(then).String())
}

// canDo: what the program can do, besides. It comes before the world begins.
func (w *world) canDo(a []string) error {
	w.stage.can = append(w.stage.can, a[0])
	return nil
}

// isChosen: question and answer, with a dot between.
func (w *world) isChosen(a []string) error {
	question, answer, _ := strings.Cut(a[0], ".")
	w.stage.choices[question] = answer
	return nil
}

// isSuspended: article. It comes before the world begins.
func (w *world) isSuspended(a []string) error {
	w.stage.suspended = append(w.stage.suspended, numbers(a[0])...)
	return nil
}

// suspend enters what a judge suspended.
func (w *world) suspend() error {
	for _, article := range w.stage.suspended {
		err := w.insert("derogation", "id, kind, article, scope, reason, told, advice, by_whom, from_at",
			[]any{w.id(), "schorsing", article, "", "uitspraak", "", "[]", "gegeven", w.yesterday()})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) isAgainst(a []string) error {
	council, err := w.council(a[0])
	w.next.against = append(w.next.against, council)
	return err
}

// council is the key of a council.
func (w *world) council(name string) (string, error) {
	c, ok := councilNamed(w.law, name)
	if !ok {
		return "", fmt.Errorf("dit reglement kent geen raad %q", name)
	}
	return c.Key, nil
}

func (w *world) isNotAnnounced([]string) error {
	w.next.silent = true
	return nil
}

func (w *world) isRewritten([]string) error {
	w.next.rewritten = true
	return nil
}

// councilNamed finds a council by its key or by what people call it.
func councilNamed(law *regulation.Regulation, name string) (regulation.CouncilTerm, bool) {
	i := slices.IndexFunc(law.Terms.Councils, func(c regulation.CouncilTerm) bool {
		return c.Key == name || strings.EqualFold(c.Title, name)
	})
	if i < 0 {
		return regulation.CouncilTerm{}, false
	}
	return law.Terms.Councils[i], true
}
