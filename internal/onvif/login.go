package onvif

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// A challenge is how a camera asks, by HTTP, who we are.
type challenge struct {
	basic                bool // the password itself
	realm, nonce, opaque string
	algorithm            string // as the camera wrote it
	qop                  bool   // "auth" is offered
	stale                bool   // the last answer was right, but for its nonce
}

// ErrPlain is why no password is sent to a camera that would have it in the
// open.
var ErrPlain = errors.New("the camera asks for its password in the open; choose digest or https in its settings")

// choose picks the best of the ways in which a camera asks who we are. The
// password itself goes over https alone.
func choose(headers []string, secret bool) (*challenge, error) {
	var best *challenge
	plain := false
	for _, h := range headers {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(h), " ")
		fields := directives(rest)
		switch strings.ToLower(scheme) {
		case "digest":
			c := &challenge{realm: fields["realm"], nonce: fields["nonce"], opaque: fields["opaque"], algorithm: fields["algorithm"],
				stale: strings.EqualFold(fields["stale"], "true")}
			for way := range strings.SplitSeq(fields["qop"], ",") {
				c.qop = c.qop || strings.EqualFold(strings.TrimSpace(way), "auth")
			}
			if c.nonce == "" || c.sum() == nil || !c.qop && fields["qop"] != "" {
				continue
			}
			if best == nil || best.basic || best.sum()().Size() < c.sum()().Size() {
				best = c
			}
		case "basic":
			plain = true
			if best == nil && secret {
				best = &challenge{basic: true}
			}
		}
	}
	switch {
	case best != nil:
		return best, nil
	case plain:
		return nil, ErrPlain
	}
	return nil, ErrLogin
}

// directives are the parts of a challenge: name=value or name="value", with
// commas in between.
func directives(text string) map[string]string {
	all := map[string]string{}
	for {
		name, rest, ok := strings.Cut(text, "=")
		if !ok || len(all) > 20 {
			return all
		}
		name = strings.ToLower(strings.Trim(name, ", \t"))
		rest = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(rest, `"`) {
			all[name], text, _ = strings.Cut(rest, ",")
			all[name] = strings.TrimSpace(all[name])
			continue
		}
		var value strings.Builder
		i := 1
		for ; i < len(rest) && rest[i] != '"'; i++ {
			if rest[i] == '\\' && i+1 < len(rest) {
				i++
			}
			value.WriteByte(rest[i])
		}
		all[name], text = value.String(), rest[min(i+1, len(rest)):]
	}
}

// sum is the hash that a challenge wants; nil if we don't have it.
func (c *challenge) sum() func() hash.Hash {
	switch strings.TrimSuffix(strings.ToUpper(c.algorithm), "-SESS") {
	case "", "MD5":
		return md5.New
	case "SHA-256":
		return sha256.New
	}
	return nil
}

// A proof is how one message shows who asks.
type proof struct {
	token     string     // in the message
	challenge *challenge // to answer by HTTP; nil for none
	count     uint32     // of answers to it
	cnonce    string
}

// challenged notes how the camera asks who we are: from now on that is what we
// answer, and messages carry no proof of their own.
func (c *Client) challenged(asked *challenge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.count = asked, 0
}

// proof is that of the next message. One that is open has none, unless the
// camera insists.
func (c *Client) proof(open bool) proof {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.o.Username == "":
		return proof{}
	case c.asked != nil:
		c.count++
		return proof{challenge: c.asked, count: c.count, cnonce: hex.EncodeToString(c.nonce())}
	case open:
		return proof{}
	}
	return proof{token: c.token()}
}

// nonce is 16 bytes nobody can guess.
func (c *Client) nonce() []byte {
	b := make([]byte, 16)
	if _, err := io.ReadFull(c.o.Random, b); err != nil {
		panic(fmt.Sprintf("there is no randomness: %v", err)) // as crypto/rand does
	}
	return b
}

const (
	wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	wsu  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	pwd  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
	b64  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)

// token proves who asks in the message itself, by the camera's own clock:
// what it thinks old, it refuses.
func (c *Client) token() string {
	nonce := c.nonce()
	created := c.o.Now().Add(c.ahead).UTC().Format("2006-01-02T15:04:05.000Z")
	h := sha1.New()
	h.Write(nonce)
	io.WriteString(h, created+c.o.Password)
	return `<w:Security s:mustUnderstand="1" xmlns:w="` + wsse + `"><w:UsernameToken><w:Username>` + escape(c.o.Username) +
		`</w:Username><w:Password Type="` + pwd + `">` + base64.StdEncoding.EncodeToString(h.Sum(nil)) +
		`</w:Password><w:Nonce EncodingType="` + b64 + `">` + base64.StdEncoding.EncodeToString(nonce) +
		`</w:Nonce><u:Created xmlns:u="` + wsu + `">` + created + `</u:Created></w:UsernameToken></w:Security>`
}

// answer is the Authorization header of a POST to uri.
func (p proof) answer(uri, user, password string) string {
	c := p.challenge
	if c.basic {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	digest := func(parts ...string) string {
		h := c.sum()()
		io.WriteString(h, strings.Join(parts, ":"))
		return hex.EncodeToString(h.Sum(nil))
	}
	secret := digest(user, c.realm, password)
	if strings.HasSuffix(strings.ToUpper(c.algorithm), "-SESS") {
		secret = digest(secret, c.nonce, p.cnonce)
	}
	what := digest("POST", uri)
	out := `Digest username=` + quoted(user) + `, realm=` + quoted(c.realm) + `, nonce=` + quoted(c.nonce) + `, uri=` + quoted(uri)
	if c.qop {
		count := fmt.Sprintf("%08x", p.count)
		out += `, qop=auth, nc=` + count + `, cnonce="` + p.cnonce + `", response="` + digest(secret, c.nonce, count, p.cnonce, "auth", what) + `"`
	} else {
		out += `, response="` + digest(secret, c.nonce, what) + `"`
	}
	if c.algorithm != "" {
		out += `, algorithm=` + strings.Map(tokenOnly, c.algorithm)
	}
	if c.opaque != "" {
		out += `, opaque=` + quoted(c.opaque)
	}
	return out
}

// tokenOnly leaves out what would end a word in a header.
func tokenOnly(r rune) rune {
	if r > ' ' && r < 0x7f && !strings.ContainsRune(`",;\`, r) {
		return r
	}
	return -1
}

// quoted is text in quotes, without what would end a header.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "", "\x00", "").Replace(text) + `"`
}
