package governance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// An Adoption is a document and the decision it rests on.
type Adoption struct {
	File     string
	Document []byte
	Decision string            // the board's decision, with its date
	Choices  map[string]string // answers, by question; what isn't answered is the strictest
	From     time.Time         // when it begins to hold; zero: at once
}

// Adopt adopts a new version: act "vaststellen" on the organisation. Until it
// begins, the version before it stays in force; one adopted earlier that
// would have begun later never does. Of by only Who, With and Where are used.
func (b *Board) Adopt(ctx context.Context, g *gate.Gate, by gate.Request, a Adoption) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.adopt(ctx, g, by, a); err != nil {
		return fmt.Errorf("couldn't adopt %s: %w", a.File, err)
	}
	return g.Reconsider(ctx)
}

func (b *Board) adopt(ctx context.Context, g *gate.Gate, by gate.Request, a Adoption) error {
	v, err := b.prepare(a)
	if err != nil {
		return err
	}
	s := *b.state.Load()
	switch {
	case len(s.versions) == 0:
		return errors.New("there is no regulation yet that says who may")
	case v.Law.Terms.Layer != "":
		return notOurs(a.File)
	}
	v.ID = s.next()
	return b.resolve(ctx, g, by, &v, about(v), func(ctx context.Context, tx *logbook.Tx) error {
		if err := insert(ctx, tx, v, a.Document); err != nil {
			return err
		}
		s.versions = supersede(s.versions, v.From)
		return writeUntil(ctx, tx, s.versions)
	}, func() {
		s.versions = append(s.versions, v)
		b.put(&s)
	})
}

// resolve does a deed that is a decision about a text, if the law in force
// allows the decision; then keeps what came of it.
func (b *Board) resolve(ctx context.Context, g *gate.Gate, by gate.Request, v *Version, note map[string]any,
	do func(context.Context, *logbook.Tx) error, keep func()) error {
	details, err := b.details(ctx, v)
	if err != nil {
		return err
	}
	subject := gate.Subject{Entity: organisation}
	r := gate.Request{Act: regulation.Adopt, Who: by.Who, With: by.With, Where: by.Where, On: subject, Details: details, Note: note}
	err = g.Pass(ctx, r, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Adopt); err != nil {
			return err
		}
		if v.Decision == "" { // the regulation may say so as well, and then says it first
			return ErrNoDecision
		}
		if err := b.demandClock(ctx, tx, p); err != nil {
			return err
		}
		return do(ctx, tx)
	})
	if err == nil {
		keep()
	}
	return err
}

// Saying is what the adoption of a would say to the regulation now: for who
// wants to know beforehand what stands in the way.
func (b *Board) Saying(ctx context.Context, a Adoption) (regulation.Context, error) {
	v, err := b.prepare(a)
	if err != nil {
		return nil, err
	}
	return b.details(ctx, &v)
}

// details is what the adoption of v says to the regulation. It fills in when
// the text of v was made known.
func (b *Board) details(ctx context.Context, v *Version) (regulation.Context, error) {
	announced, consents, err := b.support(ctx, v.Law.Hash)
	if err != nil {
		return nil, fmt.Errorf("couldn't find who consented to it: %w", err)
	}
	v.Announced = announced
	var councils []string
	for _, c := range consents {
		councils = append(councils, c.Council)
	}
	return adopting(*v, councils, true), nil
}

func adopting(v Version, councils []string, change bool) regulation.Context {
	details := regulation.Context{"besluit": regulation.String(v.Decision), "instemmingen": regulation.Strings(councils...),
		"wijziging": regulation.Boolean(change)}
	if !v.Announced.IsZero() {
		details["dagen_na_bekendmaking"] = regulation.Long(calendar.DateOf(v.From) - calendar.DateOf(v.Announced))
	}
	return details
}

// demandClock refuses to decide about what is in force by a clock that runs
// behind what was already written down.
func (b *Board) demandClock(ctx context.Context, q db.Querier, p *gate.Permit) error {
	var last int64
	err := q.QueryRowContext(ctx, "SELECT COALESCE(MAX(at), 0) FROM log_entry WHERE seq = $1", p.Seq()-1).Scan(&last)
	if err != nil {
		return err
	}
	if db.Time(last).After(b.now()) {
		return fmt.Errorf("the last entry in the logbook is of %s, which is still to come: set the clock right", db.Time(last).Format(time.RFC3339))
	}
	return nil
}

// next is the number of what is adopted next.
func (s *state) next() int64 {
	last := int64(0)
	for _, v := range slices.Concat(s.versions, s.orders) {
		last = max(last, v.ID)
	}
	return last + 1
}

// supersede ends versions where the next begins.
func supersede(versions []Version, from time.Time) []Version {
	out := slices.Clone(versions)
	for i, v := range out {
		if v.Until.IsZero() || v.Until.After(from) {
			out[i].Until = latest(v.From, from)
		}
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// about is what the logbook says of a version.
func about(v Version) map[string]any {
	said := map[string]any{"vastgesteld": v.Law.File, "vastgesteld_sha256": fmt.Sprintf("%x", v.Law.Hash), "besluit": v.Decision,
		"geldt_van": v.From.UTC().Format(time.RFC3339Nano)}
	if len(v.Choices) > 0 {
		said["keuzes"] = v.Choices
	}
	if v.Scope.ID != "" {
		said["opdracht_voor"] = v.Scope.String()
	}
	return said
}

// ErrNoDecision is returned for a regulation that rests on nothing.
var ErrNoDecision = errors.New("no decision: say by which decision of the board, of which date")

// prepare reads what is to be adopted, and says when it begins.
func (b *Board) prepare(a Adoption) (Version, error) {
	law, err := b.Read(a.File, a.Document, a.Choices)
	if err != nil {
		return Version{}, err
	}
	now := db.Time(db.Micros(b.now()))
	v := Version{Law: law, Decision: strings.TrimSpace(a.Decision), Choices: a.Choices, From: db.Time(db.Micros(cmp.Or(a.From, now)))}
	if v.From.Before(now) {
		return v, Invalid("Een reglement geldt niet met terugwerkende kracht: kies een dag die nog komt, of laat het meteen gelden.")
	}
	if says := law.Terms.Validity; says.From != 0 {
		v.From = latest(v.From, start(says.From)) // by its own words it doesn't hold earlier
	}
	if says := law.Terms.Validity; says.Until != 0 && v.From.After(says.Until.Last()) {
		return v, Unfit(fmt.Sprintf("%s says that it holds until %s: give it another end", a.File, says.Until))
	}
	return v, nil
}

// notOurs refuses what only forbids: under it nobody could do anything, and
// not adopt another either.
func notOurs(file string) error {
	return Unfit(fmt.Sprintf("%s isn't an organisation's regulation: leave out laag", file))
}

// Unfit is what is wrong with a document: one line for each fault.
type Unfit string

func (u Unfit) Error() string { return string(u) }

// Read reads a document that may become the regulation, with its choices made.
// What is wrong with it is an [Unfit].
func (b *Board) Read(file string, doc []byte, choices map[string]string) (*regulation.Regulation, error) {
	law, err := b.Parse(file, doc)
	if err != nil {
		return nil, Unfit(err.Error())
	}
	if law, err = law.Choose(choices); err != nil {
		return nil, Unfit(err.Error())
	}
	if law.Terms.Layer != "" {
		return law, nil
	}
	if law.Terms.Retention.Text == "" && len(law.Terms.Retentions) == 0 {
		return nil, Unfit(fmt.Sprintf("%s says nowhere how long footage may be kept: add a bewaartermijn to an article", file))
	}
	for _, p := range law.Terms.Purposes {
		if p.Basis == "" {
			return nil, Unfit(fmt.Sprintf("%s: article %s: purpose %q has no legal basis: add grondslag: gerechtvaardigd belang, or algemeen belang", file, p.Article, p.Key))
		}
	}
	return law, nil
}
