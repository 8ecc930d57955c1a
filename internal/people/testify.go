package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// Testify tells the gate of everyone in a request what they were appointed to
// (in Rol::"…" for the whole organisation; functies {rol, locatie} for a
// site; geheimhouding), and who of them really sits at the seat. Who acts from
// a seat where they don't sit, or not any more, is nothing there, whatever they
// may be elsewhere: who signs out or walks away sees nothing more, even where
// the regulation lets them look alone.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	t.Facts[organisation] = regulation.NewFact(organisation, nil, regulation.Context{})
	who := append([]regulation.Entity{req.Who}, req.With...)
	if err := r.seated(ctx, q, req, who, at, t); err != nil {
		return fmt.Errorf("couldn't establish who is present: %w", err)
	}
	gone := req.Where.Type == regulation.Seat && !slices.Contains(t.Present, req.Who)
	for _, e := range append(slices.Clone(who), req.On.Entity) {
		if e.Type != regulation.Person {
			continue
		}
		if err := know(ctx, q, e, at, gone && e == req.Who, t.Facts); err != nil {
			return fmt.Errorf("couldn't establish what %s may be: %w", e, err)
		}
	}
	return nil
}

// seated tells who of those in a request really sit at its seat.
func (r *Register) seated(ctx context.Context, q db.Querier, req gate.Request, who []regulation.Entity, at time.Time, t *gate.Testimony) error {
	if req.Who == System.Entity() {
		t.Present = []regulation.Entity{req.Who}
		return nil
	}
	if req.Where.Type != regulation.Seat {
		return nil
	}
	there, err := sitting(ctx, q, string(req.Where.ID), at)
	if err != nil {
		return err
	}
	for _, a := range there.All {
		if e := a.Person.ID.Entity(); slices.Contains(who, e) {
			t.Present = append(t.Present, e)
		}
	}
	return nil
}

// know adds what a person is at an instant; of who is gone, nothing but what
// they undertook. Who isn't known, or isn't with us any more, is nothing.
func know(ctx context.Context, q db.Querier, e regulation.Entity, at time.Time, gone bool, facts regulation.Facts) error {
	if e == System.Entity() {
		facts[e] = regulation.NewFact(e, []regulation.Entity{role("systeem")}, attributes(nil, true))
		return nil
	}
	p, err := scanPerson(q.QueryRowContext(ctx, `SELECT `+personColumns+` FROM person p
		WHERE p.id = $1 AND (p.ended_at IS NULL OR p.ended_at > $2)`, string(e.ID), db.Micros(at)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var everywhere []regulation.Entity
	var somewhere []regulation.Attribute
	if !gone {
		if everywhere, somewhere, err = roles(ctx, q, p.ID, at); err != nil {
			return err
		}
	}
	silent := !p.Confidentiality.IsZero() && !p.Confidentiality.After(at)
	facts[e] = regulation.NewFact(e, everywhere, attributes(somewhere, silent))
	return nil
}

// roles are what a person was appointed to: for the organisation, and for
// sites.
func roles(ctx context.Context, q db.Querier, id PersonID, at time.Time) (everywhere []regulation.Entity, somewhere []regulation.Attribute, err error) {
	all, err := appointments(ctx, q, "person = $1 AND from_at <= $2 AND (to_at IS NULL OR to_at > $2)", string(id), db.Micros(at))
	if err != nil {
		return nil, nil, err
	}
	for _, a := range all {
		if a.Site == "" {
			everywhere = append(everywhere, role(a.Role))
		} else {
			somewhere = append(somewhere, regulation.Struct(regulation.Context{
				"rol": role(a.Role), "locatie": regulation.NewEntity(regulation.Site, a.Site)}))
		}
	}
	return everywhere, somewhere, nil
}

func attributes(somewhere []regulation.Attribute, silent bool) regulation.Context {
	return regulation.Context{"functies": regulation.Set(somewhere...), "geheimhouding": regulation.Boolean(silent)}
}

func role(key string) regulation.Entity { return regulation.NewEntity(regulation.Role, key) }
