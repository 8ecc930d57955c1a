package footage

import (
	"context"
	"errors"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// hoursAhead is how many hours beyond this one have their public key ready.
const hoursAhead = 3

// A publisher is the side that has the vault: it publishes public keys for
// the side that records.
type publisher struct {
	db   *db.DB
	keys *vault.Vault
}

// one publishes the key of one hour, with its canary.
func (p publisher) one(ctx context.Context, camera premises.CameraID, hour vault.Hour) error {
	if err := validCamera(camera); err != nil {
		return err
	}
	public, err := p.keys.Public(ctx, string(camera), hour)
	if err != nil {
		return fmt.Errorf("couldn't get the public key of camera %s for %s: %w", camera, hour.Start(), err)
	}
	canary, err := p.canary(camera, hour)
	if err != nil {
		return fmt.Errorf("couldn't make the canary of camera %s for %s: %w", camera, hour.Start(), err)
	}
	_, err = p.db.ExecContext(ctx, `INSERT INTO key_hour (camera, hour, public_key, canary) VALUES ($1, $2, $3, $4)
		ON CONFLICT (camera, hour) DO UPDATE SET public_key = excluded.public_key, canary = excluded.canary`, camera, hour, public.Bytes(), canary)
	if err != nil {
		return fmt.Errorf("couldn't publish the public key of camera %s for %s: %w", camera, hour.Start(), err)
	}
	return nil
}

func (p publisher) canary(camera premises.CameraID, hour vault.Hour) ([]byte, error) {
	private, err := p.keys.Private(string(camera), hour)
	if err != nil {
		return nil, err
	}
	return newCanary(private, camera, hour)
}

// Of every hour there ever was there is a row in key_hour, so the first goes
// by camera (SQLite takes a cross join in the order in which it is written).
const (
	havePublished = `SELECT k.camera, k.hour FROM camera c CROSS JOIN key_hour k WHERE c.removed_at IS NULL AND k.camera = c.id AND k.hour >= $1`
	dropPublished = `UPDATE key_hour SET public_key = NULL WHERE hour < $1 AND public_key IS NOT NULL`
)

// publishAhead publishes the keys of this hour and the next few of every
// camera there is, and drops public keys that are of no use any more. The
// hour before this one keeps its key: its last fragment may be under way.
func (s *Store) publishAhead(ctx context.Context) error {
	now := vault.HourOf(s.now())
	missing, err := s.unpublished(ctx, now)
	if err != nil {
		return fmt.Errorf("couldn't publish public keys: %w", err)
	}
	var failed []error
	for _, m := range missing {
		failed = append(failed, s.publish.one(ctx, m.camera, m.hour))
	}
	_, err = s.db.ExecContext(ctx, dropPublished, now-1)
	if err != nil {
		failed = append(failed, fmt.Errorf("couldn't drop public keys that are over: %w", err))
	}
	return errors.Join(failed...)
}

// republish publishes again what is published already. Nothing changes by it,
// unless vault or database were replaced since: what was sealed to a key that
// this vault doesn't have would never be seen by anyone.
func (s *Store) republish(ctx context.Context) error {
	published, err := cameraHours(ctx, s.db, `SELECT camera, hour FROM key_hour WHERE public_key IS NOT NULL`)
	failed := []error{err}
	for _, h := range published {
		err := s.publish.one(ctx, h.camera, h.hour)
		if errors.Is(err, vault.ErrErased) {
			_, err = s.db.ExecContext(ctx, `UPDATE key_hour SET public_key = NULL WHERE camera = $1 AND hour = $2`, h.camera, h.hour)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

type cameraHour struct {
	camera premises.CameraID
	hour   vault.Hour
}

// unpublished lists what the cameras of the register lack from hour now on.
func (s *Store) unpublished(ctx context.Context, now vault.Hour) ([]cameraHour, error) {
	have, err := cameraHours(ctx, s.db, havePublished, now)
	if err != nil {
		return nil, err
	}
	known := map[cameraHour]bool{}
	for _, h := range have {
		known[h] = true
	}
	cameras, err := cameraHours(ctx, s.db, `SELECT id, 0 FROM camera WHERE removed_at IS NULL`)
	if err != nil {
		return nil, err
	}
	var missing []cameraHour
	for _, c := range cameras {
		for c.hour = now; c.hour <= now+hoursAhead; c.hour++ {
			if !known[c] {
				missing = append(missing, c)
			}
		}
	}
	return missing, nil
}

// cameraHours returns the pairs that a query finds.
func cameraHours(ctx context.Context, q db.Querier, query string, args ...any) ([]cameraHour, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []cameraHour
	for rows.Next() {
		var h cameraHour
		if err := rows.Scan(&h.camera, &h.hour); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}
