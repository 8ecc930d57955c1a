package onvif

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const (
	patience   = 8 * time.Second // for an answer, redirects and proofs of identity included
	connect    = 5 * time.Second
	longest    = 1 << 20 // bytes of an answer
	maxRetries = 3       // of one question: because of redirects, and to prove who asks
)

// Untrusted is the error for a camera whose certificate nobody vouches for,
// or another than the one that is trusted.
type Untrusted struct {
	Fingerprint string // SHA-256 of the certificate it shows, in hex
}

func (u *Untrusted) Error() string {
	return "nobody vouches for the camera's certificate; compare its SHA-256 with what the camera itself shows: " + u.Fingerprint
}

// trusting is the fingerprint that hash says; nil if it says none.
func trusting(hash string) ([]byte, error) {
	b, err := hex.DecodeString(hash)
	if err != nil || len(b) != 0 && len(b) != sha256.Size {
		return nil, errors.New("couldn't understand which certificate to trust; write its SHA-256 as 64 hexadecimal digits")
	}
	if len(b) == 0 {
		return nil, nil
	}
	return b, nil
}

// newHTTP is how cameras are spoken with: nothing in between, nothing
// compressed (a small answer must not become a large one), and never a
// redirect that [Client.send] didn't look at.
func newHTTP(o Options, host string, trust []byte) *http.Client {
	dialer := &net.Dialer{Timeout: connect, Control: func(_, address string, _ syscall.RawConn) error { return o.allows(address) }}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        newTLS(host, trust),
			TLSHandshakeTimeout:    connect,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
			MaxConnsPerHost:        8,
			IdleConnTimeout:        30 * time.Second,
		},
	}
}

// allows asks whether the address may be connected to that a name turned out
// to be: what is asked before may be another by the time of the connection.
func (o Options) allows(address string) error {
	if o.Allow == nil {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return o.Allow(at.Addr().Unmap())
}

// newTLS accepts the certificate that is trusted and no other, or whatever
// somebody vouches for.
func newTLS(host string, trust []byte) *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(s tls.ConnectionState) error {
			leaf := s.PeerCertificates[0]
			shown := sha256.Sum256(leaf.Raw)
			if trust != nil && subtle.ConstantTimeCompare(shown[:], trust) == 1 {
				return nil
			}
			untrusted := &Untrusted{hex.EncodeToString(shown[:])}
			if trust != nil {
				return untrusted
			}
			between := x509.NewCertPool()
			for _, c := range s.PeerCertificates[1:] {
				between.AddCert(c)
			}
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Intermediates: between}); err != nil {
				return untrusted
			}
			return nil
		},
	}
}

// A question is what a camera is asked.
type question struct {
	to      string // address of the service
	action  string
	body    string // XML
	header  string // XML
	open    bool   // asked without proof of who asks
	command bool   // an answer without content will do
	wait    time.Duration
}

// send puts a question and returns the answer's text, at most longest bytes,
// and its HTTP status.
func (c *Client) send(ctx context.Context, q question) ([]byte, int, error) {
	ctx, done := context.WithTimeout(ctx, patience+q.wait)
	defer done()
	answered := false // a challenge to this very question
	for range maxRetries + 1 {
		res, text, err := c.post(ctx, q, c.proof(q.open))
		if err != nil {
			return nil, 0, err
		}
		switch code := res.StatusCode; {
		case code/100 == 3:
			if q.to, err = redirected(q.to, res); err != nil {
				return nil, 0, err
			}
		case code == http.StatusUnauthorized && c.o.Username != "":
			asked, err := choose(res.Header.Values("WWW-Authenticate"), strings.HasPrefix(q.to, "https:"))
			if err != nil {
				return nil, 0, err
			}
			if answered && !asked.stale {
				return nil, 0, ErrLogin
			}
			answered = true
			c.challenged(asked)
		case code == http.StatusUnauthorized || code == http.StatusForbidden:
			return nil, 0, ErrLogin
		default:
			return text, code, nil
		}
	}
	return nil, 0, errors.New("the camera keeps sending us elsewhere; correct its address")
}

// post sends a question once.
func (c *Client) post(ctx context.Context, q question, p proof) (*http.Response, []byte, error) {
	text := envelop(p.token+q.header, q.body)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, q.to, strings.NewReader(text))
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't ask the camera: %w", err)
	}
	r.Header.Set("Content-Type", `application/soap+xml; charset=utf-8; action="`+q.action+`"`)
	r.Header.Set("User-Agent", "oogmerk")
	if p.challenge != nil {
		r.Header.Set("Authorization", p.answer(r.URL.RequestURI(), c.o.Username, c.o.Password))
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, nil, unreachable(ctx, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, longest+1))
	if err != nil {
		return nil, nil, unreachable(ctx, err)
	}
	if len(body) > longest {
		return nil, nil, fmt.Errorf("%w: its answer is longer than %d bytes", ErrForeign, longest)
	}
	return res, body, nil
}

// unreachable says why no answer came, without the address, which is in the
// caller's hands already.
func unreachable(ctx context.Context, err error) error {
	var untrusted *Untrusted
	var wrapped *url.Error
	switch {
	case errors.As(err, &untrusted):
		return untrusted
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the camera doesn't answer in time: %w", ctx.Err())
	case errors.As(err, &wrapped):
		err = wrapped.Err
	}
	return fmt.Errorf("couldn't reach the camera: %w", err)
}

// redirected is where a camera sends us, if that is still the same camera and
// no less guarded.
func redirected(from string, res *http.Response) (string, error) {
	old, err := url.Parse(from)
	if err != nil {
		return "", err
	}
	u, err := old.Parse(res.Header.Get("Location"))
	if err != nil || u.Hostname() != old.Hostname() || u.Scheme != "https" && u.Scheme != old.Scheme || u.User != nil || res.Header.Get("Location") == "" {
		return "", errors.New("the camera sends us to another machine; correct its address")
	}
	return u.String(), nil
}

// mend is the address of a service as we can reach it: a camera behind another
// address than it knows of names one that is not ours to visit, and one that
// is spoken with in secret isn't spoken with in the open.
func (c *Client) mend(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if u.Hostname() != c.device.Hostname() || u.Scheme != "https" && c.device.Scheme == "https" {
		u.Scheme, u.Host = c.device.Scheme, c.device.Host
	}
	u.User, u.Fragment = nil, ""
	return u.String()
}
