package logbook

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/transparency"
)

// A row is an entry with everything that is kept of it.
type row struct {
	seq                       int64
	leaf                      []byte
	header, person            transparency.Body
	commitHeader, commitPers  []byte
	at                        int64
	kind, act, object, result string
}

// eachRow calls do for every entry in order.
func eachRow(ctx context.Context, q db.Querier, do func(row) error) error {
	rows, err := q.QueryContext(ctx, `SELECT seq, leaf, commit_header, commit_person, salt_header, salt_person,
		body_header, body_person, at, kind, act, object, result FROM log_entry ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("couldn't read the logbook: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		err := rows.Scan(&r.seq, &r.leaf, &r.commitHeader, &r.commitPers, &r.header.Salt, &r.person.Salt,
			&r.header.Text, &r.person.Text, &r.at, &r.kind, &r.act, &r.object, &r.result)
		if err != nil {
			return fmt.Errorf("couldn't read entry %d: %w", r.seq, err)
		}
		copy(r.header.Commitment[:], r.commitHeader)
		copy(r.person.Commitment[:], r.commitPers)
		r.header.Erased, r.person.Erased = r.header.Salt == nil, r.person.Salt == nil
		if err := do(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Export writes the whole logbook as docs/formats/logbook.md says.
func (b *Book) Export(ctx context.Context, w io.Writer) error {
	tx, err := b.db.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("couldn't export the logbook: %w", err)
	}
	defer tx.Rollback() // it wrote nothing
	h, err := readHead(ctx, tx, "")
	if err != nil {
		return err
	}
	signed, err := b.signed(h)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if err := transparency.WriteExportHead(out, signed); err != nil {
		return fmt.Errorf("couldn't export the logbook: %w", err)
	}
	err = eachRow(ctx, tx, func(r row) error {
		return transparency.WriteExportEntry(out, r.seq, r.header, r.person)
	})
	if err != nil {
		return fmt.Errorf("couldn't export the logbook: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("couldn't export the logbook: %w", err)
	}
	return nil
}

// Check verifies tree, bodies, look-up columns and checkpoint, and calls
// fault with a line for each thing that is wrong.
func (b *Book) Check(ctx context.Context, fault func(string)) error {
	tx, err := b.db.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("couldn't check the logbook: %w", err)
	}
	defer tx.Rollback() // it wrote nothing
	c := &check{Audit: transparency.Audit{Fault: fault}, roots: map[tileRoot][]byte{}}
	if err := eachRow(ctx, tx, c.row); err != nil {
		return fmt.Errorf("couldn't check the logbook: %w", err)
	}
	if err := c.tileRoots(ctx, tx); err != nil {
		return fmt.Errorf("couldn't check the logbook: %w", err)
	}
	h, err := readHead(ctx, tx, "")
	if err != nil {
		return fmt.Errorf("couldn't check the logbook: %w", err)
	}
	return b.checkHead(c, h)
}

// A check is an audit of the tables.
type check struct {
	transparency.Audit
	roots map[tileRoot][]byte // as the leaves make them
}

type tileRoot struct{ height, n int64 }

func (c *check) faultf(format string, args ...any) { c.Fault(fmt.Sprintf(format, args...)) }

// row verifies one entry.
func (c *check) row(r row) error {
	if want := c.Size(); r.seq != want {
		c.faultf("entry %d comes where entry %d should be", r.seq, want)
	}
	if len(r.commitHeader) != transparency.HashSize || len(r.commitPers) != transparency.HashSize {
		c.faultf("entry %d: a commitment isn't %d bytes", r.seq, transparency.HashSize)
	}
	leaf := transparency.LeafHash(transparency.LeafData(r.header.Commitment, r.person.Commitment))
	if !bytes.Equal(leaf[:], r.leaf) {
		c.faultf("entry %d: the leaf isn't the hash of its commitments", r.seq)
	}
	if h, ok := c.Bodies(r.seq, r.header, r.person); ok {
		c.columns(r, h)
	}
	for _, root := range c.Leaf(leaf) {
		c.roots[tileRoot{int64(root.Height), root.N}] = root.Hash[:]
	}
	return nil
}

// columns compares what is searched with what was committed to.
func (c *check) columns(r row, h transparency.Header) {
	for _, column := range []struct{ name, is, should string }{
		{"at", db.Time(r.at).Format(time.RFC3339Nano), h.At.Format(time.RFC3339Nano)},
		{"kind", r.kind, h.Kind},
		{"act", r.act, h.Act},
		{"object", r.object, h.Object},
		{"result", r.result, h.Result},
	} {
		if column.is != column.should {
			c.faultf("entry %d: column %s says %q, and its header %q", r.seq, column.name, column.is, column.should)
		}
	}
}

// tileRoots compares the kept roots of tiles with those recomputed.
func (c *check) tileRoots(ctx context.Context, q db.Querier) error {
	rows, err := q.QueryContext(ctx, "SELECT lvl, n, hash FROM log_tileroot ORDER BY lvl, n")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at tileRoot
		var hash []byte
		if err := rows.Scan(&at.height, &at.n, &hash); err != nil {
			return err
		}
		if !bytes.Equal(hash, c.roots[at]) {
			c.faultf("tile root %d of height %d isn't what the entries make it", at.n, at.height)
		}
		delete(c.roots, at)
	}
	for at := range c.roots {
		c.faultf("tile root %d of height %d is missing", at.n, at.height)
	}
	return rows.Err()
}

// checkHead verifies the head row against the entries and the key.
func (b *Book) checkHead(c *check, h head) error {
	if h.size != c.Size() || !bytes.Equal(h.frontier, c.Frontier()) {
		c.faultf("the head of the logbook says %d entries, there are %d, or its hashes aren't theirs", h.size, c.Size())
	}
	signed, err := b.signed(h)
	if err != nil {
		return err
	}
	checkpoint, err := transparency.OpenCheckpoint(signed, b.verifier)
	if err != nil {
		c.faultf("%v", err)
		return nil
	}
	c.End(checkpoint)
	return nil
}
