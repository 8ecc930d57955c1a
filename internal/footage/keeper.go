package footage

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"oogmerk/internal/blob"
)

// A keeper wraps keys of segments for incidents, in one transaction.
type keeper struct {
	*keyring
	store *Store
	tx    *sql.Tx
	among map[SegmentID]Segment // what may be kept
	kept  map[SegmentID]bool
}

func (s *Store) keeper(tx *sql.Tx, among []Segment) *keeper {
	k := &keeper{keyring: s.keyring(tx), store: s, tx: tx, among: map[SegmentID]Segment{}, kept: map[SegmentID]bool{}}
	for _, g := range among {
		k.among[g.ID] = g
	}
	return k
}

// keep keeps g for incident, and with it what came before if its first
// pictures can't be decoded without.
func (k *keeper) keep(ctx context.Context, g Segment, incident string) error {
	if err := k.wrap(ctx, g, incident); err != nil {
		return err
	}
	for range lookBack / segmentLength {
		before, err := k.store.continues(g)
		prior, there := k.among[before]
		if err == nil && there {
			err = k.wrap(ctx, prior, incident)
		}
		switch {
		case unkeepable(err): // then g is what is left
			return nil
		case err != nil || !there:
			return err
		}
		g = prior
	}
	return nil
}

// wrap wraps g's key for incident, unless it was before.
func (k *keeper) wrap(ctx context.Context, g Segment, incident string) error {
	done, err := exists(ctx, k.tx, `SELECT 1 FROM held_key WHERE incident = $1 AND segment = $2`, incident, g.ID)
	if err != nil {
		return err
	}
	if !done {
		if err := k.wrapNew(ctx, g, incident); err != nil {
			return err
		}
	}
	k.kept[g.ID] = true
	return nil
}

func (k *keeper) wrapNew(ctx context.Context, g Segment, incident string) error {
	key, err := k.store.segmentKey(ctx, k.keyring, g)
	if err != nil {
		return err
	}
	defer clear(key)
	wrapped, err := k.keys.Wrap(incident, string(g.ID), key)
	if err != nil {
		return err
	}
	_, err = k.tx.ExecContext(ctx, `INSERT INTO held_key (incident, segment, wrapped) VALUES ($1, $2, $3)
		ON CONFLICT (incident, segment) DO NOTHING`, incident, g.ID, wrapped)
	return err
}

// continues returns the segment without which g's first pictures can't be
// decoded, "" if there is none. It needs no key.
func (s *Store) continues(g Segment) (SegmentID, error) {
	f, err := s.blobs.Open(g.Blob)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h, _, err := readHeader(f)
	if err != nil || !h.chained {
		return "", err
	}
	first := make([]byte, recordHeader)
	if n, err := f.ReadAt(first, blob.Block); n < len(first) {
		if errors.Is(err, io.EOF) {
			err = nil // nothing was written yet
		}
		return h.before.id(), err
	}
	r, err := parseRecord(first)
	if err != nil || r.key() {
		return "", err
	}
	return h.before.id(), nil
}

// segmentKey finds the key of g by what is in its file.
func (s *Store) segmentKey(ctx context.Context, k *keyring, g Segment) ([]byte, error) {
	f, err := s.blobs.Open(g.Blob)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, _, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	if h.id() != g.ID || h.camera != g.Camera || h.hour != g.Hour {
		return nil, damaged("the header is that of segment %s of camera %s", h.id(), h.camera)
	}
	return k.key(ctx, h)
}
