//go:build !linux

package blob

import (
	"errors"
	"os"
)

// A system can't be synced as a whole here.
type system struct{}

func openSystem(string) (system, error) { return system{}, nil }

func (system) has(*os.File) bool { return false }

func (system) sync() error { return errors.ErrUnsupported }

func (system) close() error { return nil }
