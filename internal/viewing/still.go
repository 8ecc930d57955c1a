package viewing

import (
	"context"
	"errors"
	"slices"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
	"oogmerk/internal/still"
)

// The ways in which the picture can be shown otherwise than it was recorded.
const (
	Sharpen  = still.Sharpen
	Brighten = still.Brighten
	Enlarge  = still.Enlarge
)

// Filters are all of them.
func Filters() []string { return still.Filters() }

// Places are the parts of a picture that can be enlarged.
func Places() []string { return still.Places() }

// A Look says how a still is shown.
type Look struct {
	Filter string // "" as it was recorded, or one of [Filters]
	Place  string // one of [Places], for [Enlarge]
}

// A Picture is a still: a PNG, and when what it shows was recorded.
type Picture struct {
	PNG []byte
	At  time.Time
}

const (
	noStills  Invalid = "Op deze machine kunnen geen stilstaande beelden worden gemaakt: zet de film op pauze."
	noPicture Invalid = "Op dit moment is er geen beeld: kies een ander moment."
	noMoment  Invalid = "Dit moment hoort niet bij het stuk dat hier openstaat: kies een moment dat de film laat zien."
	noFilter  Invalid = "Kies hoe het beeld wordt bewerkt: verscherpen, verlichten of vergroten."
	noPlace   Invalid = "Kies welk deel van het beeld wordt vergroot."
)

func (l Look) check() error {
	switch {
	case l.Filter != "" && !slices.Contains(Filters(), l.Filter):
		return noFilter
	case l.Filter == Enlarge && !slices.Contains(Places(), l.Place):
		return noPlace
	}
	return nil
}

// Still returns what p shows at an instant, as a picture: act "stilzetten" on
// that moment of the camera and, if it is to look otherwise than it was
// recorded, before that act "bewerken" with that filter. Who sits where p is
// open can have it, for as long as that is. Each act has its own line in the
// logbook, with the camera and the moment.
func (p *Playback) Still(ctx context.Context, who people.Presence, at time.Time, look Look) (Picture, error) {
	if err := errors.Join(p.by(who), look.check()); err != nil {
		return Picture{}, err
	}
	if p.room.Develop == nil {
		return Picture{}, noStills
	}
	s, err := p.shot(at)
	if err != nil {
		return Picture{}, err
	}
	permits, err := p.ask(ctx, who, s, look)
	if err != nil {
		return Picture{}, err
	}
	image, err := p.develop(ctx, s, look)
	for _, permit := range permits {
		err = errors.Join(err, permit.Allows(s.subject(p), permit.Request().Act))
	}
	if over := p.allowed(); over != nil {
		err = over // and what else went wrong came of that
	}
	if err = errors.Join(err, p.note(ctx, permits, s, look, err)); err != nil {
		return Picture{}, err
	}
	return Picture{PNG: image, At: s.span.From}, nil
}

// Asks are the questions that a still of what w is about puts to the gate: the
// filter first, so that a still nobody may have isn't written down as allowed.
func (w Wish) Asks(who people.Presence, look Look) []gate.Request {
	still := w.request(who, regulation.Still)
	if look.Filter == "" {
		return []gate.Request{still}
	}
	other := w.request(who, regulation.Process)
	other.Details = regulation.Context{"filter": regulation.String(look.Filter)}
	return []gate.Request{other, still}
}

// ask asks for a still.
func (p *Playback) ask(ctx context.Context, who people.Presence, s shot, look Look) (permits []*gate.Permit, err error) {
	wish := p.Wish
	wish.Span = s.span
	for _, req := range wish.Asks(who, look) {
		req.Note = map[string]any{"moment": stamp(s.span.From), "terugkijken": p.permit.Seq()}
		if look.Filter != "" {
			req.Note["filter"] = look.Filter
		}
		permit, err := p.room.gate.Enter(ctx, req)
		if err != nil {
			return nil, errors.Join(err, p.note(ctx, permits, s, look, err))
		}
		permits = append(permits, permit)
	}
	return permits, nil
}

// note writes down what came of a still, under each of its permits.
func (p *Playback) note(ctx context.Context, permits []*gate.Permit, s shot, look Look, failed error) error {
	said := map[string]any{"moment": stamp(s.span.From)}
	if look.Filter != "" {
		said["filter"] = look.Filter
	}
	result := "gedaan"
	if failed != nil {
		result = "mislukt"
	}
	var debts []*debt
	for _, permit := range permits {
		d := &debt{permit: permit, result: result, outcome: said}
		p.room.owe(d)
		debts = append(debts, d)
	}
	if len(debts) == 0 {
		return nil
	}
	return p.room.pay(context.WithoutCancel(ctx), debts...)
}

// develop makes the image. It stops when p ends.
func (p *Playback) develop(ctx context.Context, s shot, look Look) ([]byte, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-p.over:
			stop()
		case <-ctx.Done():
		}
	}()
	reel, err := s.reel(ctx)
	if err != nil {
		return nil, err
	}
	image, err := p.room.Develop(ctx, still.Job{Footage: reel, At: s.offset, Filter: look.Filter, Place: look.Place})
	if errors.Is(err, still.ErrNoPicture) {
		return nil, noPicture
	}
	return image, err
}

func (s shot) subject(p *Playback) gate.Subject { return footage.Subject(p.Wish.Camera, s.span) }
