package recorder

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/pion/rtp"
)

const (
	// A camera says now and then what time it is (RTCP sender reports), mostly
	// every five or ten seconds. What follows from that must be the same for
	// longer: our own clock may be put right, and packets may come late.
	clockSamples = 8
	clockPace    = 2 * time.Second // between two of them, or somewhat more
	clockApart   = time.Second     // less isn't another time
)

// A comparison is of a camera's clock with ours.
type comparison struct {
	need int // samples

	mu     sync.Mutex
	ahead  []time.Duration // the last samples, oldest first
	looked time.Time       // when the last one was taken
}

// due reports whether at now it is time for another sample.
func (c *comparison) due(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	passed := now.Sub(c.looked)
	if passed >= 0 && passed < clockPace*9/10 {
		return false
	}
	c.looked = now
	return true
}

// add takes a sample: what the camera's clock said when ours said now.
func (c *comparison) add(camera, now time.Time) {
	// A camera without a clock tells how long it has been on (RFC 3550 §6.4.1).
	if camera.UTC().Year() < 1968 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ahead) == c.need {
		c.ahead = c.ahead[:copy(c.ahead, c.ahead[1:])]
	}
	c.ahead = append(c.ahead, camera.Sub(now.Round(0)))
}

// result is how far the camera's clock is ahead of ours; ok is false while that
// isn't certain.
func (c *comparison) result() (ahead time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ahead) < c.need {
		return 0, false
	}
	least, most := c.ahead[0], c.ahead[0]
	for _, a := range c.ahead {
		least, most = min(least, a), max(most, a)
	}
	return most, most-least < clockApart // what comes late makes it less
}

// compare takes a sample from a packet of the video, if it is time for one.
func (l *line) compare(video *description.Media, p *rtp.Packet) {
	now := l.intake.now()
	if !l.clock.due(now) {
		return
	}
	if at, ok := l.client.PacketNTP(video, p); ok {
		l.clock.add(at, now)
	}
}

// noteClock tells who must know how far the camera's clock is off: by what
// comes with the video, or, without that, by what the camera says when asked.
// The register is told when that changed by a second.
func (c *camera) noteClock(ctx context.Context, l *line) {
	ahead, ok := l.clock.result()
	if !ok {
		ahead, ok = c.ear.clock()
	}
	if !ok {
		return
	}
	c.condition.clock(ahead)
	c.tape.clock(ahead)
	if math.Abs(ahead.Seconds()-float64(c.current().ClockOff)) < clockApart.Seconds() {
		return
	}
	if err := c.recorder.premises.NoteClock(ctx, c.id, int(math.Round(ahead.Seconds()))); ctx.Err() == nil {
		c.report(err)
	}
}
