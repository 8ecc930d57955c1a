package logbook

import (
	"context"
	"fmt"
	"math"
	"time"

	"oogmerk/internal/db"
)

// A Search says which entries to look for. The zero Search is all of them.
type Search struct {
	Object   string    // what they are about: Camera::"3f…"
	From, To time.Time // when they were written: from From, before To
	Refused  bool      // only what was refused, was withdrawn, or failed
	Without  []string  // acts to leave out
}

// Search returns up to n entries that s looks for with seq below before
// (before < 0: the latest), newest first. Pages can be turned with the last
// seq of the page before.
func (b *Book) Search(ctx context.Context, s Search, before int64, n int) ([]Record, error) {
	if before < 0 {
		before = math.MaxInt64
	}
	where, args := s.where(before, max(n, 0))
	rows, err := b.db.QueryContext(ctx, recordColumns+where+" ORDER BY seq DESC LIMIT $2", args...)
	if err != nil {
		return nil, fmt.Errorf("couldn't search the logbook: %w", err)
	}
	defer rows.Close()
	var records []Record
	for rows.Next() {
		r, err := scanRecord(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("couldn't search the logbook: %w", err)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't search the logbook: %w", err)
	}
	return records, nil
}

// where is s in SQL. The first two arguments are always there.
func (s Search) where(before int64, n int) (string, []any) {
	where, args := " WHERE seq < $1", []any{before, n}
	add := func(clause string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+clause, len(args))
	}
	if s.Object != "" {
		add("object = $%d", s.Object)
	}
	if !s.From.IsZero() {
		add("at >= $%d", db.Micros(s.From))
	}
	if !s.To.IsZero() {
		add("at < $%d", db.Micros(s.To))
	}
	for _, act := range s.Without {
		add("act <> $%d", act)
	}
	if s.Refused {
		add("(result IN ('geweigerd', 'mislukt') OR kind = $%d)", Withdrawal)
	}
	return where, args
}
