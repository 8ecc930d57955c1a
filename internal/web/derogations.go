package web

import (
	"net/http"
	"slices"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// A derogationForm is a derogation as it was filled in.
type derogationForm struct {
	Kind, Article, Scope, Reason, Told, From, To string
	Advice                                       []string
}

// A derogationsPage is what derogations.html shows.
type derogationsPage struct {
	All      []derogationRow // newest first
	Form     derogationForm
	Wrong    string
	Kinds    []string
	Articles []regulation.Article
	Roles    []adviceRow
	Scopes   []scopeRow
	Today    string
}

// A derogationRow is one in the list.
type derogationRow struct {
	governance.Derogation
	ByName, ScopeName string
	Titles            []string // of who advised
	Title             string   // of the article
	Now, Coming       bool
}

// Last is the last day on which it holds.
func (r derogationRow) Last() time.Time { return r.To.Add(-time.Microsecond) }

// An adviceRow is a role to tick.
type adviceRow struct {
	regulation.RoleTerm
	Chosen bool
}

// derogationsPage is GET /afwijkingen.
func (s *site) derogationsPage(v *visit) error {
	return v.showDerogations(http.StatusOK, derogationForm{Kind: governance.Deviation, Article: v.query("artikel")}, nil)
}

func (v *visit) showDerogations(code int, form derogationForm, wrong *mistake) (err error) {
	page := derogationsPage{Form: form, Kinds: []string{governance.Deviation, governance.Suspension, governance.Unforeseen}, Today: dayOf(v.now).String()}
	if wrong != nil {
		page.Wrong = v.word(wrong.key, wrong.with...)
	}
	for _, d := range slices.Backward(v.Board.Derogations()) {
		row, err := v.derogationRow(d)
		if err != nil {
			return err
		}
		page.All = append(page.All, row)
	}
	if v.law != nil {
		page.Articles = v.settable()
		for _, r := range v.law.Terms.Roles {
			page.Roles = append(page.Roles, adviceRow{r, slices.Contains(form.Advice, r.Key)})
		}
	}
	if page.Scopes, err = v.scopes(); err != nil {
		return err
	}
	return v.send(code, "derogations", view{title: "derogations.title", nav: "/reglement", data: page})
}

// settable are the articles with rules: of what says nothing to the program,
// nothing can be set aside.
func (v *visit) settable() []regulation.Article {
	var articles []regulation.Article
	for _, s := range v.law.Sections {
		ruled := slices.ContainsFunc(s.Fences, func(f regulation.Fence) bool { return f.Language == "cedar" })
		if article, ok := v.law.Article(s.Number); ok && ruled {
			articles = append(articles, article)
		}
	}
	return articles
}

func (v *visit) derogationRow(d governance.Derogation) (row derogationRow, err error) {
	over := !d.Ended.IsZero() || !d.To.IsZero() && !v.now.Before(d.To)
	row = derogationRow{Derogation: d, Coming: !over && v.now.Before(d.From)}
	row.Now = !over && !row.Coming
	if row.ByName, err = v.nameOf(people.PersonID(d.By).Entity()); err != nil {
		return row, err
	}
	if row.ScopeName, err = v.scopeName(d.Scope); err != nil {
		return row, err
	}
	for _, role := range d.Advice {
		row.Titles = append(row.Titles, v.roleTitle(role))
	}
	if then, ok := v.Board.VersionAt(d.From); ok {
		article, _ := then.Law.Article(d.Article)
		row.Title = article.Title
	}
	return row, nil
}

// onDerogation does what a form asks for and shows the list again, or what was
// wrong.
func (v *visit) onDerogation(do func(derogationForm) error) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/afwijkingen"
	form := derogationForm{Kind: v.form("soort"), Article: v.form("artikel"), Scope: v.form("waarvoor"), Reason: v.form("reden"),
		Told: v.form("gemeld"), From: v.form("van"), To: v.form("tot"), Advice: v.r.PostForm["advies"]}
	err := do(form)
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showDerogations(http.StatusBadRequest, form, &wrong)
	}
	if err != nil {
		return err
	}
	return v.goTo("/afwijkingen")
}

// derogate is POST /afwijkingen.
func (s *site) derogate(v *visit) error {
	return v.onDerogation(func(f derogationForm) error {
		d := governance.Derogation{Kind: f.Kind, Article: f.Article, Reason: f.Reason, Told: f.Told, Advice: f.Advice}
		var err error
		if d.Scope, err = scopeOf(f.Scope); err != nil {
			return err
		}
		if d.From, err = readStart(f.From, v.now); err != nil {
			return err
		}
		if f.To != "" {
			last, err := readDay(f.To)
			if err != nil {
				return err
			}
			d.To = last.next().at(0, 0, 0) // the last day counts
		}
		_, err = s.Board.Derogate(v.ctx(), s.Gate, v.by(), d)
		return err
	})
}

// endDerogation is POST /afwijkingen/{id}/einde.
func (s *site) endDerogation(v *visit) error {
	return v.onDerogation(func(derogationForm) error {
		return s.Board.EndDerogation(v.ctx(), s.Gate, v.by(), v.r.PathValue("id"))
	})
}

// tellDerogation is POST /afwijkingen/{id}/gemeld.
func (s *site) tellDerogation(v *visit) error {
	return v.onDerogation(func(f derogationForm) error {
		return s.Board.Tell(v.ctx(), s.Gate, v.by(), v.r.PathValue("id"), f.Told)
	})
}

// derogating is a request to change what was written down of d, with all there
// is to say about it.
func (v *visit) derogating(d governance.Derogation) gate.Request {
	on := d.Scope
	if on.ID == "" {
		on = organisation
	}
	r := v.deedTo(regulation.Deviate, on)
	var advice []regulation.Attribute
	for _, role := range d.Advice {
		advice = append(advice, regulation.NewEntity(regulation.Role, role))
	}
	days := 0
	if !d.To.IsZero() {
		days = int((d.To.Sub(d.From) + 24*time.Hour - 1) / (24 * time.Hour))
	}
	r.Details["soort"], r.Details["artikel"], r.Details["adviezen"] = regulation.String(d.Kind), regulation.String(d.Article), regulation.Set(advice...)
	r.Details["dagen"] = regulation.Long(days)
	return r
}
