// Package onvif asks a camera what it is: its maker, its streams, its clock,
// what moves before it, what it keeps itself; and turns it, if it turns.
package onvif

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

var (
	// ErrLogin is returned when the camera wants another name or password.
	ErrLogin = errors.New("the camera refuses this name and password; correct them")

	// ErrAbsent is returned when the camera has no service for what was asked.
	ErrAbsent = errors.New("the camera can't do this")

	// ErrForeign is returned when what answers isn't ONVIF.
	ErrForeign = errors.New("what answers there isn't ONVIF; correct the address, or turn ONVIF on in the camera")
)

// Options say which camera to ask, and how.
type Options struct {
	Device             string // address of its device service, such as http://10.0.0.7/onvif/device_service
	Username, Password string // nothing is proved without a name
	Trust              string // SHA-256, in hex, of the one certificate to accept; "": one that somebody vouches for
	Now                func() time.Time

	// Allow refuses addresses that may not be connected to; nil: all may.
	Allow func(netip.Addr) error

	Random io.Reader // nonces; crypto/rand.Reader if nil
}

// A Client asks one camera. It can be used by several goroutines. Each
// question is bounded in time and size of its answer, whatever the camera
// does; the first one costs two questions more: for the camera's clock, and
// for which services it has.
type Client struct {
	device *url.URL
	o      Options
	http   *http.Client

	mu       sync.Mutex
	met      bool // the two below are known
	ahead    time.Duration
	services map[string]string // address by namespace
	asked    *challenge        // by HTTP, last; nil: proof of who asks goes in the message
	count    uint32            // answers to it
	node     *node             // that turns; nil: not known yet
	turns    string            // token of the first profile that turns
}

// New returns a client for a camera; nothing is asked yet.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.Device)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, errors.New("couldn't understand the address of the camera's ONVIF service; write http://host:port/onvif/device_service")
	}
	if o.Now == nil {
		return nil, errors.New("couldn't ask a camera: there is no clock")
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	trust, err := trusting(o.Trust)
	if err != nil {
		return nil, err
	}
	return &Client{device: u, o: o, http: newHTTP(o, u.Hostname(), trust)}, nil
}

// Close lets go of the camera. A client can be used again after it.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// meet learns the camera's clock and services, once.
func (c *Client) meet(ctx context.Context) error {
	c.mu.Lock()
	met := c.met
	c.mu.Unlock()
	if met {
		return nil
	}
	// A camera that won't tell the time may still accept ours.
	if _, err := c.Clock(ctx); err != nil && !spoken(err) {
		return err
	}
	services, err := c.askServices(ctx)
	if err != nil {
		return fmt.Errorf("couldn't learn what the camera can: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.services, c.met = services, true
	return nil
}

// service is where the camera offers a service, or an error wrapping
// [ErrAbsent].
func (c *Client) service(ctx context.Context, namespace string) (string, error) {
	if err := c.meet(ctx); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.services[namespace]; at != "" {
		return at, nil
	}
	return "", fmt.Errorf("%w: it has no service %s", ErrAbsent, namespace)
}
