package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	saltBytes  = 16
	keyBytes   = 32
	maxHashing = 2 // at once, so that a burst of sign-ins can't take the machine from the recorder

	minPassword = 12   // characters
	maxPassword = 1024 // bytes
)

// A cost is what it takes to hash a password once.
type cost struct {
	memory, passes uint32 // KiB, times
	lanes          uint8
}

// usual is OWASP's smallest recommendation for argon2id, about 40 ms.
func usual() cost { return cost{memory: 19 * 1024, passes: 2, lanes: 1} }

// A secret is a hashed password: what a PHC string says.
type secret struct {
	cost
	salt, key []byte
}

// decoy is checked when nobody has the login, so that an unknown login costs
// the same as a wrong password. No password fits it.
func decoy(c cost) secret {
	return secret{cost: c, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
}

// newSecret hashes a password under a new salt.
func newSecret(c cost, password string) secret {
	s := decoy(c)
	rand.Read(s.salt) // never fails: crypto/rand ends the program instead
	s.key = s.hash(password)
	return s
}

func (s secret) hash(password string) []byte {
	return argon2.IDKey([]byte(password), s.salt, s.passes, s.memory, s.lanes, uint32(len(s.key)))
}

// fits reports whether password is the one, in a time that doesn't tell how
// nearly.
func (s secret) fits(password string) bool {
	return subtle.ConstantTimeCompare(s.hash(password), s.key) == 1
}

var phc64 = base64.RawStdEncoding.Strict()

// String is s in PHC's notation.
func (s secret) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.memory, s.passes, s.lanes,
		phc64.EncodeToString(s.salt), phc64.EncodeToString(s.key))
}

var errPHC = errors.New("not an argon2id PHC string")

// parseSecret reads what [secret.String] wrote. What it accepts is bounded:
// a damaged row must not make us hash for an hour.
func parseSecret(phc string) (secret, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return secret{}, errPHC
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return secret{}, errPHC
	}
	memory, errM := number(costs[0], "m=", 8, 256*1024)
	times, errT := number(costs[1], "t=", 1, 16)
	threads, errP := number(costs[2], "p=", 1, 16)
	salt, errSalt := phc64.DecodeString(parts[4])
	key, errKey := phc64.DecodeString(parts[5])
	if err := errors.Join(errM, errT, errP, errSalt, errKey); err != nil {
		return secret{}, fmt.Errorf("%w: %w", errPHC, err)
	}
	if len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return secret{}, fmt.Errorf("%w: a salt of %d and a key of %d bytes", errPHC, len(salt), len(key))
	}
	s := secret{cost{memory, times, uint8(threads)}, salt, key}
	if s.String() != phc {
		return secret{}, errPHC // "+19", line breaks: not how it is written
	}
	return s, nil
}

func number(text, prefix string, least, most uint64) (uint32, error) {
	digits, ok := strings.CutPrefix(text, prefix)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q isn't %s%d…%d", text, prefix, least, most)
	}
	return uint32(n), nil
}

// inTurn waits for a free slot to hash in.
func (r *Register) inTurn(ctx context.Context, hash func()) error {
	select {
	case r.hashing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.hashing }()
	hash()
	return nil
}

// seal hashes a new password.
func (r *Register) seal(ctx context.Context, password string) (string, error) {
	if n := len([]rune(password)); n < minPassword || len(password) > maxPassword {
		return "", Invalid(fmt.Sprintf("Dit wachtwoord is te kort of te lang: kies er een van %d tot %d tekens.", minPassword, maxPassword/4))
	}
	var phc string
	err := r.inTurn(ctx, func() { phc = newSecret(r.cost, password).String() })
	if err != nil {
		return "", fmt.Errorf("couldn't hash the password: %w", err)
	}
	return phc, nil
}
