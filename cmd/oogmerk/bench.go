package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

const benches = "bench record --cameras N --seconds S, or bench gate --regulation FILE, or bench playback --days 1,28, or bench live --viewers N, or bench sweep --segments N, or bench count --clip FILE, or bench powercut, or bench soak --hours N"

func runBench(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("bench what? Say: " + benches)
	}
	switch args[0] {
	case "record":
		return benchRecord(args[1:], out)
	case "gate":
		return benchGate(ctx, args[1:], out)
	case "count":
		return benchCount(ctx, args[1:], out)
	case "powercut":
		return benchPowercut(ctx, args[1:], out)
	case "soak":
		return benchSoak(ctx, args[1:], out)
	case "life": // the process that bench soak kills
		return soakLife(ctx, args[1:], out)
	case "sweep":
		return benchSweep(ctx, args[1:], out)
	case "playback":
		return benchPlayback(ctx, args[1:], out)
	case "live":
		return benchLive(ctx, args[1:], out)
	case "viewers": // the other process of bench live
		return benchViewers(args[1:], out)
	case "source": // the other process of bench record
		return benchSource(ctx, args[1:], out)
	}
	return fmt.Errorf("there is no bench %q; say: %s", args[0], benches)
}
