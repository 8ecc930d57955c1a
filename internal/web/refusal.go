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
	Helps    []help // what would lift it
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
	Asked   asked
	TooFew  bool // more people are all it takes
	Several bool // there are others at the seat, who don't count
	Join    joining
	Back    string
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

// enough is more people than any regulation asks for.
const enough = 99

// would reports whether the law would allow r if there were people enough: a
// page may offer something to choose only where it would.
func (v *visit) would(r gate.Request) bool {
	if v.who.Empty() {
		return false
	}
	law, q, ok := v.ask(r)
	if !ok {
		return false
	}
	q.Context["aanwezigen"] = regulation.Long(enough)
	return law.Rule(q).Allowed
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

// helped is a reason with what would lift it.
func (v *visit) helped(r *gate.Refusal) reason {
	out := v.reason(r)
	out.Helps = v.helps(r.Request)
	return out
}

// stopped is why a picture stopped, and whether a colleague would bring it
// back.
type stopped struct {
	reason
	TooFew bool
	Again  string // the form, filled in as it was
}

func (v *visit) stopped(r *gate.Refusal, again string) stopped {
	why := v.helped(r)
	return stopped{reason: why, TooFew: moreOfUs(why.Helps), Again: again}
}

// reasonPart is a reason as part of a page, short, for a picture among others.
// Back is where the page is.
func (v *visit) reasonPart(r *gate.Refusal, back string) (string, error) {
	if part, err := v.gonePart(r, back); part != "" || err != nil {
		return part, err
	}
	text, err := v.render("refusal", "reason-brief", v.helped(r))
	return string(text), err
}

// gonePart is what a picture that stopped says where nobody sits any more: who
// signed out or walked to another screen needs no article to know why. It is
// "" where somebody does.
func (v *visit) gonePart(r *gate.Refusal, back string) (string, error) {
	who, err := v.People.Sitting(v.ctx(), v.token)
	if err != nil || !who.Empty() {
		return "", err
	}
	text, err := v.render("refusal", "gone", gone{Seq: r.Seq, Back: back})
	return string(text), err
}

// gone is that nobody sits here any more.
type gone struct {
	Seq  int64
	Back string
}
