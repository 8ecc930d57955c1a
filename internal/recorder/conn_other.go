//go:build !linux

package recorder

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// canBeFast says that this system lacks what the fast connection needs, so
// that cameras are read the ordinary way.
const canBeFast = false

func dialFast(context.Context, string, *splitter, func() time.Duration, *sync.Pool) (net.Conn, error) {
	return nil, errors.ErrUnsupported
}

func newBuffers() *sync.Pool { return &sync.Pool{} }
