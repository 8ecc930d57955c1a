package demo

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/simulator"
)

// Of every four cameras that speak ONVIF the third doesn't, because not every
// camera does, and the fourth turns. The last of all has what a camera should
// not: a microphone, footage on a card of its own, and a clock that is off.
const (
	silentOf = 2
	turnsOf  = 3
	round    = 4
)

// stirs is how long something moves before a camera, and how long nothing.
const stirs = 6 * time.Second

// A voice is what of the cameras speaks ONVIF.
type voice struct {
	simulated []*simulator.Camera // by camera; nil for one that doesn't
	beacon    *simulator.Beacon
	still     context.CancelFunc
	moving    sync.WaitGroup
}

// speak has cameras speak ONVIF, and tell who looks for them.
func (c *Cameras) speak(o Options) error {
	var told []*simulator.Camera
	c.simulated = make([]*simulator.Camera, o.Count)
	for i := range o.Count {
		if i%round == silentOf {
			continue
		}
		made, err := simulator.Start(c.speaking(o, i))
		if err != nil {
			return err
		}
		c.simulated[i] = made
		told = append(told, made)
	}
	beacon, err := simulator.Announce("127.0.0.1:0", told...)
	if err != nil {
		return err
	}
	c.beacon = beacon
	ctx, still := context.WithCancel(context.Background())
	c.still = still
	c.moving.Go(func() { c.stir(ctx) })
	return nil
}

// speaking is how camera i speaks.
func (c *Cameras) speaking(o Options, i int) simulator.Options {
	s := simulator.Options{Listen: "127.0.0.1:0", Maker: "Oogmerk", Model: "Tekenfilm", Firmware: "1.0", Serial: fmt.Sprintf("demo-%d", i+1),
		Name: "Democamera " + strconv.Itoa(i+1), Username: o.Username, Password: o.Password, Now: o.ONVIF,
		Streams: []simulator.Stream{c.list[i].film.stream("hoofd", "Hoofdbeeld", c.URL(i))}}
	if light := c.Light(i); light != "" {
		s.Streams = append(s.Streams, c.light[i].film.stream("licht", "Licht beeld", light))
	}
	if i%round == turnsOf {
		s.Model, s.Turns = "Tekenfilm draaibaar", true
		s.Presets = []simulator.Preset{{Token: "1", Name: "Ingang", Pan: -0.5}, {Token: "2", Name: "Hek", Pan: 0.6, Tilt: -0.1, Zoom: 0.4}}
	}
	if i == o.Count-1 && i > 0 {
		s.Microphone, s.Keeps, s.Ahead = true, true, 3*time.Hour
	}
	return s
}

// stream is what a camera says of how it sends a film.
func (f *film) stream(token, name, url string) simulator.Stream {
	codec := map[media.Codec]string{media.H264: "H264", media.H265: "H265", media.MJPEG: "JPEG"}[f.config.Codec]
	width, height, err := f.config.Size()
	if err != nil {
		width, height = 0, 0 // it doesn't say
	}
	return simulator.Stream{Token: token, Name: name, URL: url, Codec: codec, Width: width, Height: height,
		Rate: int(uint64(len(f.pictures)) * media.Clock / f.ticks)}
}

// stir has cameras notice that something moves, and then that nothing does,
// until ctx ends.
func (c *Cameras) stir(ctx context.Context) {
	tick := time.NewTicker(stirs)
	defer tick.Stop()
	for on := true; ; on = !on {
		for i, s := range c.simulated {
			if s != nil {
				s.Motion(on && !c.list[i].rests.Load())
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// hush ends all speaking.
func (c *Cameras) hush() {
	if c.still != nil {
		c.still()
		c.moving.Wait()
	}
	if c.beacon != nil {
		c.beacon.Close()
	}
	for _, s := range c.simulated {
		if s != nil {
			s.Close()
		}
	}
}

// ONVIF is how camera i speaks; nil if it doesn't.
func (c *Cameras) ONVIF(i int) *simulator.Camera {
	if i >= len(c.simulated) {
		return nil
	}
	return c.simulated[i]
}

// Probe is where cameras answer who looks for them; not valid if none speaks.
func (c *Cameras) Probe() netip.AddrPort {
	if c.beacon == nil {
		return netip.AddrPort{}
	}
	return c.beacon.Address()
}
