package recorder

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// pair connects a fastConn to a listener on loopback.
func pair(t *testing.T, packet func([]byte)) (*fastConn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := l.Accept()
		accepted <- c
	}()
	c, err := dialFast(context.Background(), l.Addr().String(), newSplitter(packet), func() time.Duration { return time.Millisecond }, newBuffers())
	if err != nil {
		t.Fatal(err)
	}
	other := <-accepted
	t.Cleanup(func() { c.Close(); other.Close() })
	return c.(*fastConn), other
}

func TestFastConnSplitsWhatComes(t *testing.T) {
	packets := make(chan []byte, 10)
	c, camera := pair(t, func(b []byte) { packets <- append([]byte(nil), b...) })
	c.channel.Store(0)
	go func() {
		for _, b := range [][]byte{frame(0, rtpPacket(1)), []byte(reply)} {
			for _, one := range b {
				camera.Write([]byte{one})
			}
		}
		camera.Close()
	}()
	got := make([]byte, len(reply))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != reply {
		t.Fatalf("gortsplib reads %q, %v; want %q", got, err, reply)
	}
	if n := len(packets); n != 1 {
		t.Errorf("%d packets, want 1", n)
	}
	if _, err := c.Read(got); err != io.EOF {
		t.Errorf("after the camera hung up: %v, want EOF", err)
	}
}

func TestFastConnSendsEverythingToASlowCamera(t *testing.T) {
	c, camera := pair(t, func([]byte) {})
	const size = 8 << 20 // more than the kernel keeps
	received := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(io.Discard, camera)
		received <- n
	}()
	if n, err := c.Write(make([]byte, size)); n != size || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	c.Close()
	if n := <-received; n != size {
		t.Errorf("the camera got %d bytes, want %d", n, size)
	}
}

func TestFastConnEndsWhenClosed(t *testing.T) {
	c, _ := pair(t, func([]byte) {})
	failed := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 10))
		failed <- err
	}()
	c.Close()
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Read after Close: %v, want %v", err, net.ErrClosed)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write after Close: %v, want %v", err, net.ErrClosed)
	}
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a second Close: %v, want %v", err, net.ErrClosed)
	}
}

func TestFastConnLeaksNothing(t *testing.T) {
	before := descriptors(t)
	for range 20 {
		c, camera := pair(t, func([]byte) {})
		c.Close()
		camera.Close()
	}
	if after := descriptors(t); after > before+2 { // the scheduler's own
		t.Errorf("%d descriptors are open, %d were", after, before)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
