package web

import (
	"net/url"
	"strconv"

	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// Whose deeds a reader of the logbook looks for.
const (
	byPeople   = "mensen"    // what the program does by itself is left out
	byAnyone   = "alles"     // every entry
	refusalsOf = "geweigerd" // what was not allowed, was stopped, or failed
)

// A look is how someone looks through the logbook: the form, as it was filled
// in.
type look struct {
	Who, Camera, Day string
	before           string // seq in the address of an older page
}

func lookOf(q url.Values) look {
	l := look{Who: q.Get("wie"), Camera: q.Get("camera"), Day: q.Get("dag"), before: q.Get("voor")}
	if l.Who == "" {
		l.Who = byPeople
	}
	return l
}

// read is what l looks for, and below which entry.
func (l look) read() (s logbook.Search, before int64, err error) {
	before = -1
	if l.before != "" {
		if before, err = strconv.ParseInt(l.before, 10, 64); err != nil || before < 0 {
			return s, -1, mistake{key: "wrong.page"}
		}
	}
	switch l.Who {
	case byPeople:
		s.Without = []string{string(regulation.Record), string(regulation.Erase), "starten", "stoppen"}
	case refusalsOf:
		s.Refused = true
	case byAnyone:
	default:
		return s, -1, mistake{key: "wrong.look"}
	}
	if l.Camera != "" {
		s.Object = premises.CameraID(l.Camera).Entity().String()
	}
	if l.Day != "" {
		d, err := readDay(l.Day)
		if err != nil {
			return s, -1, err
		}
		s.From, s.To = d.span().From, d.span().To
	}
	return s, before, nil
}

// Filtered reports whether entries may be left out.
func (l look) Filtered() bool { return l.Who != byAnyone || l.Camera != "" || l.Day != "" }

// path is the address of the entries below before; the newest if it is
// negative.
func (l look) path(before int64) string {
	q := url.Values{}
	if l.Who != byPeople {
		q.Set("wie", l.Who)
	}
	if l.Camera != "" {
		q.Set("camera", l.Camera)
	}
	if l.Day != "" {
		q.Set("dag", l.Day)
	}
	if before >= 0 {
		q.Set("voor", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return "/logboek"
	}
	return "/logboek?" + q.Encode()
}

// Newest is the address of the newest entries that l looks for.
func (l look) Newest() string { return l.path(-1) }
