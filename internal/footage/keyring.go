package footage

import (
	"context"
	"crypto/hpke"
	"errors"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A keyring finds the keys of segments: first by their hour, and when that
// was destroyed by an incident for which they are held. It remembers what it
// opened, because segments of a run come one after the other.
type keyring struct {
	keys  *vault.Vault
	q     db.Querier
	hours map[cameraHour]hpke.PrivateKey
	runs  map[[16]byte]*ratchet
}

func (s *Store) keyring(q db.Querier) *keyring {
	return &keyring{keys: s.keys, q: q, hours: map[cameraHour]hpke.PrivateKey{}, runs: map[[16]byte]*ratchet{}}
}

// wipe forgets all.
func (k *keyring) wipe() {
	for _, r := range k.runs {
		r.wipe()
	}
	clear(k.runs)
	clear(k.hours)
}

// key returns the key of the segment with header h. It fails with
// vault.ErrErased if nothing opens it any more.
func (k *keyring) key(ctx context.Context, h *header) ([]byte, error) {
	key, err := k.ofHour(h)
	if !errors.Is(err, vault.ErrErased) {
		return key, err
	}
	held, heldErr := k.held(ctx, h.id())
	if held != nil || heldErr != nil {
		return held, heldErr
	}
	return nil, err
}

// ofHour derives the key from its hour's.
func (k *keyring) ofHour(h *header) ([]byte, error) {
	private, err := k.private(h.camera, h.hour)
	if err != nil {
		return nil, err
	}
	r := k.runs[h.run]
	if r == nil || r.next > h.index {
		if r, err = openRun(private, h); err != nil {
			return nil, err
		}
		k.runs[h.run] = r
	}
	if h.index-r.next > maxFragments {
		return nil, damaged("index %d is more than a run has", h.index)
	}
	for {
		at := r.next
		key, err := r.key()
		if err != nil || at == h.index {
			return key, err
		}
		clear(key)
	}
}

func (k *keyring) private(camera premises.CameraID, hour vault.Hour) (hpke.PrivateKey, error) {
	at := cameraHour{camera, hour}
	if private, ok := k.hours[at]; ok {
		return private, nil
	}
	private, err := k.keys.Private(string(camera), hour)
	if err == nil {
		k.hours[at] = private
	}
	return private, err
}

// held unwraps the key of a segment that is held, or returns nil if it isn't.
func (k *keyring) held(ctx context.Context, id SegmentID) ([]byte, error) {
	wraps, err := wrapped(ctx, k.q, id)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, w := range wraps {
		key, err := k.keys.Unwrap(w.incident, string(id), w.key)
		if err == nil {
			return key, nil
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// A wrap is a segment key, wrapped for an incident.
type wrap struct {
	incident string
	key      []byte
}

func wrapped(ctx context.Context, q db.Querier, id SegmentID) ([]wrap, error) {
	rows, err := q.QueryContext(ctx, `SELECT incident, wrapped FROM held_key WHERE segment = $1 ORDER BY incident`, id)
	if err != nil {
		return nil, fmt.Errorf("couldn't find for which incidents segment %s is held: %w", id, err)
	}
	defer rows.Close()
	var out []wrap
	for rows.Next() {
		var w wrap
		if err := rows.Scan(&w.incident, &w.key); err != nil {
			return nil, fmt.Errorf("couldn't find for which incidents segment %s is held: %w", id, err)
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't find for which incidents segment %s is held: %w", id, err)
	}
	return out, nil
}
