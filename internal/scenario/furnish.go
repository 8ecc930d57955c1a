package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/governance"
	"oogmerk/internal/regulation"
)

// What a scenario doesn't speak of is in order. This file puts it in order: as
// facts, entered as such.

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// yesterday is when what is given came about.
func (w *world) yesterday() int64 { return db.Micros(w.stage.begins.AddDate(0, 0, -1)) }

func (w *world) exec(query string, args ...any) error {
	_, err := w.db.ExecContext(w.ctx, query, args...)
	return err
}

// id is that of something new.
func (w *world) id() string {
	w.rows++
	return fmt.Sprintf("%032x", w.rows)
}

// insert puts rows in a table with one statement.
func (w *world) insert(table, columns string, rows ...[]any) error {
	if len(rows) == 0 {
		return nil
	}
	var values []string
	var args []any
	for _, row := range rows {
		var marks []string
		for _, field := range row {
			args = append(args, field)
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
		values = append(values, "("+strings.Join(marks, ", ")+")")
	}
	return w.exec("INSERT INTO "+table+" ("+columns+") VALUES "+strings.Join(values, ", "), args...)
}

// found has the organisation adopt the document, long enough after it was
// announced and with the consent of all its councils.
func (w *world) found() error {
	law, err := w.read(w.doc.File, w.doc.Text) // which may be a mutant
	if err != nil {
		return err
	}
	w.adopted = regulation.Stack(law, regulation.Layered{Law: w.statutes}).Terms
	f := governance.Founding{Organisation: "Voorbeeld", File: w.doc.File, Document: w.doc.Text, Decision: "besluit van het bestuur",
		Choices: w.stage.choices, Announced: calendar.DateOf(w.stage.begins.AddDate(-1, 0, 0))}
	for _, c := range w.adopted.Councils {
		f.Consents = append(f.Consents, governance.Consent{Council: c.Key, Evidence: "brief", On: f.Announced})
	}
	for _, kind := range w.adopted.Files {
		if kind.About == regulation.Organisation {
			f.Files = append(f.Files, kind.Key)
		}
	}
	return w.board.Found(w.ctx, f)
}

// furnish puts in order what is the organisation's as a whole: what is on
// file about it, who holds its roles, where the footage stands.
func (w *world) furnish() error {
	if err := w.file(organisation); err != nil {
		return err
	}
	if err := w.staff(""); err != nil {
		return err
	}
	depot := w.id()
	if err := w.insert("site", "id, name, created_at", []any{depot, "Opslag", w.yesterday()}); err != nil {
		return err
	}
	return w.insert("room", "id, site, name, kind, storage", []any{w.id(), depot, "Serverruimte", "serverruimte", true})
}

// unnamed begins the id of who holds a role that nobody in the scenario is
// said to have.
const unnamed = "iemand-"

// staff has someone hold each role there is at a site, or, if that is "", for
// all.
func (w *world) staff(site string) error {
	var persons, appointments [][]any
	place := any(site)
	if site == "" {
		place = nil
	}
	for _, r := range w.adopted.Roles {
		if r.PerSite != (site != "") {
			continue
		}
		id := unnamed + w.id()
		persons = append(persons, []any{id, id, r.Title, hashed, w.yesterday(), w.yesterday()})
		appointments = append(appointments, []any{id, id, r.Key, place, "gegeven", "gegeven", w.yesterday()})
	}
	if err := w.insert("person", "id, login, name, password, confidentiality_at, created_at", persons...); err != nil {
		return err
	}
	return w.insert("appointment", "id, person, role, site, by_whom, basis, from_at", appointments...)
}

// vacate has who nobody named step down from a role: at a site or, if that is
// "", for all.
func (w *world) vacate(role, site string) error {
	return w.exec("UPDATE appointment SET to_at = from_at WHERE person LIKE $1 AND role = $2 AND COALESCE(site, '') = $3",
		unnamed+"%", role, site)
}

// file puts on file about e, complete and dated today, each kind of document
// that there is about such a thing.
func (w *world) file(e regulation.Entity) error {
	var rows [][]any
	for _, kind := range w.adopted.Files {
		if kind.About == string(e.Type) {
			rows = append(rows, w.paper(kind, e))
		}
	}
	return w.insert("file_item", "id, kind, about, title, fields, dated, by_whom, at, media", rows...)
}

// paper is a row: a document that is complete.
func (w *world) paper(kind regulation.FileTerm, about regulation.Entity) []any {
	fields, _ := json.Marshal(filled(kind)) // a map of strings can always be written
	return []any{w.id(), kind.Key, about.String(), kind.Title, string(fields), calendar.DateOf(w.stage.begins).String(),
		"gegeven", w.yesterday(), ""}
}

func filled(kind regulation.FileTerm) map[string]string {
	fields := map[string]string{}
	for _, f := range kind.Fields {
		fields[f] = "ingevuld"
	}
	return fields
}

// A next is what is so of the regulation that is to come.
type next struct {
	draft     string    // of a text that somebody brought in: only what is entered about it counts
	against   []string  // councils that didn't consent
	announced time.Time // zero: when it is adopted
	silent    bool      // it wasn't announced at all
	rewritten bool      // after they consented
}

// document is the text of the regulation that is to come.
func (w *world) document() []byte { return append(bytes.Clone(w.doc.Text), '\n') }

// supported enters what a new regulation rests on: consents and announcement.
func (w *world) supported(document []byte) error {
	law, err := w.read(w.doc.File, document)
	if err != nil {
		return err
	}
	if law, err = law.Choose(w.stage.choices); err != nil {
		return err
	}
	choices, err := json.Marshal(w.stage.choices)
	if err != nil {
		return err
	}
	now := db.Micros(w.now())
	var announced any = now
	if !w.next.announced.IsZero() {
		announced = db.Micros(w.next.announced)
	}
	if w.next.silent {
		announced = nil
	}
	err = w.insert("regulation_draft", "id, file, document, hash, choices, author, created_at, announced_at",
		[]any{w.id(), w.doc.File, document, law.Hash[:], string(choices), "gegeven", now, announced})
	if err != nil {
		return err
	}
	var consents [][]any
	for _, c := range w.law.Terms.Councils {
		if !slices.Contains(w.next.against, c.Key) {
			consents = append(consents, []any{w.id(), law.Hash[:], c.Key, "brief", calendar.DateOf(w.now()).String(), "gegeven", now})
		}
	}
	return w.insert("consent", "id, hash, council, evidence, given_on, by_whom, at", consents...)
}

// date reads a date in a sentence.
func date(text string) (calendar.Date, error) {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return 0, fmt.Errorf("%s is geen datum: schrijf bijvoorbeeld 2026-11-02", text)
	}
	return d, nil
}

// on is a time of day on a date, in Amsterdam.
func on(d calendar.Date, clock time.Time) time.Time {
	year, month, day := d.Civil()
	return time.Date(year, month, day, clock.Hour(), clock.Minute(), 0, 0, calendar.Amsterdam)
}
