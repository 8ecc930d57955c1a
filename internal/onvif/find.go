package onvif

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Everyone is where cameras listen for who looks for them.
var everyone = netip.MustParseAddrPort("239.255.255.250:3702")

// Port is where a single camera listens for that.
const Port = 3702

const (
	probes     = 3 // of the same question: UDP loses some
	probeEach  = 400 * time.Millisecond
	mostFound  = 500
	longestUDP = 64 << 10

	mostFailures = 1000 // to read, in one search
)

// A Found is a camera that answered who looked for it. It is what it says of
// itself, and nobody proved it.
type Found struct {
	Device   string // address of its device service, at the machine that answered
	From     netip.Addr
	Endpoint string // its own name for itself, which stays the same
	Name     string // "" if it doesn't say; likewise below
	Model    string
	Place    string
}

// A Search says where to look for cameras.
type Search struct {
	Interfaces []net.Interface  // on these networks,
	Single     []netip.AddrPort // and at these addresses
	Random     io.Reader
}

// Find looks for cameras until ctx ends, and calls f with each, once. It
// returns an error only if it couldn't look anywhere.
func Find(ctx context.Context, s Search, f func(Found)) error {
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.Random, id); err != nil {
		return fmt.Errorf("couldn't look for cameras: %w", err)
	}
	text := []byte(probe("uuid:" + hex.EncodeToString(id[:4]) + "-" + hex.EncodeToString(id[4:6]) + "-" + hex.EncodeToString(id[6:8]) +
		"-" + hex.EncodeToString(id[8:10]) + "-" + hex.EncodeToString(id[10:])))
	var failures []error
	var sockets []socket
	for _, i := range s.Interfaces {
		from, err := own(i)
		if err == nil {
			var one socket
			if one, err = open(from, []netip.AddrPort{everyone}); err == nil {
				sockets = append(sockets, one)
			}
		}
		failures = append(failures, err)
	}
	if len(s.Single) > 0 {
		one, err := open(netip.IPv4Unspecified(), s.Single)
		if err == nil {
			sockets = append(sockets, one)
		}
		failures = append(failures, err)
	}
	if len(sockets) == 0 {
		return fmt.Errorf("couldn't look for cameras: %w", errors.Join(append(failures, errors.New("there is no network to look on"))...))
	}
	seen := &seen{f: f, known: map[string]bool{}}
	var all sync.WaitGroup
	for _, one := range sockets {
		all.Go(func() { one.send(ctx, text) })
		all.Go(func() { one.receive(ctx, seen) })
	}
	all.Wait()
	return nil
}

// own is an IPv4 address of ours on a network: what is sent from it goes out
// there.
func own(i net.Interface) (netip.Addr, error) {
	all, err := i.Addrs()
	if err != nil {
		return netip.Addr{}, err
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			return p.Addr(), nil
		}
	}
	return netip.Addr{}, fmt.Errorf("network %s has no IPv4 address", i.Name)
}

// A socket is what one network is looked on with.
type socket struct {
	conn *net.UDPConn
	to   []netip.AddrPort
}

func open(from netip.Addr, to []netip.AddrPort) (socket, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)))
	return socket{conn, to}, err
}

// send asks a few times who is there.
func (s socket) send(ctx context.Context, text []byte) {
	again := time.NewTicker(probeEach)
	defer again.Stop()
	for range probes {
		for _, to := range s.to {
			// One that can't be reached doesn't answer either.
			_, _ = s.conn.WriteToUDPAddrPort(text, to)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// receive hears who answers until ctx ends, and closes the socket.
func (s socket) receive(ctx context.Context, seen *seen) {
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	defer s.conn.Close()
	defer stop()
	b := make([]byte, longestUDP)
	for failures := 0; failures < mostFailures; {
		n, from, err := s.conn.ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			failures++ // a machine that said it has no such port
			continue
		}
		seen.add(matches(b[:n], from.Addr().Unmap()))
	}
}

// seen is what was found until now.
type seen struct {
	f     func(Found)
	mu    sync.Mutex
	known map[string]bool
}

func (s *seen) add(all []Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range all {
		if !s.known[one.Device] && len(s.known) < mostFound {
			s.known[one.Device] = true
			s.f(one)
		}
	}
}

// matches are the cameras in an answer that came from a machine.
func matches(text []byte, from netip.Addr) (all []Found) {
	answer, err := read[struct {
		ProbeMatch []struct {
			EndpointReference     struct{ Address string }
			Types, Scopes, XAddrs string
		}
	}](text)
	if err != nil || answer.Body.Reply == nil {
		return nil // somebody else's message
	}
	for _, m := range answer.Body.Reply.ProbeMatch {
		device := reachable(strings.Fields(m.XAddrs), from)
		if device == "" {
			continue
		}
		one := Found{Device: device, From: from, Endpoint: clean(m.EndpointReference.Address)}
		for _, s := range strings.Fields(m.Scopes) {
			one.scope(s)
		}
		all = append(all, one)
	}
	return all
}

// reachable is the one of a camera's addresses that is at the machine that
// answered. If none is, the first is taken there: what a camera says of other
// machines isn't believed.
func reachable(addresses []string, from netip.Addr) string {
	var urls []*url.URL
	for _, a := range addresses {
		u, err := url.Parse(a)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && len(a) <= 300 {
			u.User, u.Fragment = nil, ""
			urls = append(urls, u)
		}
	}
	at := slices.IndexFunc(urls, func(u *url.URL) bool { return u.Hostname() == from.String() })
	switch {
	case at >= 0:
		return urls[at].String()
	case len(urls) == 0:
		return ""
	}
	u := urls[0]
	if host := from.String(); u.Port() != "" {
		u.Host = net.JoinHostPort(host, u.Port())
	} else if u.Host = host; from.Is6() {
		u.Host = "[" + host + "]"
	}
	return u.String()
}

// scope takes from a scope what people know a camera by.
func (f *Found) scope(raw string) {
	rest, ok := strings.CutPrefix(raw, "onvif://www.onvif.org/")
	kind, value, _ := strings.Cut(rest, "/")
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	value = clean(strings.ReplaceAll(value, "_", " "))
	switch {
	case !ok:
	case kind == "name":
		f.Name = value
	case kind == "hardware":
		f.Model = value
	case kind == "location" && f.Place == "":
		f.Place = value
	}
}

// probe is the question who is there.
func probe(id string) string {
	return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ` +
		`xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" ` +
		`xmlns:n="http://www.onvif.org/ver10/network/wsdl"><s:Header><a:MessageID>` + id + `</a:MessageID>` +
		`<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>` +
		`<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>` +
		`<s:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>`
}
