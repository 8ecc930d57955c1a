package governance

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/regulation"
)

// insert keeps a version, its document included.
func insert(ctx context.Context, q db.Querier, v Version, document []byte) error {
	_, err := q.ExecContext(ctx, `INSERT INTO regulation_version (id, file, document, hash, decision, from_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, v.ID, v.Law.File, document, v.Law.Hash[:], v.Decision, db.Micros(v.From))
	return err
}

// load reads everything that was adopted.
func load(ctx context.Context, q db.Querier) (*state, error) {
	s := &state{}
	err := q.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = $1", organisationSetting).Scan(&s.organisation)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, `SELECT id, file, document, hash, decision, from_at, until_at
		FROM regulation_version ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		s.versions = append(s.versions, v)
	}
	return s, rows.Err()
}

// scan reads one version and sees to it that it is what was adopted.
func scan(rows *sql.Rows) (Version, error) {
	var v Version
	var file string
	var document, hash []byte
	var from int64
	var until sql.NullInt64
	if err := rows.Scan(&v.ID, &file, &document, &hash, &v.Decision, &from, &until); err != nil {
		return v, err
	}
	v.From = db.Time(from)
	if until.Valid {
		v.Until = db.Time(until.Int64)
	}
	law, err := regulation.Parse(file, document)
	if err != nil {
		return v, fmt.Errorf("version %d can't be read: %w", v.ID, err)
	}
	if !bytes.Equal(law.Hash[:], hash) {
		return v, fmt.Errorf("version %d isn't the document that was adopted: its hash is %x, but should be %x", v.ID, law.Hash, hash)
	}
	v.Law = law
	return v, nil
}
