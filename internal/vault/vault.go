// Package vault keeps the keys that can open footage. Whoever records needs
// only the public half of them; a key that is destroyed here makes what it
// sealed unreadable for good, wherever copies of it may be.
// docs/design/0002-keys-and-erasure.md says how and why.
package vault

import (
	"context"
	"crypto/hpke"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"time"
)

// An Hour is a number of whole hours since 1970 UTC.
type Hour int64

// HourOf returns the hour that t is in.
func HourOf(t time.Time) Hour {
	s := t.Unix()
	h := s / 3600
	if s%3600 < 0 {
		h--
	}
	return Hour(h)
}

// Start is the instant h begins.
func (h Hour) Start() time.Time { return time.Unix(int64(h)*3600, 0).UTC() }

var (
	// ErrErased is returned for a key that was destroyed.
	ErrErased = errors.New("the key was destroyed")
	// ErrUnknown is returned for a camera that never had a key in this vault.
	ErrUnknown = errors.New("this vault never had a key of that camera")
	// ErrReadOnly is returned by a vault of [OpenReadOnly] for what would change it.
	ErrReadOnly = errors.New("the vault is open for reading only")
	// ErrInUse is returned by [Open] while another process has the vault open.
	ErrInUse = errors.New("another process has the vault open; stop that one first")
	// ErrClosed is returned by a vault that was closed.
	ErrClosed = errors.New("the vault is closed")
)

// KEM is what run secrets are sealed with: ML-KEM-768 and X25519 together.
func KEM() hpke.KEM { return hpke.MLKEM768X25519() }

// A Vault is one file of camera and incident keys, encrypted under a root key
// that is new at every commit and lives in the anchor.
type Vault struct {
	dir  string
	rand io.Reader
	lock *os.File // nil: read-only

	mu        sync.Mutex
	keys      *keys // as on disk; nil once closed
	live      int   // the anchor slot whose key opens the file
	unsettled bool  // a commit stopped halfway: the disk decides what is true
}

// Open opens the vault in dir, or makes a new one where there is none. It
// finishes or undoes a commit that a crash interrupted. One process at a time
// can have a vault open.
func Open(dir string, rand io.Reader) (*Vault, error) {
	v := &Vault{dir: dir, rand: rand}
	if err := v.open(); err != nil {
		return nil, fmt.Errorf("couldn't open the vault in %s: %w", dir, err)
	}
	return v, nil
}

func (v *Vault) open() error {
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return err
	}
	lock, err := takeLock(v.dir)
	if err != nil {
		return err
	}
	v.lock = lock
	if err := v.start(); err != nil {
		return errors.Join(err, lock.Close())
	}
	return nil
}

// OpenReadOnly opens the vault in dir as it is now, also while another process
// has it open. It writes nothing, ever: a commit that a crash interrupted
// stays as it is.
func OpenReadOnly(dir string) (*Vault, error) {
	k, live, err := loadBusy(dir)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the vault in %s for reading: %w", dir, err)
	}
	return &Vault{dir: dir, keys: k, live: live}, nil
}

// Close forgets the keys in memory.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return nil
	}
	v.keys.wipe()
	v.keys = nil
	if v.lock == nil {
		return nil
	}
	return v.lock.Close() // which lets the next process in
}

// Version counts commits.
func (v *Vault) Version() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return 0
	}
	return v.keys.version
}

// Public returns the public key of a camera's hour, making a ring for a
// camera that is new; that ring is on disk before Public returns. It fails
// with ErrErased for a destroyed hour.
func (v *Vault) Public(ctx context.Context, camera string, hour Hour) (hpke.PublicKey, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := v.meet(camera); err != nil {
		return nil, fmt.Errorf("couldn't make keys for camera %s: %w", camera, err)
	}
	private, err := v.Private(camera, hour)
	if err != nil {
		return nil, err
	}
	return private.PublicKey(), nil
}

// meet makes a ring for a camera that has none.
func (v *Vault) meet(camera string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.lock == nil {
		return nil // a new camera is met with ErrUnknown by Private
	}
	if err := v.settle(); err != nil {
		return err
	}
	if _, ok := v.keys.cameras[camera]; ok {
		return nil
	}
	if err := checkName(camera); err != nil {
		return err
	}
	next := v.keys.next()
	fresh, err := newRing(v.rand, next.version)
	if err != nil {
		return err
	}
	next.cameras[camera] = fresh
	return v.commit(next)
}

// Private returns the private key of a camera's hour. It fails with ErrErased
// for an hour that was destroyed, and ErrUnknown for a camera without keys.
func (v *Vault) Private(camera string, hour Hour) (hpke.PrivateKey, error) {
	seed, err := v.seed(camera, hour)
	if err != nil {
		return nil, fmt.Errorf("couldn't get the key of camera %s, hour %d: %w", camera, hour, err)
	}
	defer clear(seed[:])
	return KEM().DeriveKeyPair(seed[:])
}

func (v *Vault) seed(camera string, hour Hour) ([32]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return [32]byte{}, ErrClosed
	}
	r, ok := v.keys.cameras[camera]
	if !ok {
		return [32]byte{}, ErrUnknown
	}
	return r.leaf(hour)
}

// Destroy destroys the keys of every hour of camera before hour, and commits.
// It returns the version of the first vault without them; if they were gone
// already, the version of the last commit that destroyed keys of this camera.
// A camera the vault doesn't know is remembered, so that those hours never
// get a key.
func (v *Vault) Destroy(ctx context.Context, camera string, before Hour) (uint64, error) {
	return v.DestroyHours(ctx, camera, 0, before)
}

// DestroyHours is Destroy for the hours of camera from `from` on before
// `before`. Those around them keep their keys.
func (v *Vault) DestroyHours(ctx context.Context, camera string, from, before Hour) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	version, err := v.destroy(camera, from, before)
	if err != nil {
		return 0, fmt.Errorf("couldn't destroy the keys of camera %s from hour %d before hour %d: %w", camera, from, before, err)
	}
	return version, nil
}

func (v *Vault) destroy(camera string, from, before Hour) (uint64, error) {
	if from < 0 || before < from || before > hours {
		return 0, errHour
	}
	if err := v.settle(); err != nil {
		return 0, err
	}
	next := v.keys.next()
	old, known := v.keys.cameras[camera]
	if known && !old.yields(from, before) {
		return old.since, nil
	}
	if !known {
		if err := checkName(camera); err != nil {
			return 0, err
		}
		var err error
		if old, err = newRing(v.rand, next.version); err != nil {
			return 0, err
		}
	}
	next.cameras[camera] = old.without(from, before, next.version)
	if err := v.commit(next); err != nil {
		return 0, err
	}
	old.wipe()
	return next.version, nil
}

// Wrap seals a segment key to an incident, making the incident's key if it is
// new; that key is on disk before Wrap returns.
func (v *Vault) Wrap(incident, segment string, key []byte) ([]byte, error) {
	wrapped, err := v.wrap(incident, segment, key)
	if err != nil {
		return nil, fmt.Errorf("couldn't wrap the key of segment %s for incident %s: %w", segment, incident, err)
	}
	return wrapped, nil
}

func (v *Vault) wrap(incident, segment string, key []byte) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.settle(); err != nil {
		return nil, err
	}
	kek, ok := v.keys.incidents[incident]
	if !ok {
		if err := checkName(incident); err != nil {
			return nil, err
		}
		kek = make([]byte, 32)
		if _, err := io.ReadFull(v.rand, kek); err != nil {
			return nil, fmt.Errorf("couldn't draw a key: %w", err)
		}
		next := v.keys.next()
		next.incidents[incident] = kek
		if err := v.commit(next); err != nil {
			return nil, err
		}
	}
	nonce := make([]byte, 12, 12+len(key)+16)
	if _, err := io.ReadFull(v.rand, nonce); err != nil {
		return nil, fmt.Errorf("couldn't draw a nonce: %w", err)
	}
	return gcm(kek).Seal(nonce, nonce, key, binding(incident, segment)), nil
}

// Unwrap opens what Wrap sealed, or fails with ErrErased.
func (v *Vault) Unwrap(incident, segment string, wrapped []byte) ([]byte, error) {
	key, err := v.unwrap(incident, segment, wrapped)
	if err != nil {
		return nil, fmt.Errorf("couldn't unwrap the key of segment %s for incident %s: %w", segment, incident, err)
	}
	return key, nil
}

func (v *Vault) unwrap(incident, segment string, wrapped []byte) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return nil, ErrClosed
	}
	kek, ok := v.keys.incidents[incident]
	if !ok {
		return nil, ErrErased
	}
	if len(wrapped) < 12+16 {
		return nil, fmt.Errorf("%d bytes is too short for a wrapped key", len(wrapped))
	}
	return gcm(kek).Open(nil, wrapped[:12], wrapped[12:], binding(incident, segment))
}

// binding ties a wrapped key to the one incident and segment it is for.
func binding(incident, segment string) []byte {
	return fmt.Appendf(nil, "oogmerk wrapped key 1 %d:%s %d:%s", len(incident), incident, len(segment), segment)
}

// Forget destroys an incident's key, and commits. An incident without a key
// is forgotten already.
func (v *Vault) Forget(incident string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.forget(incident); err != nil {
		return fmt.Errorf("couldn't destroy the key of incident %s: %w", incident, err)
	}
	return nil
}

func (v *Vault) forget(incident string) error {
	if err := v.settle(); err != nil {
		return err
	}
	kek, ok := v.keys.incidents[incident]
	if !ok {
		return nil
	}
	next := v.keys.next()
	delete(next.incidents, incident)
	if err := v.commit(next); err != nil {
		return err
	}
	clear(kek)
	return nil
}

// Erased reports whether the key of a camera's hour was destroyed. A camera
// that is not [Vault.Known] has nothing that could be.
func (v *Vault) Erased(camera string, hour Hour) bool {
	seed, err := v.seed(camera, hour)
	clear(seed[:])
	return errors.Is(err, ErrErased)
}

// Known reports whether camera has keys, or had.
func (v *Vault) Known(camera string) bool { return slices.Contains(v.Cameras(), camera) }

// Cameras returns all cameras that have keys, or had, in order.
func (v *Vault) Cameras() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(v.keys.cameras))
}

// Incidents returns the incidents that have a key now, in order.
func (v *Vault) Incidents() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(v.keys.incidents))
}
