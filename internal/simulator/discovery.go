package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// A Beacon answers who looks for cameras. It listens at one address and not
// for everyone on the network: loopback has no such thing.
type Beacon struct {
	conn    *net.UDPConn
	cameras []*Camera
	ended   sync.WaitGroup
}

// Announce answers who asks at listen (host:port) for these cameras.
func Announce(listen string, cameras ...*Camera) (*Beacon, error) {
	at, err := netip.ParseAddrPort(listen)
	if err != nil {
		return nil, fmt.Errorf("couldn't announce cameras: %w", err)
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, fmt.Errorf("couldn't announce cameras: %w", err)
	}
	b := &Beacon{conn: conn, cameras: cameras}
	b.ended.Go(b.answer)
	return b, nil
}

// Address is where it listens.
func (b *Beacon) Address() netip.AddrPort { return b.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Close makes it silent.
func (b *Beacon) Close() {
	b.conn.Close()
	b.ended.Wait()
}

func (b *Beacon) answer() {
	text := make([]byte, 64<<10)
	for {
		n, from, err := b.conn.ReadFromUDPAddrPort(text)
		if err != nil {
			return // it was closed
		}
		var all node
		if xml.NewDecoder(bytes.NewReader(text[:n])).Decode(&all) != nil || all.find("Probe") == nil {
			continue
		}
		for _, c := range b.cameras {
			// Who doesn't get it asks again.
			_, _ = b.conn.WriteToUDPAddrPort([]byte(c.match(all.text("MessageID"))), from)
		}
	}
}

// match is the answer to who looked for a camera with message id.
func (c *Camera) match(id string) string {
	sum := sha256.Sum256([]byte(c.o.Serial + c.real))
	name := hex.EncodeToString(sum[:16])
	return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"` +
		` xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>` + tag("a:MessageID", "uuid:"+name) + tag("a:RelatesTo", escape(id)) +
		`<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>` +
		`<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>` +
		`<a:EndpointReference>` + tag("a:Address", "urn:uuid:"+name[:8]+"-"+name[8:12]+"-"+name[12:16]+"-"+name[16:20]+"-"+name[20:]) + `</a:EndpointReference>` +
		`<d:Types>dn:NetworkVideoTransmitter</d:Types>` + tag("d:Scopes", escape(strings.Join(c.scopeList(), " "))) +
		tag("d:XAddrs", escape(c.at("device_service"))) +
		`<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>`
}
