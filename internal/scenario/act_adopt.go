package scenario

import (
	"errors"
	"slices"
	"time"

	"oogmerk/internal/calendar"

	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

func (w *world) adopts(a []string) error          { return w.adopt(a[0], "besluit van vandaag", time.Time{}) }
func (w *world) adoptsUndecided(a []string) error { return w.adopt(a[0], "", time.Time{}) }

// adoptsLater: who, and after how long it begins.
func (w *world) adoptsLater(a []string) error {
	from, err := later(w.now(), a[1])
	if err != nil {
		return err
	}
	return w.adopt(a[0], "besluit van vandaag", from)
}

// adopt has someone adopt a new text, to which those consented who did.
func (w *world) adopt(name, decision string, from time.Time) error {
	text := w.document()
	if w.next.draft == "" {
		if err := w.supported(text); err != nil {
			return err
		}
	}
	if w.next.rewritten {
		text = append(text, '\n')
	}
	return w.as(name, regulation.Adopt, func(who people.Presence) error {
		next := governance.Adoption{File: w.doc.File, Document: text, Decision: decision, Choices: w.stage.choices, From: from}
		return w.board.Adopt(w.ctx, w.gate, who.Request("", gate.Subject{}), next)
	})
}

// drafts: who brings in a new text. From then on only what is entered about it
// counts.
func (w *world) drafts(a []string) error {
	return w.as(a[0], regulation.File, func(who people.Presence) error {
		id, err := w.board.Draft(w.ctx, w.gate, who.Request("", gate.Subject{}), w.doc.File, w.document(), w.stage.choices)
		if err == nil {
			w.next.draft = id
		}
		return err
	})
}

// consents: who enters it, and the council.
func (w *world) consents(a []string) error {
	council, err := w.council(a[1])
	if err == nil && w.next.draft == "" {
		err = errors.New("er ligt geen nieuw reglement voor: zet er eerst een zin over voor")
	}
	if err != nil {
		return err
	}
	return w.as(a[0], regulation.File, func(who people.Presence) error {
		return w.board.Consent(w.ctx, w.gate, who.Request("", gate.Subject{}), w.next.draft, council, "brief", calendar.DateOf(w.now()))
	})
}

func (w *world) announces(a []string) error {
	if w.next.draft == "" {
		return errors.New("er ligt geen nieuw reglement voor: zet er eerst een zin over voor")
	}
	return w.as(a[0], regulation.File, func(who people.Presence) error {
		return w.board.Announce(w.ctx, w.gate, who.Request("", gate.Subject{}), w.next.draft)
	})
}

// agrees: a council that didn't.
func (w *world) agrees(a []string) error {
	council, err := w.council(a[0])
	w.next.against = slices.DeleteFunc(w.next.against, func(c string) bool { return c == council })
	return err
}

// isAnnounced: now.
func (w *world) isAnnounced([]string) error {
	w.next.silent, w.next.announced = false, w.now()
	return nil
}

func (w *world) deviates(a []string) error {
	return w.derogate(a[0], governance.Derogation{Kind: governance.Deviation, Article: a[1], Reason: "bijzonder geval", Told: "de raad"})
}

func (w *world) deviatesGroundless(a []string) error {
	return w.derogate(a[0], governance.Derogation{Kind: governance.Deviation, Article: a[1], Told: "de raad"})
}

func (w *world) deviatesUntold(a []string) error {
	return w.derogate(a[0], governance.Derogation{Kind: governance.Deviation, Article: a[1], Reason: "bijzonder geval"})
}

// decidesUnforeseen: who, and roles that advised.
func (w *world) decidesUnforeseen(a []string) error {
	d := governance.Derogation{Kind: governance.Unforeseen, Reason: "hier is niets over geregeld", Told: "de raad"}
	for _, role := range a[1:] {
		term, _ := roleNamed(w.law, role)
		d.Advice = append(d.Advice, term.Key)
	}
	return w.derogate(a[0], d)
}

func (w *world) decidesUntold(a []string) error {
	return w.derogate(a[0], governance.Derogation{Kind: governance.Unforeseen, Reason: "hier is niets over geregeld"})
}

// entersSuspension: who, article: nobody is told of what a judge said.
func (w *world) entersSuspension(a []string) error {
	return w.derogate(a[0], governance.Derogation{Kind: governance.Suspension, Article: a[1], Reason: "uitspraak van de rechter"})
}

// derogate: for a week.
func (w *world) derogate(name string, d governance.Derogation) error {
	d.To = w.now().AddDate(0, 0, 7)
	return w.as(name, regulation.Deviate, func(who people.Presence) error {
		_, err := w.board.Derogate(w.ctx, w.gate, who.Request("", gate.Subject{}), d)
		return err
	})
}
