package transparency

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Verifier verifies the signatures of one key.
type Verifier = note.Verifier

// A Signer signs checkpoints.
type Signer struct {
	signer note.Signer
	public string
}

const algEd25519 = 1 // of signed notes

var errKey = errors.New("not a private key: it looks like PRIVATE+KEY+name+hash+data")

// NewKey makes an Ed25519 signed-note key for a log named origin.
func NewKey(origin string, rand io.Reader) (private, public string, err error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return "", "", fmt.Errorf("couldn't make a key: %w", err)
	}
	public, err = note.NewEd25519VerifierKey(origin, publicOf(seed))
	if err != nil {
		return "", "", fmt.Errorf("couldn't make a key for %q: %w", origin, err)
	}
	if _, err := NewVerifier(public); err != nil {
		return "", "", fmt.Errorf("couldn't make a key for %q: a log's name has no spaces and no +: %w", origin, err)
	}
	data := append([]byte{algEd25519}, seed...)
	parts := strings.SplitN(public, "+", 3) // the data may have a + of its own
	return strings.Join([]string{"PRIVATE", "KEY", parts[0], parts[1], base64.StdEncoding.EncodeToString(data)}, "+"), public, nil
}

func publicOf(seed []byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}

// NewVerifier reads a public key.
func NewVerifier(public string) (Verifier, error) {
	v, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("not a public key, which looks like name+hash+data: %w", err)
	}
	return v, nil
}

// NewSigner reads a private key.
func NewSigner(private string) (*Signer, error) {
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, errKey // the cause may quote the key
	}
	parts := strings.SplitN(private, "+", 5)
	data, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil {
		return nil, errKey
	}
	seed, ok := bytes.CutPrefix(data, []byte{algEd25519})
	if !ok || len(seed) != ed25519.SeedSize {
		return nil, errKey
	}
	public, err := note.NewEd25519VerifierKey(signer.Name(), publicOf(seed))
	if err != nil {
		return nil, errKey
	}
	return &Signer{signer, public}, nil
}

// Name is the origin of the log the key is for.
func (s *Signer) Name() string { return s.signer.Name() }

// Public is the key that verifies what s signs.
func (s *Signer) Public() string { return s.public }
