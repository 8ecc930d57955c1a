package viewing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// becauseSeen is the reason of a hold that nobody typed one for.
const becauseSeen = "gezien bij het terugkijken"

// SawIncident reports what somebody sees on the screen right now as an
// incident that was observed (act "melden", by who acts) and holds what was
// shown until now, at once (act "vasthouden", by the program itself if the
// regulation lets it, else by who acts). Kind, Description, Observer, Happened
// and Reference of report are used; who acts is the observer unless it says
// otherwise. If one person alone counts here, the incident waits for two to
// look.
//
// An incident that is returned was reported, also when the error says that
// nothing could be held for it.
func (p *Playback) SawIncident(ctx context.Context, who people.Presence, report incident.Incident) (incident.Incident, retention.Hold, error) {
	if err := p.by(who); err != nil {
		return incident.Incident{}, retention.Hold{}, err
	}
	span, err := p.sight(ctx, who, &report)
	if err != nil {
		return incident.Incident{}, retention.Hold{}, err
	}
	// Once it is reported, what was seen is held, whoever goes away meanwhile.
	i, err := p.room.incidents.Report(ctx, who, report)
	if err != nil {
		return incident.Incident{}, retention.Hold{}, err
	}
	ctx = context.WithoutCancel(ctx)
	hold, err := p.room.holds.Secure(ctx, who, retention.Hold{Incident: i.ID, Camera: p.Wish.Camera, Span: span, Reason: becauseSeen})
	if err != nil {
		err = fmt.Errorf("couldn't hold what was seen for incident %s: %w", i.Number, err)
	}
	return i, hold, errors.Join(err, p.room.gate.Reconsider(ctx))
}

// by refuses who doesn't sit where p is shown, and anyone once it is over.
func (p *Playback) by(who people.Presence) error {
	if who.Empty() || who.Seat != p.seat {
		return Invalid("Dit beeld staat op een ander scherm: doe het daar.")
	}
	return p.allowed()
}

// sight completes the report of what was seen, and returns what to hold: all
// that was shown, or what was asked for if nothing was shown yet.
func (p *Playback) sight(ctx context.Context, who people.Presence, report *incident.Incident) (footage.Span, error) {
	span, ok := p.Seen()
	if !ok {
		span = p.Wish.Span
	}
	site, err := p.room.incidents.Site(ctx, p.Wish.Camera)
	if err != nil {
		return span, err
	}
	report.State, report.Site = incident.Observed, site
	report.SeenAlone = p.permit.Present() < 2 || len(who.All) < 2
	if strings.TrimSpace(report.Observer) == "" {
		report.Observer = who.Who().Name
	}
	if report.Happened.IsZero() {
		report.Happened = span.From
	}
	return span, nil
}

// Seen returns the stretch of time from the first picture that was shown to
// the last; false if none was.
func (p *Playback) Seen() (footage.Span, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) == 0 {
		return footage.Span{}, false
	}
	return footage.Span{From: p.seen[0].From, To: p.seen[len(p.seen)-1].To}, true
}

// Process asks whether the moving picture may be shown otherwise than it was
// recorded: act "bewerken" on the camera. What was recorded stays as it is.
// Moving pictures can only be sharpened, by the browser; for the rest there
// is [Playback.Still].
func (p *Playback) Process(ctx context.Context, who people.Presence, filter string) error {
	if !slices.Contains(Filters(), filter) {
		return noFilter
	}
	if err := p.by(who); err != nil {
		return err
	}
	req := p.Wish.request(who, regulation.Process)
	req.Details = regulation.Context{"filter": regulation.String(filter)}
	req.Note = map[string]any{"filter": filter}
	return p.room.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, permit *gate.Permit) error {
		if filter != Sharpen {
			return Invalid("Een film kan dit programma alleen verscherpen. Zet het beeld stil voor iets anders.")
		}
		return permit.Allows(req.On, regulation.Process)
	})
}

// slack is how long pictures that were shown may be apart from what is held,
// and all of it still was seen: a browser reports in steps.
const slack = time.Second

// together notes what of those things one person saw alone, and that wait for
// two, two have now seen. Nothing waits for the answer: what fails is told to
// the room's Report, and tried again at the next report of what is shown.
func (p *Playback) together(ctx context.Context) {
	if p.permit.Present() < 2 {
		return
	}
	for _, l := range p.finished() {
		err := p.room.incidents.SawTogether(context.WithoutCancel(ctx), p.permit, l)
		if errors.Is(err, gate.ErrNoPermit) {
			continue
		}
		p.room.report(err)
		if err == nil {
			p.mu.Lock()
			p.lonely = slices.DeleteFunc(p.lonely, func(o incident.Lonely) bool { return o == l })
			p.mu.Unlock()
		}
	}
}

// finished are those that were shown to two as a whole.
func (p *Playback) finished() []incident.Lonely {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []incident.Lonely
	for _, l := range p.lonely {
		if p.shownAll(l.Span) {
			out = append(out, l)
		}
	}
	return out
}

// shownAll reports whether all there is of span was shown to two.
func (p *Playback) shownAll(span footage.Span) bool {
	any := false
	for i := range p.parts {
		part := p.parts[i].Span
		if !part.Overlaps(span) {
			continue
		}
		any = true
		if part.From.Before(span.From) {
			part.From = span.From
		}
		if part.To.After(span.To) {
			part.To = span.To
		}
		if !p.shared.covers(part) {
			return false
		}
	}
	return any
}

// covers reports whether all of span is in s, but for a moment at its ends.
func (s seen) covers(span footage.Span) bool {
	for _, one := range s {
		if !one.From.After(span.From.Add(slack)) && !one.To.Before(span.To.Add(-slack)) {
			return true
		}
	}
	return false
}
