package web

import (
	"slices"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// cameraTasks are the cameras that may not record, for who could see to what
// they lack: one task for each site.
func (v *visit) cameraTasks() ([]task, error) {
	cameras, err := v.Premises.Cameras(v.ctx())
	if err != nil {
		return nil, err
	}
	var out []task
	for _, c := range cameras {
		law, q, ok := v.ask(gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: gate.Subject{Entity: c.ID.Entity()}})
		if !ok || law.Rule(q).Allowed {
			continue
		}
		live := c.Mode == regulation.LiveOnly || c.Mode == "" && law.Terms.Recording.Mode == regulation.LiveOnly
		if live || !v.could(v.deedTo(regulation.Place, c.ID.Entity())) && !v.could(v.deedTo(regulation.File, c.ID.Entity())) {
			continue
		}
		place, err := v.names.of(c.Site.Entity().String())
		if err != nil {
			return nil, err
		}
		out = gathered(out, task{Kind: "opnemen", Line: v.word("task.camera", place.Name)}, thing{c.Name, "/camera/" + string(c.ID) + "/controlelijst"})
	}
	return out, nil
}

// fileTasks are the documents that aren't on file, count no more, or soon
// won't: one task for each kind of document, with all it is about.
func (v *visit) fileTasks() ([]task, error) {
	var out []task
	for _, kind := range []string{"organisatie", "locatie", "camera", "persoon"} {
		things, err := v.filed(kind)
		if err != nil {
			return nil, err
		}
		for _, e := range things {
			rows, err := v.statuses(e)
			if err != nil {
				return nil, err
			}
			if out, err = v.addFileTasks(out, e, kind, rows); err != nil {
				return nil, err
			}
		}
	}
	return byDate(out), nil
}

// addFileTasks adds what is to do about what is on file about e.
func (v *visit) addFileTasks(out []task, e regulation.Entity, kind string, rows []statusRow) ([]task, error) {
	var law *regulation.Regulation
	var q regulation.Question
	for _, row := range rows {
		state := row.state()
		if state == "" {
			continue
		}
		if law == nil {
			var ok bool
			if law, q, ok = v.ask(v.deedTo(regulation.File, e)); !ok {
				return out, nil
			}
		}
		q.Context["stuk"] = regulation.String(row.Key)
		if !inCompany(law, q) {
			continue
		}
		name, err := v.nameOf(e)
		if err != nil {
			return out, err
		}
		out = v.fileTask(out, row, state, thing{Name: name, Path: "/dossier/" + kind + "/" + string(e.ID) + "?stuk=" + row.Key})
	}
	return out, nil
}

// fileTask adds a thing to the task about a kind of document.
func (v *visit) fileTask(out []task, row statusRow, state string, about thing) []task {
	t := task{Kind: "stukken", Line: v.word("task.file."+state, row.Title)}
	if state == "soon" {
		t.Due = row.Last()
	}
	return gathered(out, t, about)
}

// gathered adds a thing to the task that says what t says, or to t. The first
// that is due counts.
func gathered(out []task, t task, about thing) []task {
	i := slices.IndexFunc(out, func(o task) bool { return o.Kind == t.Kind && o.Line == t.Line })
	if i < 0 {
		i, out = len(out), append(out, t)
	}
	out[i].Things = append(out[i].Things, about)
	if t.Due.Before(out[i].Due) {
		out[i].Due = t.Due
	}
	return out
}

// state is what is to do about a kind of document: "" for nothing.
func (r statusRow) state() string {
	switch {
	case !r.Named, !r.Asked && !r.Counts:
		return ""
	case r.Lapsed:
		return "lapsed"
	case !r.Counts:
		return "missing"
	case r.Soon:
		return "soon"
	}
	return ""
}
