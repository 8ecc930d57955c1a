package recorder

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"
)

// The longest RTSP message that is believed to be one, in bytes. What claims
// to be longer is garbage.
const (
	maxHead   = 64 << 10
	maxBody   = 128 << 10
	carrySize = maxHead + maxBody // more is never left over
)

// A splitter takes apart what comes over an RTSP connection: packets of the
// video go straight to where they are needed, the rest (RTSP texts, RTCP, and
// now and then a packet, so that gortsplib sees that the camera lives) waits
// in control. Garbage is skipped and counted.
type splitter struct {
	packet  func([]byte, time.Time) // gets each RTP packet and when it came; the bytes are valid during the call
	now     func() time.Time
	came    time.Time    // when what is being split came
	control bytes.Buffer // for gortsplib

	channel   atomic.Int32  // of the video's RTP; -1 before SETUP
	garbage   atomic.Uint64 // bytes that were neither frame nor text
	highest   atomic.Uint32 // sequence number of the last packet, with its cycles
	last      uint32        // what highest will be
	heartbeat bool          // the next packet goes to gortsplib too
}

func newSplitter(packet func([]byte, time.Time), now func() time.Time) *splitter {
	s := &splitter{packet: packet, now: now}
	s.channel.Store(-1)
	return s
}

// split handles every whole message in b and returns how many bytes those
// took. The rest must come again, with more after it.
func (s *splitter) split(b []byte) int {
	s.came = s.now()
	defer func() { s.highest.Store(s.last) }() // at each packet it would be a tenth of what that costs
	used := 0
	for used < len(b) {
		n := s.next(b[used:])
		if n == 0 {
			break
		}
		used += n
	}
	return used
}

// next handles what b begins with and returns its length, or 0 if b holds
// only a part of it.
func (s *splitter) next(b []byte) int {
	if b[0] == '$' {
		return s.frame(b)
	}
	n := textLength(b)
	if n < 0 {
		s.garbage.Add(1)
		return 1
	}
	s.control.Write(b[:n])
	return n
}

// frame handles an interleaved frame: '$', channel, length in two bytes.
func (s *splitter) frame(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	n := 4 + int(binary.BigEndian.Uint16(b[2:]))
	if len(b) < n {
		return 0
	}
	video := s.channel.Load()
	switch int32(b[1]) {
	case video:
		s.video(b[:n])
	case video + 1: // RTCP
		s.control.Write(b[:n])
	default:
		if video >= 0 {
			s.garbage.Add(uint64(n)) // nobody asked for it
		} else {
			s.control.Write(b[:n])
		}
	}
	return n
}

func (s *splitter) video(frame []byte) {
	if len(frame) >= 8 {
		s.count(binary.BigEndian.Uint16(frame[6:]))
	}
	if s.heartbeat {
		s.heartbeat = false
		s.control.Write(frame)
	}
	s.packet(frame[4:], s.came)
}

// count extends seq with how often the sequence numbers began anew.
func (s *splitter) count(seq uint16) {
	last := s.last
	if seq < uint16(last) && uint16(last)-seq > 1<<15 {
		last += 1 << 16
	}
	s.last = last&^0xffff | uint32(seq)
}

// corrected returns p as it must go to the camera. gortsplib sees only the
// heartbeats, so its receiver reports would say that nearly everything is
// lost, and there are cameras that lower their quality for that. Over TCP
// nothing is lost.
func (s *splitter) corrected(p []byte) []byte {
	const receiverReport, head, block = 201, 4 + 8, 24
	if len(p) < head+block || p[0] != '$' || p[5] != receiverReport || p[4]&31 == 0 {
		return p
	}
	out := bytes.Clone(p)
	clear(out[head+4 : head+8]) // fraction and number lost
	binary.BigEndian.PutUint32(out[head+8:], s.highest.Load())
	return out
}

// starts is what an RTSP message can begin with.
var starts = [...]string{"RTSP/", "OPTIONS ", "ANNOUNCE ", "DESCRIBE ", "GET_PARAMETER ", "PAUSE ",
	"PLAY ", "RECORD ", "REDIRECT ", "SETUP ", "SET_PARAMETER ", "TEARDOWN "}

// textLength returns the length of the RTSP message that b begins with, 0 if
// there must come more to know, or -1 if b begins with none.
func textLength(b []byte) int {
	if !startsText(b) {
		return -1
	}
	head := bytes.Index(b[:min(len(b), maxHead)], []byte("\r\n\r\n"))
	if head < 0 {
		if len(b) >= maxHead {
			return -1
		}
		return 0
	}
	body := bodyLength(b[:head])
	if body < 0 || body > maxBody {
		return -1
	}
	if n := head + 4 + body; n <= len(b) {
		return n
	}
	return 0
}

// startsText reports whether b is, or may become, the start of a message.
func startsText(b []byte) bool {
	for _, s := range starts {
		n := min(len(s), len(b))
		if string(b[:n]) == s[:n] {
			return true
		}
	}
	return false
}

// bodyLength is what the header says of the body's length, or -1 if that
// makes no sense.
func bodyLength(head []byte) int {
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(bytes.TrimSpace(name), []byte("content-length")) {
			n, err := strconv.Atoi(string(bytes.TrimSpace(value)))
			if err != nil {
				return -1
			}
			return n
		}
	}
	return 0
}

// interleaved is the channel over which the camera will send the video.
func interleaved(answer *base.Response) (int32, error) {
	var t headers.Transport
	if err := t.Unmarshal(answer.Header["Transport"]); err != nil {
		return 0, fmt.Errorf("couldn't read over which channel the video comes: %w", err)
	}
	if t.InterleavedIDs == nil {
		return 0, errors.New("couldn't read over which channel the video comes: the camera says none")
	}
	return int32(t.InterleavedIDs[0]), nil
}
