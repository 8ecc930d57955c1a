package recorder

import (
	"fmt"
	"sync"
	"time"
)

const (
	// A clock is put right by so much at most without anybody asking, and
	// wanders by no more than a hundredth of the time that passes.
	maxLeap   = 5 * time.Minute
	maxWander = 100
	// maxAway is how long a machine may have been off without its clock being
	// doubted when it is on again.
	maxAway = 72 * time.Hour
	// doubtFor is how long a clock is doubted that goes on as a clock does.
	doubtFor = time.Hour
)

// A Guard doubts the program's clock when it leaps, because by that clock
// footage is erased. It compares it with one that nobody can set: how long the
// machine has been on, asleep or not. While it doubts, [Guard.Time] is what
// both can agree on.
//
// It looks whenever it is asked, and must be asked every few minutes.
type Guard struct {
	now  func() time.Time     // the clock on the wall
	boot func() time.Duration // since the machine was turned on; never goes back

	mu       sync.Mutex
	looked   time.Duration // boot, the last time
	believed time.Time     // what time it was then
	used     time.Duration // of what a clock may be put right by
	most     time.Duration // that it may be ahead without being doubted
	doubt    *doubt        // nil: none
}

// A doubt is about a clock that leapt.
type doubt struct {
	since time.Duration // boot
	ahead time.Duration // of what it should be; less than 0 for behind
}

// NewGuard returns a guard that believes now at first. boot is how long the
// machine has been on, the time it was asleep included.
func NewGuard(now func() time.Time, boot func() time.Duration) *Guard {
	return &Guard{now: now, boot: boot, looked: boot(), believed: now().Round(0), most: maxLeap}
}

// Seen says what time it was at least when the program was last on. If that
// was long ago, or is still to come, the clock is doubted from the start.
func (g *Guard) Seen(last time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !last.IsZero() {
		g.believed, g.looked, g.most, g.doubt = last.Round(0), g.boot(), maxAway, nil
	}
}

// Time is what time it is as far as that is certain: by the clock, or, while
// that is doubted, the earlier of what it says and what it would have said
// without leaping. Only what is due by then may be erased.
func (g *Guard) Time() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.look()
	if g.doubt != nil && g.believed.Before(now) {
		return g.believed
	}
	return now
}

// Trusted reports whether the clock is believed, and if not, why not.
func (g *Guard) Trusted() (ok bool, why string) {
	ahead, since := g.Doubted()
	switch {
	case since.IsZero():
		return true, ""
	case ahead < 0:
		return false, fmt.Sprintf("the clock was put back by %v: see what time it is, and set it right or confirm it", -ahead.Round(time.Second))
	}
	return false, fmt.Sprintf("the clock leapt ahead by %v: see what time it is, and set it right or confirm it", ahead.Round(time.Second))
}

// Doubted is how far the clock is ahead of what it should be, and since when
// by the clock itself; zero if it isn't doubted.
func (g *Guard) Doubted() (ahead time.Duration, since time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.look()
	if g.doubt == nil {
		return 0, time.Time{}
	}
	return g.doubt.ahead, now.Add(g.doubt.since - g.looked)
}

// Confirm is for a person who looked at another clock: this one is right.
func (g *Guard) Confirm() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.believe(g.now().Round(0), g.boot())
	g.used = 0
}

// look compares the clocks, and returns what the one on the wall says.
func (g *Guard) look() time.Time {
	wall, boot := g.now().Round(0), g.boot()
	passed := boot - g.looked
	should := g.believed.Add(passed)
	ahead := wall.Sub(should)
	g.used = max(g.used-passed/maxWander, 0)
	switch {
	case g.most > maxLeap && ahead <= g.most && ahead >= -maxLeap: // it was off
		g.believe(wall, boot)
		return wall
	case g.used+ahead.Abs() <= maxLeap:
		g.used += ahead.Abs()
		g.believe(wall, boot)
		return wall
	case g.doubt == nil || (ahead-g.doubt.ahead).Abs() > maxLeap:
		g.doubt = &doubt{since: boot, ahead: ahead}
	case boot-g.doubt.since >= doubtFor:
		g.believe(wall, boot)
		return wall
	}
	g.believed, g.looked = should, boot
	return wall
}

func (g *Guard) believe(wall time.Time, boot time.Duration) {
	g.believed, g.looked, g.most, g.doubt = wall, boot, maxLeap, nil
}
