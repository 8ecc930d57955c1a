package web

import (
	"errors"
	"net/http"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

// recent is how far back the list of visitors goes.
const recent = 31 * 24 * time.Hour

// A visitorForm is a visitor as they were filled in.
type visitorForm struct{ Name, Capacity, Organisation, Site, Document, Reason string }

// A visitorsPage is what visitors.html shows.
type visitorsPage struct {
	All        []visitorRow
	Readable   bool // of some site
	Form       visitorForm
	Wrong      string
	Sites      []premises.Site
	Capacities []string
}

// A visitorRow is one visitor in words.
type visitorRow struct {
	people.Visitor
	Place, ByName string
}

// visitorsPage is GET /bezoek.
func (s *site) visitorsPage(v *visit) error {
	return v.showVisitors(http.StatusOK, visitorForm{}, nil)
}

func (v *visit) showVisitors(code int, form visitorForm, wrong *mistake) error {
	page := visitorsPage{Form: form, Capacities: people.Capacities()}
	if wrong != nil {
		page.Wrong = v.word(wrong.key, wrong.with...)
	}
	var err error
	if page.Sites, err = v.Premises.Sites(v.ctx()); err != nil {
		return err
	}
	for _, s := range page.Sites {
		rows, may, err := v.visitorsAt(s)
		if err != nil {
			return err
		}
		page.Readable = page.Readable || may
		page.All = append(page.All, rows...)
	}
	return v.send(code, "visitors", view{title: "visitors.title", nav: "/bezoek", data: page})
}

// visitorsAt are the visitors of a site, if what was written down there may be
// read. Who may only receive them, reads none.
func (v *visit) visitorsAt(s premises.Site) (rows []visitorRow, may bool, err error) {
	if !v.wouldRead(s) {
		return nil, false, nil
	}
	var refusal *gate.Refusal
	if err := v.mayReadIncidents(s.ID); errors.As(err, &refusal) {
		return nil, false, nil
	} else if err != nil {
		return nil, false, err
	}
	all, err := v.People.Visitors(v.ctx(), string(s.ID), v.now.Add(-recent))
	if err != nil {
		return nil, false, err
	}
	for _, one := range all {
		name, err := v.personName(one.By)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, visitorRow{one, s.Name, name})
	}
	return rows, true, nil
}

// receiveVisitor is POST /bezoek.
func (s *site) receiveVisitor(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/bezoek"
	form := visitorForm{Name: v.form("naam"), Capacity: v.form("hoedanigheid"), Organisation: v.form("organisatie"),
		Site: v.form("locatie"), Document: v.form("legitimatie"), Reason: v.form("reden")}
	_, err := s.People.ReceiveVisitor(v.ctx(), v.by(), people.Visitor{Name: form.Name, Capacity: form.Capacity,
		Organisation: form.Organisation, Site: form.Site, Document: form.Document, Reason: form.Reason})
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showVisitors(http.StatusBadRequest, form, &wrong)
	}
	if err != nil {
		return err
	}
	return v.goTo("/bezoek")
}

// visitorLeaves is POST /bezoek/{id}/vertrek.
func (s *site) visitorLeaves(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/bezoek"
	if err := s.People.VisitorLeaves(v.ctx(), v.by(), v.r.PathValue("id")); err != nil {
		return err
	}
	return v.goTo("/bezoek")
}
