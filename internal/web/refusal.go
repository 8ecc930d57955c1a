package web

import (
	"strings"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// A reason is why something isn't allowed, or no longer: the articles, and
// where in the logbook it stands.
type reason struct {
	Act      regulation.Act
	At       time.Time
	Seq      int64
	Articles []regulation.Article
}

// asked is what someone asked for, in words.
type asked struct {
	On       thing
	From, To time.Time // zero: whenever
	Purpose  string
	Under    thing
}

// refused is what refusal.html shows.
type refused struct {
	reason
	Asked asked
	Alone bool // nobody else is at the seat
	Join  joining
	Back  string
}

func (v *visit) reason(r *gate.Refusal) reason {
	return reason{Act: r.Request.Act, At: r.At, Seq: r.Seq, Articles: r.Articles}
}

// asked names what a request was about. A name that can't be read leaves the
// refusal as it is: it must be shown.
func (v *visit) asked(r gate.Request) asked {
	a := asked{From: r.On.From, To: r.On.To, Purpose: v.purpose(string(r.For))}
	var err error
	if a.On, err = v.names.of(r.On.Entity.String()); err != nil {
		v.Report(err)
	}
	if r.Under.ID != "" {
		if a.Under, err = v.names.of(r.Under.String()); err != nil {
			v.Report(err)
		}
	}
	return a
}

// refusalLine is a refusal in one line, for who reads no pages.
func (v *visit) refusalLine(r *gate.Refusal) string {
	var numbers []string
	for _, a := range r.Articles {
		numbers = append(numbers, a.Number)
	}
	if len(numbers) == 0 {
		return v.word("refusal.line.none")
	}
	return v.word("refusal.line", strings.Join(numbers, ", "))
}

// reasonPart is a reason as part of a page, for a picture that stops.
func (v *visit) reasonPart(r *gate.Refusal) (string, error) {
	text, err := v.render("refusal", "reason", v.reason(r))
	return string(text), err
}
