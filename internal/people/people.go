// Package people knows who is who: persons, what they were appointed to, and
// who is signed in at which seat.
package people

import (
	"context"
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
	ID              PersonID
	Login, Name     string
	Confidentiality time.Time // when they undertook to keep silent; zero if not
	Created, Ended  time.Time
}

// An Appointment makes someone something, somewhere, for a time.
type Appointment struct {
	ID       string
	Person   PersonID
	Role     string // a role's key in the regulation's terms
	Site     string // "" for the whole organisation
	By       PersonID
	Basis    string    // the decision or letter it rests on
	From, To time.Time // To zero: until withdrawn
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
	db   *db.DB
	gate *gate.Gate
	now  func() time.Time
}

// How long a sign-in lasts.
const (
	ActorStay = 8 * time.Hour    // the one who acts
	IdleLimit = 30 * time.Minute // without any request from the seat
	WithStay  = 30 * time.Minute // a second person, counted down in the header
)

// Open opens the register in d.
func Open(d *db.DB, g *gate.Gate, now func() time.Time) *Register {
	return &Register{db: d, gate: g, now: now}
}

// SignIn signs someone in as the one who acts, at a new seat, and returns the
// token that proves who sits there. Any earlier seat of oldToken ends.
// Failure is [ErrSignIn], written in the logbook, and says not what was wrong.
func (r *Register) SignIn(ctx context.Context, oldToken, login, password string) (token string, err error) {
	panic("unwritten")
}

// Join signs a further person in at the same seat.
func (r *Register) Join(ctx context.Context, token, login, password string) error {
	panic("unwritten")
}

// Leave signs a further person out. If it is the one who acts, all leave.
func (r *Register) Leave(ctx context.Context, token string, id PersonID) error { panic("unwritten") }

// Present returns who sits where token proves, and notes that the seat is in use.
func (r *Register) Present(ctx context.Context, token string) (Presence, error) { panic("unwritten") }

// Persons returns everyone by name; Person one, or an error wrapping sql.ErrNoRows.
func (r *Register) Persons(ctx context.Context) ([]Person, error)           { panic("unwritten") }
func (r *Register) Person(ctx context.Context, id PersonID) (Person, error) { panic("unwritten") }

// Appointments returns what a person is appointed to at t.
func (r *Register) Appointments(ctx context.Context, id PersonID, t time.Time) ([]Appointment, error) {
	panic("unwritten")
}

// AddPerson and Appoint are acts "aanwijzen": each passes the gate. Of by only
// Who, With and Where are used.
func (r *Register) AddPerson(ctx context.Context, by gate.Request, p Person, password string) (PersonID, error) {
	panic("unwritten")
}
func (r *Register) Appoint(ctx context.Context, by gate.Request, a Appointment) error {
	panic("unwritten")
}

// Testify tells the gate of everyone in a request what they were appointed to
// (in Rol::"…" for the whole organisation; functies {rol, locatie} for a
// site; geheimhouding), and who of them really sits at the seat.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	panic("unwritten")
}
