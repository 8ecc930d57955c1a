// Package demo knows how to be a school's cameras: real RTSP servers on
// loopback that play drawn clips, sound and all, for the demo, for tests and
// for measuring.
package demo

import (
	"errors"
	"fmt"
	"net"
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
}

// Cameras are cameras that are on.
type Cameras struct {
	list  []*camera
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
	films, err := newFilms(o.Clips)
	if err != nil {
		return nil, err
	}
	c := &Cameras{}
	for i := range o.Count {
		address, err := nextAddress(o.Listen, i)
		if err != nil {
			c.Close()
			return nil, err
		}
		camera := &camera{
			name:     "cam" + strconv.Itoa(i+1),
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
			c.Close()
			return nil, err
		}
		c.list = append(c.list, camera)
	}
	return c, nil
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
	for _, camera := range c.list {
		camera.stop()
	}
}
