package people

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var (
	loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)
	idForm    = regexp.MustCompile(`^[0-9a-z-]{0,64}$`)
	roleForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

const (
	unknownPerson Invalid = "Deze persoon is niet (meer) bekend: kies iemand uit de lijst."
	unknownSite   Invalid = "Deze locatie is niet bekend: kies er een uit de lijst."
)

// AddPerson gives someone a login: act "aanwijzen" on the new person. Of by
// only Who, With and Where are used; ID, Created and Ended of p are ours.
func (r *Register) AddPerson(ctx context.Context, by gate.Request, p Person, password string) (PersonID, error) {
	p, phc, err := r.prepare(ctx, p, password)
	if err != nil {
		return "", err
	}
	err = r.gate.Pass(ctx, request(by, p.ID, nil), func(ctx context.Context, tx *logbook.Tx, permit *gate.Permit) error {
		if err := permit.Allows(subject(p.ID), regulation.Appoint); err != nil {
			return err
		}
		var taken int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM person WHERE login = $1", p.Login).Scan(&taken)
		if err != nil {
			return err
		}
		if taken > 0 {
			return Invalid("De aanmeldnaam " + p.Login + " is al van iemand: kies een andere.")
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO person (id, login, name, password, confidentiality_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, string(p.ID), p.Login, p.Name, phc, orNull(p.Confidentiality), db.Micros(p.Created))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a person: %w", err)
	}
	return p.ID, nil
}

// prepare judges what was filled in, and hashes the password.
func (r *Register) prepare(ctx context.Context, p Person, password string) (Person, string, error) {
	p.ID, p.Created = PersonID(newID()), r.now()
	p.Login, p.Name = strings.ToLower(strings.TrimSpace(p.Login)), strings.TrimSpace(p.Name)
	if !loginForm.MatchString(p.Login) {
		return p, "", Invalid("Een aanmeldnaam heeft 1 tot 64 letters of cijfers, en verder alleen . _ - of @: pas de aanmeldnaam aan.")
	}
	if err := line("de naam", p.Name, 80); err != nil {
		return p, "", err
	}
	phc, err := r.seal(ctx, password)
	return p, phc, err
}

// line refuses what is empty or too long for a line.
func line(what, text string, most int) error {
	switch n := len([]rune(text)); {
	case n == 0:
		return Invalid("Vul " + what + " in: zonder kan het niet.")
	case n > most || strings.ContainsAny(text, "\r\n\x00"):
		return Invalid(fmt.Sprintf("Maak van %s één regel van hoogstens %d tekens.", what, most))
	}
	return nil
}

func subject(id PersonID) gate.Subject { return gate.Subject{Entity: id.Entity()} }

// request asks to make someone something.
func request(by gate.Request, id PersonID, details regulation.Context) gate.Request {
	return gate.Request{Act: regulation.Appoint, Who: by.Who, With: by.With, Where: by.Where, On: subject(id), Details: details}
}

// details is what an appointment says to the regulation.
func (a Appointment) details() regulation.Context {
	d := regulation.Context{"rol": regulation.NewEntity(regulation.Role, a.Role), "besluit": regulation.String(a.Basis)}
	if a.Site != "" {
		d["locatie"] = regulation.NewEntity(regulation.Site, a.Site)
	}
	return d
}

// note is what an appointment says in the logbook. Who is appointed is the
// entry's object: an id, not a name.
func (a Appointment) note() map[string]any {
	n := map[string]any{"rol": a.Role}
	if a.Site != "" {
		n["locatie"] = a.Site
	}
	return n
}

// Appoint makes someone something: act "aanwijzen" on that person. Of by only
// Who, With and Where are used. Whether the role exists and may be given is up
// to the regulation. A zero From is now; ID and By of a are ours.
func (r *Register) Appoint(ctx context.Context, by gate.Request, a Appointment) error {
	a, err := r.fill(a, by)
	if err != nil {
		return err
	}
	req := request(by, a.Person, a.details())
	req.Note = a.note()
	err = r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, permit *gate.Permit) error {
		if err := permit.Allows(subject(a.Person), regulation.Appoint); err != nil {
			return err
		}
		if err := a.exist(ctx, tx); err != nil {
			return err
		}
		return a.insert(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("couldn't appoint: %w", err)
	}
	return r.reconsider(ctx)
}

func (r *Register) fill(a Appointment, by gate.Request) (Appointment, error) {
	a.ID, a.By, a.Basis = newID(), PersonID(by.Who.ID), strings.TrimSpace(a.Basis)
	if a.From.IsZero() {
		a.From = r.now()
	}
	if !roleForm.MatchString(a.Role) || a.Role == string(System) { // the program's own role is nobody's
		return a, Invalid("Kies een functie uit de lijst: " + truncate(a.Role, 64) + " is er geen.")
	}
	if !idForm.MatchString(string(a.Person)) {
		return a, unknownPerson
	}
	if !idForm.MatchString(a.Site) {
		return a, unknownSite
	}
	if err := line("het besluit of de brief waarop de aanwijzing rust", a.Basis, 200); err != nil {
		return a, err
	}
	if !a.To.IsZero() && !a.To.After(a.From) {
		return a, Invalid("De aanwijzing eindigt voor zij begint: kies een later einde.")
	}
	return a, nil
}

// exist refuses an appointment of nobody or for nowhere.
func (a Appointment) exist(ctx context.Context, q db.Querier) error {
	var persons, sites int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM person WHERE id = $1 AND ended_at IS NULL", string(a.Person)).Scan(&persons)
	if err != nil {
		return err
	}
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM site WHERE id = $1", a.Site).Scan(&sites); err != nil {
		return err
	}
	if persons == 0 {
		return unknownPerson
	}
	if a.Site != "" && sites == 0 {
		return unknownSite
	}
	return nil
}

func (a Appointment) insert(ctx context.Context, q db.Querier) error {
	_, err := q.ExecContext(ctx, `INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at, to_at)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8)`,
		a.ID, string(a.Person), a.Role, a.Site, string(a.By), a.Basis, db.Micros(a.From), orNull(a.To))
	return err
}

// Withdraw ends an appointment now: act "aanwijzen" on the person who has it.
// What they could do only because of it stops at once.
func (r *Register) Withdraw(ctx context.Context, by gate.Request, appointment string) error {
	found, err := appointments(ctx, r.db, "id = $1", appointment)
	if err != nil {
		return fmt.Errorf("couldn't find the appointment: %w", err)
	}
	if len(found) == 0 {
		return Invalid("Deze aanwijzing is niet bekend: kies er een uit de lijst.")
	}
	a := found[0]
	req := request(by, a.Person, a.details())
	req.Note = a.note()
	req.Note["intrekken"] = true
	err = r.gate.Pass(ctx, req, func(ctx context.Context, tx *logbook.Tx, permit *gate.Permit) error {
		if err := permit.Allows(subject(a.Person), regulation.Appoint); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "UPDATE appointment SET to_at = $2 WHERE id = $1 AND (to_at IS NULL OR to_at > $2)",
			a.ID, db.Micros(r.now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, Invalid("Deze aanwijzing is al voorbij: er valt niets in te trekken."))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("couldn't withdraw an appointment: %w", err)
	}
	return r.reconsider(ctx)
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
	if err != nil {
		return "", err
	}
	done, err := tx.ExecContext(ctx, `INSERT INTO person (id, login, name, password, confidentiality_at, created_at)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM person)`,
		string(p.ID), p.Login, p.Name, phc, orNull(p.Confidentiality), db.Micros(p.Created))
	if err != nil {
		return "", fmt.Errorf("couldn't add the first person: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return "", errors.Join(err, errors.New("couldn't add the first person: there are persons already"))
	}
	if err := a.insert(ctx, tx); err != nil {
		return "", fmt.Errorf("couldn't appoint the first person: %w", err)
	}
	return p.ID, nil
}
