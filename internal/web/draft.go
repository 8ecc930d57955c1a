package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"oogmerk/internal/calendar"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// A draftPage is what draft.html shows.
type draftPage struct {
	governance.Draft
	Law       *regulation.Regulation
	Order     bool
	ByName    string
	Choices   []choiceRow
	Councils  []councilRow
	Adopted   bool
	Obstacles []regulation.Article // what stands in the way if it were adopted now
	Scopes    []scopeRow           // what an order can be for
	Wrong     string
	At        string // which form that is about
	Today     string
	Form      adoptForm
}

// An adoptForm is a decision as it was filled in.
type adoptForm struct{ Decision, Day, Scope string }

// A choiceRow is a question in the text, and its answer in this draft.
type choiceRow struct {
	regulation.ChoiceTerm
	Chosen string
}

// A councilRow is a council, and its consent to exactly this text.
type councilRow struct {
	regulation.CouncilTerm
	Consent *governance.Consent // nil: not yet
	ByName  string
}

// draftPage is GET /vaststellen/{id}.
func (s *site) draftPage(v *visit) error { return v.showDraft(http.StatusOK, draftPage{}) }

func (v *visit) showDraft(code int, page draftPage) (err error) {
	if page.Draft, err = v.Board.FindDraft(v.ctx(), v.r.PathValue("id")); err != nil {
		return err
	}
	if page.Law, err = v.Board.Read(page.File, page.Document, page.Draft.Choices); err != nil {
		return err
	}
	page.Order, page.Adopted, page.Today = page.Law.Terms.Layer == regulation.Order, v.adopted(page.Hash), dayOf(v.now).String()
	if page.ByName, err = v.nameOf(people.PersonID(page.Author).Entity()); err != nil {
		return err
	}
	chosen := page.Law.Chosen()
	for _, c := range page.Law.Terms.Choices {
		page.Choices = append(page.Choices, choiceRow{c, chosen[c.Key]})
	}
	if err := v.fillCouncils(&page); err != nil {
		return err
	}
	if page.Scopes, err = v.scopes(); err != nil {
		return err
	}
	if page.Obstacles, err = v.obstacles(page.Draft); err != nil {
		return err
	}
	return v.send(code, "draft", view{title: "draft.title", with: []any{page.Law.Title}, nav: "/reglement", data: page})
}

// fillCouncils adds which councils consented to the text: those it names, or
// for an order those of the regulation it is below.
func (v *visit) fillCouncils(page *draftPage) error {
	law := page.Law
	if page.Order && v.law != nil {
		law = v.law
	}
	consents, err := v.Board.Consents(v.ctx(), page.Hash)
	if err != nil {
		return err
	}
	for _, c := range law.Terms.Councils {
		row := councilRow{CouncilTerm: c}
		for _, given := range consents {
			if given.Council != c.Key {
				continue
			}
			row.Consent = &given
			if row.ByName, err = v.nameOf(people.PersonID(given.By).Entity()); err != nil {
				return err
			}
		}
		page.Councils = append(page.Councils, row)
	}
	return nil
}

// obstacles are the articles that stand in the way if whoever sits here would
// adopt d now, with a decision.
func (v *visit) obstacles(d governance.Draft) ([]regulation.Article, error) {
	const supposed = "besluit"
	details, err := v.Board.Saying(v.ctx(), governance.Adoption{File: d.File, Document: d.Document, Choices: d.Choices, Decision: supposed})
	var unfit governance.Unfit
	if errors.As(err, &unfit) {
		return nil, nil // adopting it says so
	}
	if err != nil {
		return nil, err
	}
	r := v.who.Request(regulation.Adopt, gate.Subject{Entity: organisation})
	r.Details = details
	law, q, err := v.Gate.Ask(v.ctx(), r)
	if err != nil || law == nil {
		return nil, err
	}
	ruling := law.Rule(q)
	if ruling.Allowed {
		return nil, nil
	}
	return append(slices.Clone(ruling.Lacking), slices.DeleteFunc(slices.Clone(ruling.Articles), func(a regulation.Article) bool {
		return slices.ContainsFunc(ruling.Lacking, func(b regulation.Article) bool { return a.Number == b.Number })
	})...), nil
}

// onDraft does what a form about a draft asks for and shows the draft again:
// at the part it was about, or with what was wrong.
func (v *visit) onDraft(at string, do func(governance.Draft) error) error {
	if err := v.readForm(); err != nil {
		return err
	}
	d, err := v.Board.FindDraft(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.retry = "/vaststellen/" + d.ID
	err = do(d)
	page := draftPage{At: at, Form: adoptForm{v.form("besluit"), v.form("datum"), v.form("waarvoor")}}
	var wrong mistake
	var unfit governance.Unfit
	switch {
	case v.mend(err, &wrong):
		page.Wrong = v.word(wrong.key, wrong.with...)
	case errors.As(err, &unfit):
		page.Wrong = string(unfit)
	case errors.Is(err, governance.ErrNoDecision):
		page.Wrong = v.word("wrong.decision")
	case err != nil:
		return err
	default:
		return v.goTo(v.retry + "#" + at)
	}
	return v.showDraft(http.StatusBadRequest, page)
}

// choose is POST /vaststellen/{id}/keuzes: the same text with other answers is
// another draft.
func (s *site) choose(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	d, err := v.Board.FindDraft(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.retry = "/vaststellen/" + d.ID
	answers := map[string]string{}
	for key := range v.r.PostForm {
		if question, ok := strings.CutPrefix(key, "keuze-"); ok {
			answers[question] = v.form(key)
		}
	}
	return v.enterDraft(d.File, d.Document, answers)
}

// consent is POST /vaststellen/{id}/instemming.
func (s *site) consent(v *visit) error {
	return v.onDraft("raden", func(d governance.Draft) error {
		day, err := readDay(v.form("datum"))
		if err != nil {
			return err
		}
		return s.Board.Consent(v.ctx(), s.Gate, v.by(), d.ID, v.form("raad"), v.form("bewijs"), calendar.DateOf(day.at(12, 0, 0)))
	})
}

// publish is POST /vaststellen/{id}/bekendmaking.
func (s *site) publish(v *visit) error {
	return v.onDraft("bekendmaking", func(d governance.Draft) error { return s.Board.Announce(v.ctx(), s.Gate, v.by(), d.ID) })
}

// adopt is POST /vaststellen/{id}/besluit: adopts the draft, from a day on or
// at once.
func (s *site) adopt(v *visit) error {
	return v.onDraft("besluit", func(d governance.Draft) error {
		a := governance.Adoption{File: d.File, Document: d.Document, Choices: d.Choices, Decision: v.form("besluit")}
		var err error
		if a.From, err = readStart(v.form("datum"), v.now); err != nil {
			return err
		}
		law, err := s.Board.Read(d.File, d.Document, d.Choices)
		if err != nil {
			return err
		}
		if law.Terms.Layer != regulation.Order {
			return s.Board.Adopt(v.ctx(), s.Gate, v.by(), a)
		}
		scope, err := scopeOf(v.form("waarvoor"))
		if err != nil {
			return err
		}
		return s.Board.AdoptOrder(v.ctx(), s.Gate, v.by(), a, scope)
	})
}
