// Package footage keeps what cameras saw, in sealed segments. write.go is
// where a frame goes to disk, read.go where one comes back, erase.go where
// it stops existing. None of the three does anything without a permit.
package footage

import (
	"context"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A SegmentID is a run's id and an index in it.
type SegmentID string

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
}

// A Span is a stretch of time, From included, To not.
type Span struct{ From, To time.Time }

// Overlaps reports whether s and o share an instant.
func (s Span) Overlaps(o Span) bool { return s.From.Before(o.To) && o.From.Before(s.To) }

// Subject is what a permit must cover to touch camera during span.
func Subject(camera premises.CameraID, span Span) gate.Subject {
	return gate.Subject{Entity: camera.Entity(), From: span.From, To: span.To}
}

// A Gap is a stretch of time without footage, and why.
type Gap struct {
	ID     string
	Camera premises.CameraID
	Span   Span // To zero while it lasts
	Cause  string
	Detail string
}

// A Store keeps segments.
type Store struct{}

// Open opens the store. It touches nothing yet; see [Store.Recover].
func Open(d *db.DB, blobs *blob.Dir, keys *vault.Vault, now func() time.Time) *Store {
	panic("unwritten")
}

// Run does what must be done in the background until ctx ends: commits the
// index once a second, publishes public keys of coming hours. It returns
// after the last commit.
func (s *Store) Run(ctx context.Context) error { panic("unwritten") }

// Recover finishes what a crash interrupted: closes segments that were open,
// removes blobs nobody knows, finishes erasures, ends open gaps with cause
// "herstart". It is called once, before anything records.
func (s *Store) Recover(ctx context.Context) error { panic("unwritten") }

// Writer records one camera for as long as its permit is good.
type Writer struct{}

// Record starts recording camera.
func (s *Store) Record(p *gate.Permit, camera premises.CameraID) *Writer { panic("unwritten") }

// Write seals f and hands it to the disk. It returns as soon as the fragment
// is queued; an error of the disk (full) is returned by a later call. The
// permit must allow [regulation.Record] for f's span. f.Data may be reused.
func (w *Writer) Write(ctx context.Context, f *media.Fragment) error { panic("unwritten") }

// Cut ends the segment in hand: the next fragment starts a new one.
func (w *Writer) Cut(ctx context.Context) error { panic("unwritten") }

// Close ends the segment in hand and waits until it is on disk and indexed.
func (w *Writer) Close(ctx context.Context) error { panic("unwritten") }

// OpenGap notes that nothing is recorded from `from` on, and why; the gap ends
// with EndGap. A camera has at most one open gap: a new cause ends the old.
func (s *Store) OpenGap(ctx context.Context, camera premises.CameraID, from time.Time, cause, detail string) error {
	panic("unwritten")
}

// EndGap ends the camera's open gap, if it has one.
func (s *Store) EndGap(ctx context.Context, camera premises.CameraID, to time.Time) error {
	panic("unwritten")
}

// A Part is one fragment as the index knows it.
type Part struct {
	Segment SegmentID
	Index   int
	Span    Span
	Samples []media.Sample
	Bytes   int64 // of the plaintext samples
}

// A Film is what a camera saw during a span, ready to be read in any order.
type Film struct{}

// Read opens what camera saw during span, for a permit that allows
// [regulation.PlayBack]. Parts start with the key picture at or before
// span.From that still lies inside the permit, or the first one after it.
func (s *Store) Read(ctx context.Context, p *gate.Permit, camera premises.CameraID, span Span) (*Film, error) {
	panic("unwritten")
}

// Parts are the film's fragments in order of time.
func (f *Film) Parts() []Part { panic("unwritten") }

// Config is what a decoder needs for part i.
func (f *Film) Config() media.Config { panic("unwritten") }

// Open decrypts part i. It checks the permit each time.
func (f *Film) Open(ctx context.Context, i int) (*media.Fragment, error) { panic("unwritten") }

// Close lets go of the keys.
func (f *Film) Close() error { panic("unwritten") }

// Segments returns what the index knows of camera during span, oldest first:
// metadata, no picture.
func (s *Store) Segments(ctx context.Context, q db.Querier, camera premises.CameraID, span Span) ([]Segment, error) {
	panic("unwritten")
}

// Gaps returns the gaps of camera that touch span, oldest first.
func (s *Store) Gaps(ctx context.Context, q db.Querier, camera premises.CameraID, span Span) ([]Gap, error) {
	panic("unwritten")
}

// Hours returns, for every camera that has segments, the hours in which they
// are, oldest first: what the sweep must judge.
func (s *Store) Hours(ctx context.Context, q db.Querier) (map[premises.CameraID][]vault.Hour, error) {
	panic("unwritten")
}

// Preserve wraps the keys of the segments of camera that touch span under the
// incident, so that they outlive their hour. The permit must allow
// [regulation.Hold]. It returns how many segments it wrapped; segments that
// are being erased are not among them. It runs in the hold's transaction.
func (s *Store) Preserve(ctx context.Context, tx *logbook.Tx, p *gate.Permit, incident string, camera premises.CameraID, span Span) (int, error) {
	panic("unwritten")
}

// A Proof is what is kept of an erasure.
type Proof struct {
	Camera   premises.CameraID
	Before   vault.Hour // every hour before this one went
	Hours    int
	Segments int
	Bytes    int64
	Version  uint64 // of the first vault without the keys
}

// Erase erases all footage of camera of every hour before `before`, except
// segments whose keys are wrapped for an incident: mark (one statement that
// re-checks holds), destroy the keys, remove the blobs, keep the proof. The
// permit must allow [regulation.Erase] for the camera. Whatever step it stops
// at, running it again finishes it.
func (s *Store) Erase(ctx context.Context, p *gate.Permit, camera premises.CameraID, before vault.Hour) (Proof, error) {
	panic("unwritten")
}

// Release destroys an incident's key and erases the segments that only it
// kept. The permit must allow [regulation.Settle] for the incident.
func (s *Store) Release(ctx context.Context, p *gate.Permit, incident string) (Proof, error) {
	panic("unwritten")
}

// Check verifies segments against index, keys against index, holds against
// keys and canaries against erasures, and calls fault with a line for each
// thing that is wrong. With repair it rebuilds index rows from segment files.
func (s *Store) Check(ctx context.Context, repair bool, fault func(string)) error {
	panic("unwritten")
}
