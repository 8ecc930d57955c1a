package people

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// An Absence is that someone isn't there for a while. Who stands for them may
// act then.
type Absence struct {
	ID       string
	Person   PersonID
	Reason   string // why, in general: never a diagnosis
	By       PersonID
	From, To time.Time // To zero: until ended
}

func (a Absence) request(by gate.Request) gate.Request {
	req := ask(by, regulation.Absent, subject(a.Person), nil)
	req.Note = map[string]any{"afwezigheid": a.ID}
	return req
}

// EnterAbsence enters that someone is away: act "afmelden" on that person. A
// zero From is now; ID and By of a are ours.
func (r *Register) EnterAbsence(ctx context.Context, by gate.Request, a Absence) (string, error) {
	a.ID, a.By, a.Reason = db.NewID(), PersonID(by.Who.ID), strings.TrimSpace(a.Reason)
	if !idForm.MatchString(string(a.Person)) {
		return "", unknownPerson
	}
	if err := short("de reden", a.Reason, 120); err != nil {
		return "", err
	}
	var err error
	if a.From, err = r.period(a.From, a.To); err != nil {
		return "", err
	}
	err = r.enter(ctx, a.request(by), "enter an absence", func(ctx context.Context, tx *logbook.Tx) error {
		if err := knownPerson(ctx, tx, a.Person); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO absence (id, person, reason, by_whom, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			a.ID, string(a.Person), a.Reason, string(a.By), db.Micros(a.From), orNull(a.To))
		return err
	})
	if err != nil {
		return "", err
	}
	return a.ID, nil
}

// EndAbsence enters that someone is back, or won't be away after all: act
// "afmelden" on that person. What others did only for them stops at once.
func (r *Register) EndAbsence(ctx context.Context, by gate.Request, id string) error {
	found, err := absences(ctx, r.db, "id = $1", id)
	if err != nil {
		return fmt.Errorf("couldn't find the absence: %w", err)
	}
	if len(found) == 0 {
		return Invalid("Deze afwezigheid is niet bekend: kies er een uit de lijst.")
	}
	a := found[0]
	req := a.request(by)
	req.Note["terug"] = true
	return r.enter(ctx, req, "end an absence", func(ctx context.Context, tx *logbook.Tx) error {
		return end(ctx, tx, "absence", id, later(r.now(), a.From), "Deze afwezigheid is al voorbij.")
	})
}

// Absences returns when a person ("" for everyone) is or will be away: all
// that isn't over at t.
func (r *Register) Absences(ctx context.Context, id PersonID, t time.Time) ([]Absence, error) {
	all, err := absences(ctx, r.db, "($1 = '' OR person = $1) AND (to_at IS NULL OR to_at > $2 AND to_at > from_at)", string(id), db.Micros(t))
	if err != nil {
		return nil, fmt.Errorf("couldn't list absences: %w", err)
	}
	return all, nil
}

func absences(ctx context.Context, q db.Querier, where string, args ...any) ([]Absence, error) {
	return list(ctx, q, func(scan func(...any) error) (a Absence, err error) {
		var from int64
		var to sql.NullInt64
		err = scan(&a.ID, &a.Person, &a.Reason, &a.By, &from, &to)
		a.From, a.To = db.Time(from), instant(to)
		return a, err
	}, `SELECT id, person, reason, by_whom, from_at, to_at FROM absence WHERE `+where+` ORDER BY from_at, id`, args...)
}
