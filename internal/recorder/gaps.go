package recorder

import (
	"context"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
)

// Why nothing was recorded: gap.cause.
const (
	causeUnreachable = "onbereikbaar"
	causeLogin       = "aanmelding geweigerd"
	causeCertificate = "certificaat onbekend"
	causeNoPicture   = "geen beeld"
	causeDiskFull    = "schijf vol"
	causeDisk        = "schijffout"
	causeForbidden   = "geen toestemming"
	causeRestart     = "herstart"
	causeClock       = "klok"
	causeStopped     = "gestopt"
	causeStill       = "geen beweging"
	causeLiveOnly    = "alleen live"
)

// gaps writes down when a camera's footage misses something, and why. What is
// noted waits in order until the database takes it, because there may be a
// gap for the very reason that it takes nothing.
type gaps struct {
	store  *footage.Store
	camera premises.CameraID

	mu     sync.Mutex
	cause  string // of the gap that lasts; "" if none does
	detail string
	from   time.Time // when it began
	todo   []gapStep
}

// A gapStep is the begin of a gap, or the end of one.
type gapStep struct {
	at            time.Time
	cause, detail string // cause "" ends
}

// open notes that nothing is recorded from `from` on, if that isn't known
// already for the same cause. A further cause begins when the one before
// ends, so it begins at now. It reports whether there was such a further cause.
func (g *gaps) open(from, now time.Time, cause, detail string) (further bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == cause {
		return false
	}
	further = g.cause != ""
	if further && now.After(g.from) {
		from = now
	} else if further {
		from = g.from
	}
	g.cause, g.detail, g.from = cause, detail, from
	g.todo = append(g.todo, gapStep{from, cause, detail})
	return further
}

// end notes that something is recorded again. There may be a gap that was
// begun before this recorder was.
func (g *gaps) end(to time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cause, g.detail = "", ""
	g.todo = append(g.todo, gapStep{at: to})
}

// lasting is the gap that lasts, and when it began; cause is "" if none does.
func (g *gaps) lasting() (cause, detail string, from time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cause, g.detail, g.from
}

func (g *gaps) lasts() bool {
	cause, _, _ := g.lasting()
	return cause != ""
}

// write writes down what was noted. What can't be written stays for the next
// time.
func (g *gaps) write(ctx context.Context) error {
	for {
		step, ok := g.peek()
		if !ok {
			return nil
		}
		if err := g.step(ctx, step); err != nil {
			return fmt.Errorf("couldn't write down a gap of camera %s: %w", g.camera, err)
		}
		g.mu.Lock()
		g.todo = g.todo[1:]
		g.mu.Unlock()
	}
}

func (g *gaps) peek() (gapStep, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.todo) == 0 {
		return gapStep{}, false
	}
	return g.todo[0], true
}

func (g *gaps) step(ctx context.Context, s gapStep) error {
	if s.cause == "" {
		return g.store.EndGap(ctx, g.camera, s.at)
	}
	return g.store.OpenGap(ctx, g.camera, s.at, s.cause, s.detail)
}
