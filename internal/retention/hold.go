package retention

import (
	"context"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

// A Hold keeps footage past its term until its incident is settled.
type Hold struct {
	ID       string
	Incident string
	Camera   premises.CameraID
	Span     footage.Span
	Reason   string
	Placed   time.Time
	By       people.PersonID
	Lifted   time.Time // zero while it holds
}

// Holds is the register of holds.
type Holds struct{}

// Place places a hold: act "vasthouden" on the camera during the span, under
// the incident. Footage whose term is over already is not brought back.
func (h *Holds) Place(ctx context.Context, who people.Presence, hold Hold) (Hold, error) {
	panic("unwritten")
}

// Of returns the holds of an incident; On those of a camera that touch span
// and were not lifted.
func (h *Holds) Of(ctx context.Context, incident string) ([]Hold, error) { panic("unwritten") }
func (h *Holds) On(ctx context.Context, camera premises.CameraID, span footage.Span) ([]Hold, error) {
	panic("unwritten")
}
