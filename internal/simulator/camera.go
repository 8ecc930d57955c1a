// Package simulator answers as a camera does that speaks ONVIF, for who has
// none: for tests, and for the demo. It shows no picture; where those are is
// somebody else's RTSP server.
package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The ways in which a camera wants to know who asks.
const (
	Message      = "message"       // in each message, by its clock: WS-UsernameToken
	Digest       = "digest"        // by HTTP, with MD5
	DigestSHA256 = "digest-sha256" // by HTTP
	Basic        = "basic"         // by HTTP: the password itself
)

// Options say which camera to be.
type Options struct {
	Listen             string // host:port; port 0 for any free one
	Maker, Model       string
	Firmware, Serial   string
	Name, Place        string // which it tells who looks for it
	Username, Password string // nobody needs to say who they are without a name
	Login              string // one of the ways above; "" is Message
	Streams            []Stream
	Now                func() time.Time
	Ahead              time.Duration // its clock, of Now
	Secret             bool          // https, with a certificate of its own

	NoMedia2    bool   // it is older than the service Media2,
	Ancient     bool   // older still: it knows GetCapabilities only
	Host        string // it thinks it is at this host:port, because of an address translation
	ByReference bool   // subscriptions are told apart by what must be repeated
	NoWait      bool   // it answers at once that nothing happened

	Microphone bool
	Keeps      bool // it records on its own card
	Turns      bool
	Presets    []Preset
	Masks      []Mask
}

// A Stream is one way of sending what it sees.
type Stream struct {
	Token, Name   string
	URL           string // rtsp
	Codec         string // "H264", "H265", "JPEG"
	Width, Height int
	Rate          int
}

// A Preset is a position that it remembers, from -1 to 1 each way.
type Preset struct {
	Token, Name     string
	Pan, Tilt, Zoom float64
}

// A Mask is a part of the picture that can't be seen.
type Mask struct {
	Token   string
	Points  [][2]float64 // from -1 to 1 both ways
	Enabled bool
}

// A Camera is one that is on.
type Camera struct {
	o           Options
	base        string // where it says it is: scheme://host:port
	real        string // where it is
	fingerprint string
	server      *http.Server
	served      sync.WaitGroup
	over        chan struct{} // closed when it is off
	off         sync.Once

	mu     sync.Mutex
	ahead  time.Duration
	asked  []string
	used   map[string]bool // nonces
	count  int
	moves  bool // something does, before the lens
	places map[string]*place
	head   head
}

// Start turns a camera on.
func Start(o Options) (*Camera, error) {
	if o.Now == nil || len(o.Streams) == 0 {
		return nil, errors.New("couldn't start a camera: it needs a clock and a stream")
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("couldn't start a camera: %w", err)
	}
	c := &Camera{o: o, ahead: o.Ahead, over: make(chan struct{}), used: map[string]bool{}, places: map[string]*place{}}
	c.head.since = o.Now()
	scheme := "http://"
	if o.Secret {
		scheme = "https://"
		certificate, err := c.certify(o.Now())
		if err != nil {
			listener.Close()
			return nil, fmt.Errorf("couldn't start a camera: %w", err)
		}
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	c.real = scheme + listener.Addr().String()
	c.base = c.real
	if o.Host != "" {
		c.base = scheme + o.Host
	}
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	c.served.Go(func() { _ = c.server.Serve(listener) }) // ends with Close
	return c, nil
}

// certify makes the camera a certificate that nobody vouches for.
func (c *Camera) certify(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	plain := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: c.o.Model},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * 365 * time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, plain, plain, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	sum := sha256.Sum256(signed)
	c.fingerprint = hex.EncodeToString(sum[:])
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, nil
}

// Close turns the camera off.
func (c *Camera) Close() {
	c.off.Do(func() { close(c.over) })
	c.server.Close()
	c.served.Wait()
}

// Device is the address of its device service, as others reach it.
func (c *Camera) Device() string { return c.real + "/onvif/device_service" }

// Main is the token of its first stream.
func (c *Camera) Main() string { return c.o.Streams[0].Token }

// Turns reports whether it turns.
func (c *Camera) Turns() bool { return c.o.Turns }

// Fingerprint is the SHA-256 of its certificate, in hex; "" without one.
func (c *Camera) Fingerprint() string { return c.fingerprint }

// Asked is what it was asked, in order: "GetProfiles". "snapshot" is a
// picture, which it doesn't give.
func (c *Camera) Asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked)
}

// SetAhead sets its clock so far ahead.
func (c *Camera) SetAhead(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = by
}

// now is what time it thinks it is.
func (c *Camera) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.o.Now().Add(c.ahead).UTC()
}
