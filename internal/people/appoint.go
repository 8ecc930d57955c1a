package people

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

var roleForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

const theBasis = "het besluit of de brief waarop de aanwijzing rust"

// Appoint makes someone something: act "aanwijzen" on that person. Of by only
// Who, With and Where are used. Whether the role exists and may be given is up
// to the regulation. A zero From is now; ID and By of a are ours.
func (r *Register) Appoint(ctx context.Context, by gate.Request, a Appointment) error {
	a, err := r.fill(a, by)
	if err != nil {
		return err
	}
	req, err := r.appointing(ctx, by, a, false)
	if err != nil {
		return err
	}
	return r.enter(ctx, req, "appoint", func(ctx context.Context, tx *logbook.Tx) error {
		if err := line(theBasis, a.Basis, 200); err != nil { // the regulation may say so as well, and then says it first
			return err
		}
		if err := a.exist(ctx, tx); err != nil {
			return err
		}
		if err := a.unchanged(ctx, tx, req.Details); err != nil {
			return err
		}
		return a.insert(ctx, tx)
	})
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
	a, now := found[0], r.now()
	left := a
	left.From, left.To = now, now.Add(time.Microsecond) // who else has the role at this moment
	req, err := r.appointing(ctx, by, left, true)
	if err != nil {
		return err
	}
	return r.enter(ctx, req, "withdraw an appointment", func(ctx context.Context, tx *logbook.Tx) error {
		if err := left.unchanged(ctx, tx, req.Details); err != nil {
			return err
		}
		return end(ctx, tx, "appointment", a.ID, later(r.now(), a.From), "Deze aanwijzing is al voorbij: er valt niets in te trekken.")
	})
}

// appointing asks to give an appointment, or to take it away.
func (r *Register) appointing(ctx context.Context, by gate.Request, a Appointment, withdraw bool) (gate.Request, error) {
	details, err := a.details(ctx, r.db, withdraw)
	if err != nil {
		return gate.Request{}, fmt.Errorf("couldn't find out about an appointment: %w", err)
	}
	req := ask(by, regulation.Appoint, subject(a.Person), details)
	req.Note = a.note(withdraw)
	return req, nil
}

// details is what an appointment says to the regulation.
func (a Appointment) details(ctx context.Context, q db.Querier, withdraw bool) (regulation.Context, error) {
	replaced, err := a.replaces(ctx, q)
	if err != nil {
		return nil, err
	}
	holders, err := a.holders(ctx, q)
	if err != nil {
		return nil, err
	}
	persons, err := list(ctx, q, func(scan func(...any) error) (Person, error) { return scanPerson(scan) },
		"SELECT "+personColumns+" FROM person p WHERE p.id = $1", string(a.Person))
	if err != nil {
		return nil, err
	}
	kind := "" // of nobody: whoever may appoint is told so
	if len(persons) == 1 {
		kind = persons[0].Kind
	}
	d := regulation.Context{"rol": role(a.Role), "besluit": regulation.String(a.Basis), "intrekken": regulation.Boolean(withdraw),
		"vervangt": regulation.Set(replaced...), "houders": regulation.Long(holders), "soort": regulation.String(kind)}
	if a.Site != "" {
		d["locatie"] = regulation.NewEntity(regulation.Site, a.Site)
	}
	return d, nil
}

// replaces are the roles that who a stands for has in their own name when a
// begins: at its place, which those for the whole organisation include. Nobody
// stands for who only stands in: who they do it for may be there.
func (a Appointment) replaces(ctx context.Context, q db.Querier) ([]regulation.Attribute, error) {
	if a.StandsFor == "" {
		return nil, nil
	}
	return list(ctx, q, func(scan func(...any) error) (regulation.Attribute, error) {
		var key string
		err := scan(&key)
		return role(key), err
	}, `SELECT DISTINCT a.role FROM appointment a JOIN person p ON p.id = a.person
		WHERE a.person = $1 AND a.stands_for IS NULL AND p.ended_at IS NULL AND (a.site IS NULL OR a.site = $2)
		  AND a.from_at <= $3 AND (a.to_at IS NULL OR a.to_at > $3)`, string(a.StandsFor), a.Site, db.Micros(a.From))
}

// holders is how many others have the role there at some moment while a holds:
// two who follow each other aren't two at a time, and two who are yet to begin
// are.
func (a Appointment) holders(ctx context.Context, q db.Querier) (n int64, err error) {
	last := int64(math.MaxInt64)
	if !a.To.IsZero() {
		last = db.Micros(a.To)
	}
	err = q.QueryRowContext(ctx, `SELECT count(DISTINCT a.person) FROM appointment a JOIN person p ON p.id = a.person
		WHERE a.role = $1 AND COALESCE(a.site, '') = $2 AND a.person <> $3 AND p.ended_at IS NULL
		  AND a.from_at < $4 AND (a.to_at IS NULL OR a.to_at > $5) AND (a.to_at IS NULL OR a.to_at > a.from_at)`,
		a.Role, a.Site, string(a.Person), last, db.Micros(a.From)).Scan(&n)
	return n, err
}

// unchanged refuses an appointment that was judged by what isn't so any more
// when it is written.
func (a Appointment) unchanged(ctx context.Context, q db.Querier, judged regulation.Context) error {
	withdraw, _ := judged["intrekken"].(regulation.Boolean)
	now, err := a.details(ctx, q, bool(withdraw))
	if err != nil {
		return err
	}
	if !regulation.Struct(now).Equal(regulation.Struct(judged)) {
		return Invalid("Een ander wijzigde juist dit register: kijk wat er nu staat en probeer het dan opnieuw.")
	}
	return nil
}

// note is what an appointment says in the logbook. Who is appointed is the
// entry's object: an id, not a name.
func (a Appointment) note(withdraw bool) map[string]any {
	n := map[string]any{"rol": a.Role}
	if a.Site != "" {
		n["locatie"] = a.Site
	}
	if a.StandsFor != "" {
		n["vervanger"] = true
	}
	if withdraw {
		n["intrekken"] = true
	}
	return n
}

func (r *Register) fill(a Appointment, by gate.Request) (Appointment, error) {
	a.ID, a.By, a.Basis = db.NewID(), PersonID(by.Who.ID), strings.TrimSpace(a.Basis)
	if !roleForm.MatchString(a.Role) || a.Role == string(System) { // the program's own role is nobody's
		return a, Invalid("Kies een functie uit de lijst.")
	}
	if !idForm.MatchString(string(a.Person)) || !idForm.MatchString(string(a.StandsFor)) {
		return a, unknownPerson
	}
	if !idForm.MatchString(a.Site) {
		return a, unknownSite
	}
	if a.StandsFor != "" && a.StandsFor == a.Person {
		return a, Invalid("Niemand vervangt zichzelf: kies wie er wordt vervangen.")
	}
	if err := short(theBasis, a.Basis, 200); err != nil {
		return a, err
	}
	var err error
	a.From, err = r.period(a.From, a.To)
	return a, err
}

// exist refuses an appointment of nobody, for nowhere, or to stand for someone
// who has nothing to do there.
func (a Appointment) exist(ctx context.Context, q db.Querier) error {
	if err := knownPerson(ctx, q, a.Person); err != nil {
		return err
	}
	if a.Site != "" {
		if err := knownSite(ctx, q, a.Site); err != nil {
			return err
		}
	}
	if a.StandsFor == "" {
		return nil
	}
	if err := knownPerson(ctx, q, a.StandsFor); err != nil {
		return err
	}
	replaced, err := a.replaces(ctx, q)
	if err == nil && len(replaced) == 0 {
		return Invalid("Wie wordt vervangen, heeft daar zelf geen functie: wijs die eerst aan, of kies een ander.")
	}
	return err
}

func (a Appointment) insert(ctx context.Context, q db.Querier) error {
	_, err := q.ExecContext(ctx, `INSERT INTO appointment (id, person, role, site, stands_for, by_whom, basis, from_at, to_at)
		VALUES ($1, $2, $3, NULLIF($4, ''), NULLIF($5, ''), $6, $7, $8, $9)`, a.ID, string(a.Person), a.Role, a.Site,
		string(a.StandsFor), string(a.By), a.Basis, db.Micros(a.From), orNull(a.To))
	return err
}
