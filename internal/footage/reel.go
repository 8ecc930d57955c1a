package footage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"oogmerk/internal/media"
)

// errNoTable means that a segment has no table: it is being written, or was
// when the power went.
var errNoTable = errors.New("there is no table")

// A reel is a segment that was opened: its key, and what is in it.
type reel struct {
	segment Segment
	header  *header
	sealer  *sealer
	entries []entry
	held    []bool // of each entry, whether it outlives its hour
	faults  []string
}

// errNotYet means that a segment has nothing in it yet.
var errNotYet = errors.New("nothing was written yet")

// reel opens a segment: one read of its table, or a walk over the whole of
// it if that isn't there or doesn't open.
func (s *Store) reel(ctx context.Context, k *keyring, g Segment) (*reel, error) {
	f, err := s.blobs.Open(g.Blob)
	if errors.Is(err, fs.ErrNotExist) && g.State == open && g.Fragments == 0 {
		return nil, errNotYet
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() == 0 && g.State == open {
		return nil, errNotYet
	}
	h, sum, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	if h.id() != g.ID || h.camera != g.Camera || h.hour != g.Hour {
		return nil, damaged("the header is that of segment %s of camera %s", h.id(), h.camera)
	}
	key, err := k.key(ctx, h)
	if err != nil {
		return nil, err
	}
	r := &reel{segment: g, header: h}
	if r.sealer, err = newSealer(key, sum); err != nil {
		return nil, err
	}
	r.entries, err = readTable(f, f.Size(), h, r.sealer)
	if err == nil {
		return r, nil
	}
	if !errors.Is(err, errNoTable) {
		r.fault("%v; read without it", err)
	}
	return r, r.walk(f, f.Size())
}

func (r *reel) fault(format string, a ...any) {
	r.faults = append(r.faults, fmt.Sprintf("segment %s: %s", r.header.id(), fmt.Sprintf(format, a...)))
}

// walk finds the fragments one by one, and leaves out what doesn't open.
func (r *reel) walk(f io.ReaderAt, size int64) error {
	found, err := scanFile(f, size)
	if err != nil {
		return err
	}
	for _, hole := range found.faults {
		r.fault("%s", hole)
	}
	var last *media.Config
	for i := range found.entries {
		e := &found.entries[i]
		fragment, err := openEntry(f, e, r.sealer)
		if err != nil {
			r.fault("fragment %d: %v", e.index, err)
			continue
		}
		if e.config = fragment.Config; sameConfig(last, e.config) {
			e.config = last // one copy a segment will do
		}
		if e.config != nil {
			last = e.config
		}
		e.samples = fragment.Samples
		r.entries = append(r.entries, *e)
	}
	return nil
}

// openEntry reads one fragment.
func openEntry(f io.ReaderAt, e *entry, s *sealer) (*media.Fragment, error) {
	plain, rec, err := readEntry(f, e, s)
	if err != nil {
		return nil, err
	}
	return parseFragment(rec, plain)
}
