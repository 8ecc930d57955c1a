package footage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

const (
	// lookBack is how far before a span its first key picture is looked for:
	// the segment in which the span begins, and a whole one before that.
	lookBack = 2 * segmentLength
	// hole is how long nothing may have been kept before it counts as a hole
	// and only a key picture continues: more than clocks wobble.
	hole = time.Second
)

// Read opens what camera saw during span, for a permit that allows
// [regulation.PlayBack]. Parts start with the key picture at or before
// span.From that still lies inside the permit, or the first one after it.
// What can't be opened is left out, and in [Film.Faults].
func (s *Store) Read(ctx context.Context, p *gate.Permit, camera premises.CameraID, span Span) (*Film, error) {
	if err := p.Allows(Subject(camera, span), regulation.PlayBack); err != nil {
		return nil, err
	}
	reels, faults, err := s.reels(ctx, camera, Span{From: span.From.Add(-lookBack), To: span.To})
	if err != nil {
		return nil, fmt.Errorf("couldn't read camera %s: %w", camera, err)
	}
	c := cutter{permit: p, camera: camera}
	for _, r := range reels {
		c.add(r, s.keys.Erased(string(camera), r.header.hour))
	}
	return &Film{store: s, permit: p, camera: camera, frames: c.during(span), faults: faults}, nil
}

// reels opens the segments of camera during span. Of what can't be opened it
// says why not.
func (s *Store) reels(ctx context.Context, camera premises.CameraID, span Span) (reels []*reel, faults []string, err error) {
	found, err := segments(ctx, s.db, `SELECT `+segmentColumns+` FROM segment WHERE `+relevant+` ORDER BY from_at, id`, args(camera, span)...)
	if err != nil {
		return nil, nil, err
	}
	live, err := holds(ctx, s.db, camera)
	if err != nil {
		return nil, nil, err
	}
	k := s.keyring(s.db)
	defer k.wipe()
	for _, g := range found {
		r, err := s.reel(ctx, k, g)
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		switch {
		case errors.Is(err, errNotYet) || g.State == open && errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, vault.ErrErased):
			faults = append(faults, fmt.Sprintf("segment %s: its hour was erased", g.ID))
		case err != nil:
			faults = append(faults, fmt.Sprintf("segment %s: %v", g.ID, err))
		default:
			faults = append(faults, r.faults...)
			reels = append(reels, r)
		}
	}
	markHeld(reels, live)
	return reels, faults, nil
}

// A frame is one part of a film and where to find it.
type frame struct {
	Part
	reel   *reel
	entry  *entry
	held   bool          // it outlives its hour
	config *media.Config // what its pictures need
}

// A cutter strings fragments together so that every stretch without a hole
// begins with a key picture.
type cutter struct {
	permit *gate.Permit
	camera premises.CameraID

	frames []frame
	last   *frame // the fragment before, whether it was taken or not; nil after a hole
	config *media.Config
}

// add strings on the fragments of r: those that are held, if its hour was erased.
func (c *cutter) add(r *reel, erased bool) {
	for i := range r.entries {
		if erased && !r.held[i] {
			c.last = nil
			continue
		}
		e := &r.entries[i]
		f := frame{reel: r, entry: e, held: r.held[i], Part: Part{Segment: r.segment.ID, Index: int(e.index), Samples: e.samples,
			Span: Span{From: timeOf(e.start), To: timeOf(e.end())}}}
		for _, s := range e.samples {
			f.Bytes += int64(s.Size)
		}
		c.take(&f)
	}
}

func (c *cutter) take(f *frame) {
	if c.permit.Allows(Subject(c.camera, f.Span), regulation.PlayBack) != nil {
		c.last = nil
		return
	}
	if !c.follows(f) && !f.entry.key() {
		c.last = nil
		return
	}
	if f.entry.key() {
		c.config = f.entry.config
	}
	f.config = c.config
	c.frames = append(c.frames, *f)
	c.last = f
}

// follows reports whether f's pictures can be decoded after the last frame's.
func (c *cutter) follows(f *frame) bool {
	if c.last == nil || f.Span.From.Sub(c.last.Span.To) > hole {
		return false
	}
	a, b := c.last.reel.header, f.reel.header
	if a.place == b.place {
		return f.Index == c.last.Index+1
	}
	return b.chained && b.before == a.place && f.Index == 0
}

// during returns what shows span: from the key picture before its first
// picture up to its last.
func (c *cutter) during(span Span) []frame {
	first := -1
	for i := range c.frames {
		f := &c.frames[i]
		if f.entry.key() || first < 0 {
			first = i
		}
		if f.Span.To.After(span.From) {
			break
		}
		if i == len(c.frames)-1 {
			return nil
		}
	}
	if first < 0 {
		return nil
	}
	out := c.frames[first:]
	for i := range out {
		if !out[i].Span.From.Before(span.To) {
			return out[:i:i]
		}
	}
	return out
}
