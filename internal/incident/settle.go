package incident

import (
	"context"
	"errors"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// Settle closes an incident: act "afhandelen" on the incident; what was held
// for it is erased.
//
// Order: first the rows (settled, holds lifted), in one transaction with the
// ruling, then the key. A crash in between leaves a settled incident whose
// key is still there; [Register.Recover] finishes that. The other way round a
// crash would leave holds on footage that is gone. What is erased after the
// deed is the program's own act, because whoever settled may be gone by then.
func (r *Register) Settle(ctx context.Context, who people.Presence, id string) error {
	i, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	subject := gate.Subject{Entity: i.Entity()}
	req := who.Request(regulation.Settle, subject)
	req.Note = map[string]any{"nummer": i.Number}
	err = r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
		if err := p.Allows(subject, regulation.Settle); err != nil {
			return err
		}
		return settle(ctx, tx, i.ID, db.Micros(r.now()))
	})
	if err != nil {
		return fmt.Errorf("couldn't settle incident %s: %w", i.Number, err)
	}
	// The incident is settled whatever happens to who asked.
	ctx = context.WithoutCancel(ctx)
	return errors.Join(r.finish(ctx, i), r.gate.Reconsider(ctx))
}

// settle closes the incident and lifts its holds.
func settle(ctx context.Context, q db.Querier, id string, at int64) error {
	done, err := q.ExecContext(ctx, "UPDATE incident SET state = $2, settled_at = $3 WHERE id = $1 AND settled_at IS NULL", id, Settled, at)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, Invalid("Dit incident is al afgehandeld: er valt niets meer te doen."))
	}
	_, err = q.ExecContext(ctx, "UPDATE hold SET lifted_at = $2 WHERE incident = $1 AND lifted_at IS NULL", id, at)
	return err
}

// Recover finishes what a crash interrupted: it erases what is still held for
// incidents that were settled. It is called once, after the footage recovered.
func (r *Register) Recover(ctx context.Context) error {
	settled, err := find(ctx, r.db, "settled_at IS NOT NULL AND EXISTS (SELECT 1 FROM held_key WHERE held_key.incident = incident.id)")
	if err != nil {
		return fmt.Errorf("couldn't find settled incidents with footage: %w", err)
	}
	var failed []error
	for _, i := range settled {
		failed = append(failed, r.finish(ctx, i))
	}
	return errors.Join(failed...)
}

// finish destroys the key of a settled incident and erases what only it kept.
func (r *Register) finish(ctx context.Context, i Incident) error {
	var held int
	err := r.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM held_key WHERE incident = $1) + (SELECT count(*) FROM hold WHERE incident = $1)`,
		i.ID).Scan(&held)
	if err != nil || held == 0 {
		return err
	}
	system := people.System.Entity()
	p, err := r.gate.Enter(ctx, gate.Request{Act: regulation.Settle, Who: system, On: gate.Subject{Entity: i.Entity()},
		Note: map[string]any{"nummer": i.Number}})
	if err != nil {
		return fmt.Errorf("couldn't erase what was held for incident %s: %w", i.Number, err)
	}
	proof, err := r.footage.Release(ctx, p, i.ID)
	result := "gedaan"
	if err != nil {
		err, result = fmt.Errorf("couldn't erase what was held for incident %s: %w", i.Number, err), "mislukt"
	}
	// What came of it is written down also when a stop is what went wrong.
	return errors.Join(err, p.Close(context.WithoutCancel(ctx), result, map[string]any{
		"segmenten": proof.Segments, "bytes": proof.Bytes, "kluisversie": proof.Version}))
}
