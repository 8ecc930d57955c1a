// Package incident keeps incidents: what was seen, where and when, and
// whether it has been dealt with.
package incident

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// The states of an incident.
const (
	Suspected = "vermoed"
	Observed  = "waargenomen"
	Settled   = "afgehandeld"
)

// Kinds are the sorts of incident there are.
func Kinds() []string { return []string{"diefstal", "vernieling", "agressie", "onbevoegd", "anders"} }

// An Incident is an undesired event, or the suspicion of one.
type Incident struct {
	ID, Number  string // Number is given: 2026-014
	Kind        string // one of Kinds
	State       string // Suspected, Observed or Settled
	Site        premises.SiteID
	Happened    time.Time
	Reported    time.Time
	By          people.PersonID
	Description string
	SettledAt   time.Time // zero until then
}

// Entity is what the regulation calls the incident.
func (i Incident) Entity() regulation.Entity { return entity(i.ID) }

func entity(id string) regulation.Entity { return regulation.NewEntity(regulation.Incident, id) }

// Invalid is what is wrong with what someone filled in: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

// A Register keeps incidents.
type Register struct {
	db      *db.DB
	gate    *gate.Gate
	footage *footage.Store
	now     func() time.Time
}

// Open opens the register in d.
func Open(d *db.DB, g *gate.Gate, f *footage.Store, now func() time.Time) *Register {
	return &Register{db: d, gate: g, footage: f, now: now}
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// All returns incidents, newest first.
func (r *Register) All(ctx context.Context) ([]Incident, error) {
	found, err := find(ctx, r.db, "1 = 1")
	if err != nil {
		return nil, fmt.Errorf("couldn't list the incidents: %w", err)
	}
	return found, nil
}

// Get returns one incident, or an error wrapping sql.ErrNoRows.
func (r *Register) Get(ctx context.Context, id string) (Incident, error) {
	found, err := one(ctx, r.db, id)
	if err != nil {
		return Incident{}, fmt.Errorf("couldn't find incident %.40q: %w", id, err)
	}
	return found, nil
}

// one returns the incident with this id, which may come from a form.
func one(ctx context.Context, q db.Querier, id string) (Incident, error) {
	if !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return Incident{}, sql.ErrNoRows // PostgreSQL wouldn't even look
	}
	found, err := find(ctx, q, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Incident{}, err
	}
	return found[0], nil
}

// find returns the incidents for which where holds, newest first.
func find(ctx context.Context, q db.Querier, where string, args ...any) ([]Incident, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, number, kind, state, site, happened_at, reported_at, reported_by, description, settled_at
		FROM incident WHERE `+where+` ORDER BY reported_at DESC, length(number) DESC, number DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Incident
	for rows.Next() {
		var i Incident
		var happened, reported int64
		var settled sql.NullInt64
		if err := rows.Scan(&i.ID, &i.Number, &i.Kind, &i.State, &i.Site, &happened, &reported, &i.By, &i.Description, &settled); err != nil {
			return nil, err
		}
		i.Happened, i.Reported = db.Time(happened), db.Time(reported)
		if settled.Valid {
			i.SettledAt = db.Time(settled.Int64)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// Testify tells the gate about the incident a request rests on or acts on:
// context.incident and its fact {staat, locatie}. An incident that isn't
// known is none: what needs one is then forbidden.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	for _, e := range []regulation.Entity{req.Under, req.On.Entity} {
		if e.Type != regulation.Incident {
			continue
		}
		i, err := one(ctx, q, string(e.ID))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("couldn't establish what %s is: %w", e, err)
		}
		t.Facts[e] = regulation.NewFact(e, nil, regulation.Context{
			"staat": regulation.String(i.State), "locatie": i.Site.Entity()})
		if e == req.Under {
			t.Context["incident"] = e
		}
	}
	return nil
}
