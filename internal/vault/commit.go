package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The files of a vault. Only the first two say anything.
const (
	vaultFile  = "vault"
	anchorFile = "anchor"
	draftFile  = "vault.tmp"
	lockFile   = "vault.lock"
)

// magic begins every vault file, and is authenticated with it.
const magic = "oogmerk vault 1\n"

var errMismatch = errors.New("no key in the anchor opens the vault file: one of the two is damaged, or they are not from the same moment; put back the two that belong together")

func (v *Vault) path(name string) string { return filepath.Join(v.dir, name) }

// takeLock keeps other processes out for as long as the file is open. The
// kernel lets go of it when the process ends, however it ends.
func takeLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrInUse
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// A commit is how the vault on disk becomes the next one. After a crash
// between any two steps exactly one of the old and the new vault opens.
type commit struct {
	dir   string
	slot  int // the anchor slot that is free
	root  rootKey
	plain []byte
}

func (c *commit) steps() []func() error { return []func() error{c.draft, c.arm, c.publish, c.disarm} }

// draft writes the new vault beside the old one.
func (c *commit) draft() error {
	f, err := os.OpenFile(filepath.Join(c.dir, draftFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(seal(&c.root, c.plain))
	return errors.Join(err, f.Sync(), f.Close())
}

// arm puts the new root key in the free slot of the anchor.
func (c *commit) arm() error {
	return anchor{filepath.Join(c.dir, anchorFile)}.write(c.slot, c.root)
}

// publish makes the new vault the vault.
func (c *commit) publish() error {
	if err := os.Rename(filepath.Join(c.dir, draftFile), filepath.Join(c.dir, vaultFile)); err != nil {
		return err
	}
	return syncDir(c.dir)
}

// disarm destroys the old root key, and with it every older vault file there
// may be a copy of.
func (c *commit) disarm() error {
	return anchor{filepath.Join(c.dir, anchorFile)}.write(1-c.slot, rootKey{})
}

// plan draws a root key for k.
func (v *Vault) plan(k *keys) (*commit, error) {
	c := &commit{dir: v.dir, slot: 1 - v.live, plain: k.marshal()}
	if _, err := io.ReadFull(v.rand, c.root[:]); err != nil {
		return nil, fmt.Errorf("couldn't draw a root key: %w", err)
	}
	return c, nil
}

// commit makes k what the vault holds. If it fails, what is true is what the
// disk says; the next change asks it first.
func (v *Vault) commit(k *keys) error {
	c, err := v.plan(k)
	if err != nil {
		return err
	}
	return v.carryOut(c, k, c.steps())
}

func (v *Vault) carryOut(c *commit, k *keys, steps []func() error) error {
	defer clear(c.root[:])
	defer clear(c.plain)
	v.unsettled = true
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("couldn't commit the vault: %w", err)
		}
	}
	v.keys, v.live, v.unsettled = k, c.slot, false
	return nil
}

// settle must come before every change. After a commit that stopped halfway
// it takes over what the disk says.
func (v *Vault) settle() error {
	switch {
	case v.keys == nil:
		return ErrClosed
	case v.lock == nil:
		return ErrReadOnly
	case !v.unsettled:
		return nil
	}
	return v.recover()
}

// recover reads the vault and destroys the root key that doesn't open it:
// of the vault before, or of one that never came to be.
func (v *Vault) recover() error {
	k, live, err := load(v.dir)
	if err != nil {
		return err
	}
	// A rename that only memory knows could still be lost with the power, and
	// the old root key is then the one that is needed.
	if err := syncDir(v.dir); err != nil {
		return err
	}
	if err := (anchor{v.path(anchorFile)}).write(1-live, rootKey{}); err != nil {
		return err
	}
	if err := os.Remove(v.path(draftFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if v.keys != nil {
		v.keys.wipe()
	}
	v.keys, v.live, v.unsettled = k, live, false
	return nil
}

// start recovers the vault, or makes one where none has been.
func (v *Vault) start() error {
	_, err := os.Stat(v.path(vaultFile))
	switch {
	case err == nil:
		return v.recover()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	blank, err := v.blank()
	if err != nil {
		return err
	}
	if blank {
		return v.create()
	}
	return v.finishCreation()
}

// blank reports whether no key was ever put in the anchor.
func (v *Vault) blank() (bool, error) {
	b, err := os.ReadFile(v.path(anchorFile))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer clear(b)
	for _, x := range b {
		if x != 0 {
			return false, nil
		}
	}
	return len(b) <= anchorSize, nil
}

func (v *Vault) create() error {
	if err := (anchor{v.path(anchorFile)}).create(); err != nil {
		return err
	}
	// The directory may be as new as what is in it.
	if err := syncDir(filepath.Dir(filepath.Clean(v.dir))); err != nil {
		return err
	}
	v.live = 1
	return v.commit(&keys{version: 1, cameras: map[string]ring{}, incidents: map[string][]byte{}})
}

// finishCreation goes on where a crash interrupted create. If it wasn't that,
// the vault file is lost, and going on would hide it.
func (v *Vault) finishCreation() error {
	lost := errors.New("the vault file is missing but its anchor is there; put the vault file back, or remove the anchor too and begin anew: nothing recorded so far can then be opened")
	slots, err := anchor{v.path(anchorFile)}.read()
	if err != nil {
		return err
	}
	draft, err := os.ReadFile(v.path(draftFile))
	if err != nil {
		return lost
	}
	if k, _, err := unlock(slots, draft); err != nil || k.version != 1 {
		return lost
	}
	if err := os.Rename(v.path(draftFile), v.path(vaultFile)); err != nil {
		return err
	}
	return v.recover()
}

// load reads the vault in dir, and which slot of the anchor opens it.
func load(dir string) (*keys, int, error) {
	slots, err := anchor{filepath.Join(dir, anchorFile)}.read()
	if err != nil {
		return nil, 0, err
	}
	defer clear(slots[:])
	file, err := os.ReadFile(filepath.Join(dir, vaultFile))
	if err != nil {
		return nil, 0, err
	}
	return unlock(slots, file)
}

// loadBusy is load while another process may be committing: between reading
// the anchor and the file, both may have become the next ones.
func loadBusy(dir string) (*keys, int, error) {
	for range 10 {
		k, live, err := load(dir)
		if !errors.Is(err, errMismatch) {
			return k, live, err
		}
	}
	return nil, 0, errMismatch
}

func unlock(slots [2]rootKey, file []byte) (*keys, int, error) {
	if len(file) < len(magic) || string(file[:len(magic)]) != magic {
		return nil, 0, errors.New("the vault file is damaged: it doesn't begin as one; put back the right file")
	}
	for i := range slots {
		if slots[i] == (rootKey{}) {
			continue
		}
		plain, err := gcm(slots[i][:]).Open(nil, make([]byte, 12), file[len(magic):], []byte(magic))
		if err != nil {
			continue
		}
		defer clear(plain)
		k, err := unmarshal(plain)
		return k, i, err
	}
	return nil, 0, errMismatch
}

// seal encrypts a vault file. A root key is used for one file only, so the
// nonce is nothing but zeros.
func seal(root *rootKey, plain []byte) []byte {
	file := make([]byte, len(magic), len(magic)+len(plain)+16)
	copy(file, magic)
	return gcm(root[:]).Seal(file, make([]byte, 12), plain, []byte(magic))
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a key that isn't 16, 24 or 32 bytes: ours are 32
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for a cipher of another block size than AES
	}
	return aead
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
