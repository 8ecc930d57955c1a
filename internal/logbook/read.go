package logbook

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"oogmerk/internal/db"
	"oogmerk/internal/transparency"
)

const recordColumns = "SELECT seq, at, kind, act, object, result, body_header, body_person, salt_person FROM log_entry"

// Records returns up to n entries with seq below before (before < 0: the
// latest), newest first.
func (b *Book) Records(ctx context.Context, before int64, n int) ([]Record, error) {
	if before < 0 {
		before = math.MaxInt64
	}
	rows, err := b.db.QueryContext(ctx, recordColumns+" WHERE seq < $1 ORDER BY seq DESC LIMIT $2", before, max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("couldn't read the logbook: %w", err)
	}
	defer rows.Close()
	var records []Record
	for rows.Next() {
		r, err := scanRecord(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("couldn't read the logbook: %w", err)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't read the logbook: %w", err)
	}
	return records, nil
}

// Record returns entry seq, or an error wrapping sql.ErrNoRows.
func (b *Book) Record(ctx context.Context, seq int64) (Record, error) {
	r, err := scanRecord(b.db.QueryRowContext(ctx, recordColumns+" WHERE seq = $1", seq).Scan)
	if err != nil {
		return Record{}, fmt.Errorf("couldn't read entry %d: %w", seq, err)
	}
	return r, nil
}

func scanRecord(scan func(...any) error) (Record, error) {
	var r Record
	var at int64
	var header, person, salt []byte
	if err := scan(&r.Seq, &at, &r.Kind, &r.Act, &r.Object, &r.Result, &header, &person, &salt); err != nil {
		return Record{}, err
	}
	h, err := transparency.ParseHeader(header)
	if err != nil {
		return Record{}, fmt.Errorf("entry %d: %w", r.Seq, err)
	}
	r.At, r.Header, r.Erased = db.Time(at), h.More, salt == nil
	if len(person) > 0 && !r.Erased {
		r.Person = person
	}
	return r, nil
}

// Prove returns a proof that entry seq is in the tree of the last checkpoint,
// as C2SP tlog-proof text.
func (b *Book) Prove(ctx context.Context, seq int64) ([]byte, error) {
	signed, err := b.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	c, err := transparency.OpenCheckpoint(signed, b.verifier)
	if err != nil {
		return nil, errTampered(err)
	}
	if seq < 0 || seq >= c.Size {
		return nil, fmt.Errorf("couldn't prove entry %d: %w", seq, sql.ErrNoRows)
	}
	path, err := transparency.Prove(c, seq, func(t transparency.Tile) ([]byte, error) { return readTile(ctx, b.db, t) })
	if err != nil {
		return nil, err
	}
	return transparency.Proof{Seq: seq, Path: path, Checkpoint: signed}.Format(), nil
}

// readTile reads a tile, or returns an error wrapping sql.ErrNoRows if the
// tree hasn't got that far.
func readTile(ctx context.Context, q db.Querier, t transparency.Tile) ([]byte, error) {
	query := "SELECT leaf, leaf FROM log_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq"
	args := []any{t.Start(), t.Start() + int64(t.Width)}
	switch {
	case t.Level == transparency.EntriesLevel:
		query = "SELECT commit_header, commit_person FROM log_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq"
	case t.Level > 0:
		query = "SELECT hash, hash FROM log_tileroot WHERE n >= $1 AND n < $2 AND lvl = $3 ORDER BY n"
		args = append(args, 8*t.Level)
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tile []byte
	width := 0
	for ; rows.Next(); width++ {
		var a, b []byte
		if err := rows.Scan(&a, &b); err != nil {
			return nil, err
		}
		if len(a) != transparency.HashSize || len(b) != transparency.HashSize {
			return nil, fmt.Errorf("a hash of %d or %d bytes", len(a), len(b))
		}
		if t.Level == transparency.EntriesLevel {
			tile = transparency.AppendToBundle(tile, transparency.LeafData(transparency.Hash(a), transparency.Hash(b)))
		} else {
			tile = append(tile, a...)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if width != t.Width {
		return nil, fmt.Errorf("there are %d of %d hashes: %w", width, t.Width, sql.ErrNoRows)
	}
	return tile, nil
}
