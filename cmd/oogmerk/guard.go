package main

import (
	"context"
	"fmt"
	"time"
)

// started has Go's monotonic clock in it.
var started = time.Now()

// lastSeen tells the guard of the clock when the program was last on: when
// the logbook was last written in.
func (p *program) lastSeen(ctx context.Context) error {
	last, err := p.book.Records(ctx, -1, 1)
	if err != nil {
		return fmt.Errorf("couldn't learn when the program was last on: %w", err)
	}
	for _, r := range last {
		p.guard.Seen(r.At)
	}
	return nil
}
