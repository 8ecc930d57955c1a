package governance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// AdoptOrder adopts an order: a document of the layer "opdracht", which holds
// below the regulation, for one site or camera or, with the zero scope,
// everywhere. It only forbids. Act "vaststellen" on the organisation.
func (b *Board) AdoptOrder(ctx context.Context, g *gate.Gate, by gate.Request, a Adoption, scope regulation.Entity) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.adoptOrder(ctx, g, by, a, scope); err != nil {
		return fmt.Errorf("couldn't adopt %s: %w", a.File, err)
	}
	return g.Reconsider(ctx)
}

func (b *Board) adoptOrder(ctx context.Context, g *gate.Gate, by gate.Request, a Adoption, scope regulation.Entity) error {
	if scope.ID != "" && !scopeForm.MatchString(scope.String()) {
		return Invalid("Kies uit de lijst waarvoor de opdracht is: een locatie, een camera of alles.")
	}
	v, err := b.prepare(a)
	if err != nil {
		return err
	}
	if v.Law.Terms.Layer != regulation.Order {
		return Unfit(fmt.Sprintf("%s isn't an order: add laag: opdracht", a.File))
	}
	s := *b.state.Load()
	v.ID, v.Scope = s.next(), scope
	return b.resolve(ctx, g, by, &v, about(v), func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, scope); err != nil {
			return err
		}
		return insert(ctx, tx, v, a.Document)
	}, func() {
		s.orders = append(slices.Clone(s.orders), v)
		b.put(&s)
	})
}

// EndOrder ends an order now: act "vaststellen" on the organisation. Who
// consented to the order needn't to its end: what then holds is the
// regulation, to which they consented already.
func (b *Board) EndOrder(ctx context.Context, g *gate.Gate, by gate.Request, id int64, decision string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := *b.state.Load()
	s.orders = slices.Clone(s.orders)
	now := db.Time(db.Micros(b.now()))
	i := slices.IndexFunc(s.orders, func(v Version) bool { return v.ID == id && (v.Until.IsZero() || now.Before(v.Until)) })
	if i < 0 {
		return Invalid("Deze opdracht is er niet (meer): kies er een uit de lijst.")
	}
	ends := s.orders[i]
	ends.Decision = strings.TrimSpace(decision)
	s.orders[i].Until = latest(now, ends.From)
	note := map[string]any{"opdracht_eindigt": id, "besluit": ends.Decision}
	err := b.resolve(ctx, g, by, &ends, note, func(ctx context.Context, tx *logbook.Tx) error {
		return writeUntil(ctx, tx, s.orders[i:i+1])
	}, func() { b.put(&s) })
	if err != nil {
		return fmt.Errorf("couldn't end order %d: %w", id, err)
	}
	return g.Reconsider(ctx)
}
