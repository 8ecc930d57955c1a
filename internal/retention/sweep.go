package retention

import "context"

// A Sweeper erases what is due.
type Sweeper struct{}

// Sweep erases everything that is due now, camera by camera. It carries on
// past failures and reports them all: footage that couldn't be erased is a
// breach, not a warning.
func (s *Sweeper) Sweep(ctx context.Context) error { panic("unwritten") }
