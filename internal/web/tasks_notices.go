package web

import (
	"context"

	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
)

// An alarm is a task that can't wait: it stands above every page.
type alarm struct{ Line, Path string }

// noticeTasks are what goes wrong by itself, for who could see to it: whoever
// may place cameras, at their site or everywhere.
func (v *visit) noticeTasks() ([]task, error) {
	var out []task
	if v.tendsStorage() {
		out = v.storageTasks()
	}
	for _, n := range v.Recorder.Notices() {
		if n.Camera == "" || n.Kind == recorder.NoticeRefused { // the program's own is among the others; cameraTasks tells of refusals
			continue
		}
		if !v.could(v.deedTo(regulation.Place, n.Camera.Entity())) {
			continue
		}
		c, err := v.names.of(n.Camera.Entity().String())
		if err != nil {
			return nil, err
		}
		out = gathered(out, task{Kind: "storing", Line: v.word("notice:" + string(n.Kind))}, thing{c.Name, c.Path})
	}
	return out, nil
}

// tendsStorage reports whether who sits here could see to the disk and the
// clock: they are everyone's.
func (v *visit) tendsStorage() bool {
	r := v.who.Request(regulation.Place, wholeOrganisation)
	r.Details = deed("opslag")
	return v.could(r)
}

// storageTasks are about the disk, the sweep and the clock.
func (v *visit) storageTasks() (out []task) {
	add := func(urgent bool, key string, with ...any) {
		out = append(out, task{Kind: "storing", Line: v.word(key, with...), Path: "/opslag", Urgent: urgent})
	}
	switch room := v.Footage.Room(); {
	case room.Failure != nil:
		add(true, "storage.task.unknown")
	case room.Full:
		add(true, "storage.task.full")
	case room.Low:
		add(true, "storage.task.low")
	}
	if sweep := v.Sweeper.Outcome(); !sweep.Failing.IsZero() {
		add(true, "storage.task.sweep", v.words.moment(v.lang, sweep.Failing))
	}
	if v.clockDoubted() {
		out = append(out, task{Kind: "storing", Line: v.word("storage.task.clock"), Path: "/taken", Urgent: true, Clock: true, Now: v.now})
	}
	return out
}

func (v *visit) clockDoubted() bool {
	if v.Recorder.Guard == nil {
		return false
	}
	trusted, _ := v.Recorder.Guard.Trusted()
	return !trusted
}

// alarms are what can't wait, for who could see to it. The page of the tasks
// says them itself.
func (v *visit) alarms() (out []alarm) {
	if v.r.URL.Path == "/taken" {
		return nil
	}
	for _, t := range v.todo {
		if t.Urgent {
			out = append(out, alarm{t.Line, t.Path})
		}
	}
	return out
}

// confirmClock is POST /taken/klok: somebody looked at another clock, and ours
// is right. Then what is due by it is erased.
func (s *site) confirmClock(v *visit) error {
	if !v.clockDoubted() {
		return mistake{key: "wrong.clock"}
	}
	r := v.who.Request(regulation.Place, wholeOrganisation)
	r.Details, r.Note = deed("opslag"), map[string]any{"wat": "klok bevestigd"}
	err := s.Gate.Pass(v.ctx(), r, func(_ context.Context, _ *logbook.Tx, p *gate.Permit) error {
		return p.Allows(wholeOrganisation, regulation.Place)
	})
	if err != nil {
		return err
	}
	s.Recorder.Guard.Confirm()
	s.Sweeper.Ask()
	return v.goTo("/taken")
}
