package recorder

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/premises"
)

// errMoved is why a connection ends when the register gives another address.
var errMoved = errors.New("the camera's address or password was changed")

// connected has the camera send its video, and records it until that ends.
func (c *camera) connected(ctx context.Context) error {
	in := c.intake(ctx)
	record := c.current()
	l, err := c.dialer(c.hub).dial(ctx, record, in)
	if err != nil {
		return err
	}
	defer c.disconnect(in, l)
	defer c.ear.end()
	return c.attend(ctx, record, l)
}

func (c *camera) intake(ctx context.Context) *intake {
	return &intake{ctx: context.WithoutCancel(ctx), now: c.recorder.now, sieve: c.sieve, hub: c.hub, condition: c.condition}
}

// dialer makes lines to the camera, of which hub gets the pictures.
func (c *camera) dialer(hub *hub) dialer {
	r := c.recorder
	return dialer{rhythm: rhythm{c.beat, hub}, buffers: r.buffers, bell: r.bell, ordinary: r.ordinary, samples: r.samples}
}

// beat is how long it is until a whole number of steps has passed on the
// clock. All cameras keep to it: waking the program for each of them costs
// more than reading them does.
func (c *camera) beat(step time.Duration) time.Duration {
	return step - time.Duration(c.recorder.now().UnixNano())%step
}

// disconnect ends the connection and records what is still in hand.
func (c *camera) disconnect(in *intake, l *line) {
	l.hangUp()
	c.wind(in)
}

// wind records what is still in hand of what came in, and forgets what isn't to
// be recorded.
func (c *camera) wind(in *intake) {
	if err := in.end(); err != nil {
		c.report(fmt.Errorf("couldn't record the last pictures of camera %s: %w", c.id, err))
	}
	c.sieve.drop()
	c.tape.cut(in.ctx)
	c.hub.reconnected()
	c.condition.reconnected()
}

// attend looks after a connection until it ends.
func (c *camera) attend(ctx context.Context, record premises.Camera, l *line) error {
	var w watch
	tick := time.NewTimer(c.beat(look))
	defer tick.Stop()
	for {
		if err := c.upkeep(ctx); err != nil {
			return err
		}
		c.ear.attune(ctx, c.hears())
		c.show(l)
		c.noteClock(ctx, l)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-l.ended:
			return err
		case <-c.tape.withdrawn():
		case <-c.wake:
		case <-c.nudge:
			if moved(record, c.current()) {
				return errMoved
			}
			c.askAfter = 0
		case <-tick.C:
			tick.Reset(c.beat(look))
			c.tick()
			if err := w.look(l.intake); err != nil {
				return err
			}
			if w.blind == maxBlind {
				c.lost(causeNoPicture, fmt.Sprintf("%d pakketten zonder beeld", w.packets))
			}
		}
	}
}

func moved(a, b premises.Camera) bool {
	return a.URL != b.URL || a.Username != b.Username || a.Password != b.Password || a.Trust != b.Trust
}

// upkeep does what must be done now and then while the camera records.
func (c *camera) upkeep(ctx context.Context) error {
	if err := c.allowed(ctx); err != nil {
		return err
	}
	c.mend(ctx)
	c.keepBooks(ctx)
	if c.tape.strayed() { // and what was in hand is closed by now
		c.report(c.goOn(ctx))
	}
	return nil
}

// tick lets a second pass in what the camera waits for.
func (c *camera) tick() {
	c.askAfter = max(c.askAfter-look, 0)
	c.broken += look
}

// mend closes a writer that failed, and after a while tries the disk again.
func (c *camera) mend(ctx context.Context) {
	if w := c.tape.broken(); w != nil {
		c.broken = 0
		c.report(w.Close(ctx))
		return
	}
	if c.broken >= diskPause {
		c.tape.mend()
	}
}

// show tells how the camera is doing.
func (c *camera) show(l *line) {
	bad, garbage := l.intake.bad.Load(), l.garbage()
	c.condition.count(l.intake.lost.Load(), bad)
	trouble, rolling := c.tape.state()
	cause, detail, _ := c.gaps.lasting()
	switch {
	case trouble != nil:
		c.condition.set(Unstored, oneLine(trouble), nil)
	case cause == causeLiveOnly:
		c.pause = 0
		c.condition.set(Live, "", nil)
	case cause == causeStill && c.sieve.blind():
		c.condition.set(Unstored, "the camera sends key pictures only, so that no motion can be seen; have it send others between them", nil)
	case cause == causeStill:
		c.pause = 0
		c.condition.set(Waiting, c.remarks(bad, garbage), nil)
	case rolling && cause == "":
		c.pause = 0
		c.condition.set(Recording, c.remarks(bad, garbage), nil)
	default:
		c.condition.set(Connecting, detail, nil)
	}
}

// remarks is a line about what isn't quite as it should be; "" if all is well:
// what came that was nothing, and what the camera doesn't say.
func (c *camera) remarks(packets, bytes uint64) string {
	var said []string
	if packets > 0 {
		said = append(said, fmt.Sprintf("%d onbruikbare pakketten", packets))
	}
	if bytes > 0 {
		said = append(said, fmt.Sprintf("%d onbruikbare bytes", bytes))
	}
	if _, deaf := c.ear.wrong(); deaf != nil {
		what := "de camera meldt geen beweging"
		if c.current().Senses == premises.ByFFmpeg {
			what = "de lichte stroom wordt niet bekeken"
		}
		said = append(said, what+", er wordt op het beeld gelet")
	}
	return strings.Join(said, ", ")
}

// A watch notices when a camera goes silent.
type watch struct {
	packets, pictures uint64
	silent, blind     int // looks in which there came none
}

func (w *watch) look(in *intake) error {
	packets, pictures := in.packets.Load(), in.pictures.Load()
	w.silent, w.blind = w.silent+1, w.blind+1
	if packets != w.packets {
		w.silent = 0
	}
	if pictures != w.pictures {
		w.blind = 0
	}
	w.packets, w.pictures = packets, pictures
	switch {
	case w.silent >= maxSilence:
		return errSilent
	case w.blind >= giveUp:
		return errBlind
	}
	return nil
}
