package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var (
	loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)
	idForm    = regexp.MustCompile(`^[0-9a-z-]{0,64}$`)
)

// AddPerson gives someone a login: act "aanwijzen" on the new person. Of by
// only Who, With and Where are used; ID, Created and Ended of p are ours.
func (r *Register) AddPerson(ctx context.Context, by gate.Request, p Person, password string) (PersonID, error) {
	p, phc, err := r.prepare(ctx, p, password)
	if err != nil {
		return "", err
	}
	err = r.enter(ctx, p.request(by, false), "add a person", func(ctx context.Context, tx *logbook.Tx) error {
		var taken int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM person WHERE login = $1", p.Login).Scan(&taken)
		if err != nil {
			return err
		}
		if taken > 0 {
			return Invalid("Deze aanmeldnaam is al van iemand: kies een andere.")
		}
		_, err = p.insert(ctx, tx, phc, "true")
		return err
	})
	if err != nil {
		return "", err
	}
	return p.ID, nil
}

// request asks for an appointment of p to nothing yet, or to nothing any more.
func (p Person) request(by gate.Request, leaves bool) gate.Request {
	return ask(by, regulation.Appoint, subject(p.ID), regulation.Context{"soort": regulation.String(p.Kind),
		"intrekken": regulation.Boolean(leaves), "vervangt": regulation.Set(), "houders": regulation.Long(0)})
}

// prepare judges what was filled in, and hashes the password.
func (r *Register) prepare(ctx context.Context, p Person, password string) (Person, string, error) {
	p.ID, p.Created = PersonID(db.NewID()), r.now()
	p.Login, p.Name = strings.ToLower(strings.TrimSpace(p.Login)), strings.TrimSpace(p.Name)
	if !loginForm.MatchString(p.Login) {
		return p, "", Invalid("Een aanmeldnaam heeft 1 tot 64 letters of cijfers, en verder alleen . _ - of @: pas de aanmeldnaam aan.")
	}
	if err := line("de naam", p.Name, 80); err != nil {
		return p, "", err
	}
	if p.Kind == "" {
		p.Kind = Employee
	}
	if !slices.Contains(Kinds(), p.Kind) {
		return p, "", Invalid("Kies in welke hoedanigheid iemand wordt ingeschreven.")
	}
	p, err := p.sworn(r.now())
	if err != nil {
		return p, "", err
	}
	phc, err := r.seal(ctx, password)
	return p, phc, err
}

// sworn fills in since when who must keep silent must. On what that rests may
// have been written down elsewhere; without a day or a ground there is no duty.
func (p Person) sworn(now time.Time) (Person, error) {
	p.ConfidentialityBasis = strings.TrimSpace(p.ConfidentialityBasis)
	if p.ConfidentialityBasis != "" && p.Confidentiality.IsZero() {
		p.Confidentiality = now
	}
	return p, short("waar de geheimhouding op rust", p.ConfidentialityBasis, 200)
}

// insert adds p where a condition holds, and tells how many were added.
func (p Person) insert(ctx context.Context, q db.Querier, phc, where string) (int64, error) {
	done, err := q.ExecContext(ctx, `INSERT INTO person (id, login, name, password, kind, confidentiality_at, confidentiality_basis, created_at)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT),
			CAST($7 AS TEXT), CAST($8 AS BIGINT) WHERE `+where,
		string(p.ID), p.Login, p.Name, phc, p.Kind, orNull(p.Confidentiality), p.ConfidentialityBasis, db.Micros(p.Created))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// Undertake writes down that someone must keep silent, since when (zero: now)
// and what that rests on: act "aanwijzen" on that person.
func (r *Register) Undertake(ctx context.Context, by gate.Request, id PersonID, basis string, since time.Time) error {
	p, err := r.Person(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return unknownPerson
	}
	if err != nil {
		return err
	}
	p.Confidentiality, p.ConfidentialityBasis = since, basis
	if p, err = p.sworn(r.now()); err != nil {
		return err
	}
	if err := line("waar de geheimhouding op rust", p.ConfidentialityBasis, 200); err != nil {
		return err
	}
	req := p.request(by, false)
	req.Note = map[string]any{"geheimhouding": true}
	return r.enter(ctx, req, "write down an undertaking", func(ctx context.Context, tx *logbook.Tx) error {
		if err := knownPerson(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE person SET confidentiality_at = $2, confidentiality_basis = $3 WHERE id = $1",
			string(id), orNull(p.Confidentiality), p.ConfidentialityBasis)
		return err
	})
}

// EndPerson writes down that someone isn't with us any more: act "aanwijzen" on
// that person. They can't sign in again, and what they could do stops at once.
func (r *Register) EndPerson(ctx context.Context, by gate.Request, id PersonID) error {
	p, err := r.Person(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return unknownPerson
	}
	if err != nil {
		return err
	}
	req := p.request(by, true)
	req.Note = map[string]any{"intrekken": true}
	return r.enter(ctx, req, "end a person", func(ctx context.Context, tx *logbook.Tx) error {
		if err := knownPerson(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE person SET ended_at = $2 WHERE id = $1", string(id), db.Micros(r.now()))
		return err
	})
}

// FoundPerson adds the very first person, with a role for the whole
// organisation, without a permit: there is no regulation yet that could give
// one. It works only while there are no persons at all.
func (r *Register) FoundPerson(ctx context.Context, tx *logbook.Tx, p Person, password, role, basis string) (PersonID, error) {
	p, phc, err := r.prepare(ctx, p, password)
	if err != nil {
		return "", err
	}
	a, err := r.fill(Appointment{Person: p.ID, Role: role, Basis: basis}, gate.Request{Who: System.Entity()})
	if err == nil {
		err = line(theBasis, a.Basis, 200)
	}
	if err != nil {
		return "", err
	}
	n, err := p.insert(ctx, tx, phc, "NOT EXISTS (SELECT 1 FROM person)")
	if err != nil {
		return "", fmt.Errorf("couldn't add the first person: %w", err)
	}
	if n != 1 {
		return "", errors.New("couldn't add the first person: there are persons already")
	}
	if err := a.insert(ctx, tx); err != nil {
		return "", fmt.Errorf("couldn't appoint the first person: %w", err)
	}
	return p.ID, nil
}
