package survey

import (
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

const (
	errNowhere Invalid = "Dit programma zit op geen eigen netwerk om op te zoeken: vul het adres van de camera in."
	errNear    Invalid = "Dit is geen adres om te zoeken: vul het IP-adres of de naam van de camera in, zoals 192.168.1.20."
	errPublic  Invalid = "Dit adres ligt niet op een eigen netwerk: zoek en probeer alleen camera’s op een eigen (privé)adres."
	errNetwork Invalid = "Zoeken lukt niet: het netwerk weigert het. Vul het adres van de camera in."
)

// A Candidate is a camera that was found.
type Candidate struct {
	onvif.Found
	Placed bool // one at its address is in the register already
}

// A Progress is how far a search is.
type Progress struct {
	Site  premises.SiteID
	Near  string      // what was asked, if anything
	Found []Candidate // in the order in which they answered
	Over  bool
	Wrong Invalid // why it found nothing; "" if nothing is wrong
}

// A search is one that is going on, or is over.
type search struct {
	mu sync.Mutex
	p  Progress
}

// Find begins to look for cameras at a site, on the networks the program is on
// or at one address only, and returns the search's name for [Survey.Progress].
func (s *Survey) Find(ctx context.Context, who people.Presence, site premises.SiteID, near string) (string, error) {
	near = strings.TrimSpace(near)
	if strings.ContainsAny(near, "/@ \t") || len(near) > 253 {
		return "", errNear
	}
	if !take(s.looking) {
		return "", errBusy
	}
	id, err := s.begin(ctx, who, site, near)
	if err != nil {
		<-s.looking
	}
	return id, err
}

// begin lets a search go on by itself, if it is allowed.
func (s *Survey) begin(ctx context.Context, who people.Presence, site premises.SiteID, near string) (string, error) {
	placed, err := s.placed(ctx)
	if err != nil {
		return "", err
	}
	permit, err := s.enter(ctx, who, site, "zoeken")
	if err != nil {
		return "", err
	}
	one := &search{p: Progress{Site: site, Near: near}}
	id := s.searches.put(who, s.now(), one)
	ctx = context.WithoutCancel(ctx) // who asked goes to the page that tells how far it is
	go func() {
		defer func() { <-s.looking }()
		s.look(ctx, permit, one, placed)
	}()
	return id, nil
}

// look looks until the time for it is over.
func (s *Survey) look(ctx context.Context, permit *gate.Permit, one *search, placed map[string]bool) {
	bounded, done := until(ctx, permit, s.Patience)
	defer done()
	where, wrong := s.where(bounded, one.p.Near)
	if wrong == "" {
		err := onvif.Find(bounded, where, func(f onvif.Found) {
			s.remember(f)
			one.add(Candidate{f, placed[f.Device] || placed[f.From.String()]})
		})
		if err != nil {
			wrong = errNetwork
		}
	}
	n := one.end(wrong)
	result := "gedaan"
	if wrong != "" {
		result = "mislukt"
	}
	// What a logbook can't be told now, it is told of the permit at the next start.
	_ = permit.Close(ctx, result, map[string]any{"gevonden": n})
}

func (o *search) add(c Candidate) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.p.Found = append(o.p.Found, c)
}

// end notes that the search is over, and returns how many were found.
func (o *search) end(wrong Invalid) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.p.Over, o.p.Wrong = true, wrong
	return len(o.p.Found)
}

// Progress is how far a search is that this person began.
func (s *Survey) Progress(who people.Presence, id string) (Progress, error) {
	one, err := s.searches.get(who, s.now(), id)
	if err != nil {
		return Progress{}, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	p := one.p
	p.Found = slices.Clone(p.Found)
	return p, nil
}

// where is where to look.
func (s *Survey) where(ctx context.Context, near string) (onvif.Search, Invalid) {
	where := onvif.Search{Random: rand.Reader}
	if near != "" {
		all, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", near)
		if err != nil || len(all) == 0 {
			return where, errNear
		}
		at := all[0].Unmap()
		if s.allow(at) != nil {
			return where, errPublic
		}
		where.Single = []netip.AddrPort{netip.AddrPortFrom(at, onvif.Port)}
		return where, ""
	}
	where.Single = s.Single
	if all, err := s.Interfaces(); err == nil {
		where.Interfaces = all
	}
	if len(where.Interfaces)+len(where.Single) == 0 {
		return where, errNowhere
	}
	return where, ""
}

// placed are the addresses of the cameras in the register: those of their
// ONVIF services, and the machines of those that have none.
func (s *Survey) placed(ctx context.Context) (map[string]bool, error) {
	all, err := s.premises.Cameras(ctx)
	there := map[string]bool{}
	for _, c := range all {
		if c.Device != "" {
			there[c.Device] = true
		} else if u, err := url.Parse(c.URL); err == nil {
			if at, err := netip.ParseAddr(u.Hostname()); err == nil && !at.IsLoopback() { // there may be more than one
				there[at.String()] = true
			}
		}
	}
	return there, err
}
