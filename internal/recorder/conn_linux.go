package recorder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	recvSize  = 256 << 10
	maxRounds = 64 // reads at a time, so that others get their turn

	handshakePace = 5 * time.Millisecond
	heartbeatPace = 2 * time.Second
	writeRetry    = 5 * time.Millisecond
	maxRetries    = 1000 // of a write: 5 s
)

// A fastConn is a TCP connection whose socket is out of sight of Go's
// scheduler. That would wake a thread for each burst of packets; here the
// socket is read on a timer, which costs a sixth of the processor time, and
// besides when the bell rings if somebody watches. It gives gortsplib only what
// splitter leaves for it.
type fastConn struct {
	*splitter
	local, remote net.Addr
	rhythm        rhythm
	buffers       *sync.Pool // of *[]byte, carrySize+recvSize long
	bell          *bell

	mu     sync.Mutex // held around each system call, so that Close can't pull fd away under it
	fd     int        // -1 once closed
	gone   chan struct{}
	once   sync.Once
	rung   chan struct{} // holds a token when something came since the bell was asked to tell
	timer  *time.Timer
	period time.Duration // that the timer runs for; 0 if it doesn't run
	carry  []byte        // the start of a message, of which the rest must still come
	quiet  time.Duration // since the last heartbeat
	roomy  int           // bytes the system had for the socket when it was last asked
	most   time.Duration // to wait before the next read; 0 if nothing hurries
}

// dialFast connects to address.
func (d dialer) dialFast(ctx context.Context, address string, s *splitter) (net.Conn, error) {
	plain, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	fd, err := duplicate(plain)
	if err != nil {
		return nil, fmt.Errorf("couldn't take the socket out of the scheduler: %w", err)
	}
	return &fastConn{splitter: s, local: plain.LocalAddr(), remote: plain.RemoteAddr(), rhythm: d.rhythm, buffers: d.buffers, bell: d.bell,
		fd: fd, gone: make(chan struct{}), rung: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}, nil
}

// duplicate returns another descriptor of c's socket. It is non-blocking, as
// c is.
func duplicate(c net.Conn) (int, error) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return -1, err
	}
	var fd uintptr
	var errno syscall.Errno
	err = raw.Control(func(old uintptr) {
		fd, _, errno = syscall.Syscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil && errno != 0 {
		err = errno
	}
	return int(fd), err
}

// Read waits until there is something for gortsplib.
func (c *fastConn) Read(p []byte) (int, error) {
	for c.control.Len() == 0 {
		waited, err := c.wait()
		if err != nil {
			return 0, err
		}
		if err := c.drain(waited); err != nil && c.control.Len() == 0 {
			return 0, err
		}
	}
	return c.control.Read(p)
}

// wait waits until it is time to read again. It returns how long that was, or
// 0 if something came sooner than the timer.
func (c *fastConn) wait() (time.Duration, error) {
	playing := c.channel.Load() >= 0
	told := playing && c.attend()
	if c.period == 0 {
		c.period = c.step(playing, told)
		c.timer.Reset(c.period)
	}
	select {
	case <-c.rung:
	case <-c.rhythm.hub.arrived:
	case <-c.gone:
		return 0, net.ErrClosed
	case <-c.timer.C:
		waited := c.period
		if c.quiet += waited; c.quiet >= heartbeatPace {
			c.quiet, c.heartbeat = 0, true
		}
		c.period = 0
		return waited, nil
	}
	return 0, nil
}

// attend asks to be told when something comes if somebody watches, and not to
// be if nobody does. It reports whether c will be told.
func (c *fastConn) attend() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return false
	}
	if !c.rhythm.hub.seen() {
		c.bell.leave(c.fd, c)
		return false
	}
	return c.bell.ask(c.fd, c) == nil
}

// step is how long the timer is to run.
func (c *fastConn) step(playing, told bool) (step time.Duration) {
	switch {
	case !playing:
		step = handshakePace
	case c.rhythm.hub.seen() && !told:
		step = c.rhythm.beat(livePace)
	default:
		step = c.rhythm.beat(quietPace)
	}
	if c.most > 0 {
		step = min(step, c.most)
	}
	return step
}

// drain reads what the socket has, and splits it.
func (c *fastConn) drain(waited time.Duration) error {
	buffer := c.buffers.Get().(*[]byte)
	defer c.buffers.Put(buffer)
	b, got := *buffer, 0
	defer func() {
		if waited > 0 {
			c.adapt(got, waited)
		}
	}()
	for range maxRounds {
		have := copy(b, c.carry)
		n, err := c.receive(b[have : have+recvSize])
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
			return nil
		}
		if err != nil {
			return err
		}
		got += n
		used := c.split(b[:have+n])
		c.carry = append(c.carry[:0], b[used:have+n]...)
		if n < recvSize {
			return nil
		}
	}
	return nil
}

// adapt sees to it that the socket is read before it is full: a camera that
// can't send loses pictures. The system makes room for what comes, but not
// always, and not at once.
func (c *fastConn) adapt(got int, waited time.Duration) {
	c.most = 0
	if got > c.roomy/4 {
		c.roomy = c.room() // it only ever grows
	}
	room := c.roomy / 4 // half is for bookkeeping, and half of the rest for surprises
	if got > room && room > 0 {
		c.most = max(waited*time.Duration(room)/time.Duration(got), handshakePace)
	}
}

// room is how many bytes the system now has for the socket, all told.
func (c *fastConn) room() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return 0
	}
	n, err := syscall.GetsockoptInt(c.fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF)
	if err != nil {
		return 0
	}
	return n
}

// receive reads what is there without blocking, and so without telling the
// scheduler.
func (c *fastConn) receive(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return 0, net.ErrClosed
	}
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(c.fd),
		uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), syscall.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	if n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

// Write sends p: requests and RTCP, so seldom more than a line.
func (c *fastConn) Write(p []byte) (int, error) {
	rest := c.corrected(p)
	for range maxRetries {
		n, err := c.send(rest)
		if err != nil && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR) {
			return len(p) - len(rest), err
		}
		if rest = rest[n:]; len(rest) == 0 {
			return len(p), nil
		}
		select {
		case <-time.After(writeRetry):
		case <-c.gone:
			return len(p) - len(rest), net.ErrClosed
		}
	}
	return len(p) - len(rest), fmt.Errorf("couldn't send to the camera: %w", syscall.ETIMEDOUT)
}

func (c *fastConn) send(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return 0, net.ErrClosed
	}
	n, err := syscall.SendmsgN(c.fd, p, nil, nil, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
	return max(n, 0), err
}

// Close closes the socket.
func (c *fastConn) Close() error {
	c.once.Do(func() { close(c.gone) })
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return net.ErrClosed
	}
	c.bell.leave(c.fd, c)
	err := syscall.Close(c.fd)
	c.fd = -1
	return err
}

func (c *fastConn) LocalAddr() net.Addr  { return c.local }
func (c *fastConn) RemoteAddr() net.Addr { return c.remote }

// The deadlines are our own: maxRetries when writing, and the camera's
// watchdog when reading.
func (c *fastConn) SetDeadline(time.Time) error      { return nil }
func (c *fastConn) SetReadDeadline(time.Time) error  { return nil }
func (c *fastConn) SetWriteDeadline(time.Time) error { return nil }

// newBuffers returns where the connections of one recorder get their buffers.
func newBuffers() *sync.Pool {
	return &sync.Pool{New: func() any { b := make([]byte, carrySize+recvSize); return &b }}
}

// canBeFast says that this system has what fastConn needs.
const canBeFast = true
