// Package footage keeps what cameras saw, in sealed segments. write.go is
// where a frame goes to disk, read.go where one comes back, erase.go where
// it stops existing. None of the three does anything without a permit.
package footage

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A SegmentID is a run's id and an index in it.
type SegmentID string

// The states of a segment.
const (
	open    = "open"    // being written, or it was when the power went
	closed  = "closed"  // as it will stay
	erasing = "erasing" // on its way out: nothing opens it any more
)

// A Segment is at most a minute of one camera, sealed, never across an hour.
type Segment struct {
	ID        SegmentID
	Camera    premises.CameraID
	Hour      vault.Hour
	Span      Span
	Bytes     int64
	Fragments int
	Hash      [32]byte // zero while open
	State     string   // open, closed, erasing
	Blob      string

	// ClockOff is how far the camera's clock was ahead of ours when the segment
	// began, in milliseconds; 0 if that isn't known.
	ClockOff time.Duration
	// Activity has a byte for each [slot] from Span.From on: 0 if nothing is
	// known, else the highest of the slot's fragments, and [moved]. It is never
	// changed, but replaced.
	Activity []byte
}

// same reports whether g is as o is, but for what their pictures show.
func (g Segment) same(o Segment) bool {
	g.Activity, o.Activity = nil, nil
	return reflect.DeepEqual(g, o)
}

// A Span is a stretch of time, From included, To not.
type Span struct{ From, To time.Time }

// Overlaps reports whether s and o share an instant.
func (s Span) Overlaps(o Span) bool { return s.From.Before(o.To) && o.From.Before(s.To) }

// Subject is what a permit must cover to touch camera during span.
func Subject(camera premises.CameraID, span Span) gate.Subject {
	return gate.Subject{Entity: camera.Entity(), From: span.From, To: span.To}
}

// A Store keeps segments.
type Store struct {
	db      *db.DB
	blobs   *blob.Dir
	keys    *vault.Vault
	now     func() time.Time
	index   *index
	syncs   syncs
	buffers blob.Pool // for the writers
	publish publisher
	room    room   // see full.go
	health  health // see health.go
	usages  usages // see usage.go
}

// Open opens the store. It touches nothing yet; see [Store.Recover].
func Open(d *db.DB, blobs *blob.Dir, keys *vault.Vault, now func() time.Time) *Store {
	s := &Store{db: d, blobs: blobs, keys: keys, now: now,
		index:   &index{db: d, pending: map[SegmentID]line{}},
		publish: publisher{db: d, keys: keys}}
	s.syncs.store = s
	return s
}

const (
	indexEvery    = 2 * time.Second // how far the index may be behind the disk
	publishEvery  = time.Minute
	indexPatience = 15 // ticks without a commit before Run gives up
)

// Run does what must be done in the background until ctx ends: commits the
// index every two seconds, publishes public keys of coming hours. It returns
// after the last commit. A database that is away for a moment is no reason to
// stop recording: files describe themselves, and the index catches up.
func (s *Store) Run(ctx context.Context) error {
	index, keys := time.NewTicker(indexEvery), time.NewTicker(publishEvery)
	defer index.Stop()
	defer keys.Stop()
	var indexed error
	published := s.publishAhead(ctx)
	if ctx.Err() != nil {
		published = nil
	}
	for failures := 0; failures < indexPatience; {
		select {
		case <-ctx.Done():
			return errors.Join(s.commit(context.WithoutCancel(ctx)), published)
		case <-keys.C:
			if err := s.publishAhead(ctx); ctx.Err() == nil {
				published = err
			}
		case <-index.C:
			failures++
			if indexed = s.commit(ctx); indexed == nil {
				failures = 0
			}
		}
	}
	return errors.Join(fmt.Errorf("couldn't keep the index for %v", indexPatience*indexEvery), indexed, published)
}

func timeOf(us int64) time.Time { return db.Time(us) }
