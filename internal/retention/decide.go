// Package retention decides when footage must go, and sees to it that it
// goes. decide.go is the rule; sweep.go applies it; hold.go makes exceptions,
// and reject.go lets it go sooner.
package retention

import (
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Verdict says when a camera's hour must be gone, and what outlives it.
type Verdict struct {
	Known    bool      // a regulation in force sets a term; if not, nothing is due, and nothing is known
	Due      bool      // the term is over: the hour's key must be destroyed
	At       time.Time // when the term is over
	Term     regulation.Retention
	Rejected bool   // the term is that of footage that is of no use
	Held     []Hold // holds on part of the hour, or on all of it, oldest first
}

// A Schedule is what decides, apart from holds, when what one camera saw must
// go.
type Schedule struct {
	Place      Place
	Terms      regulation.Terms
	Rejections []Rejection
}

// A Rejection says that somebody viewed a stretch of footage and found it of
// no use.
type Rejection struct {
	Span footage.Span
	At   time.Time // when it was said
}

// Decide judges what a camera saw in an hour. Of several terms the one that
// ends first holds. A hold doesn't move the term: what it covers is kept under
// its incident's key when the hour's key goes.
func Decide(hour vault.Hour, s Schedule, holds []Hold, now time.Time) Verdict {
	var v Verdict
	for _, h := range holds {
		if h.holds(s.Place.Camera, hourSpan(hour)) {
			v.Held = append(v.Held, h)
		}
	}
	rows := s.Place.rows(s.Terms, hour, regulation.Recorded)
	v.At, v.Term = first(rows, hour.Start())
	if at, term := s.rejectedAt(hour, rows); !at.IsZero() && (v.At.IsZero() || at.Before(v.At)) {
		v.At, v.Term, v.Rejected = at, term, true
	}
	v.Known = !v.At.IsZero()
	v.Due = v.Known && !now.Before(v.At)
	return v
}

// Over reports whether what was recorded at an instant must be gone at now.
func (s Schedule) Over(at, now time.Time) bool { return Decide(vault.HourOf(at), s, nil, now).Due }

// first returns when the first of these terms is over that began at start; zero
// if there is none. An hour goes as a whole, so its start is its first picture.
func first(rows []regulation.Retention, start time.Time) (at time.Time, term regulation.Retention) {
	for _, row := range rows {
		if end := row.Limit.End(start); known(row) && (at.IsZero() || end.Before(at)) {
			at, term = end, row
		}
	}
	return at, term
}

// rejectedAt returns when an hour must be gone because something in it was
// rejected; zero if it wasn't, or if no term begins with that. It is never
// before the hour is over, nor before the least that the terms (rows) promise.
func (s Schedule) rejectedAt(hour vault.Hour, rows []regulation.Retention) (at time.Time, term regulation.Retention) {
	terms := s.Place.rows(s.Terms, hour, regulation.Rejected)
	for _, r := range s.Rejections {
		if !r.Span.Overlaps(hourSpan(hour)) {
			continue
		}
		if end, row := first(terms, r.At); !end.IsZero() && (at.IsZero() || end.Before(at)) {
			at, term = end, row
		}
	}
	if at.IsZero() {
		return at, term
	}
	over := (hour + 1).Start()
	for _, row := range rows {
		if end := row.Least.End(over); end.After(at) {
			at = end
		}
	}
	if over.After(at) {
		at = over
	}
	return at, term
}

// known reports whether a term says how long footage may be kept. One that
// doesn't is no ground for keeping nothing.
func known(r regulation.Retention) bool {
	return r.Limit != (calendar.StorageLimit{}) && r.Limit.Hours >= 0 && r.Limit.Days >= 0 && r.Limit.Months >= 0
}

func hourSpan(h vault.Hour) footage.Span {
	return footage.Span{From: h.Start(), To: (h + 1).Start()}
}

// holds reports whether h keeps something of what camera saw during span.
func (h Hold) holds(camera premises.CameraID, span footage.Span) bool {
	return h.Lifted.IsZero() && h.Camera == camera && h.Span.Overlaps(span)
}
