package governance

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/regulation"
)

// insert keeps a version, its document included.
func insert(ctx context.Context, q db.Querier, v Version, document []byte) error {
	choices, err := json.Marshal(chosenOrNone(v.Choices))
	if err != nil {
		return err
	}
	scope := ""
	if v.Scope.ID != "" {
		scope = v.Scope.String()
	}
	_, err = q.ExecContext(ctx, `INSERT INTO regulation_version
		(id, file, document, hash, decision, from_at, until_at, choices, announced_at, layer, scope)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, v.ID, v.Law.File, document, v.Law.Hash[:], v.Decision,
		db.Micros(v.From), orNull(v.Until), string(choices), orNull(v.Announced), string(v.Law.Terms.Layer), scope)
	return err
}

// writeUntil keeps when versions end.
func writeUntil(ctx context.Context, q db.Querier, versions []Version) error {
	for _, v := range versions {
		if _, err := q.ExecContext(ctx, "UPDATE regulation_version SET until_at = $2 WHERE id = $1", v.ID, orNull(v.Until)); err != nil {
			return err
		}
	}
	return nil
}

// load reads everything that was adopted, and what was set aside.
func (b *Board) load(ctx context.Context) (*state, error) {
	s := &state{}
	err := b.db.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = $1", organisationSetting).Scan(&s.organisation)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	rows, err := b.db.QueryContext(ctx, `SELECT id, file, document, hash, decision, from_at, until_at, choices, announced_at, scope
		FROM regulation_version ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := b.scan(rows)
		if err != nil {
			return nil, err
		}
		if v.Law.Terms.Layer == "" {
			s.versions = append(s.versions, v)
		} else {
			s.orders = append(s.orders, v)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	s.derogations, err = derogations(ctx, b.db)
	return s, err
}

// scan reads one version and sees to it that it is what was adopted.
func (b *Board) scan(rows *sql.Rows) (Version, error) {
	var v Version
	var file, choices, scope string
	var document, hash []byte
	var from int64
	var until, announced sql.NullInt64
	err := rows.Scan(&v.ID, &file, &document, &hash, &v.Decision, &from, &until, &choices, &announced, &scope)
	if err != nil {
		return v, err
	}
	v.From, v.Until, v.Announced = db.Time(from), instant(until), instant(announced)
	if v.Scope, err = entity(scope); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(choices), &v.Choices); err != nil {
		return v, fmt.Errorf("the choices of version %d can't be read: %w", v.ID, err)
	}
	if v.Law, err = b.Parse(file, document); err == nil {
		v.Law, err = v.Law.Choose(v.Choices)
	}
	if err != nil {
		return v, fmt.Errorf("version %d can't be read: %w", v.ID, err)
	}
	if !bytes.Equal(v.Law.Hash[:], hash) {
		return v, fmt.Errorf("version %d isn't the document that was adopted: its hash is %x, but should be %x", v.ID, v.Law.Hash, hash)
	}
	return v, nil
}

// Drafts returns every text that was entered, newest first.
func (b *Board) Drafts(ctx context.Context) ([]Draft, error) {
	drafts, err := findDrafts(ctx, b.db, "1 = 1")
	if err != nil {
		return nil, fmt.Errorf("couldn't list the drafts: %w", err)
	}
	return drafts, nil
}

// FindDraft returns one, or an error wrapping [sql.ErrNoRows].
func (b *Board) FindDraft(ctx context.Context, id string) (Draft, error) {
	drafts, err := findDrafts(ctx, b.db, "id = $1", id)
	if err == nil && len(drafts) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Draft{}, fmt.Errorf("couldn't find draft %.40q: %w", id, err)
	}
	return drafts[0], nil
}

func findDrafts(ctx context.Context, q db.Querier, where string, args ...any) ([]Draft, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, file, document, hash, choices, author, created_at, announced_at
		FROM regulation_draft WHERE `+where+" ORDER BY created_at DESC, id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Draft
	for rows.Next() {
		var d Draft
		var hash []byte
		var choices string
		var created int64
		var announced sql.NullInt64
		if err := rows.Scan(&d.ID, &d.File, &d.Document, &hash, &choices, &d.Author, &created, &announced); err != nil {
			return nil, err
		}
		copy(d.Hash[:], hash)
		d.Created, d.Announced = db.Time(created), instant(announced)
		if err := json.Unmarshal([]byte(choices), &d.Choices); err != nil {
			return nil, fmt.Errorf("the choices of draft %s can't be read: %w", d.ID, err)
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// Consents returns who consented to exactly the text with this hash.
func (b *Board) Consents(ctx context.Context, hash [32]byte) ([]Consent, error) {
	_, consents, err := b.support(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("couldn't find who consented: %w", err)
	}
	return consents, nil
}

// support is what there is for exactly the text with this hash: when it was
// first made known, and who consented to it.
func (b *Board) support(ctx context.Context, hash [32]byte) (announced time.Time, consents []Consent, err error) {
	var first sql.NullInt64
	err = b.db.QueryRowContext(ctx, "SELECT MIN(announced_at) FROM regulation_draft WHERE hash = $1", hash[:]).Scan(&first)
	if err != nil {
		return announced, nil, err
	}
	rows, err := b.db.QueryContext(ctx, `SELECT id, council, evidence, given_on, by_whom, at FROM consent
		WHERE hash = $1 ORDER BY at, id`, hash[:])
	if err != nil {
		return announced, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Consent
		var on string
		var at int64
		if err := rows.Scan(&c.ID, &c.Council, &c.Evidence, &on, &c.By, &at); err != nil {
			return announced, nil, err
		}
		if c.On, err = calendar.ParseDate(on); err != nil {
			return announced, nil, err
		}
		c.At = db.Time(at)
		consents = append(consents, c)
	}
	return instant(first), consents, rows.Err()
}

// instant is a moment that may not have come: the zero time is NULL.
func instant(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return db.Time(us.Int64)
}

// orNull is the opposite of [instant].
func orNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: db.Micros(t), Valid: !t.IsZero()}
}

// entity reads what an order or derogation is for; "" is everywhere.
func entity(text string) (regulation.Entity, error) {
	if text == "" {
		return regulation.Entity{}, nil
	}
	m := scopeForm.FindStringSubmatch(text)
	if m == nil {
		return regulation.Entity{}, fmt.Errorf("nothing can be for %.80q alone", text)
	}
	return regulation.NewEntity(m[1], m[2]), nil
}
