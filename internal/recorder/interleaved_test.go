package recorder

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// testSplitter doesn't say when a packet came.
func testSplitter(packet func([]byte)) *splitter {
	return newSplitter(func(b []byte, _ time.Time) { packet(b) }, func() time.Time { return time.Time{} })
}

// frame is an interleaved frame.
func frame(channel byte, payload []byte) []byte {
	b := []byte{'$', channel, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(len(payload)))
	return append(b, payload...)
}

// rtpPacket is an RTP packet with little in it.
func rtpPacket(seq uint16) []byte {
	b := make([]byte, 12, 14)
	b[0], b[1] = 0x80, 96
	binary.BigEndian.PutUint16(b[2:], seq)
	return append(b, 1, 2)
}

// splitAll feeds stream in pieces of n bytes, as a connection does.
func splitAll(s *splitter, stream []byte, n int) (rest []byte) {
	var carry []byte
	for piece := range slices.Chunk(stream, n) {
		carry = append(carry, piece...)
		carry = carry[s.split(carry):]
	}
	return carry
}

const reply = "RTSP/1.0 200 OK\r\nCSeq: 3\r\ncontent-LENGTH : 4\r\n\r\nbody"

func TestSplitterSortsWhatComes(t *testing.T) {
	report := frame(3, []byte{0x80, 200, 0, 0})
	stream := slices.Concat(
		[]byte(reply),
		frame(2, rtpPacket(1)),
		report,
		frame(2, rtpPacket(2)),
		frame(7, []byte("nobody asked for this")),
		[]byte("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
		frame(2, rtpPacket(3)),
	)
	for n := 1; n <= len(stream); n++ {
		var got []uint16
		s := testSplitter(func(b []byte) { got = append(got, binary.BigEndian.Uint16(b[2:])) })
		s.channel.Store(2)
		if rest := splitAll(s, stream, n); len(rest) > 0 {
			t.Fatalf("%d bytes at a time: %d bytes left", n, len(rest))
		}
		if !slices.Equal(got, []uint16{1, 2, 3}) {
			t.Errorf("%d bytes at a time: packets %v, want 1 2 3", n, got)
		}
		want := reply + string(report) + "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"
		if s.control.String() != want {
			t.Errorf("%d bytes at a time: gortsplib gets %q, want %q", n, s.control.String(), want)
		}
	}
}

func TestSplitterLeavesAllToGortsplibBeforeSetup(t *testing.T) {
	stream := slices.Concat([]byte(reply), frame(0, rtpPacket(1)))
	s := testSplitter(func([]byte) { t.Error("a packet before SETUP said which is the video's channel") })
	splitAll(s, stream, len(stream))
	if !bytes.Equal(s.control.Bytes(), stream) {
		t.Errorf("gortsplib gets %q, want %q", s.control.Bytes(), stream)
	}
}

func TestSplitterShowsThatTheCameraLives(t *testing.T) {
	s := testSplitter(func([]byte) {})
	s.channel.Store(0)
	s.heartbeat = true
	splitAll(s, slices.Concat(frame(0, rtpPacket(8)), frame(0, rtpPacket(9))), 1000)
	if want := frame(0, rtpPacket(8)); !bytes.Equal(s.control.Bytes(), want) {
		t.Errorf("gortsplib gets %x, want the first packet alone, %x", s.control.Bytes(), want)
	}
}

func TestSplitterPassesOverGarbage(t *testing.T) {
	for _, garbage := range []string{"\x00\xff\r\n\r\n", "RTSQ/1.0 what?\r\n\r\n", "PLAYING",
		"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", "RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n"} {
		var got int
		s := testSplitter(func([]byte) { got++ })
		s.channel.Store(0)
		stream := slices.Concat(frame(0, rtpPacket(1)), []byte(garbage), frame(0, rtpPacket(2)))
		if rest := splitAll(s, stream, 7); len(rest) > 0 || got != 2 || s.control.Len() > 0 {
			t.Errorf("after %q: %d packets, %d bytes left, gortsplib gets %q", garbage, got, len(rest), s.control.String())
		}
		if n := s.garbage.Load(); n != uint64(len(garbage)) {
			t.Errorf("after %q: %d bytes of garbage, want %d", garbage, n, len(garbage))
		}
	}
}

func TestSplitterBelievesNoEndlessMessage(t *testing.T) {
	var got int
	s := testSplitter(func([]byte) { got++ })
	s.channel.Store(0)
	stream := slices.Concat([]byte("RTSP/1.0 200 OK\r\n"+strings.Repeat("x", maxHead)), frame(0, rtpPacket(1)))
	if rest := splitAll(s, stream, 4096); len(rest) > 0 || got != 1 {
		t.Errorf("%d packets and %d bytes left, want 1 and none", got, len(rest))
	}
}

func TestReceiverReportsSayWhatReallyCame(t *testing.T) {
	s := testSplitter(func([]byte) {})
	s.channel.Store(0)
	for _, seq := range []uint16{65534, 65535, 0, 1} {
		s.split(frame(0, rtpPacket(seq)))
	}
	report := make([]byte, 32)
	report[0], report[1], report[3] = 0x81, 201, 7
	for i := 8; i < 20; i++ {
		report[i] = 0xee
	}
	sent := frame(1, report)
	before := bytes.Clone(sent)
	got := s.corrected(sent)
	if !bytes.Equal(sent, before) {
		t.Error("corrected changed what it was given")
	}
	block := got[12:]
	if lost := binary.BigEndian.Uint32(block[4:]); lost != 0 {
		t.Errorf("the report says %#x of loss, want 0", lost)
	}
	if highest := binary.BigEndian.Uint32(block[8:]); highest != 1<<16|1 {
		t.Errorf("the report says the highest packet is %#x, want 0x10001", highest)
	}
	for _, other := range []string{"", "$", "OPTIONS rtsp://camera/ RTSP/1.0\r\nCSeq: 1\r\nX: 12345678901234567890\r\n\r\n"} {
		if got := string(s.corrected([]byte(other))); got != other {
			t.Errorf("corrected(%q) = %q", other, got)
		}
	}
}

// FuzzSplitter checks that nothing is lost or made up, in whatever pieces it
// comes, and that what is left over stays small.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte(reply), 3)
	f.Add(slices.Concat([]byte("x"), frame(0, rtpPacket(1)), []byte(reply), frame(1, rtpPacket(2))), 5)
	f.Add([]byte("$\x00\xff\xff"), 1)
	f.Add([]byte("RTSP/1.0 200 OK\r\nContent-Length: 131073\r\n\r\n"), 9)
	f.Fuzz(func(t *testing.T, stream []byte, n int) {
		whole, pieces := collect(stream, len(stream)), collect(stream, n)
		if whole != pieces {
			t.Errorf("as a whole %s; in pieces of %d %s", whole, n, pieces)
		}
	})
}

func collect(stream []byte, n int) string {
	var out strings.Builder
	size := 0
	s := testSplitter(func(b []byte) { fmt.Fprintf(&out, "%x ", b); size += 4 + len(b) })
	s.channel.Store(0)
	rest := splitAll(s, stream, max(n, 1))
	size += s.control.Len() + int(s.garbage.Load()) + len(rest)
	fmt.Fprintf(&out, "| %x | %x", s.control.Bytes(), rest)
	if len(rest) > carrySize {
		fmt.Fprint(&out, "too much is left")
	}
	if size != len(stream) {
		fmt.Fprintf(&out, "%d of %d bytes", size, len(stream))
	}
	return out.String()
}
