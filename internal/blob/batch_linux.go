package blob

import (
	"errors"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	// gather is how long the first of several appends waits for the others.
	// Cameras are read at the same beats, so theirs come together.
	gather = 20 * time.Millisecond
	// enough is how many bytes aren't kept waiting: it is memory that is in use.
	enough = 4 << 20
	// reap is how long between two looks at what the disk has done.
	reap = 8 * time.Millisecond
	// inFlight is how many appends the disk is given at most at a time.
	inFlight = 256
	// Room is made for what will be appended, as much as there is already, but
	// not less than leastRoom and not more than mostRoom: a file that grows
	// can't be written to without waiting.
	leastRoom = 1 << 20
	mostRoom  = 8 << 20
)

// A batch hands what is appended to many files to the disk in one system call,
// which costs a third of one call each: the disk is rung once, and no thread
// waits for it. (Linux AIO: io_submit. It is there where io_uring is forbidden,
// as in most containers.)
type batch struct {
	mu      sync.Mutex
	waiting []*order
	bytes   int           // of those
	hurry   chan struct{} // holds a token when there are enough; nil before the first
	running bool
	broken  bool    // the system doesn't do it
	context uintptr // of the system; 0 before it is needed
	last    uint64  // number that an order was given

	flying map[uint64]*order // what the disk has, by number
}

// An order is blocks on their way to a place in a file.
type order struct {
	control control
	blocks  []byte
	done    chan struct{}
	wrote   int
	err     error
}

// A control is what the system wants to know of an order: struct iocb.
type control struct {
	number     uint64
	_          [8]byte
	operation  uint16
	_          int16
	descriptor uint32
	address    uint64
	length     uint64
	offset     int64
	_          [16]byte
}

// An event is what the system says of one that ended: struct io_event.
type event struct {
	number uint64
	_      uint64
	result int64
	_      int64
}

const operationWrite = 1 // IOCB_CMD_PWRITE

// write writes blocks at offset, together with others, and returns how many
// bytes that were. errors.ErrUnsupported means that nothing was tried.
func (b *batch) write(f *os.File, blocks []byte, offset int64) (int, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	o := &order{blocks: blocks, done: make(chan struct{})}
	err = raw.Control(func(fd uintptr) {
		o.control = control{operation: operationWrite, descriptor: uint32(fd),
			address: uint64(uintptr(unsafe.Pointer(unsafe.SliceData(blocks)))), length: uint64(len(blocks)), offset: offset}
		if b.add(o) {
			<-o.done
		} else {
			o.err = errors.ErrUnsupported
		}
	})
	return o.wrote, errors.Join(err, o.err)
}

// add queues o, unless the system doesn't do it.
func (b *batch) add(o *order) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return false
	}
	b.waiting = append(b.waiting, o)
	b.bytes += len(o.blocks)
	if b.hurry == nil {
		b.hurry = make(chan struct{}, 1)
	}
	if !b.running {
		b.running = true
		go b.run()
	}
	if b.bytes >= enough {
		select {
		case b.hurry <- struct{}{}:
		default:
		}
	}
	return true
}

// run gives the disk what waits until nothing does.
func (b *batch) run() {
	for pause := gather; ; pause = reap {
		b.rest(pause)
		b.collect()
		if !b.submit() {
			return
		}
	}
}

// rest waits, but not while enough is waiting.
func (b *batch) rest(pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.hurry:
	}
}

// submit gives the disk what waits, and reports whether there is anything left
// to look after.
func (b *batch) submit() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) > 0 && !b.broken {
		if b.context == 0 {
			b.setUp()
		} else if !b.give() {
			break // when something has come back
		}
	}
	if len(b.waiting) == 0 {
		b.bytes = 0
	}
	b.running = len(b.waiting)+len(b.flying) > 0
	return b.running
}

// setUp asks the system for a queue. If it gives none, everything is written as
// usual from now on.
func (b *batch) setUp() {
	_, _, errno := syscall.Syscall(syscall.SYS_IO_SETUP, inFlight, uintptr(unsafe.Pointer(&b.context)), 0)
	b.flying = map[uint64]*order{}
	if errno != 0 {
		b.broken = true
		b.refuse(len(b.waiting), errors.ErrUnsupported)
	}
}

// refuse tells the first n that nothing was written for them, and why.
func (b *batch) refuse(n int, why error) {
	for _, o := range b.waiting[:n] {
		o.err = why
		close(o.done)
	}
	b.waiting = slices.Delete(b.waiting, 0, n)
}

// give gives the disk as much of what waits as it takes, and reports whether
// that was anything. What the system refuses is done with.
func (b *batch) give() bool {
	var list [inFlight]*control
	n := min(len(b.waiting), inFlight-len(b.flying))
	if n == 0 {
		return false
	}
	for i, o := range b.waiting[:n] {
		b.last++
		o.control.number = b.last
		list[i] = &o.control
	}
	// It shouldn't wait for the disk, but a file system that is busy with its
	// journal may have it wait all the same.
	took, _, errno := syscall.Syscall(syscall.SYS_IO_SUBMIT, b.context, uintptr(n), uintptr(unsafe.Pointer(&list)))
	switch {
	case errno == syscall.EAGAIN && len(b.flying) > 0, errno == syscall.EINTR:
		return false
	case errno != 0:
		b.refuse(1, errno)
		return true
	}
	for _, o := range b.waiting[:took] {
		b.flying[o.control.number] = o
	}
	b.waiting = slices.Delete(b.waiting, 0, int(took))
	return took > 0
}

// collect tells who waits what the disk has done.
func (b *batch) collect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.flying) == 0 {
		return
	}
	var events [inFlight]event
	var now syscall.Timespec // as long as is waited
	n, _, errno := syscall.RawSyscall6(syscall.SYS_IO_GETEVENTS, b.context, 0, inFlight,
		uintptr(unsafe.Pointer(&events)), uintptr(unsafe.Pointer(&now)), 0)
	if errno != 0 {
		return // EINTR: it is asked again
	}
	for _, e := range events[:n] {
		o := b.flying[e.number]
		delete(b.flying, e.number)
		o.ended(e.result)
	}
}

// ended takes what the system says came of it: bytes, or the number of an error
// below zero.
func (o *order) ended(result int64) {
	if result < 0 {
		o.err = syscall.Errno(-result)
	} else {
		o.wrote = int(result)
	}
	close(o.done)
}

// close gives the queue back, which waits for what the disk still has.
func (b *batch) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.context == 0 {
		b.broken = true
		return nil
	}
	context := b.context
	b.context, b.broken = 0, true
	b.refuse(len(b.waiting), os.ErrClosed)
	_, _, errno := syscall.Syscall(syscall.SYS_IO_DESTROY, context, 0, 0)
	for _, o := range b.flying {
		o.err = os.ErrClosed // what came of it isn't told any more
		close(o.done)
	}
	clear(b.flying)
	if errno != 0 {
		return os.NewSyscallError("io_destroy", errno)
	}
	return nil
}

// makeRoom sees to it that f may grow to size without the system having to
// write down how long it is each time. It returns how long f is now.
func makeRoom(f *os.File, have, size int64) (int64, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return have, err
	}
	most := size + min(max(size, leastRoom), mostRoom)
	var failed error
	err = raw.Control(func(fd uintptr) { failed = syscall.Fallocate(int(fd), 0, have, most-have) })
	if err = errors.Join(err, failed); err != nil {
		return have, err
	}
	return most, nil
}
