// Package retention decides when footage must go, and sees to it that it
// goes. decide.go is the rule; sweep.go applies it; hold.go makes exceptions.
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
	Known   bool      // a regulation in force sets a term; if not, nothing is due, and nothing is known
	Due     bool      // the term is over: the hour's key must be destroyed
	At      time.Time // when the term is over
	Article string    // which sets it
	Held    []Hold    // holds on part of the hour, or on all of it, oldest first
}

// Decide judges what a camera saw in an hour. A hold doesn't move the term:
// what it covers is kept under its incident's key when the hour's key goes.
func Decide(camera premises.CameraID, hour vault.Hour, terms regulation.Terms, holds []Hold, now time.Time) Verdict {
	v := Verdict{Known: known(terms.Retention), Article: terms.Retention.Article}
	for _, h := range holds {
		if h.holds(camera, hourSpan(hour)) {
			v.Held = append(v.Held, h)
		}
	}
	if v.Known {
		v.At = ErasedAt(hour, terms.Retention)
		v.Due = !now.Before(v.At)
	}
	return v
}

// ErasedAt returns when what was recorded in an hour must be gone. An hour
// goes as a whole, so its first picture decides. It returns the zero time for
// a regulation that sets no term.
func ErasedAt(hour vault.Hour, r regulation.Retention) time.Time {
	if !known(r) {
		return time.Time{}
	}
	return r.Limit.End(hour.Start())
}

// known reports whether a regulation says how long footage may be kept. One
// that doesn't is no ground for keeping nothing.
func known(r regulation.Retention) bool {
	return r.Limit != (calendar.StorageLimit{}) && r.Limit.Hours >= 0 && r.Limit.Days >= 0
}

func hourSpan(h vault.Hour) footage.Span {
	return footage.Span{From: h.Start(), To: (h + 1).Start()}
}

// holds reports whether h keeps something of what camera saw during span.
func (h Hold) holds(camera premises.CameraID, span footage.Span) bool {
	return h.Lifted.IsZero() && h.Camera == camera && h.Span.Overlaps(span)
}
