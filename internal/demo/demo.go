// Package demo knows how to be a school's cameras: real RTSP servers on
// loopback that play drawn clips, sound and all, for the demo, for tests and
// for measuring.
package demo

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"oogmerk/internal/media"
)

// Options say which cameras to be.
type Options struct {
	Clips  []media.Clip // camera i plays clip i, beginning anew after the last
	Count  int
	Listen string // address of the first; the next have the ports after it, or any free one if its port is 0

	// Asked for with digest authentication, unless there is no Username.
	Username, Password string

	Light []media.Clip     // camera i sends light clip i too, to who watches live; none if there are none
	ONVIF func() time.Time // if set, the clock by which cameras speak ONVIF; see onvif.go for which do
}

// Cameras are cameras that are on.
type Cameras struct {
	list  []*camera
	light []*camera                            // lighter streams, of the cameras in that order
	voice                                      // what speaks ONVIF
	ahead atomic.Pointer[func() time.Duration] // see GoBy

	mu     sync.Mutex
	setups []string
}

// StartCameras turns on n cameras that play the demo's own clips.
func StartCameras(n int, listen string) (*Cameras, error) {
	clips, err := Clips()
	if err != nil {
		return nil, err
	}
	return Start(Options{Clips: clips, Count: n, Listen: listen})
}

// StartCamerasFrom turns on n cameras that all play clip, each from another
// key picture on.
func StartCamerasFrom(clip media.Clip, n int, listen string) (*Cameras, error) {
	return Start(Options{Clips: []media.Clip{clip}, Count: n, Listen: listen})
}

// Start turns on the cameras that o asks for.
func Start(o Options) (*Cameras, error) {
	if o.Count < 1 || len(o.Clips) == 0 {
		return nil, errors.New("couldn't start cameras: there must be at least one, and a clip")
	}
	c := &Cameras{}
	var err error
	if c.list, err = c.start(o, "cam", o.Clips, o.Listen); err == nil && len(o.Light) > 0 {
		c.light, err = c.start(o, "light", o.Light, "127.0.0.1:0")
	}
	if err == nil && o.ONVIF != nil {
		err = c.speak(o)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// start turns on one server for each camera, all of a kind. It returns those
// that are on, also if not all are.
func (c *Cameras) start(o Options, kind string, clips []media.Clip, listen string) (list []*camera, err error) {
	films, err := newFilms(clips)
	if err != nil {
		return nil, err
	}
	for i := range o.Count {
		address, err := nextAddress(listen, i)
		if err != nil {
			return list, err
		}
		camera := &camera{
			name:     kind + strconv.Itoa(i+1),
			address:  address,
			film:     films[i%len(films)],
			lap:      i / len(films),
			share:    float64(i) / float64(o.Count),
			username: o.Username,
			password: o.Password,
			asked:    c.asked,
			clock:    c.clock,
		}
		if err := camera.start(); err != nil {
			return list, err
		}
		list = append(list, camera)
	}
	return list, nil
}

// nextAddress is the address of camera i if the first one's is first.
func nextAddress(first string, i int) (string, error) {
	host, port, err := net.SplitHostPort(first)
	if err != nil {
		return "", fmt.Errorf("couldn't start cameras: %w", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", fmt.Errorf("couldn't start cameras: port %q is no number", port)
	}
	if n != 0 {
		n += i
	}
	return net.JoinHostPort(host, strconv.Itoa(n)), nil
}

// URL is where camera i is, counting from 0. It stays the same when the
// camera is turned off and on.
func (c *Cameras) URL(i int) string {
	return "rtsp://" + c.list[i].address + "/" + c.list[i].name
}

// Light is where the lighter stream of camera i is; "" if it has none.
func (c *Cameras) Light(i int) string {
	if i >= len(c.light) {
		return ""
	}
	return "rtsp://" + c.light[i].address + "/" + c.light[i].name
}

// Setups are the media that were asked for (SETUP), in order, such as
// "cam1 video": a recorder that keeps no sound must not have asked for it.
func (c *Cameras) Setups() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.setups...)
}

func (c *Cameras) asked(setup string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.setups = append(c.setups, setup)
}

// GoBy has all cameras tell a time that is so far ahead of the machine's.
func (c *Cameras) GoBy(ahead func() time.Duration) { c.ahead.Store(&ahead) }

func (c *Cameras) clock(now time.Time) time.Time {
	if ahead := c.ahead.Load(); ahead != nil {
		return now.Add((*ahead)())
	}
	return now
}

// Hang makes camera i send nothing, without hanging up; or go on.
func (c *Cameras) Hang(i int, hangs bool) { c.list[i].hangs.Store(hangs) }

// Rest makes camera i see next to nothing move; or go on with its film.
func (c *Cameras) Rest(i int, rests bool) { c.list[i].rests.Store(rests) }

// Lose makes camera i leave out one of every so many packets; 0 is none.
func (c *Cameras) Lose(i, oneOf int) { c.list[i].loses.Store(int64(oneOf)) }

// Stop turns camera i off: it hangs up and can't be reached.
func (c *Cameras) Stop(i int) { c.list[i].stop() }

// Restart turns camera i on again after Stop, at the same address.
func (c *Cameras) Restart(i int) error { return c.list[i].start() }

// Close turns all cameras off.
func (c *Cameras) Close() {
	c.hush()
	for _, camera := range slices.Concat(c.list, c.light) {
		camera.stop()
	}
}
