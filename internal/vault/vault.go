// Package vault keeps the keys that can open footage. Whoever records needs
// only the public half of them; a key that is destroyed here makes what it
// sealed unreadable for good, wherever copies of it may be.
// docs/design/0002-keys-and-erasure.md says how and why.
package vault

import (
	"context"
	"crypto/hpke"
	"errors"
	"io"
)

// An Hour is a number of whole hours since 1970 UTC.
type Hour int64

// ErrErased is returned for a key that was destroyed.
var ErrErased = errors.New("the key was destroyed")

// KEM is what run secrets are sealed with: ML-KEM-768 and X25519 together.
func KEM() hpke.KEM { return hpke.MLKEM768X25519() }

// A Vault is one file of camera and incident keys, encrypted under a root key
// that is new at every commit and lives in the anchor.
type Vault struct{}

// Open opens the vault in dir, or makes a new one where there is none.
func Open(dir string, rand io.Reader) (*Vault, error) { panic("unwritten") }

// Close forgets the keys in memory.
func (v *Vault) Close() error { panic("unwritten") }

// Version counts commits.
func (v *Vault) Version() uint64 { panic("unwritten") }

// Public returns the public key of a camera's hour, making a ring for a
// camera that is new. It fails with ErrErased for a destroyed hour.
func (v *Vault) Public(ctx context.Context, camera string, hour Hour) (hpke.PublicKey, error) {
	panic("unwritten")
}

// Private returns the private key of a camera's hour, or ErrErased.
func (v *Vault) Private(camera string, hour Hour) (hpke.PrivateKey, error) { panic("unwritten") }

// Destroy destroys the keys of every hour of camera before hour, and commits.
// It returns the version of the first vault without them.
func (v *Vault) Destroy(ctx context.Context, camera string, before Hour) (uint64, error) {
	panic("unwritten")
}

// Wrap seals a segment key to an incident, making the incident's key if it is new.
func (v *Vault) Wrap(incident, segment string, key []byte) ([]byte, error) { panic("unwritten") }

// Unwrap opens what Wrap sealed, or fails with ErrErased.
func (v *Vault) Unwrap(incident, segment string, wrapped []byte) ([]byte, error) {
	panic("unwritten")
}

// Forget destroys an incident's key, and commits.
func (v *Vault) Forget(incident string) error { panic("unwritten") }
