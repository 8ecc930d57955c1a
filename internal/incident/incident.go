// Package incident keeps incidents: what was seen, where and when, and
// whether it has been dealt with.
package incident

import (
	"context"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

// The states of an incident.
const (
	Suspected = "vermoed"
	Observed  = "waargenomen"
	Settled   = "afgehandeld"
)

// An Incident is an undesired event, or the suspicion of one.
type Incident struct {
	ID, Number  string // Number is given: 2026-014
	Kind        string // diefstal, vernieling, agressie, onbevoegd, anders
	State       string
	Site        premises.SiteID
	Happened    time.Time
	Reported    time.Time
	By          people.PersonID
	Description string
	SettledAt   time.Time
}

// A Register keeps incidents.
type Register struct{}

// Report enters an incident: act "melden" on the site. Settle closes it: act
// "afhandelen" on the incident; what was held for it is erased.
func (r *Register) Report(ctx context.Context, who people.Presence, i Incident) (Incident, error) {
	panic("unwritten")
}
func (r *Register) Settle(ctx context.Context, who people.Presence, id string) error {
	panic("unwritten")
}

// All returns incidents, newest first; Get one, or an error wrapping sql.ErrNoRows.
func (r *Register) All(ctx context.Context) ([]Incident, error)          { panic("unwritten") }
func (r *Register) Get(ctx context.Context, id string) (Incident, error) { panic("unwritten") }

// Testify tells the gate about the incident a request rests on or acts on:
// context.incident and its fact {staat, locatie}.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	panic("unwritten")
}
