package web

import (
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// caseTasks are about incidents and requests: to answer, to look at together,
// to settle.
func (v *visit) caseTasks() ([]task, error) {
	all, err := v.Incidents.All(v.ctx())
	if err != nil {
		return nil, err
	}
	readable := map[premises.SiteID]bool{}
	kinds := map[string][]task{}
	for _, i := range all {
		if i.State == incident.Settled {
			continue
		}
		may, asked := readable[i.Site]
		if !asked {
			may = v.could(v.who.Request(regulation.Consult, gate.Subject{Entity: i.Site.Entity()}))
			readable[i.Site] = may
		}
		if !may {
			continue // its page wouldn't open
		}
		t, err := v.caseTask(i)
		if err != nil {
			return nil, err
		}
		kinds[t.Kind] = append(kinds[t.Kind], t)
	}
	var out []task
	for _, kind := range []string{"besluiten", "samen", "afhandelen"} {
		out = append(out, byDate(kinds[kind])...)
	}
	return out, nil
}

// caseTask is what can be done about an incident here; of no kind if nothing.
func (v *visit) caseTask(i incident.Incident) (task, error) {
	place, err := v.names.of(i.Site.Entity().String())
	if err != nil {
		return task{}, err
	}
	path, kind := "/incidenten/"+i.ID, v.kindName(i.Kind)
	if kind == "" {
		kind = v.word("tasks.request")
	}
	switch {
	case i.Open():
		if v.could(v.deedTo(regulation.Decide, i.Entity())) {
			due := dueDay(i)
			return task{Kind: "besluiten", Line: v.word("task.decide", i.Number, i.Requester, place.Name), Path: path + "#decide", Due: due, Late: v.over(due)}, nil
		}
	case i.Waits():
		may, err := v.couldLook(i)
		if may && err == nil {
			return task{Kind: "samen", Line: v.word("task.together", i.Number, kind, place.Name), Path: path}, nil
		}
		return task{}, err
	case v.could(v.deedTo(regulation.Settle, i.Entity())):
		return task{Kind: "afhandelen", Line: v.word("task.settle", i.Number, kind, place.Name), Path: path}, nil
	}
	return task{}, nil
}

// couldLook reports whether something that is held for an incident could be
// played back here, with others if need be.
func (v *visit) couldLook(i incident.Incident) (bool, error) {
	holds, err := v.Holds.Of(v.ctx(), i.ID)
	if err != nil {
		return false, err
	}
	for _, h := range holds {
		if !h.Lifted.IsZero() {
			continue
		}
		r := v.who.Request(regulation.PlayBack, footage.Subject(h.Camera, h.Span))
		r.For, r.Under = regulation.Purpose(v.purposeOfIncidents()), i.Entity()
		if v.could(r) {
			return true, nil
		}
	}
	return false, nil
}
