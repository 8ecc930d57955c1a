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
// site; geheimhouding), and who of them really sits at the seat. Of who acts
// from a seat they have left it says nothing.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	t.Facts[organisation] = regulation.NewFact(organisation, nil, regulation.Context{})
	who := append([]regulation.Entity{req.Who}, req.With...)
	for _, e := range append(slices.Clone(who), req.On.Entity) {
		if e.Type != regulation.Person {
			continue
		}
		if err := know(ctx, q, e, at, t.Facts); err != nil {
			return fmt.Errorf("couldn't establish what %s may be: %w", e, err)
		}
	}
	if req.Who == System.Entity() {
		t.Present = []regulation.Entity{req.Who}
		return nil
	}
	if req.Where.Type != regulation.Seat {
		return nil
	}
	there, err := sitting(ctx, q, string(req.Where.ID), at)
	if err != nil {
		return fmt.Errorf("couldn't establish who is present: %w", err)
	}
	for _, a := range there.All {
		if e := a.Person.ID.Entity(); slices.Contains(who, e) {
			t.Present = append(t.Present, e)
		}
	}
	if slices.Contains(t.Present, req.Who) {
		return nil
	}
	gone, err := left(ctx, q, req.Where, req.Who, at)
	if gone {
		delete(t.Facts, req.Who)
	}
	return err
}

// left reports whether someone did sit at a seat and their stay there is over,
// or nobody has done anything there for too long. Such a person is nobody there, whatever they may do elsewhere: who signs out
// sees nothing more, even where the regulation lets them look alone.
func left(ctx context.Context, q db.Querier, seat, who regulation.Entity, at time.Time) (bool, error) {
	var stays, over int
	err := q.QueryRowContext(ctx, `SELECT count(*), count(COALESCE(s.ended_at, seat.ended_at, CASE WHEN s.until_at <= $3 THEN s.until_at END,
		CASE WHEN seat.seen_at < $4 THEN seat.seen_at END))
		FROM sign_in s JOIN seat ON seat.id = s.seat WHERE s.seat = $1 AND s.person = $2`,
		string(seat.ID), string(who.ID), db.Micros(at), db.Micros(at.Add(-IdleLimit))).Scan(&stays, &over)
	if err != nil {
		return false, fmt.Errorf("couldn't establish who was present: %w", err)
	}
	return stays > 0 && stays == over, nil
}

// know adds what a person is at an instant. Who isn't known, or isn't here
// any more, is nothing.
func know(ctx context.Context, q db.Querier, e regulation.Entity, at time.Time, facts regulation.Facts) error {
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
	all, err := appointments(ctx, q, "person = $1 AND from_at <= $2 AND (to_at IS NULL OR to_at > $2)", string(p.ID), db.Micros(at))
	if err != nil {
		return err
	}
	var everywhere []regulation.Entity
	var somewhere []regulation.Attribute
	for _, a := range all {
		if a.Site == "" {
			everywhere = append(everywhere, role(a.Role))
		} else {
			somewhere = append(somewhere, regulation.Struct(regulation.Context{
				"rol": role(a.Role), "locatie": regulation.NewEntity(regulation.Site, a.Site)}))
		}
	}
	silent := !p.Confidentiality.IsZero() && !p.Confidentiality.After(at)
	facts[e] = regulation.NewFact(e, everywhere, attributes(somewhere, silent))
	return nil
}

func attributes(somewhere []regulation.Attribute, silent bool) regulation.Context {
	return regulation.Context{"functies": regulation.Set(somewhere...), "geheimhouding": regulation.Boolean(silent)}
}

func role(key string) regulation.Entity { return regulation.NewEntity(regulation.Role, key) }
