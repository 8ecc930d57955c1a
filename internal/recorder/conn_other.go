//go:build !linux

package recorder

import (
	"context"
	"errors"
	"net"
	"sync"
)

// canBeFast says that this system lacks what the fast connection needs, so
// that cameras are read the ordinary way.
const canBeFast = false

func (dialer) dialFast(context.Context, string, *splitter) (net.Conn, error) {
	return nil, errors.ErrUnsupported
}

// A bell isn't needed where the scheduler tells that data arrive.
type bell struct{}

func newBuffers() *sync.Pool { return &sync.Pool{} }
