package web

import (
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// derogationTasks are those that nobody was told of, and those that end soon.
func (v *visit) derogationTasks() ([]task, error) {
	var out []task
	for _, d := range v.Board.Derogations() {
		ended := !d.Ended.IsZero() || !d.To.IsZero() && !v.now.Before(d.To)
		ending := !ended && !d.To.IsZero() && d.To.Sub(v.now) < taskSoon && v.now.Sub(d.From) > taskSoon
		if ended || d.Told != "" && !ending || !v.could(v.derogating(d)) {
			continue
		}
		place, err := v.scopeName(d.Scope)
		if err != nil {
			return nil, err
		}
		what := v.word("deviation:" + d.Kind)
		if d.Article != "" {
			what = v.words.called(v.lang, d.Article)
		}
		if d.Told == "" {
			out = append(out, task{Kind: "afwijken", Line: v.word("task.tell", what, place), Path: "/afwijkingen"})
		}
		if ending {
			out = append(out, task{Kind: "afwijken", Line: v.word("task.ending", what, place), Path: "/afwijkingen", Due: lastDay(d.To)})
		}
	}
	return byDate(out), nil
}

// draftTasks are the texts that wait for a consent or for a decision.
func (v *visit) draftTasks() ([]task, error) {
	drafts, err := v.Board.Drafts(v.ctx())
	if err != nil {
		return nil, err
	}
	var out []task
	seen := map[string]bool{} // by title: of several texts the newest counts
	for _, d := range drafts {
		if v.overtaken(d) {
			continue
		}
		law, err := v.text(d)
		if err != nil || seen[law.Title] {
			continue // what can't be read any more is said on its own page
		}
		seen[law.Title] = true
		t, err := v.draftTask(d, law)
		if err != nil {
			return nil, err
		}
		if t.Kind != "" {
			out = append(out, t)
		}
	}
	return out, nil
}

// overtaken reports whether a text was adopted, or entered before the one that
// was adopted last.
func (v *visit) overtaken(d governance.Draft) bool {
	if v.adopted(d.Hash) {
		return true
	}
	versions := v.Board.Versions()
	return len(versions) > 0 && d.Created.Before(versions[len(versions)-1].From)
}

// draftTask is what a text waits for; of no kind if that is for others to do.
func (v *visit) draftTask(d governance.Draft, law *regulation.Regulation) (task, error) {
	page := draftPage{Draft: d, Law: law, Order: law.Terms.Layer == regulation.Order}
	if err := v.fillCouncils(&page); err != nil {
		return task{}, err
	}
	var waiting, all []string
	for _, c := range page.Councils {
		all = append(all, c.Key)
		if c.Consent == nil {
			waiting = append(waiting, c.Title)
		}
	}
	path := "/vaststellen/" + d.ID
	switch {
	case len(waiting) > 0:
		if v.could(v.filing("instemming")) {
			return task{Kind: "vaststellen", Line: v.word("task.consent", law.Title, strings.Join(waiting, ", ")), Path: path + "#raden"}, nil
		}
	case d.Announced.IsZero() && mentions(v.law, announcedDays):
		if v.could(v.filing("bekendmaking")) {
			return task{Kind: "vaststellen", Line: v.word("task.announce", law.Title), Path: path + "#bekendmaking"}, nil
		}
	case v.couldAdopt(all, d.Announced):
		return task{Kind: "vaststellen", Line: v.word("task.adopt", law.Title), Path: path + "#besluit"}, nil
	}
	return task{}, nil
}

// filing is a request to put on file what an adoption needs.
func (v *visit) filing(what string) gate.Request {
	r := v.deedTo(regulation.File, organisation)
	r.Details["stuk"] = regulation.String(what)
	return r
}

const (
	announcedDays = "dagen_na_bekendmaking"
	daysAhead     = 92 // how far ahead of its adoption a text may begin to hold, as far as it is tried
)

// couldAdopt reports whether who sits here could adopt a text that these
// councils consented to, from some day soon.
func (v *visit) couldAdopt(councils []string, announced time.Time) bool {
	r := v.deedTo(regulation.Adopt, organisation)
	r.Details["besluit"], r.Details["instemmingen"] = regulation.String("besluit"), regulation.Strings(councils...)
	law, q, ok := v.ask(r)
	if !ok || announced.IsZero() {
		return ok && inCompany(law, q)
	}
	since := int(calendar.DateOf(v.now) - calendar.DateOf(announced))
	for days := since; days <= since+daysAhead; days++ {
		q.Context[announcedDays] = regulation.Long(days)
		if inCompany(law, q) {
			return true
		}
	}
	return false
}

// text is what a draft says. A draft never changes, so it is read once.
func (v *visit) text(d governance.Draft) (*regulation.Regulation, error) {
	v.mu.Lock()
	law := v.texts[d.Hash]
	v.mu.Unlock()
	if law != nil {
		return law, nil
	}
	law, err := v.Board.Read(d.File, d.Document, d.Choices)
	if err != nil {
		return nil, fmt.Errorf("couldn't read draft %s: %w", d.ID, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.texts[d.Hash] = law
	return law, nil
}

// reviewAhead is how long before a regulation ends, or must be looked at
// again, people are told: councils need their time.
const reviewAhead = 120 * 24 * time.Hour

// validityTasks are that the regulation ends, or must be looked at again.
func (v *visit) validityTasks() ([]task, error) {
	version, ok := v.Board.VersionAt(v.now)
	if !ok {
		return nil, nil
	}
	says := version.Law.Terms.Validity
	var out []task
	for key, day := range map[string]calendar.Date{"task.ends": says.Until, "task.review": says.Review} {
		if day == 0 || day.Last().Sub(v.now) > reviewAhead || !v.couldAdopt(councils(v.law), v.now) {
			continue
		}
		due := noon(day)
		out = append(out, task{Kind: "vaststellen", Line: v.word(key, version.Law.Title), Path: "/vaststellen", Due: due, Late: v.over(due)})
	}
	return byDate(out), nil
}

func councils(law *regulation.Regulation) (keys []string) {
	for _, c := range law.Terms.Councils {
		keys = append(keys, c.Key)
	}
	return keys
}

// deputyTasks are people who are away while nobody does their work, and people
// who stand for somebody who isn't away as far as anyone wrote down.
func (v *visit) deputyTasks() ([]task, error) {
	all, err := v.People.Appointed(v.ctx(), v.now)
	if err != nil {
		return nil, err
	}
	absences, err := v.People.Absences(v.ctx(), "", v.now)
	if err != nil {
		return nil, err
	}
	away, expected := map[people.PersonID]bool{}, map[people.PersonID]bool{}
	for _, a := range absences {
		expected[a.Person] = true
		away[a.Person] = away[a.Person] || !a.From.After(v.now)
	}
	var out []task
	for _, a := range all {
		var t task
		switch {
		case a.From.After(v.now):
			continue
		case a.StandsFor != "" && !a.To.IsZero() && !expected[a.StandsFor]:
			t, err = v.absenceTask(a)
		case a.StandsFor == "" && away[a.Person] && !stoodFor(all, a, v.now):
			t, err = v.substituteTask(a)
		}
		if err != nil {
			return nil, err
		}
		if t.Kind != "" {
			out = append(out, t)
		}
	}
	return out, nil
}

// stoodFor reports whether somebody does the work of an appointment.
func stoodFor(all []people.Appointment, of people.Appointment, now time.Time) bool {
	for _, a := range all {
		if a.StandsFor == of.Person && a.Site == of.Site && !a.From.After(now) {
			return true
		}
	}
	return false
}

// absenceTask is to write down that somebody is away for whom another was
// appointed to stand in: until then the other may do nothing.
func (v *visit) absenceTask(a people.Appointment) (task, error) {
	if !v.could(v.deedTo(regulation.Absent, a.StandsFor.Entity())) {
		return task{}, nil
	}
	deputy, err := v.personName(a.Person)
	if err != nil {
		return task{}, err
	}
	principal, err := v.personName(a.StandsFor)
	return task{Kind: "mensen", Line: v.word("task.absence", deputy, principal), Path: "/mensen/" + string(a.StandsFor)}, err
}

// substituteTask is to appoint somebody in the place of who is away.
func (v *visit) substituteTask(a people.Appointment) (task, error) {
	r := v.deedTo(regulation.Appoint, a.Person.Entity()) // who it will be isn't known yet
	role := regulation.NewEntity(regulation.Role, a.Role)
	r.Details["rol"], r.Details["vervangt"], r.Details["besluit"] = role, regulation.Set(role), regulation.String("besluit")
	if a.Site != "" {
		r.Details["locatie"] = regulation.NewEntity(regulation.Site, a.Site)
	}
	if !v.could(r) {
		return task{}, nil
	}
	name, err := v.personName(a.Person)
	if err != nil {
		return task{}, err
	}
	place, err := v.placeName(a.Site)
	return task{Kind: "mensen", Line: v.word("task.substitute", name, v.roleTitle(a.Role), place), Path: "/mensen"}, err
}
