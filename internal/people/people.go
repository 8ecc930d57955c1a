// Package people knows who is who: persons, what they were appointed to or
// granted, who is away, who is on duty, who visits, and who is signed in at
// which seat.
package people

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// A PersonID never changes.
type PersonID string

// Entity is what the regulation calls the person.
func (id PersonID) Entity() regulation.Entity {
	return regulation.NewEntity(regulation.Person, string(id))
}

// System is the person on whose behalf the program acts by itself.
const System PersonID = "systeem"

// A Person is someone with a name of their own to sign in with.
type Person struct {
	ID                   PersonID
	Login, Name          string
	Kind                 string    // one of [Kinds]; "" is an employee
	Confidentiality      time.Time // since when they must keep silent; zero if they needn't
	ConfidentialityBasis string    // what that rests on: a contract, what they signed
	Created, Ended       time.Time
}

// Employee is the kind of person most are.
const Employee = "medewerker"

// Kinds are the capacities in which someone is registered.
func Kinds() []string { return []string{Employee, "verwerker", "bewoner", "gedeeld"} }

// An Appointment makes someone something, somewhere, for a time.
type Appointment struct {
	ID        string
	Person    PersonID
	Role      string   // a role's key in the regulation's terms
	Site      string   // "" for the whole organisation
	StandsFor PersonID // whose work they do while that person is away; "" nobody's
	By        PersonID
	Basis     string    // the decision or letter it rests on
	From, To  time.Time // To zero: until withdrawn
}

// An Attendance is one person at a seat.
type Attendance struct {
	Person       Person
	Since, Until time.Time
}

// A Presence is who sits at a seat right now: the first acts, the others are
// present.
type Presence struct {
	Seat string
	All  []Attendance

	seen time.Time // when the seat was last written down as in use
}

// Who is the one who acts. It must not be called on an empty presence.
func (p Presence) Who() Person { return p.All[0].Person }

// Empty reports whether nobody is signed in.
func (p Presence) Empty() bool { return len(p.All) == 0 }

// Request starts a gate request in the name of who sits here.
func (p Presence) Request(act regulation.Act, on gate.Subject) gate.Request {
	r := gate.Request{Act: act, On: on, Where: regulation.NewEntity(regulation.Seat, p.Seat)}
	for i, a := range p.All {
		if i == 0 {
			r.Who = a.Person.ID.Entity()
		} else {
			r.With = append(r.With, a.Person.ID.Entity())
		}
	}
	return r
}

// A Register keeps persons, appointments and seats.
type Register struct {
	db       *db.DB
	gate     *gate.Gate
	now      func() time.Time
	cost     cost          // of hashing a password
	hashing  chan struct{} // one slot for each that may be hashed at the same time
	throttle throttle
}

// How long a sign-in lasts.
const (
	ActorStay = 8 * time.Hour    // the one who acts
	IdleLimit = 30 * time.Minute // without any request from the seat
	WithStay  = 30 * time.Minute // a second person, counted down in the header
)

// maxPresent is how many people fit at one seat.
const maxPresent = 4

// Invalid is what is wrong with what someone filled in: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

// Open opens the register in d.
func Open(d *db.DB, g *gate.Gate, now func() time.Time) *Register {
	return &Register{db: d, gate: g, now: now, cost: usual(), hashing: make(chan struct{}, maxHashing),
		throttle: throttle{logins: map[string]*tries{}}}
}

// Persons returns everyone by name.
func (r *Register) Persons(ctx context.Context) ([]Person, error) {
	all, err := list(ctx, r.db, func(scan func(...any) error) (Person, error) { return scanPerson(scan) },
		"SELECT "+personColumns+" FROM person p ORDER BY p.name, p.id")
	if err != nil {
		return nil, fmt.Errorf("couldn't list persons: %w", err)
	}
	return all, nil
}

// Person returns one person, or an error wrapping [sql.ErrNoRows].
func (r *Register) Person(ctx context.Context, id PersonID) (Person, error) {
	p, err := scanPerson(r.db.QueryRowContext(ctx, "SELECT "+personColumns+" FROM person p WHERE p.id = $1", string(id)).Scan)
	if err != nil {
		return Person{}, fmt.Errorf("couldn't find person %s: %w", id, err)
	}
	return p, nil
}

// ByLogin returns who signs in with login, or an error wrapping [sql.ErrNoRows].
func (r *Register) ByLogin(ctx context.Context, login string) (Person, error) {
	p, err := scanPerson(r.db.QueryRowContext(ctx, "SELECT "+personColumns+" FROM person p WHERE p.login = $1", login).Scan)
	if err != nil {
		return Person{}, fmt.Errorf("couldn't find who signs in as %q: %w", login, err)
	}
	return p, nil
}

const personColumns = "p.id, p.login, p.name, p.kind, p.confidentiality_at, p.confidentiality_basis, p.created_at, p.ended_at"

// scanPerson scans personColumns, and whatever the query asks after them.
func scanPerson(scan func(...any) error, more ...any) (Person, error) {
	var p Person
	var silent, ended sql.NullInt64
	var created int64
	err := scan(append([]any{&p.ID, &p.Login, &p.Name, &p.Kind, &silent, &p.ConfidentialityBasis, &created, &ended}, more...)...)
	p.Confidentiality, p.Created, p.Ended = instant(silent), db.Time(created), instant(ended)
	return p, err
}

// Appointments returns what a person is appointed to at t.
func (r *Register) Appointments(ctx context.Context, id PersonID, t time.Time) ([]Appointment, error) {
	all, err := appointments(ctx, r.db, "person = $1 AND from_at <= $2 AND (to_at IS NULL OR to_at > $2)", string(id), db.Micros(t))
	if err != nil {
		return nil, fmt.Errorf("couldn't find the appointments of %s: %w", id, err)
	}
	return all, nil
}

// Appointed returns what everyone is or will be appointed to: all that isn't
// over at t.
func (r *Register) Appointed(ctx context.Context, t time.Time) ([]Appointment, error) {
	all, err := appointments(ctx, r.db, "to_at IS NULL OR to_at > $1 AND to_at > from_at", db.Micros(t))
	if err != nil {
		return nil, fmt.Errorf("couldn't list appointments: %w", err)
	}
	return all, nil
}

func appointments(ctx context.Context, q db.Querier, where string, args ...any) ([]Appointment, error) {
	return list(ctx, q, func(scan func(...any) error) (a Appointment, err error) {
		var site, standsFor sql.NullString
		var from int64
		var to sql.NullInt64
		err = scan(&a.ID, &a.Person, &a.Role, &site, &standsFor, &a.By, &a.Basis, &from, &to)
		a.Site, a.StandsFor, a.From, a.To = site.String, PersonID(standsFor.String), db.Time(from), instant(to)
		return a, err
	}, `SELECT id, person, role, site, stands_for, by_whom, basis, from_at, to_at
		FROM appointment WHERE `+where+` ORDER BY from_at, id`, args...)
}

// list reads the rows of a query one by one.
func list[T any](ctx context.Context, q db.Querier, read func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
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
