package recorder

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"oogmerk/internal/regulation"
)

// pair connects a fastConn, that somebody watches or nobody, to a listener on
// loopback. Nobody watches: it is read each millisecond. Somebody does: only as
// data arrives, but for a heartbeat now and then.
func pair(t *testing.T, watched bool, packet func([]byte)) (*fastConn, net.Conn) {
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
	h := newHub()
	beat := func(time.Duration) time.Duration {
		if h.seen() {
			return 500 * time.Millisecond
		}
		return time.Millisecond
	}
	if watched {
		h.people.Add(1)
	}
	d := dialer{rhythm: rhythm{beat, h}, buffers: newBuffers(), bell: &bell{}}
	c, err := d.dialFast(context.Background(), l.Addr().String(), testSplitter(packet))
	if err != nil {
		t.Fatal(err)
	}
	other := <-accepted
	t.Cleanup(func() { c.Close(); other.Close() })
	return c.(*fastConn), other
}

// bothWays runs a test on a connection that is read on a timer, and on one that
// is read as data arrives.
func bothWays(t *testing.T, test func(t *testing.T, watched bool)) {
	for name, watched := range map[string]bool{"on a timer": false, "as data arrives": true} {
		t.Run(name, func(t *testing.T) { test(t, watched) })
	}
}

func TestFastConnSplitsWhatComes(t *testing.T) {
	bothWays(t, func(t *testing.T, watched bool) {
		packets := make(chan []byte, 10)
		c, camera := pair(t, watched, func(b []byte) { packets <- append([]byte(nil), b...) })
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
	})
}

func TestFastConnSendsEverythingToASlowCamera(t *testing.T) {
	c, camera := pair(t, false, func([]byte) {})
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
	bothWays(t, func(t *testing.T, watched bool) {
		c, _ := pair(t, watched, func([]byte) {})
		c.channel.Store(0)
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
	})
}

// Whoever comes and goes, each packet is there once, in order; and now and then
// one goes to gortsplib, so that it sees that the camera lives.
func TestFastConnLosesNothingAsWatchersComeAndGo(t *testing.T) {
	const count = 3000
	var got []uint16
	c, camera := pair(t, false, func(b []byte) { got = append(got, binary.BigEndian.Uint16(b[2:])) })
	c.channel.Store(0)
	h := c.rhythm.hub
	go func() {
		var f *Feed
		for i := range count {
			switch {
			case i%100 > 0:
			case f == nil:
				f = &Feed{hub: h, act: regulation.Watch, gone: make(chan struct{})}
				if err := h.join(f); err != nil {
					t.Error(err)
				}
			default:
				f.Close()
				f = nil
			}
			camera.Write(frame(0, rtpPacket(uint16(i))))
		}
		camera.Write([]byte(reply))
	}()
	var told []byte
	for buffer := make([]byte, 1<<10); !bytes.HasSuffix(told, []byte(reply)); {
		n, err := c.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, buffer[:n]...)
	}
	for i, seq := range got {
		if int(seq) != i {
			t.Fatalf("packet %d came where %d belongs", seq, i)
		}
	}
	if len(got) != count {
		t.Errorf("%d packets came, want %d", len(got), count)
	}
}

// What comes for a camera that somebody watches is there at once, and not at
// the next beat.
func TestFastConnIsReadAsDataArrive(t *testing.T) {
	came := make(chan struct{}, 1)
	c, camera := pair(t, true, func([]byte) { came <- struct{}{} })
	c.channel.Store(0)
	go io.Copy(io.Discard, c)
	var took []time.Duration
	for i := range 50 {
		sent := time.Now()
		camera.Write(frame(0, rtpPacket(uint16(i))))
		<-came
		took = append(took, time.Since(sent))
	}
	slices.Sort(took)
	if median := took[len(took)/2]; median > 50*time.Millisecond {
		t.Errorf("a packet is read %v after it was sent, in the middle of the case", median)
	}
	t.Logf("read %v after it was sent, in the middle of the case", took[len(took)/2])
}

// A heartbeat goes to gortsplib however much comes in between.
func TestFastConnSendsHeartbeats(t *testing.T) {
	bothWays(t, func(t *testing.T, watched bool) {
		t.Parallel()
		c, camera := pair(t, watched, func([]byte) {})
		c.channel.Store(0)
		done := make(chan struct{})
		t.Cleanup(func() { <-done })
		go func() {
			defer close(done)
			for {
				if _, err := camera.Write(frame(0, rtpPacket(1))); err != nil {
					return
				}
				<-time.After(5 * time.Millisecond)
			}
		}()
		want := frame(0, rtpPacket(1))
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("gortsplib reads %x, %v; want a packet", got, err)
		}
		c.Close()
		camera.Close()
	})
}

func TestFastConnLeaksNothing(t *testing.T) {
	before, running := descriptors(t), runtime.NumGoroutine()
	for range 20 {
		c, camera := pair(t, true, func([]byte) {})
		c.channel.Store(0)
		c.attend()
		c.Close()
		camera.Close()
	}
	for late := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > running && time.Now().Before(late); {
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > running {
		t.Errorf("%d goroutines run, %d did", after, running)
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
