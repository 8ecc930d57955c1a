package web

import (
	"slices"
	"time"

	"oogmerk/internal/dossier"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// A regulation names kinds of document about people, and asks some of them of
// some people only: of who works here on behalf of another organisation, not
// of a colleague. Of whom is found by asking it.

// askedPapers is, under one law, of people in which capacities a kind of document is
// asked: by its key.
type askedPapers struct {
	of    *regulation.Regulation
	about []regulation.Question // every act, by somebody of whom all is in order but the role
	whom  map[string][]string
}

// askedOf reports whether the law in force asks a kind of document about
// people of someone in this capacity.
func (v *visit) askedOf(capacity, key string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.papers.of != v.law {
		v.papers = askedPapers{of: v.law, about: everyAct(v.law), whom: map[string][]string{}}
	}
	whom, known := v.papers.whom[key]
	if !known {
		whom = v.papers.capacities(key)
		v.papers.whom[key] = whom
	}
	return slices.Contains(whom, capacity)
}

func everyAct(law *regulation.Regulation) (all []regulation.Question) {
	for _, act := range regulation.Acts() {
		for _, kind := range regulation.Subjects(act) {
			all = append(all, law.Question(act, regulation.Situation{"rol": nobody, "voorwerp": kind}))
		}
	}
	return all
}

// capacities are those in which it makes a difference to someone whether a
// document is there. If it makes none to anyone it is there to show, and
// everyone's.
func (a askedPapers) capacities(key string) (out []string) {
	for _, capacity := range people.Kinds() {
		if slices.ContainsFunc(a.about, func(q regulation.Question) bool { return a.differs(q, capacity, key) }) {
			out = append(out, capacity)
		}
	}
	if len(out) == 0 {
		return people.Kinds()
	}
	return out
}

// differs reports whether the law says something else to q if a document about
// the people in it is there than if it isn't.
func (a askedPapers) differs(q regulation.Question, capacity, key string) bool {
	says := func(files ...string) []string {
		facts := regulation.Facts{}
		for e, f := range q.Facts {
			if e.Type == regulation.Person {
				f = regulation.Merge(f, regulation.NewFact(e, nil, regulation.Context{"soort": regulation.String(capacity), "stukken": regulation.Strings(files...)}))
			}
			facts[e] = f
		}
		q.Facts = facts
		ruling := a.of.Rule(q)
		var numbers []string
		for _, article := range slices.Concat(ruling.Articles, ruling.Warnings) {
			numbers = append(numbers, article.Number)
		}
		return numbers
	}
	return !slices.Equal(says(), says(key))
}

// A statusRow is a kind of document, and whether there is one that counts.
type statusRow struct {
	regulation.FileTerm
	Named  bool // by what is in force now; else by what is to come
	Asked  bool // of this person too; of what is no person always
	Counts bool
	Lapsed bool // there is one, but it doesn't count: too old, overtaken or incomplete
	Soon   bool
	Until  time.Time // zero: without end
}

// Last is the last day on which it counts.
func (r statusRow) Last() time.Time { return r.Until.Add(-time.Microsecond) }

// statuses are the kinds of document about e that the regulation names, or one
// that was adopted for later.
func (v *visit) statuses(e regulation.Entity) ([]statusRow, error) {
	items, err := v.Dossier.About(v.ctx(), e)
	if err != nil {
		return nil, err
	}
	capacity, err := v.capacity(e)
	if err != nil {
		return nil, err
	}
	var rows []statusRow
	for i, terms := range v.naming() {
		counting, err := v.Dossier.Counting(v.ctx(), terms, e, v.now)
		if err != nil {
			return nil, err
		}
		for _, f := range terms.Files {
			if f.About != string(e.Type) || slices.ContainsFunc(rows, func(r statusRow) bool { return r.Key == f.Key }) {
				continue
			}
			until, counts := counting[f.Key]
			there := slices.ContainsFunc(items, func(i dossier.Item) bool { return i.Kind == f.Key && i.Gone.IsZero() })
			asked := capacity == "" || i > 0 || v.law == nil || v.askedOf(capacity, f.Key)
			rows = append(rows, statusRow{FileTerm: f, Named: i == 0, Asked: asked, Counts: counts, Lapsed: there && !counts,
				Soon: counts && !until.IsZero() && until.Sub(v.now) < soon, Until: until})
		}
	}
	return rows, nil
}

// capacity is in what capacity a person is here; "" of what is no person.
func (v *visit) capacity(e regulation.Entity) (string, error) {
	if e.Type != regulation.Person {
		return "", nil
	}
	p, err := v.People.Person(v.ctx(), people.PersonID(e.ID))
	if p.Kind == "" {
		p.Kind = people.Employee
	}
	return p.Kind, err
}

// naming are the terms that name kinds of document: first of what is in force,
// then of what was adopted for later.
func (v *visit) naming() []regulation.Terms {
	terms := []regulation.Terms{{}}
	if v.law != nil {
		terms[0] = v.law.Terms
	}
	for _, version := range v.Board.Versions() {
		if v.now.Before(version.From) && !version.Until.Equal(version.From) {
			terms = append(terms, version.Law.Terms)
		}
	}
	return terms
}
