// Package governance is how a regulation comes into force, and which one was
// in force when.
package governance

import (
	"context"
	"time"

	"oogmerk/internal/regulation"
)

// A Board keeps the regulations that were adopted.
type Board struct{}

// InForce returns the regulation in force at t, or nil.
func (b *Board) InForce(t time.Time) *regulation.Regulation { panic("unwritten") }

// A Founding is how an installation begins, when no regulation rules yet who
// may adopt one: the organisation, the board's decision, the document.
type Founding struct {
	Organisation string
	File         string
	Document     []byte
	Decision     string // the board's decision, with its date
}

// Found adopts the first regulation. It works once, on an empty logbook, whose
// first entry it writes.
func (b *Board) Found(ctx context.Context, f Founding) error { panic("unwritten") }
