package web

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/dossier"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// fileKinds are what there can be a file about, as addresses call it.
var fileKinds = map[string]string{"organisatie": regulation.Organisation, "locatie": regulation.Site, "camera": regulation.Camera, "persoon": regulation.Person}

// soon is how long before a document stops to count people are told.
const soon = 30 * 24 * time.Hour

// A dossierPage is what dossier.html shows: of everything, what is missing.
type dossierPage struct{ Groups []dossierGroup }

// A dossierGroup is everything of one kind.
type dossierGroup struct {
	Kind   string // as in addresses
	Things []dossierThing
	Asked  int // how many kinds of document the regulation names for it
}

// A dossierThing is something there is a file about.
type dossierThing struct {
	ID, Name, Path string
	// Titles of what isn't on file, of what is but counts no more, and of what
	// soon won't.
	Missing, Lapsed, Soon []string
}

// dossierPage is GET /dossier.
func (s *site) dossierPage(v *visit) error {
	var page dossierPage
	for _, kind := range []string{"organisatie", "locatie", "camera", "persoon"} {
		group := dossierGroup{Kind: kind}
		things, err := v.filed(kind)
		if err != nil {
			return err
		}
		for _, e := range things {
			rows, err := v.statuses(e)
			if err != nil {
				return err
			}
			thing := dossierThing{ID: string(e.ID), Path: "/dossier/" + kind + "/" + string(e.ID)}
			if thing.Name, err = v.nameOf(e); err != nil {
				return err
			}
			for _, row := range rows {
				if row.Named && row.Asked {
					group.Asked++
					thing.tell(row)
				}
			}
			group.Things = append(group.Things, thing)
		}
		page.Groups = append(page.Groups, group)
	}
	return v.show("dossier", view{title: "dossier.title", nav: "/dossier", data: page})
}

func (t *dossierThing) tell(row statusRow) {
	switch {
	case row.Lapsed:
		t.Lapsed = append(t.Lapsed, row.Title)
	case !row.Counts:
		t.Missing = append(t.Missing, row.Title)
	case row.Soon:
		t.Soon = append(t.Soon, row.Title)
	}
}

// filed is everything of a kind there can be a file about.
func (v *visit) filed(kind string) (all []regulation.Entity, err error) {
	switch fileKinds[kind] {
	case regulation.Organisation:
		return []regulation.Entity{organisation}, nil
	case regulation.Site:
		sites, err := v.Premises.Sites(v.ctx())
		for _, s := range sites {
			all = append(all, s.ID.Entity())
		}
		return all, err
	case regulation.Camera:
		cameras, err := v.Premises.Cameras(v.ctx())
		for _, c := range cameras {
			all = append(all, c.ID.Entity())
		}
		return all, err
	}
	persons, err := v.persons()
	for _, p := range persons {
		all = append(all, p.ID.Entity())
	}
	return all, err
}

// A filePage is what file.html shows: all that is on file about one thing.
type filePage struct {
	Kind, ID, Name, Path string
	Rows                 []statusRow
	Items                []itemRow
	Form                 fileForm
	Term                 *statusRow // the kind that is being put on file, nil: none
	Wrong                string
	Today                string
	Closed               bool // it can be added to here, not read
}

// A fileForm is a document as it was filled in.
type fileForm struct {
	Kind, Title, Day string
	Fields           map[string]string
}

// An itemRow is one document on file.
type itemRow struct {
	dossier.Item
	Called, ByName string
	Dated          time.Time
	Filled         []filled
}

// filled is one thing that was filled in.
type filled struct{ Name, Text string }

// filePage is GET /dossier/{soort}/{id}.
func (s *site) filePage(v *visit) error {
	return v.showFile(http.StatusOK, fileForm{Kind: v.query("stuk"), Day: dayOf(v.now).String()}, "")
}

// about is what the address is about.
func (v *visit) fileOf() (regulation.Entity, error) {
	kind := fileKinds[v.r.PathValue("soort")]
	things, err := v.filed(v.r.PathValue("soort"))
	if err != nil {
		return regulation.Entity{}, err
	}
	e := regulation.NewEntity(kind, v.r.PathValue("id"))
	if kind == "" || !slices.Contains(things, e) {
		return e, missing
	}
	return e, nil
}

func (v *visit) showFile(code int, form fileForm, wrong string) error {
	e, err := v.fileOf()
	if err != nil {
		return err
	}
	closed, err := v.addsOnly(e)
	if err != nil {
		return err
	}
	page := filePage{Closed: closed, Kind: v.r.PathValue("soort"), ID: string(e.ID), Form: form, Wrong: wrong, Today: dayOf(v.now).String()}
	page.Path = "/dossier/" + page.Kind + "/" + page.ID
	if page.Name, err = v.nameOf(e); err != nil {
		return err
	}
	if page.Rows, err = v.statuses(e); err != nil {
		return err
	}
	if i := slices.IndexFunc(page.Rows, func(r statusRow) bool { return r.Key == form.Kind }); i >= 0 {
		page.Term = &page.Rows[i]
	}
	if !closed {
		page.Items, err = v.items(e, page.Rows)
	}
	if err != nil {
		return err
	}
	return v.send(code, "file", view{title: "file.title", with: []any{page.Name}, nav: "/dossier", data: page})
}

// items are all documents about e that weren't taken off file, newest first.
func (v *visit) items(e regulation.Entity, kinds []statusRow) ([]itemRow, error) {
	all, err := v.Dossier.About(v.ctx(), e)
	if err != nil {
		return nil, err
	}
	var rows []itemRow
	for _, i := range all {
		if !i.Gone.IsZero() {
			continue
		}
		row := itemRow{Item: i, Called: i.Kind, Dated: noon(i.Dated)}
		if k := slices.IndexFunc(kinds, func(r statusRow) bool { return r.Key == i.Kind }); k >= 0 {
			row.Called = kinds[k].Title
			row.Filled = fill(kinds[k].Fields, i.Fields)
		} else {
			row.Filled = fill(nil, i.Fields)
		}
		if row.ByName, err = v.nameOf(people.PersonID(i.By).Entity()); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fill is what was filled in, first what the regulation asks for.
func fill(asked []string, fields map[string]string) []filled {
	var out []filled
	for _, name := range asked {
		if fields[name] != "" {
			out = append(out, filled{name, fields[name]})
		}
	}
	var more []filled
	for name, text := range fields {
		if !slices.Contains(asked, name) && text != "" {
			more = append(more, filled{name, text})
		}
	}
	slices.SortFunc(more, func(a, b filled) int { return strings.Compare(a.Name, b.Name) })
	return append(out, more...)
}

// noon is a day for people to read.
func noon(d calendar.Date) time.Time { return d.Last().Add(-12 * time.Hour) }

// addFile is POST /dossier/{soort}/{id}/bestand.
func (s *site) addFile(v *visit) error {
	content, err := v.readFile("bestand", dossier.MaxContent)
	if err != nil {
		return err
	}
	e, err := v.fileOf()
	if err != nil {
		return err
	}
	path := "/dossier/" + v.r.PathValue("soort") + "/" + string(e.ID)
	form := fileForm{Kind: v.form("stuk"), Title: v.form("titel"), Day: v.form("datum"), Fields: map[string]string{}}
	v.retry = path + "?stuk=" + form.Kind
	if err := v.readFields(&form, e); err != nil {
		return err
	}
	err = v.addItem(e, form, content)
	var wrong mistake
	if v.mend(err, &wrong) {
		return v.showFile(http.StatusBadRequest, form, v.word(wrong.key, wrong.with...))
	}
	if err != nil {
		return err
	}
	return v.goTo(path)
}

// readFields reads what the regulation asks to be filled in: the fields are
// numbered, for their names are words of the law.
func (v *visit) readFields(form *fileForm, e regulation.Entity) error {
	rows, err := v.statuses(e)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Key != form.Kind {
			continue
		}
		for i, name := range row.Fields {
			form.Fields[name] = v.form("veld-" + strconv.Itoa(i))
		}
	}
	return nil
}

func (v *visit) addItem(e regulation.Entity, form fileForm, content []byte) error {
	d, err := readDay(form.Day)
	if err != nil {
		return err
	}
	_, err = v.Dossier.Add(v.ctx(), v.by(), dossier.Item{Kind: form.Kind, About: e, Title: form.Title, Fields: form.Fields,
		Dated: calendar.DateOf(d.at(12, 0, 0))}, content)
	return err
}

// removeFile is POST /dossier/{soort}/{id}/weg.
func (s *site) removeFile(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	e, err := v.fileOf()
	if err != nil {
		return err
	}
	v.retry = "/dossier/" + v.r.PathValue("soort") + "/" + string(e.ID)
	if err := s.Dossier.Remove(v.ctx(), v.by(), v.form("stuk")); err != nil {
		return v.mendable(err)
	}
	return v.goTo(v.retry)
}

// fileContent is GET /dossier/{soort}/{id}/stuk/{stuk}: a download, so that
// nothing in it runs as a page of ours.
func (s *site) fileContent(v *visit) error {
	e, err := v.fileOf()
	if err != nil {
		return err
	}
	permit, err := v.mayReadFile(e)
	if err != nil {
		return err
	}
	content, kind, err := s.Dossier.Content(v.ctx(), permit, v.r.PathValue("stuk"))
	if err != nil {
		return err
	}
	name := "stuk-" + v.r.PathValue("stuk")[:8] + map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[kind]
	if kind == "text/plain" {
		kind, name = "text/plain; charset=utf-8", name+".txt"
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = v.w.Write(content) // fails only for who is gone already
	return nil
}
