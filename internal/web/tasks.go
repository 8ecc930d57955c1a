package web

import (
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// What somebody must still do is kept nowhere: it follows from how things are
// each time it is asked. Nobody is told of what the law wouldn't let them do.

// A task is one thing to do.
type task struct {
	Kind   string
	Line   string
	Path   string // where it can be done
	Things []thing
	Due    time.Time // the last day; zero if there is none
	Late   bool
	Urgent bool      // it stands above every page
	Clock  bool      // it is done by saying that our clock is right,
	Now    time.Time // which says this
}

const (
	tasksShown = 4                  // on the front page
	taskSoon   = 7 * 24 * time.Hour // before something ends people are told to see to it
)

// A tasksPage is what tasks.html shows.
type tasksPage struct {
	Groups []taskGroup
	Late   int
}

// A taskGroup is all tasks of a kind.
type taskGroup struct {
	Kind  string
	Tasks []task
}

// A tasksBrief is what the front page says of them.
type tasksBrief struct {
	First     []task
	All, Late int
}

// tasksPage is GET /taken.
func (s *site) tasksPage(v *visit) error {
	all, err := v.tasks()
	if err != nil {
		return err
	}
	page := tasksPage{Late: late(all)}
	for _, t := range all {
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Kind != t.Kind {
			page.Groups = append(page.Groups, taskGroup{Kind: t.Kind})
		}
		last := &page.Groups[len(page.Groups)-1]
		last.Tasks = append(last.Tasks, t)
	}
	return v.show("tasks", view{title: "tasks.title", nav: "/taken", data: page})
}

// brief is what the front page says of the tasks; not knowing them keeps
// nobody from it.
func (v *visit) brief() tasksBrief {
	all, err := v.tasks()
	if err != nil && v.ctx().Err() == nil {
		v.Report(fmt.Errorf("couldn't find out what is left to do: %w", err))
	}
	return tasksBrief{First: all[:min(len(all), tasksShown)], All: len(all), Late: late(all)}
}

func late(all []task) (n int) {
	for _, t := range all {
		if t.Late {
			n++
		}
	}
	return n
}

// tasks is all there is to do for who sits here, kind by kind: what goes wrong
// first, then what has a date, then what goes on while nothing is done, then
// paper. It is found once a visit.
func (v *visit) tasks() ([]task, error) {
	if v.who.Empty() || v.law == nil || v.todo != nil {
		return v.todo, nil
	}
	v.todo = []task{}
	for _, find := range []func() ([]task, error){v.noticeTasks, v.caseTasks, v.cameraTasks, v.fileTasks, v.derogationTasks, v.draftTasks, v.validityTasks, v.deputyTasks} {
		found, err := find()
		if err != nil {
			return nil, err
		}
		v.todo = append(v.todo, found...)
	}
	return v.todo, nil
}

// byDate puts what is due first first, and what has no date last.
func byDate(all []task) []task {
	slices.SortStableFunc(all, func(a, b task) int {
		if a.Due.IsZero() || b.Due.IsZero() {
			return b.Due.Compare(a.Due)
		}
		return a.Due.Compare(b.Due)
	})
	return all
}

// over reports whether the day of t is over.
func (v *visit) over(t time.Time) bool {
	return !t.IsZero() && dayOf(t).String() < dayOf(v.now).String()
}

// could reports whether the law would let who sits here do r in the best of
// company: who must do it with others still has it to do.
func (v *visit) could(r gate.Request) bool {
	law, q, ok := v.ask(r)
	return ok && inCompany(law, q)
}

// inCompany is what the law says to q if everyone were there whom it could
// want there.
func inCompany(law *regulation.Regulation, q regulation.Question) bool {
	if law.Rule(q).Allowed {
		return true
	}
	var all []regulation.Attribute
	for _, r := range law.Terms.Roles {
		all = append(all, regulation.NewEntity(regulation.Role, r.Key))
	}
	q.Context["aanwezigen"], q.Context["samenstelling"] = regulation.Long(enough), regulation.Set(all...)
	return law.Rule(q).Allowed
}

// deedTo is a request in the name of who sits here, with all in order that the deed
// says itself.
func (v *visit) deedTo(act regulation.Act, on regulation.Entity) gate.Request {
	r := v.who.Request(act, gate.Subject{Entity: on})
	r.Details = regulation.Details(act)
	return r
}
