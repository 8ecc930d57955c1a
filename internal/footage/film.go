package footage

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Part is one fragment as the index knows it.
type Part struct {
	Segment SegmentID
	Index   int
	Span    Span
	Samples []media.Sample
	Bytes   int64 // of the plaintext samples
}

// A Film is what a camera saw during a span, ready to be read in any order,
// by several at a time.
type Film struct {
	store  *Store
	permit *gate.Permit
	camera premises.CameraID
	frames []frame
	faults []string

	mu     sync.RWMutex
	closed bool // keys are gone
}

var errFilmClosed = errors.New("the film was closed")

// Parts are the film's fragments in order of time.
func (f *Film) Parts() []Part {
	parts := make([]Part, len(f.frames))
	for i := range f.frames {
		parts[i] = f.frames[i].Part
	}
	return parts
}

// Faults says, a line each, what couldn't be opened and is not in the film.
func (f *Film) Faults() []string { return f.faults }

// Config is what a decoder needs for the first part.
func (f *Film) Config() media.Config { return f.ConfigAt(0) }

// ConfigAt is what a decoder needs for part i: a camera that was set up
// differently halfway has more than one.
func (f *Film) ConfigAt(i int) media.Config {
	if i < 0 || i >= len(f.frames) || f.frames[i].config == nil {
		return media.Config{}
	}
	return *f.frames[i].config
}

// Open decrypts part i. It checks the permit each time.
func (f *Film) Open(ctx context.Context, i int) (*media.Fragment, error) {
	if i < 0 || i >= len(f.frames) {
		return nil, fmt.Errorf("the film has no part %d: it has %d", i, len(f.frames))
	}
	w := &f.frames[i]
	if err := f.permit.Allows(Subject(f.camera, w.Span), regulation.PlayBack); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return nil, errFilmClosed
	}
	// Asked and opened anew each time: what was erased meanwhile is gone for
	// who was looking at it too.
	if hour := w.reel.header.hour; !w.held && f.store.keys.Erased(string(f.camera), hour) {
		return nil, fmt.Errorf("couldn't open segment %s: %w", w.Segment, vault.ErrErased)
	}
	file, err := f.store.blobs.Open(w.reel.segment.Blob)
	if err != nil {
		return nil, fmt.Errorf("couldn't open segment %s: %w", w.Segment, err)
	}
	defer file.Close()
	fragment, err := openEntry(file, w.entry, w.reel.sealer)
	if err != nil {
		return nil, fmt.Errorf("couldn't open fragment %d of segment %s: %w", w.Index, w.Segment, err)
	}
	return fragment, nil
}

// Close lets go of the keys.
func (f *Film) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for i := range f.frames {
		f.frames[i].reel.sealer = nil
	}
	return nil
}
