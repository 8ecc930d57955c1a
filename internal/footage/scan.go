package footage

import (
	"context"
	"fmt"
	"io"
	"time"

	"oogmerk/internal/blob"
)

// A scan is what a segment file says without a key.
type scan struct {
	header  *header
	sum     [32]byte // of the header block
	entries []entry  // of the fragments that are whole; without samples and config
	table   *record  // nil if there is none
	tableAt int64
	end     int64    // where the last whole record ends
	faults  []string // holes: what can't be read and what comes after it can

	activity []byte // as the table says; nil until that was opened
}

// readHeader reads the first block of a segment file.
func readHeader(r io.ReaderAt) (*header, [32]byte, error) {
	block := make([]byte, blob.Block)
	if n, err := r.ReadAt(block, 0); n < len(block) {
		return nil, [32]byte{}, fmt.Errorf("%w: %w", damaged("the header isn't all there"), err)
	}
	h, err := parseHeader(block)
	return h, headerSum(block), err
}

// scanFile walks over a file of size bytes. After something that isn't a
// record it goes on at the next block that is, so that one bad block doesn't
// take the rest with it. Whatever doesn't fit at the end isn't there yet.
func scanFile(r io.ReaderAt, size int64) (*scan, error) {
	h, sum, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	s := &scan{header: h, sum: sum, end: blob.Block}
	lost := int64(-1) // where something unreadable began
	for at := int64(blob.Block); at+recordHeader <= size; {
		rec, err := s.recordAt(r, at)
		if err == nil && at+rec.size() > size {
			break
		}
		if err == nil {
			err = s.add(r, rec, at)
		}
		if err != nil {
			if lost < 0 {
				lost = at
			}
			at += blob.Block
			continue
		}
		if lost >= 0 {
			s.faults = append(s.faults, fmt.Sprintf("nothing can be made of bytes %d to %d", lost, at))
			lost = -1
		}
		at += rec.size()
		s.end = at
	}
	return s, nil
}

func (s *scan) recordAt(r io.ReaderAt, at int64) (*record, error) {
	b := make([]byte, recordHeader)
	if n, err := r.ReadAt(b, at); n < len(b) {
		return nil, fmt.Errorf("couldn't read at %d: %w", at, err)
	}
	rec, err := parseRecord(b)
	if err != nil {
		return nil, err
	}
	return &rec, nil
}

// add takes a record that is whole, if it can follow what came before.
func (s *scan) add(r io.ReaderAt, rec *record, at int64) error {
	if s.table != nil {
		return damaged("something follows the table")
	}
	if rec.magic == magicTable {
		s.table, s.tableAt = rec, at
		return nil
	}
	if n := len(s.entries); n > 0 && (rec.index <= s.entries[n-1].index || rec.start < s.entries[n-1].start) {
		return damaged("fragment %d comes after fragment %d", rec.index, s.entries[n-1].index)
	}
	e := entry{record: *rec, offset: at}
	if n, err := r.ReadAt(e.tag[:], at+recordHeader+int64(rec.length)-tagSize); n < tagSize {
		return fmt.Errorf("couldn't read at %d: %w", at, err)
	}
	s.entries = append(s.entries, e)
	return nil
}

// row is what the index should say of a segment that is no longer written to.
func (s *scan) row(size int64) Segment {
	seg := s.header.row()
	seg.Bytes, seg.Fragments, seg.State = size, len(s.entries), closed
	seg.Hash, seg.Activity = segmentHash(s.sum, s.entries), s.activity
	if n := len(s.entries); n > 0 {
		seg.Span = Span{From: timeOf(s.entries[0].start), To: timeOf(s.entries[n-1].end())}
	}
	return seg
}

// readActivity returns what a file's table says of its activity, or nil if that
// can't be known: there is no table, or nothing opens it.
func (s *Store) readActivity(ctx context.Context, f io.ReaderAt, found *scan) []byte {
	if found.table == nil {
		return nil
	}
	k := s.keyring(s.db)
	defer k.wipe()
	key, err := k.key(ctx, found.header)
	if err != nil {
		return nil
	}
	seals, err := newSealer(key, found.sum)
	if err != nil {
		return nil
	}
	_, active, err := readWholeTable(f, found.end, found.header, seals)
	if err != nil {
		return nil
	}
	return active
}

// row is what the index says of a segment before its first fragment.
func (h *header) row() Segment {
	start := timeOf(h.start)
	return Segment{ID: h.id(), Camera: h.camera, Hour: h.hour, Span: Span{From: start, To: start}, State: open, Blob: h.blob(),
		ClockOff: time.Duration(h.ahead) * time.Millisecond}
}

// readTable finds the table by the footer and opens it: one read for all a
// player needs to know.
func readTable(r io.ReaderAt, size int64, h *header, s *sealer) ([]entry, error) {
	entries, _, err := readWholeTable(r, size, h, s)
	return entries, err
}

// readWholeTable returns what readTable does, and the segment's activity.
func readWholeTable(r io.ReaderAt, size int64, h *header, s *sealer) ([]entry, []byte, error) {
	foot := make([]byte, footerSize)
	if size < 2*blob.Block {
		return nil, nil, errNoTable
	}
	if _, err := r.ReadAt(foot, size-footerSize); err != nil {
		return nil, nil, fmt.Errorf("couldn't read the footer: %w", err)
	}
	at, ok := parseFooter(foot)
	if !ok || at < blob.Block || at%blob.Block != 0 || at >= size || size-at > maxCipher+2*blob.Block {
		return nil, nil, errNoTable
	}
	buf := make([]byte, size-at)
	if _, err := r.ReadAt(buf, at); err != nil {
		return nil, nil, fmt.Errorf("couldn't read the table: %w", err)
	}
	rec, err := parseRecord(buf)
	if err != nil || rec.magic != magicTable || rec.size() != int64(len(buf)) {
		return nil, nil, damaged("there is no table where the footer says")
	}
	plain, err := s.open(buf[:recordHeader+int64(rec.length)])
	if err != nil {
		return nil, nil, fmt.Errorf("table: %w", err)
	}
	return parseTable(&rec, h, s.sum, plain)
}

// readEntry reads and opens one fragment.
func readEntry(r io.ReaderAt, e *entry, s *sealer) ([]byte, *record, error) {
	buf := make([]byte, recordHeader+int64(e.length))
	if n, err := r.ReadAt(buf, e.offset); n < len(buf) {
		return nil, nil, fmt.Errorf("%w: %w", damaged("it isn't all there"), err)
	}
	rec, err := parseRecord(buf)
	if err != nil {
		return nil, nil, err
	}
	if rec != e.record {
		return nil, nil, damaged("its header isn't what the table says")
	}
	plain, err := s.open(buf)
	return plain, &rec, err
}
