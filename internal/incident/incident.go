// Package incident keeps incidents, and requests to keep footage: what was
// seen or asked, where and when, and whether it has been dealt with.
package incident

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"oogmerk/internal/calendar"
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
	Requested = "verzocht" // somebody asked to keep footage
	Settled   = "afgehandeld"
)

// An Incident is an undesired event, the suspicion of one, or a request to
// keep footage.
type Incident struct {
	ID, Number  string // Number is given: 2026-014
	Kind        string // one of Kinds; "" for a request that says nothing about it
	State       string // Suspected, Observed, Requested or Settled
	Site        premises.SiteID
	Happened    time.Time // of a request: when it was received
	Reported    time.Time
	By          people.PersonID
	Description string
	SettledAt   time.Time // zero until then

	Observer     string    // who saw it, in words
	Reference    string    // where the report by another protocol is
	SeenAlone    bool      // one person saw it, playing back
	SeenTogether time.Time // when two had looked since; zero until then

	// Of a request.
	Requester string
	Due       calendar.Date // by when there must be an answer; 0 if no regulation says
	Decided   time.Time     // zero until there is one
	Granted   bool          // the answer is yes
	DecidedBy people.PersonID
	Reasons   string
}

// Waits reports whether one person saw i alone, and two must still look.
func (i Incident) Waits() bool {
	return i.SeenAlone && i.SeenTogether.IsZero() && i.State != Settled
}

// Open reports whether i is a request that still needs an answer.
func (i Incident) Open() bool { return i.State == Requested && i.Decided.IsZero() }

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
	terms   func(time.Time) regulation.Terms
	now     func() time.Time
}

// Open opens the register in d. terms returns those of the regulation in force
// at an instant.
func Open(d *db.DB, g *gate.Gate, f *footage.Store, terms func(time.Time) regulation.Terms, now func() time.Time) *Register {
	return &Register{db: d, gate: g, footage: f, terms: terms, now: now}
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

// columns are those of an incident, as scan reads them.
const columns = `id, number, kind, state, site, happened_at, reported_at, reported_by, description, settled_at,
	observer, reference, requester, seen_alone, seen_together_at, granted, decided_at, decided_by, reasons, due_on`

// find returns the incidents for which where holds, newest first.
func find(ctx context.Context, q db.Querier, where string, args ...any) ([]Incident, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM incident WHERE "+where+
		" ORDER BY reported_at DESC, length(number) DESC, number DESC", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Incident
	for rows.Next() {
		i, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

func scan(rows *sql.Rows) (i Incident, err error) {
	var happened, reported int64
	var settled, together, decided sql.NullInt64
	var granted sql.NullBool
	var due string
	err = rows.Scan(&i.ID, &i.Number, &i.Kind, &i.State, &i.Site, &happened, &reported, &i.By, &i.Description, &settled,
		&i.Observer, &i.Reference, &i.Requester, &i.SeenAlone, &together, &granted, &decided, &i.DecidedBy, &i.Reasons, &due)
	if err != nil {
		return i, err
	}
	i.Happened, i.Reported, i.Granted = db.Time(happened), db.Time(reported), granted.Bool
	i.SettledAt, i.SeenTogether, i.Decided = instant(settled), instant(together), instant(decided)
	if due != "" {
		i.Due, err = calendar.ParseDate(due)
	}
	return i, err
}

// instant is the zero time for NULL.
func instant(at sql.NullInt64) time.Time {
	if !at.Valid {
		return time.Time{}
	}
	return db.Time(at.Int64)
}
