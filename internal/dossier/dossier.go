// Package dossier knows what is on file: which assessments, advices and
// declarations there are about a camera, a site, a person or the organisation,
// and which of them still count.
package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// An Item is one document on file.
type Item struct {
	ID     string
	Kind   string            // a key of the regulation's stukken
	About  regulation.Entity // a camera, a site, a person or the organisation
	Title  string
	Fields map[string]string // what the regulation asks to be filled in, by its words
	Dated  calendar.Date     // of the document itself: its validity runs from here
	By     string            // id of the person who put it on file
	At     time.Time         // when they did
	Media  string            // what its content is, "" without
	Gone   time.Time         // when it was taken off file; zero if it wasn't
}

// A Register is all that is on file.
type Register struct {
	db      *db.DB
	gate    *gate.Gate
	inForce func(time.Time) *regulation.Regulation
	now     func() time.Time
}

// Invalid is what is wrong with what someone filled in: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

// Open opens the register in d. Which kinds of document count is up to the
// regulation in force.
func Open(d *db.DB, g *gate.Gate, inForce func(time.Time) *regulation.Regulation, now func() time.Time) *Register {
	return &Register{db: d, gate: g, inForce: inForce, now: now}
}

const columns = "id, kind, about, title, fields, dated, by_whom, at, media, gone_at"

// About returns what is or was on file about e, newest first.
func (r *Register) About(ctx context.Context, e regulation.Entity) ([]Item, error) {
	items, err := find(ctx, r.db, "about = $1 ORDER BY at DESC, id", e.String())
	if err != nil {
		return nil, fmt.Errorf("couldn't find what is on file about %s: %w", e, err)
	}
	return items, nil
}

// Item returns one, or an error wrapping [sql.ErrNoRows].
func (r *Register) Item(ctx context.Context, id string) (Item, error) { return item(ctx, r.db, id) }

func item(ctx context.Context, q db.Querier, id string) (Item, error) {
	items, err := find(ctx, q, "id = $1", id)
	if err == nil && len(items) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Item{}, fmt.Errorf("couldn't find document %.40q: %w", id, err)
	}
	return items[0], nil
}

func find(ctx context.Context, q db.Querier, where string, args ...any) ([]Item, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM file_item WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []Item
	for rows.Next() {
		i, err := scan(rows)
		if err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return items, rows.Err()
}

func scan(rows *sql.Rows) (Item, error) {
	var i Item
	var about, fields, dated string
	var at int64
	var gone sql.NullInt64
	err := rows.Scan(&i.ID, &i.Kind, &about, &i.Title, &fields, &dated, &i.By, &at, &i.Media, &gone)
	if err != nil {
		return i, err
	}
	i.At = db.Time(at)
	if gone.Valid {
		i.Gone = db.Time(gone.Int64)
	}
	if err := json.Unmarshal([]byte(fields), &i.Fields); err != nil {
		return i, fmt.Errorf("couldn't read the fields of %s: %w", i.ID, err)
	}
	if i.Dated, err = calendar.ParseDate(dated); err != nil {
		return i, err
	}
	i.About, err = entity(about)
	return i, err
}

// Content returns what was put on file, and what it is. The permit is to
// consult the organisation, or the site that the document is about.
func (r *Register) Content(ctx context.Context, p *gate.Permit, id string) (content []byte, media string, err error) {
	i, err := r.Item(ctx, id)
	if err != nil {
		if denied := p.Allows(gate.Subject{Entity: organisation}, regulation.Consult); denied != nil {
			return nil, "", denied // nor does who may not read hear what there is
		}
		return nil, "", err
	}
	if err := r.readable(ctx, p, i.About); err != nil {
		return nil, "", err
	}
	err = r.db.QueryRowContext(ctx, "SELECT content, media FROM file_item WHERE id = $1 AND gone_at IS NULL AND content IS NOT NULL", id).
		Scan(&content, &media)
	if err != nil {
		return nil, "", fmt.Errorf("couldn't read document %s: %w", id, err)
	}
	return content, media, nil
}

// readable returns nil if p lets somebody read about e.
func (r *Register) readable(ctx context.Context, p *gate.Permit, e regulation.Entity) error {
	err := p.Allows(gate.Subject{Entity: organisation}, regulation.Consult)
	if err == nil {
		return nil
	}
	site := e
	if e.Type == regulation.Camera {
		var id string
		if err := r.db.QueryRowContext(ctx, "SELECT site FROM camera WHERE id = $1", string(e.ID)).Scan(&id); err != nil {
			return fmt.Errorf("couldn't find where %s is: %w", e, err)
		}
		site = regulation.NewEntity(regulation.Site, id)
	}
	if site.Type != regulation.Site {
		return err
	}
	return p.Allows(gate.Subject{Entity: site}, regulation.Consult)
}
