package incident

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// requestDeadline is the key of the term within which a request to keep
// footage must be answered.
const requestDeadline = "bewaarverzoek"

// due is by when a request that was received at an instant must be answered by
// the terms in force: 0 if they don't say.
func due(t regulation.Terms, received time.Time) (calendar.Date, error) {
	d, ok := t.Deadline(requestDeadline)
	if !ok {
		return 0, nil
	}
	decrees, err := calendar.ShippedDecrees()
	if err != nil {
		return 0, err
	}
	return d.Deadline.End(received, calendar.New(decrees, nil)).Date, nil
}

// Decide answers a request to keep footage: act "besluiten" on it. After a no
// it is settled, and what was held for it provisionally is erased, in the
// order of [Register.Settle].
func (r *Register) Decide(ctx context.Context, who people.Presence, id string, yes bool, reasons string) error {
	i, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	reasons = strings.TrimSpace(reasons)
	if err := prose(reasons); err != nil {
		return fmt.Errorf("couldn't decide on request %s: %w", i.Number, err)
	}
	subject := gate.Subject{Entity: i.Entity()}
	req := who.Request(regulation.Decide, subject)
	req.Details = regulation.Context{"toewijzen": regulation.Boolean(yes), "gemotiveerd": regulation.Boolean(reasons != "")}
	req.Note = map[string]any{"nummer": i.Number, "toegewezen": yes}
	err = r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Decide); err != nil {
			return err
		}
		now := db.Micros(r.now())
		if err := answer(ctx, tx, id, yes, string(req.Who.ID), reasons, now); err != nil || yes {
			return err
		}
		return settle(ctx, tx, id, now)
	})
	if err != nil {
		return fmt.Errorf("couldn't decide on request %s: %w", i.Number, err)
	}
	ctx = context.WithoutCancel(ctx)
	if yes {
		return r.gate.Reconsider(ctx)
	}
	return errors.Join(r.finish(ctx, i), r.gate.Reconsider(ctx))
}

// answer keeps the answer to a request, once.
func answer(ctx context.Context, q db.Querier, id string, yes bool, by, reasons string, at int64) error {
	done, err := q.ExecContext(ctx, `UPDATE incident SET granted = $2, decided_at = $3, decided_by = $4, reasons = $5
		WHERE id = $1 AND state = $6 AND decided_at IS NULL`, id, yes, at, by, reasons, Requested)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, Invalid("Hierover valt niet (meer) te besluiten: het is geen verzoek, of er is al een antwoord."))
	}
	return nil
}

// Refer keeps where the report of an incident by another protocol is: act
// "melden" on its site.
func (r *Register) Refer(ctx context.Context, who people.Presence, id, reference string) error {
	i, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	i.Reference = strings.TrimSpace(reference)
	if i.Reference == "" {
		return Invalid("Vul in waar de melding te vinden is: een nummer of een plaats.")
	}
	if err := line(i.Reference); err != nil {
		return err
	}
	req := i.request(who)
	req.Under = i.Entity()
	req.Note = map[string]any{"nummer": i.Number, "wat": "verwijzing"}
	err = r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(req.On, regulation.Report); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE incident SET reference = $2 WHERE id = $1", i.ID, i.Reference)
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't note where the report of incident %s is: %w", i.Number, err)
	}
	return r.gate.Reconsider(context.WithoutCancel(ctx))
}
