// Package recorder keeps one connection to every camera that may record, and
// hands what it sees to the footage store and to whoever watches.
package recorder

import (
	"context"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

// A Recorder records all cameras of the register.
type Recorder struct{}

// New returns a recorder. now is the program's clock.
func New(g *gate.Gate, f *footage.Store, q *premises.Register, now func() time.Time) *Recorder {
	panic("unwritten")
}

// Run records until ctx ends, one goroutine a camera, following the register.
func (r *Recorder) Run(ctx context.Context) error { panic("unwritten") }

// The states a camera can be in.
const (
	Recording   = "neemt op"
	Connecting  = "verbindt"
	Forbidden   = "mag niet opnemen"
	Unreachable = "onbereikbaar"
	Stopped     = "gestopt"
)

// A Status is how a camera is doing.
type Status struct {
	State         string // one of the above
	Since         time.Time
	Detail        string        // the error in one line
	Refusal       *gate.Refusal // which article stops it
	Width, Height int
	Codec         string // "avc1.64001f"
}

// Status returns how a camera is doing.
func (r *Recorder) Status(id premises.CameraID) Status { panic("unwritten") }

// Live returns what camera sees, beginning with the GOP in hand so that there
// is a picture at once. The permit must allow [regulation.Watch]; Next checks
// it for every picture.
func (r *Recorder) Live(ctx context.Context, p *gate.Permit, id premises.CameraID) (*Feed, error) {
	panic("unwritten")
}

// A Feed is a camera being watched. A slow watcher loses pictures up to the
// next key picture; the recording never does.
type Feed struct{}

// Next waits for the next access unit. Its Data belongs to the caller.
func (f *Feed) Next(ctx context.Context) (media.AccessUnit, error) { panic("unwritten") }

// Close stops watching.
func (f *Feed) Close() { panic("unwritten") }
