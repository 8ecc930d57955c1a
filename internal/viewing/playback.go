package viewing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

const (
	longest   = 2 * time.Hour    // of a wish: the tables of a longer movie keep a browser waiting
	grace     = time.Minute      // in which a browser may begin
	patience  = 15 * time.Second // without a report of what is shown
	maxAtSeat = 16               // playbacks open at one seat
)

// How a playback ended, in the logbook's words.
const (
	ended     = "afgesloten"  // by the people at the seat
	withdrawn = "ingetrokken" // the regulation no longer allows it
	silent    = "stil"        // nobody reported what is shown
	stopped   = "gestopt"     // the program stops
)

// A Wish is what someone wants to play back, and why.
type Wish struct {
	Camera   premises.CameraID
	Span     footage.Span // at most two hours
	Purpose  regulation.Purpose
	Incident string // its id, "" if none
}

func (w Wish) check(now time.Time) error {
	switch length := w.Span.To.Sub(w.Span.From); {
	case w.Span.From.IsZero() || length <= 0:
		return Invalid("Het einde ligt niet na het begin: kies een later einde.")
	case length > longest:
		return Invalid("Meer dan twee uur tegelijk kan niet: kies een korter stuk.")
	case w.Span.To.After(now):
		return Invalid("Het einde ligt in de toekomst, daar zijn nog geen beelden van: kies een eerder einde.")
	}
	return nil
}

// A Playback is a session that was allowed. It ends when the people at the
// seat end it, when the regulation no longer allows it, or when nobody has
// reported what is shown for fifteen seconds.
type Playback struct {
	ID   string
	Wish Wish

	room   *Room
	seat   string
	permit *gate.Permit
	parts  []footage.Part
	movie  *media.Movie
	shows  []Stretch
	codec  string
	faults int // parts that can't be opened, and are not in the movie
	over   chan struct{}

	mu       sync.Mutex
	film     *footage.Film // nil once over
	deadline time.Time     // when silence becomes the end
	last     time.Time     // the last report
	sent     []bool        // parts of which bytes went to the browser
	bytes    int64
	seen     seen
	shared   seen              // of that, what two who count saw
	lonely   []incident.Lonely // what one person saw here alone, and two haven't seen yet
	played   time.Duration     // what was shown, twice if it was shown twice
	how      string            // how it ended, "" while open
	why      *gate.Refusal
	debt     *debt
}

// PlayBack asks the gate, once, for the whole wish. The error is a
// *gate.Refusal if the regulation says no, and [ErrNothing] if it says yes
// but there is nothing to see.
func (r *Room) PlayBack(ctx context.Context, who people.Presence, w Wish) (*Playback, error) {
	if who.Empty() {
		return nil, Invalid("Aan dit scherm is niemand aangemeld: meld eerst uzelf aan.")
	}
	if err := w.check(r.now()); err != nil {
		return nil, err
	}
	if len(r.Sessions(who.Seat)) >= maxAtSeat {
		return nil, Invalid(fmt.Sprintf("Er staan hier al %d beelden open: sluit er eerst een.", maxAtSeat))
	}
	permit, err := r.gate.Enter(ctx, w.request(who, regulation.PlayBack))
	if err != nil {
		return nil, err
	}
	now := r.now()
	p := &Playback{ID: newID(), Wish: w, room: r, seat: who.Seat, permit: permit, over: make(chan struct{}),
		deadline: now.Add(grace), last: now}
	if err := p.load(ctx); err != nil {
		said := "beelden niet te lezen"
		if errors.Is(err, ErrNothing) && p.faults == 0 {
			said = "geen beelden"
		}
		return nil, errors.Join(err, r.nothing(ctx, permit, said))
	}
	if !r.keep(p) {
		return nil, errors.Join(ErrOver, p.end(context.WithoutCancel(ctx), stopped, nil))
	}
	go p.watchPermit(context.WithoutCancel(ctx))
	return p, nil
}

// request is the question whether who may do act to what w is about.
func (w Wish) request(who people.Presence, act regulation.Act) gate.Request {
	req := who.Request(act, footage.Subject(w.Camera, w.Span))
	req.For = w.Purpose
	if w.Incident != "" {
		req.Under = regulation.NewEntity(regulation.Incident, w.Incident)
	}
	return req
}

// load finds the footage.
func (p *Playback) load(ctx context.Context) (err error) {
	if p.lonely, err = p.room.incidents.Lonely(ctx, p.Wish.Camera); err != nil {
		return err
	}
	film, err := p.room.footage.Read(ctx, p.permit, p.Wish.Camera, p.Wish.Span)
	if err != nil {
		return fmt.Errorf("couldn't play back: %w", err)
	}
	p.film, p.parts, p.faults = film, film.Parts(), len(film.Faults())
	if len(p.parts) == 0 && p.faults > 0 {
		return errors.Join(fmt.Errorf("%w that can be opened: %s", ErrNothing, film.Faults()[0]), film.Close())
	}
	if len(p.parts) == 0 {
		return errors.Join(ErrNothing, film.Close())
	}
	parts := make([]media.MoviePart, len(p.parts))
	for i := range p.parts {
		parts[i] = media.MoviePart{Samples: p.parts[i].Samples}
		p.parts[i].Samples = nil // the movie's tables say the same
	}
	if p.movie, err = media.NewMovie(film.Config(), parts, p.open); err != nil {
		return errors.Join(fmt.Errorf("couldn't play back: %w", err), film.Close())
	}
	p.shows, p.codec = mapOf(p.parts, p.movie), film.Config().String()
	p.sent = make([]bool, len(p.parts))
	return nil
}

// keep remembers p, unless the room is closed.
func (r *Room) keep(p *Playback) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.playbacks[p.ID] = p
	}
	return !r.closed
}

// Find returns the playback with this id that seat started, ended or not.
func (r *Room) Find(seat, id string) (*Playback, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.playbacks[id]
	if !ok || p.seat != seat {
		return nil, false
	}
	return p, true
}

// Sessions returns the playbacks that are open at a seat.
func (r *Room) Sessions(seat string) []*Playback {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*Playback
	for _, p := range r.playbacks {
		if p.seat == seat && p.running() {
			out = append(out, p)
		}
	}
	return out
}

// Map says which stretch of the movie shows which stretch of time. Gaps in
// the footage take no time in the movie.
func (p *Playback) Map() []Stretch { return p.shows }

// Codec is what a browser must be able to play to show it: "avc1.64001f".
func (p *Playback) Codec() string { return p.codec }

// ETag of the movie: it is this session's, and never changes.
func (p *Playback) ETag() string { return `"` + p.ID + `"` }

// Ended is closed when the playback ends; Why says why: nil if it isn't the
// regulation that ended it.
func (p *Playback) Ended() <-chan struct{} { return p.over }
func (p *Playback) Why() *gate.Refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.why
}
