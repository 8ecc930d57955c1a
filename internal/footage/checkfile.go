package footage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"oogmerk/internal/blob"
	"oogmerk/internal/vault"
)

// segments checks every row and its file, in order of their names.
func (c *checker) segments(ctx context.Context) error {
	k := c.store.keyring(c.store.db)
	defer k.wipe()
	for _, name := range slices.Sorted(maps.Keys(c.rows)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if g := c.rows[name]; g.State != erasing {
			if err := c.segment(ctx, k, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) segment(ctx context.Context, k *keyring, g Segment) error {
	live := g.State == open
	if live && c.now.Sub(g.Span.From) > openTooLong {
		c.fault("segment %s: it is still open, though it began at %s", g.ID, g.Span.From)
		live = false
	}
	f, err := c.store.blobs.Open(g.Blob)
	if errors.Is(err, fs.ErrNotExist) {
		return c.missing(ctx, g, live)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	found, faults := c.file(ctx, k, g, f, f.Size(), live)
	for _, line := range faults {
		c.fault("segment %s: %s", g.ID, line)
	}
	if found == nil || live || len(faults) > 0 {
		return nil
	}
	should := found.row(f.Size())
	if should.Activity == nil { // there is no table, or no key
		should.Activity = g.Activity
	}
	if diff := differs(g, should); diff != "" {
		c.fault("segment %s: %s", g.ID, diff)
		if c.repair {
			return should.insert(ctx, c.store.db)
		}
	}
	return nil
}

// missing is about a row without a file. Repaired it is a gap with a cause.
func (c *checker) missing(ctx context.Context, g Segment, live bool) error {
	if live && g.Fragments == 0 {
		return nil // begun this instant
	}
	// Erased since we listed the rows?
	still, err := exists(ctx, c.store.db, `SELECT 1 FROM segment WHERE id = $1 AND state <> 'erasing'`, g.ID)
	if err != nil || !still {
		return err
	}
	c.fault("segment %s: there is no file %s", g.ID, g.Blob)
	if !c.repair {
		return nil
	}
	delete(c.rows, g.Blob)
	return within(ctx, c.store.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = $1`, g.ID); err != nil {
			return err
		}
		return insertGap(ctx, tx, Gap{Camera: g.Camera, Span: g.Span, Cause: causeDisk,
			Detail: fmt.Sprintf("bestand van segment %s ontbreekt", g.ID)})
	})
}

// unknown is about a file without a row.
func (c *checker) unknown(ctx context.Context, name string) error {
	f, err := c.store.blobs.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	defer f.Close()
	found, err := scanFile(f, f.Size())
	if err != nil {
		c.fault("%s: no segment is known that is in this file: %v", name, err)
		return nil
	}
	h := found.header
	if !c.repair && c.now.Sub(timeOf(h.start)).Abs() < indexLag {
		return nil
	}
	c.fault("segment %s: the index has no row for %s", h.id(), name)
	switch {
	case h.blob() != name:
		c.fault("%s: it holds segment %s of camera %s: it was moved or renamed", name, h.id(), h.camera)
	case len(found.entries) == 0:
		c.fault("segment %s: there is not one fragment in it", h.id())
	case c.repair:
		g := found.row(f.Size())
		g.Activity = c.store.readActivity(ctx, f, found)
		c.rows[name], c.ids[g.ID] = g, true
		return g.insert(ctx, c.store.db)
	}
	return nil
}

func differs(g, should Segment) string {
	switch {
	case g.Span != should.Span:
		return fmt.Sprintf("the index says %s to %s, the file says %s to %s", g.Span.From, g.Span.To, should.Span.From, should.Span.To)
	case g.Bytes != should.Bytes:
		return fmt.Sprintf("the index says %d bytes, the file has %d", g.Bytes, should.Bytes)
	case g.Fragments != should.Fragments:
		return fmt.Sprintf("the index says %d fragments, the file has %d", g.Fragments, should.Fragments)
	case g.Hash != should.Hash:
		return "the hash in the index isn't that of the file"
	case g.ClockOff != should.ClockOff:
		return fmt.Sprintf("the index says that the camera's clock was %v ahead, the file says %v", g.ClockOff, should.ClockOff)
	case !bytes.Equal(g.Activity, should.Activity):
		return "the activity in the index isn't that of the file"
	case !g.same(should):
		return fmt.Sprintf("the index says %s in %s, the file says %s in %s", g.State, g.Blob, should.State, should.Blob)
	}
	return ""
}

// file checks every byte of a segment file. found is nil if nothing can be
// said of it. What is being written (live) may end anyhow.
func (c *checker) file(ctx context.Context, k *keyring, g Segment, f io.ReaderAt, size int64, live bool) (found *scan, faults []string) {
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if live && size < blob.Block {
		return nil, nil
	}
	found, err := scanFile(f, size)
	if err != nil {
		say("%v", err)
		return nil, faults
	}
	h := found.header
	if h.id() != g.ID || h.blob() != g.Blob || h.camera != g.Camera || h.hour != g.Hour {
		say("its file %s is that of segment %s of camera %s", g.Blob, h.id(), h.camera)
		return nil, faults
	}
	faults = append(faults, found.faults...)
	if found.end < size && !live {
		say("the last %d bytes are no fragment", size-found.end)
	}
	if _, gone := c.erased[h.hour]; h.chained && h.before.run == h.run && !gone && !c.ids[h.before.id()] {
		say("it continues segment %s, which isn't there", h.before.id())
	}
	faults = append(faults, found.agrees()...)
	key, err := k.key(ctx, h)
	if err != nil {
		if !errors.Is(err, vault.ErrErased) { // of that, held says whether it should be so
			say("%v", err)
		}
		return found, faults
	}
	seals, err := newSealer(key, found.sum)
	if err != nil {
		say("%v", err)
		return found, faults
	}
	return found, append(faults, found.opens(f, seals, live)...)
}

// agrees checks what can be seen without a key.
func (s *scan) agrees() (faults []string) {
	for i := range s.entries {
		e := &s.entries[i]
		switch {
		case e.index != uint32(i):
			return append(faults, fmt.Sprintf("fragment %d isn't there", i))
		case vault.HourOf(timeOf(e.start)) != s.header.hour:
			faults = append(faults, fmt.Sprintf("fragment %d begins in another hour", i))
		case e.end() > s.header.start+segmentLength.Microseconds():
			faults = append(faults, fmt.Sprintf("fragment %d goes on for longer than a segment may", i))
		}
	}
	if n := len(s.entries); n > 0 && s.entries[0].start != s.header.start {
		faults = append(faults, "its first fragment doesn't begin when the header says")
	}
	return faults
}

// opens opens everything.
func (s *scan) opens(f io.ReaderAt, seals *sealer, live bool) (faults []string) {
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	for i := range s.entries {
		e := &s.entries[i]
		if err := padded(f, e.offset, &e.record, 0); err != nil {
			say("fragment %d: %v", e.index, err)
		}
		fragment, err := openEntry(f, e, seals)
		if err != nil {
			say("fragment %d: %v", e.index, err)
			continue
		}
		e.config, e.samples = fragment.Config, fragment.Samples
	}
	if s.table == nil || live {
		return faults
	}
	if err := padded(f, s.tableAt, s.table, footerSize); err != nil {
		say("table: %v", err)
	}
	entries, active, err := readWholeTable(f, s.end, s.header, seals)
	if err != nil {
		say("%v", err)
	} else if len(faults) == 0 && !slices.EqualFunc(entries, s.entries, sameEntry) {
		say("the table doesn't say what the fragments say")
	}
	s.activity = active
	return faults
}

func sameEntry(a, b entry) bool {
	return a.record == b.record && a.offset == b.offset && a.tag == b.tag && slices.Equal(a.samples, b.samples) &&
		(a.config == nil) == (b.config == nil) && (a.config == nil || sameConfig(a.config, b.config))
}

// padded checks that nothing but zeros follow a record, up to its last bytes.
func padded(f io.ReaderAt, at int64, r *record, last int64) error {
	used := recordHeader + int64(r.length)
	rest := make([]byte, r.size()-used-last)
	if n, err := f.ReadAt(rest, at+used); n < len(rest) {
		return fmt.Errorf("couldn't read what follows: %w", err)
	}
	if !allZero(rest) {
		return damaged("something is written where nothing may be")
	}
	return nil
}
