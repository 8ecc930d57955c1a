package vault

import (
	"errors"
	"fmt"
	"os"
)

// An anchor is the file of root keys: two slots of 32 bytes, overwritten in
// place, in a file of one page that never grows or moves, so that writing
// zeros over a key destroys it as well as a file can. All zeros is no key.
type anchor struct{ path string }

const anchorSize = 4096

type rootKey [32]byte

// create makes the file with two empty slots.
func (a anchor) create() error {
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_CREATE|os.O_SYNC, 0o600)
	if err != nil {
		return fmt.Errorf("couldn't make the anchor: %w", err)
	}
	_, err = f.WriteAt(make([]byte, anchorSize), 0)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("couldn't make the anchor: %w", err)
	}
	return nil
}

func (a anchor) read() ([2]rootKey, error) {
	b, err := os.ReadFile(a.path)
	if err != nil {
		return [2]rootKey{}, fmt.Errorf("couldn't read the anchor: %w", err)
	}
	defer clear(b)
	return parseAnchor(b)
}

func parseAnchor(b []byte) (slots [2]rootKey, err error) {
	if len(b) != anchorSize {
		return slots, fmt.Errorf("the anchor is damaged: it has %d bytes and must have %d; put back the right file", len(b), anchorSize)
	}
	copy(slots[0][:], b)
	copy(slots[1][:], b[len(slots[0]):])
	return slots, nil
}

// write overwrites a slot in place, and returns when it is on the disk.
func (a anchor) write(slot int, key rootKey) error {
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_SYNC, 0)
	if err != nil {
		return fmt.Errorf("couldn't write the anchor: %w", err)
	}
	_, err = f.WriteAt(key[:], int64(slot*len(key)))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("couldn't write the anchor: %w", err)
	}
	return nil
}
