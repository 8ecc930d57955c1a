package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"oogmerk/internal/dossier"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/incident"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/retention"
	"oogmerk/internal/survey"
	"oogmerk/internal/viewing"
)

// A mistake is something a visitor can mend: a line of ours that says what is
// wrong and how.
type mistake struct {
	key    string // of the line in the words
	with   []any  // what the line is about
	status int    // 400 unless set
}

func (m mistake) Error() string { return fmt.Sprintf("%s %v", m.key, m.with) }

// code is the status of m.
func (m mistake) code() int {
	if m.status == 0 {
		return http.StatusBadRequest
	}
	return m.status
}

var missing = mistake{key: "wrong.missing", status: http.StatusNotFound}

// fail is where every error becomes a page: what the regulation refuses with
// the articles that refuse it, what the visitor can mend in one line, and the
// rest as a fault of ours, without its insides.
func (v *visit) fail(err error) {
	err = v.mendable(err)
	var refusal *gate.Refusal
	var m mistake
	switch {
	case errors.Is(err, context.Canceled) && v.r.Context().Err() != nil:
		return // whoever asked is gone
	case errors.As(err, &refusal):
		v.refuse(refusal)
		return
	case errors.Is(err, sql.ErrNoRows):
		m = missing
	case errors.As(err, &m):
	case tooLarge(err):
		m = mistake{key: "wrong.large", status: http.StatusRequestEntityTooLarge}
	default:
		v.Report(fmt.Errorf("couldn't answer %s %s: %w", v.r.Method, v.r.URL.Path, err))
		m = mistake{key: "wrong.fault", status: http.StatusInternalServerError}
	}
	line := v.word(m.key, m.with...)
	if v.kind != paper {
		http.Error(v.w, line, m.code())
		return
	}
	v.write(m.code(), "fault", view{title: "fault.title", data: fault{Code: m.code(), Line: line}})
}

// mendable is err, or the mistake that it is: other packages say in a line of
// their own what is wrong with what was filled in.
func (v *visit) mendable(err error) error {
	for _, line := range []string{said[people.Invalid](err), said[viewing.Invalid](err), said[retention.Invalid](err), said[incident.Invalid](err),
		said[premises.Invalid](err), said[governance.Invalid](err), said[dossier.Invalid](err), said[survey.Invalid](err)} {
		if line != "" {
			return mistake{key: "invalid:" + line}
		}
	}
	return err
}

// said is the line of err if it is of this kind, else "".
func said[T interface {
	~string
	error
}](err error) string {
	var line T
	if errors.As(err, &line) {
		return string(line)
	}
	return ""
}

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

// A fault is what fault.html shows.
type fault struct {
	Code int
	Line string
}

// refuse answers 403: what was asked, which articles forbid it, what can be
// done.
func (v *visit) refuse(r *gate.Refusal) {
	if v.kind != paper {
		http.Error(v.w, v.refusalLine(r), http.StatusForbidden)
		return
	}
	if v.retry == "" {
		v.retry = "/"
	}
	why := v.helped(r)
	page := refused{reason: why, Asked: v.asked(r.Request), TooFew: moreOfUs(why.Helps), Several: len(v.who.All) > 1,
		Join: joining{Back: v.retry}, Back: v.retry}
	if v.Demo != nil {
		page.Join.Try = v.others(v.Demo.People)
	}
	v.write(http.StatusForbidden, "refusal", view{title: "refusal.title", js: []string{"signin.js"}, data: page})
}
