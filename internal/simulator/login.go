package simulator

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// fresh is how old or how early a proof may be, by the camera's clock.
const fresh = time.Minute

// realm is what it says it guards.
const realm = "a camera"

// mayAsk reports whether who asks proved who they are, and answers them if
// not.
func (c *Camera) mayAsk(w http.ResponseWriter, r *http.Request, all *node) bool {
	switch {
	case c.o.Username == "":
		return true
	case c.o.Login == Basic:
		name, password, _ := r.BasicAuth()
		if name == c.o.Username && password == c.o.Password {
			return true
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`"`)
	case c.o.Login == Digest || c.o.Login == DigestSHA256:
		if c.digested(r) {
			return true
		}
		c.challenge(w)
	default:
		if c.token(all.find("UsernameToken")) {
			return true
		}
		sendFault(w, &fault{"ter:NotAuthorized", "Sender not Authorized"})
		return false
	}
	http.Error(w, "who are you?", http.StatusUnauthorized)
	return false
}

// token reports whether a WS-UsernameToken is right, new and of now.
func (c *Camera) token(t *node) bool {
	if t == nil || t.text("Username") != c.o.Username {
		return false
	}
	nonce, err := base64.StdEncoding.DecodeString(t.text("Nonce"))
	if err != nil || len(nonce) == 0 {
		return false
	}
	created, err := time.Parse(time.RFC3339, t.text("Created"))
	if err != nil || c.now().Sub(created).Abs() > fresh {
		return false
	}
	h := sha1.New()
	h.Write(nonce)
	io.WriteString(h, t.text("Created")+c.o.Password)
	return base64.StdEncoding.EncodeToString(h.Sum(nil)) == t.text("Password") && c.first(string(nonce))
}

// first reports whether a nonce was never used before.
func (c *Camera) first(nonce string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used[nonce] {
		return false
	}
	c.used[nonce] = true
	return true
}

func (c *Camera) algorithm() (string, func() hash.Hash) {
	if c.o.Login == DigestSHA256 {
		return "SHA-256", sha256.New
	}
	return "MD5", md5.New
}

func (c *Camera) hash(parts ...string) string {
	_, sum := c.algorithm()
	h := sum()
	io.WriteString(h, strings.Join(parts, ":"))
	return hex.EncodeToString(h.Sum(nil))
}

// nonce is that of its challenges: one for as long as it is on.
func (c *Camera) nonce() string { return c.hash(c.real, c.o.Password)[:16] }

func (c *Camera) challenge(w http.ResponseWriter) {
	name, _ := c.algorithm()
	w.Header().Set("WWW-Authenticate", `Digest realm="`+realm+`", nonce="`+c.nonce()+`", qop="auth", algorithm=`+name+`, opaque="o"`)
}

var pair = regexp.MustCompile(`(\w+)=(?:"([^"]*)"|([^,\s]*))`)

// digested reports whether a request answers the challenge. Each answer counts
// once.
func (c *Camera) digested(r *http.Request) bool {
	said := map[string]string{}
	header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Digest ")
	for _, m := range pair.FindAllStringSubmatch(header, -1) {
		said[m[1]] = m[2] + m[3]
	}
	if !ok || said["username"] != c.o.Username || said["nonce"] != c.nonce() || said["uri"] != r.URL.RequestURI() {
		return false
	}
	secret := c.hash(c.o.Username, realm, c.o.Password)
	right := c.hash(secret, said["nonce"], said["nc"], said["cnonce"], "auth", c.hash(r.Method, said["uri"]))
	return said["response"] == right && c.first(said["nc"]+said["cnonce"])
}
