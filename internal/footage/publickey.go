package footage

import (
	"context"
	"crypto/hpke"
	"database/sql"
	"errors"
	"fmt"

	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// This is all the side that records knows of keys: a row with a public one.
// It never sees the vault, so that it can be a process that can't. Where the
// row isn't there yet it asks the side that has the vault, which here is a
// call away (publish.go) and may one day be another process.

// publicKey returns the public key of a camera's hour.
func (s *Store) publicKey(ctx context.Context, camera premises.CameraID, hour vault.Hour) (hpke.PublicKey, error) {
	for asked := false; ; asked = true {
		var raw []byte
		err := s.db.QueryRowContext(ctx, `SELECT public_key FROM key_hour WHERE camera = $1 AND hour = $2`, camera, hour).Scan(&raw)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("couldn't read the public key of camera %s: %w", camera, err)
		}
		if raw != nil {
			key, err := vault.KEM().NewPublicKey(raw)
			if err != nil {
				return nil, fmt.Errorf("the public key of camera %s for %s is damaged: %w", camera, hour.Start(), err)
			}
			return key, nil
		}
		if asked {
			return nil, fmt.Errorf("camera %s has no public key for %s, and none was published", camera, hour.Start())
		}
		if err := s.publish.one(ctx, camera, hour); err != nil {
			return nil, err
		}
	}
}
