package web

import (
	"slices"
	"strings"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/retention"
)

// The kinds of piece in a strip.
const (
	recorded = "recorded" // there is footage, until its term is over
	held     = "held"     // there is footage, held for an incident
	gap      = "gap"      // there is none, and the cause is known
	erased   = "erased"   // the term is over
	ahead    = "ahead"    // hasn't been yet
	before   = "before"   // the camera wasn't there yet
	fresh    = "fresh"    // just been, and on its way to the index
	unknown  = "unknown"  // there is none, and nobody noted why
	mixed    = "mixed"    // some of these in turn, each too short to draw
)

// A piece is a stretch of time of which one thing can be said.
type piece struct {
	Kind  string
	Span  footage.Span
	Cause string    // of a gap
	By    []string  // the articles that forbade recording, in a gap for that cause
	Under string    // the incidents it is held for, as people call them
	Until time.Time // when it is erased; zero if held or not there
}

// A strip is a stretch of one camera's time, in pieces without holes.
type strip struct {
	Span   footage.Span
	Pieces []piece

	now   time.Time
	peaks []byte        // activity, a byte for each step
	step  time.Duration // at least five seconds
}

// known is what the registers know about a stretch of one camera's time.
type known struct {
	span   footage.Span
	runs   []footage.Run
	gaps   []footage.Gap
	holds  []retention.Hold
	plan   retention.Schedule
	called map[string]string // incidents: what people call them, by id
	added  time.Time         // when the camera came
	now    time.Time
}

// notAllowed is the cause of a gap in which the regulation forbade recording.
const notAllowed = "geen toestemming"

const (
	seam     = 2 * time.Second  // between two segments: no more than rounding
	indexing = 10 * time.Second // until what is recorded is known to be there
)

// layOut makes a strip of what is known.
func layOut(k known) strip {
	var there []piece
	for _, r := range k.runs {
		if r.Span.Overlaps(k.span) {
			there = append(there, k.cut(r)...)
		}
	}
	slices.SortStableFunc(there, func(a, b piece) int { return a.Span.From.Compare(b.Span.From) })

	out := strip{Span: k.span, now: k.now}
	at := k.span.From
	for _, p := range there {
		if p.Span.From.Sub(at) >= seam {
			out.add(k.absent(footage.Span{From: at, To: p.Span.From})...)
		} else {
			p.Span.From = at
		}
		if p.Span.From.Before(p.Span.To) {
			out.add(p)
			at = p.Span.To
		}
	}
	if n := len(there); n > 0 && at.Before(k.now) && k.now.Sub(at) < indexing && k.span.To.After(at) {
		to := earliest(k.now, k.span.To)
		out.add(piece{Kind: fresh, Span: footage.Span{From: at, To: to}})
		at = to
	}
	if k.span.To.After(at) {
		out.add(k.absent(footage.Span{From: at, To: k.span.To})...)
	}
	return out
}

// cut takes a run apart: what a hold covers stays, what is around it goes when
// the term of its hour is over.
func (k known) cut(r footage.Run) []piece {
	within, until := clamp(r.Span, k.span), retention.Decide(r.Hour, k.plan, nil, k.now).At
	edges := []time.Time{within.From, within.To}
	for _, h := range k.holds {
		if h.Span.Overlaps(within) {
			held := clamp(h.Span, within)
			edges = append(edges, held.From, held.To)
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	gone := len(edges) > 2 && !until.IsZero() && !until.After(k.now)
	var out []piece
	for i, to := range edges[1:] {
		part := footage.Span{From: edges[i], To: to}
		under := k.under(part)
		switch {
		case !part.From.Before(part.To):
		case under != "":
			out = append(out, piece{Kind: held, Span: part, Under: under})
		case !gone:
			out = append(out, piece{Kind: recorded, Span: part, Until: until})
		}
	}
	return out
}

// under names the incidents that a stretch is held for, "" if it isn't.
func (k known) under(s footage.Span) string {
	var names []string
	for _, h := range k.holds {
		if name := k.called[h.Incident]; h.Span.Overlaps(s) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// add appends pieces, joining those that say the same.
func (s *strip) add(pieces ...piece) {
	for _, p := range pieces {
		if n := len(s.Pieces); n > 0 {
			last := &s.Pieces[n-1]
			if last.Kind == p.Kind && last.Cause == p.Cause && last.Under == p.Under && last.Until.Equal(p.Until) && slices.Equal(last.By, p.By) {
				last.Span.To = p.Span.To
				continue
			}
		}
		s.Pieces = append(s.Pieces, p)
	}
}

// absent says of a stretch without footage why there is none.
func (k known) absent(s footage.Span) []piece {
	var out []piece
	at := s.From
	for _, g := range k.gaps {
		if g.Span.To.IsZero() {
			g.Span.To = k.now
		}
		g.Span = clamp(g.Span, footage.Span{From: at, To: s.To})
		if !g.Span.From.Before(g.Span.To) {
			continue
		}
		out = append(out, k.silent(footage.Span{From: at, To: g.Span.From})...)
		out = append(out, piece{Kind: gap, Span: g.Span, Cause: g.Cause, By: forbidding(g)})
		at = g.Span.To
	}
	return append(out, k.silent(footage.Span{From: at, To: s.To})...)
}

// silent says of a stretch without footage or gap what it must be: each UTC
// hour is erased as a whole.
func (k known) silent(s footage.Span) []piece {
	var out []piece
	for at := s.From; at.Before(s.To); {
		hour := at.Truncate(time.Hour)
		to := earliest(hour.Add(time.Hour), s.To)
		if at.Before(k.added) && s.To.Sub(k.added) >= seam { // a camera that comes needs a moment
			to = earliest(to, k.added)
		}
		p := piece{Kind: unknown, Span: footage.Span{From: at, To: to}}
		switch {
		case !at.Before(k.now):
			p.Kind = ahead
		case at.Before(k.added):
			p.Kind = before
		case k.plan.Over(hour, k.now):
			p.Kind = erased
		case to.After(k.now):
			p.Span.To = k.now
		}
		out = append(out, p)
		at = p.Span.To
	}
	return out
}

// forbidding are the articles that forbade recording in a gap; none if it was
// something else, or no article allowed it.
func forbidding(g footage.Gap) []string {
	if list, ok := strings.CutPrefix(g.Detail, "artikel "); ok && g.Cause == notAllowed {
		return strings.Split(list, ", ")
	}
	return nil
}

func clamp(s, within footage.Span) footage.Span {
	return footage.Span{From: latest(s.From, within.From), To: earliest(s.To, within.To)}
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
