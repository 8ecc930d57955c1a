package web

import (
	"fmt"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
)

// A livePage is what live.html shows.
type livePage struct {
	Purposes []regulation.PurposeTerm
	Chosen   *regulation.PurposeTerm // nil: still to choose
	Tiles    []tile
	Tasks    tasksBrief // while there is still to choose
}

// A tile is one camera on a page with pictures.
type tile struct {
	premises.Camera
	SiteName string
	State    state
	Big      bool
}

// A state is how a camera is doing.
type state struct {
	recorder.Status
	Mark   string  // which icon says so
	Reason *reason // which article stops it
	Cause  string  // of the gap there is now, "" for none
}

// read is what of s is to be read: if that is the same, so is the page.
func (s state) read() read { return read{s.State, s.Mark, s.Cause, s.Since, s.Refusal} }

// A read can be compared.
type read struct {
	state, mark, cause string
	since              time.Time
	refusal            *gate.Refusal
}

// Down reports whether there is no picture to wait for.
func (s state) Down() bool { return s.Mark == "no" || s.Mark == "lost" || s.Mark == "off" }

// marks are the icons of states: never colour alone.
var marks = map[string]string{
	recorder.Recording:   "on",
	recorder.Connecting:  "wait",
	recorder.Forbidden:   "no",
	recorder.Unreachable: "lost",
	recorder.Unstored:    "lost",
	recorder.Stopped:     "off",
	recorder.Waiting:     "wait",
	recorder.Live:        "live",
}

func (v *visit) state(id premises.CameraID) state {
	s := state{Status: v.Recorder.Status(id)}
	if s.Mark = marks[s.State]; s.Mark == "" {
		s.Mark = "off"
	}
	if s.Refusal != nil {
		r := v.reason(s.Refusal)
		s.Reason = &r
	} else if s.Mark != "on" {
		if s.Cause = v.cause(id); s.Cause == s.State {
			s.Cause = "" // the state says it
		}
	}
	return s
}

// cause is why nothing is recorded now, as the gap says. Not knowing it keeps
// nobody from the page.
func (v *visit) cause(id premises.CameraID) string {
	now := v.Now()
	gaps, err := v.Footage.Gaps(v.ctx(), v.Reads, id, footage.Span{From: now, To: now.Add(time.Second)})
	if err != nil && v.ctx().Err() == nil {
		v.Report(fmt.Errorf("couldn't find out why camera %s records nothing: %w", id, err))
	}
	for _, g := range gaps {
		if g.Span.To.IsZero() {
			return g.Cause
		}
	}
	return ""
}

// livePage is GET /: first what the pictures are for, then the cameras.
func (s *site) livePage(v *visit) error {
	page := livePage{Purposes: v.livePurposes()}
	var err error
	if page.Chosen, err = choose(page.Purposes, v.query("doel")); err != nil {
		return err
	}
	w := view{title: "live.title", dark: true, nav: "/"}
	if page.Chosen != nil {
		w.js = []string{"live.js"}
		if page.Tiles, err = v.tiles(); err != nil {
			return err
		}
	} else {
		page.Tasks = v.brief()
	}
	w.data = page
	return v.show("live", w)
}

// livePurposes are the aims one can watch live for: an incident isn't one, it
// has been already.
func (v *visit) livePurposes() []regulation.PurposeTerm {
	var out []regulation.PurposeTerm
	if v.law != nil {
		for _, p := range v.law.Terms.Purposes {
			if !p.Incident {
				out = append(out, p)
			}
		}
	}
	return out
}

// choose finds the purpose with this key; nil if none was chosen yet.
func choose(from []regulation.PurposeTerm, key string) (*regulation.PurposeTerm, error) {
	for _, p := range from {
		if string(p.Key) == key {
			return &p, nil
		}
	}
	if key != "" {
		return nil, mistake{key: "wrong.purpose", with: []any{clip(key)}}
	}
	return nil, nil
}

func (v *visit) tiles() ([]tile, error) {
	cameras, err := v.Premises.Cameras(v.ctx())
	if err != nil {
		return nil, err
	}
	var out []tile
	for _, c := range cameras {
		t, err := v.tile(c)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (v *visit) tile(c premises.Camera) (tile, error) {
	place, err := v.names.of(c.Site.Entity().String())
	return tile{Camera: c, SiteName: place.Name, State: v.state(c.ID)}, err
}
