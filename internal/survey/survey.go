// Package survey finds out, for who may place a camera, which cameras there are
// and how they answer. It never asks for a picture: looking is another act.
package survey

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

const (
	tryTime = 20 * time.Second // for one camera to answer everything
	keeps   = 30 * time.Minute // what was found, and what was tried
)

// Invalid is what is wrong with what someone asked: one line for the page, in
// Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

const (
	errBusy  Invalid = "Er wordt al gezocht of geprobeerd: wacht tot dat klaar is en probeer het dan opnieuw."
	errStale Invalid = "Dit is te lang geleden: zoek of probeer de camera opnieuw."
)

// A Survey is how cameras are found and tried. Its fields may be set before
// use.
type Survey struct {
	Interfaces func() ([]net.Interface, error) // networks to look on
	Single     []netip.AddrPort                // places to look besides, which no network reaches everyone at once of
	Patience   time.Duration                   // with cameras that are looked for

	gate     *gate.Gate
	premises *premises.Register
	now      func() time.Time

	looking, trying chan struct{} // held by who does: one at a time

	searches shelf[*search]
	trials   shelf[*Trial]

	mu      sync.Mutex
	found   map[netip.Addr]time.Time // machines that answered as a camera
	devices map[string]time.Time     // the addresses they gave
}

// New returns a survey. now is the program's clock.
func New(g *gate.Gate, q *premises.Register, now func() time.Time) *Survey {
	return &Survey{Interfaces: privateNetworks, Patience: 4 * time.Second, gate: g, premises: q, now: now, looking: make(chan struct{}, 1), trying: make(chan struct{}, 1),
		found: map[netip.Addr]time.Time{}, devices: map[string]time.Time{}}
}

// enter asks for what placing a camera at a site asks for, before anything is
// sent to anyone. how is what is done, for the logbook.
func (s *Survey) enter(ctx context.Context, who people.Presence, site premises.SiteID, how string) (*gate.Permit, error) {
	r := who.Request(regulation.Place, gate.Subject{Entity: site.Entity()})
	r.Details = regulation.Context{"wat": regulation.String("camera"), "beeld": regulation.Boolean(false)}
	r.Note = map[string]any{"wat": "camera " + how}
	return s.gate.Enter(ctx, r)
}

// take holds a place that one can have at a time; false if another has it.
func take(place chan struct{}) bool {
	select {
	case place <- struct{}{}:
		return true
	default:
		return false
	}
}

// until is ctx, for so long and for as long as p is good.
func until(ctx context.Context, p *gate.Permit, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, done := context.WithTimeout(ctx, d)
	go func() {
		select {
		case <-p.Done():
			done()
		case <-ctx.Done():
		}
	}()
	return ctx, done
}

// errOutside is why an address isn't visited.
var errOutside = errors.New("this address isn't on a network of our own")

// allow refuses every address but those of private networks and of machines
// that answered as a camera: who may place cameras may not visit what else the
// program can reach.
func (s *Survey) allow(at netip.Addr) error {
	if at.IsPrivate() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if since, ok := s.found[at]; ok && s.now().Sub(since) < keeps {
		return nil
	}
	return errOutside
}

// known reports whether a camera gave this address for itself.
func (s *Survey) known(device string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, ok := s.devices[device]
	return ok && s.now().Sub(since) < keeps
}

// remember notes a camera that answered.
func (s *Survey) remember(f onvif.Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	forget(s.found, s.now())
	forget(s.devices, s.now())
	s.found[f.From], s.devices[f.Device] = s.now(), s.now()
}

// forget drops what is too long ago.
func forget[K comparable](all map[K]time.Time, now time.Time) {
	for k, since := range all {
		if now.Sub(since) >= keeps {
			delete(all, k)
		}
	}
}

// privateNetworks are the networks that the program is on and that are nobody
// else's.
func privateNetworks() (own []net.Interface, err error) {
	all, err := net.Interfaces()
	for _, i := range all {
		const needs = net.FlagUp | net.FlagMulticast
		if i.Flags&needs != needs || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			continue // it went away meanwhile
		}
		for _, a := range addresses {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && (p.Addr().IsPrivate() || p.Addr().IsLinkLocalUnicast()) {
				own = append(own, i)
				break
			}
		}
	}
	return own, err
}
