//go:build !linux

package blob

import (
	"errors"
	"os"
)

// A batch is what only Linux has.
type batch struct{}

func (*batch) write(*os.File, []byte, int64) (int, error) { return 0, errors.ErrUnsupported }

func (*batch) close() error { return nil }

func makeRoom(_ *os.File, have, _ int64) (int64, error) { return have, errors.ErrUnsupported }
