package people

import (
	"context"
	"fmt"
)

// AtStation says at which workstation ("" for none that is registered) the
// seat stands that token was given for. Who calls it has seen the workstation
// prove itself.
func (r *Register) AtStation(ctx context.Context, token, station string) error {
	if !idForm.MatchString(station) {
		return Invalid("Deze werkplek is niet bekend.")
	}
	done, err := r.db.ExecContext(ctx, `UPDATE seat SET station = NULLIF($2, '')
		WHERE token_hash = $1 AND ended_at IS NULL AND COALESCE(station, '') <> $2`, tokenHash(token), station)
	if err != nil {
		return fmt.Errorf("couldn't note at which workstation someone sits: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return r.reconsider(ctx)
}
