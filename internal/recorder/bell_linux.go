package recorder

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// gathering is how long data may lie in a socket after the bell was told of
// them. A picture comes in many packets, one close after the other; read at
// once, each would wake us.
const gathering = time.Millisecond

// A bell tells connections that something came for them. They share one epoll
// instance, which itself is all that Go's scheduler sees: a thread is woken
// once for what comes within a millisecond for all of them, and not for each
// packet. Its zero value is ready; it holds nothing while nobody asks.
type bell struct {
	mu    sync.Mutex
	epoll *os.File // nil while nobody asks
	fd    int      // of epoll
	asked map[int32]*fastConn
}

// ask has c told once, when there is something to read from its socket. What is
// there already counts.
func (b *bell) ask(socket int, c *fastConn) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.epoll == nil {
		if err := b.hang(); err != nil {
			return err
		}
	}
	op := syscall.EPOLL_CTL_MOD
	if b.asked[int32(socket)] != c {
		op = syscall.EPOLL_CTL_ADD
	}
	event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP | oneShot, Fd: int32(socket)}
	if err := syscall.EpollCtl(b.fd, op, socket, &event); err != nil {
		return fmt.Errorf("couldn't watch a socket: %w", err)
	}
	b.asked[int32(socket)] = c
	return nil
}

// oneShot is EPOLLONESHOT: a socket is told of once, until it is asked for again.
const oneShot = 1 << 30

// hang begins to listen.
func (b *bell) hang() error {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("couldn't watch sockets: %w", err)
	}
	// So that it is given to the scheduler.
	if err := syscall.SetNonblock(fd, true); err != nil {
		return errors.Join(fmt.Errorf("couldn't watch sockets: %w", err), syscall.Close(fd))
	}
	b.epoll, b.fd, b.asked = os.NewFile(uintptr(fd), "epoll"), fd, map[int32]*fastConn{}
	raw, err := b.epoll.SyscallConn()
	if err == nil {
		err = b.epoll.SetReadDeadline(time.Time{}) // it fails if the scheduler didn't take it
	}
	if err != nil {
		return errors.Join(fmt.Errorf("couldn't watch sockets: %w", err), b.drop())
	}
	go b.ring(raw)
	return nil
}

// leave has c not told any more. Its socket is still open.
func (b *bell) leave(socket int, c *fastConn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asked[int32(socket)] != c {
		return
	}
	delete(b.asked, int32(socket))
	_ = syscall.EpollCtl(b.fd, syscall.EPOLL_CTL_DEL, socket, nil) // it is there: nobody else takes it away
	if len(b.asked) == 0 {
		_ = b.drop() // an epoll instance has nothing to lose
	}
}

func (b *bell) drop() error {
	err := b.epoll.Close()
	b.epoll, b.asked = nil, nil
	return err
}

// ring tells who asked, until the bell is dropped.
func (b *bell) ring(raw syscall.RawConn) {
	var events [64]syscall.EpollEvent
	timer := time.NewTimer(gathering)
	defer timer.Stop()
	for {
		n, err := wait(raw, events[:], true)
		if err != nil {
			return
		}
		timer.Reset(gathering)
		<-timer.C
		for n > 0 {
			b.tell(events[:n])
			if n, err = wait(raw, events[:], false); err != nil {
				return
			}
		}
	}
}

// wait returns how many events there are, of which there may be more; it blocks
// for the first.
func wait(raw syscall.RawConn, events []syscall.EpollEvent, block bool) (n int, err error) {
	failed := raw.Read(func(epoll uintptr) bool {
		n, err = peek(epoll, events)
		return n > 0 || err != nil || !block
	})
	return n, errors.Join(failed, err)
}

// peek returns how many events there are now. It never waits, and so doesn't
// tell the scheduler, which would wake a thread to look after ours.
func peek(epoll uintptr, events []syscall.EpollEvent) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, epoll,
			uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}

func (b *bell) tell(events []syscall.EpollEvent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range events {
		if c := b.asked[e.Fd]; c != nil {
			signal(c.rung)
		}
	}
}
