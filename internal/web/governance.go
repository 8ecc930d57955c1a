package web

import (
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"oogmerk/internal/governance"
	"oogmerk/internal/people"
)

// A draftsPage is what drafts.html shows.
type draftsPage struct {
	Drafts   []draftRow
	Versions []versionRow // newest first
	Orders   []versionRow
	Faults   string // what is wrong with the text that was sent
	Wrong    string
}

// A draftRow is a text in the list.
type draftRow struct {
	governance.Draft
	ByName  string
	Adopted bool
}

// A versionRow is a version in the history.
type versionRow struct {
	governance.Version
	Now, Coming, Never bool   // in force now, to come, or overtaken before it began
	For                string // of an order: what it is for
}

// draftsPage is GET /vaststellen.
func (s *site) draftsPage(v *visit) error { return v.showDrafts(http.StatusOK, draftsPage{}) }

func (v *visit) showDrafts(code int, page draftsPage) error {
	drafts, err := v.Board.Drafts(v.ctx())
	if err != nil {
		return err
	}
	for _, d := range drafts {
		row := draftRow{Draft: d, Adopted: v.adopted(d.Hash)}
		if row.ByName, err = v.nameOf(people.PersonID(d.Author).Entity()); err != nil {
			return err
		}
		page.Drafts = append(page.Drafts, row)
	}
	page.Versions = v.history(v.Board.Versions())
	page.Orders = v.history(v.Board.Orders())
	for i, o := range page.Orders {
		if page.Orders[i].For, err = v.scopeName(o.Scope); err != nil {
			return err
		}
	}
	return v.send(code, "drafts", view{title: "drafts.title", nav: "/reglement", data: page})
}

// history is versions, newest first.
func (v *visit) history(versions []governance.Version) []versionRow {
	var rows []versionRow
	for _, version := range slices.Backward(versions) {
		row := versionRow{Version: version, Coming: v.now.Before(version.From), Never: version.Until.Equal(version.From)}
		row.Coming = row.Coming && !row.Never
		row.Now = !row.Coming && !row.Never && (version.Until.IsZero() || v.now.Before(version.Until))
		rows = append(rows, row)
	}
	return rows
}

func (v *visit) adopted(hash [32]byte) bool {
	return slices.ContainsFunc(slices.Concat(v.Board.Versions(), v.Board.Orders()),
		func(version governance.Version) bool { return version.Law.Hash == hash })
}

// maxText is what fits in a regulation, and a little more: its own fault says
// better what is wrong.
const maxText = 2 << 20

// draft is POST /vaststellen/bestand: a text that may become the regulation.
func (s *site) draft(v *visit) error {
	v.retry = "/vaststellen"
	text, err := v.readFile("tekst", maxText)
	if err != nil {
		return err
	}
	if text == nil {
		return v.showDrafts(http.StatusBadRequest, draftsPage{Wrong: v.word("wrong.text")})
	}
	return v.enterDraft(fileName(v), text, nil)
}

// fileName is what the file that was sent is called, without what could be a
// path.
func fileName(v *visit) string {
	if v.r.MultipartForm != nil {
		for _, f := range v.r.MultipartForm.File["tekst"] {
			name := filepath.Base(strings.ReplaceAll(f.Filename, "\\", "/"))
			if legible(name) && len(name) < 100 && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
				return name
			}
		}
	}
	return "reglement.md"
}

// enterDraft enters a text and shows it, or what is wrong with it.
func (v *visit) enterDraft(file string, text []byte, choices map[string]string) error {
	id, err := v.Board.Draft(v.ctx(), v.Gate, v.by(), file, text, choices)
	var unfit governance.Unfit
	if errors.As(err, &unfit) {
		return v.showDrafts(http.StatusBadRequest, draftsPage{Faults: string(unfit)})
	}
	if err != nil {
		return err
	}
	return v.goTo("/vaststellen/" + id)
}

// endOrder is POST /opdrachten/einde.
func (s *site) endOrder(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	v.retry = "/vaststellen"
	id, err := strconv.ParseInt(v.form("opdracht"), 10, 64)
	if err != nil {
		return missing
	}
	err = s.Board.EndOrder(v.ctx(), s.Gate, v.by(), id, v.form("besluit"))
	var wrong mistake
	switch {
	case v.mend(err, &wrong):
		return v.showDrafts(http.StatusBadRequest, draftsPage{Wrong: v.word(wrong.key, wrong.with...)})
	case errors.Is(err, governance.ErrNoDecision):
		return v.showDrafts(http.StatusBadRequest, draftsPage{Wrong: v.word("wrong.decision")})
	case err != nil:
		return err
	}
	return v.goTo("/vaststellen#opdrachten")
}
