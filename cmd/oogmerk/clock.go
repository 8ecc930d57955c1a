package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
)

// A demoClock is the time, and how far the demo was moved ahead of it. It
// never goes back: what was erased stays erased.
type demoClock struct {
	offset  atomic.Int64 // nanoseconds
	moving  sync.Mutex   // or two moves at once would be kept as one
	program *program
}

func (c *demoClock) now() time.Time       { return time.Now().Add(c.ahead()) }
func (c *demoClock) ahead() time.Duration { return time.Duration(c.offset.Load()) }

const clockSetting = "demo_clock_ns"

// load continues where a kept directory left off.
func (c *demoClock) load(ctx context.Context) error {
	var value string
	err := c.program.db.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, clockSetting).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("couldn't read the demo's clock: %w", err)
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return fmt.Errorf("couldn't read the demo's clock: %w", err)
	}
	c.offset.Store(n)
	return nil
}

// The furthest the demo can be moved at once, and the most in all.
const (
	maxMove  = 366 * 24 * time.Hour
	maxAhead = 10 * maxMove
)

// move moves the program's time ahead, says so in the logbook, and sees to it
// that what follows from it happens now rather than at the next tick.
func (c *demoClock) move(ctx context.Context, by time.Duration) error {
	c.moving.Lock()
	defer c.moving.Unlock()
	if by <= 0 || by > maxMove || c.ahead()+by > maxAhead {
		return fmt.Errorf("the clock can't move by %v: choose more than nothing and at most a year", by)
	}
	memo := gate.Memo{Act: "klok verzetten", Object: `Organisatie::"organisatie"`, Result: "gedaan", Header: map[string]any{"uren": by.Hours()}}
	err := c.program.gate.Note(ctx, memo, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, clockSetting, strconv.FormatInt(int64(c.ahead()+by), 10))
		return err
	})
	if err != nil {
		return err
	}
	c.offset.Add(int64(by))
	c.program.guard.Confirm() // this leap is meant
	return errors.Join(c.program.gate.Reconsider(ctx), c.program.sweeper.Sweep(ctx))
}
