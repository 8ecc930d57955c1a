package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
)

const (
	senderReports = 5 * time.Second // between two
	ntpEpoch      = 2208988800      // seconds from 1900 to 1970
	rtpHeader     = 12
)

// A benchStage is cameras at their cheapest: one listener, one goroutine a
// camera, packets that were made beforehand. It speaks as little RTSP as a
// recorder needs, over TCP, and writes each packet by itself: many small pieces
// are the most work for who receives them.
type benchStage struct {
	film     *demo.Packed
	keys     []int // pictures to begin with
	count    int
	stamps   bool // each picture says when it was sent
	listener net.Listener
}

func newBenchStage(clip media.Clip, count int) (*benchStage, error) {
	film, err := demo.Pack(clip)
	if err != nil {
		return nil, err
	}
	s := &benchStage{film: film, count: count}
	for i, p := range film.Pictures {
		if p.Key {
			s.keys = append(s.keys, i)
		}
	}
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	return s, err
}

func (s *benchStage) url(i int) string { return fmt.Sprintf("rtsp://%s/%d", s.listener.Addr(), i) }

// run answers until the listener is closed.
func (s *benchStage) run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		all.Go(func() {
			defer conn.Close()
			closing := context.AfterFunc(ctx, func() { conn.Close() })
			defer closing()
			(&benchTalk{stage: s, conn: conn, in: bufio.NewReader(conn)}).run(ctx) // it ends when the other side does
		})
	}
}

// A benchTalk is one connection.
type benchTalk struct {
	stage  *benchStage
	conn   net.Conn
	in     *bufio.Reader
	plays  sync.WaitGroup
	camera int
	seq    uint16
	sent   uint32
	bytes  uint32
	frame  []byte
}

func (t *benchTalk) run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer t.plays.Wait()
	defer stop()
	for {
		first, err := t.in.Peek(4)
		if err != nil {
			return
		}
		if first[0] == '$' {
			if _, err := t.in.Discard(4 + int(binary.BigEndian.Uint16(first[2:]))); err != nil {
				return
			}
			continue
		}
		if err := t.answer(ctx); err != nil {
			return
		}
	}
}

// answer reads one request, and does what it asks.
func (t *benchTalk) answer(ctx context.Context) error {
	line, err := t.in.ReadString('\n')
	if err != nil {
		return err
	}
	method, url, _ := strings.Cut(line, " ")
	url, _, _ = strings.Cut(url, " ")
	seq := ""
	for {
		head, err := t.in.ReadString('\n')
		if err != nil {
			return err
		}
		if head = strings.TrimSpace(head); head == "" {
			break
		}
		if name, value, _ := strings.Cut(head, ":"); strings.EqualFold(name, "CSeq") {
			seq = strings.TrimSpace(value)
		}
	}
	answer := "RTSP/1.0 200 OK\r\nCSeq: " + seq + "\r\nSession: 1;timeout=60\r\n"
	switch method {
	case "OPTIONS":
		answer += "Public: DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n\r\n"
	case "DESCRIBE":
		if t.camera, err = strconv.Atoi(url[strings.LastIndexByte(url, '/')+1:]); err != nil || t.camera >= t.stage.count {
			return fmt.Errorf("there is no camera %s", url)
		}
		answer += fmt.Sprintf("Content-Base: %s/\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", url, len(t.stage.film.SDP), t.stage.film.SDP)
	case "SETUP":
		answer += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
	default:
		answer += "\r\n"
	}
	if _, err := io.WriteString(t.conn, answer); err != nil {
		return err
	}
	switch method {
	case "PLAY":
		t.plays.Go(func() { t.play(ctx) })
	case "TEARDOWN":
		return io.EOF
	}
	return nil
}

// play sends the film over and over, beginning at another key picture than
// the camera before, until the connection ends.
func (t *benchTalk) play(ctx context.Context) {
	s := t.stage
	pictures := s.film.Pictures
	step := media.Duration(s.film.Ticks / uint64(len(pictures)))
	next := s.keys[t.camera*7%len(s.keys)]
	begin, lap := pictures[next].At, uint64(0)
	// Cameras don't send at the same instant.
	began := time.Now().Add(step * time.Duration(t.camera) / time.Duration(s.count))
	timer := time.NewTimer(time.Until(began))
	defer timer.Stop()
	report := began
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		passed := time.Since(began)
		for {
			at := lap + pictures[next].At - begin
			due := media.Duration(at)
			if due > passed {
				timer.Reset(due - passed)
				break
			}
			if now := began.Add(due); now.Sub(report) >= 0 {
				report = now.Add(senderReports)
				if t.report(now, uint32(at)) != nil {
					return
				}
			}
			if t.send(&pictures[next], uint32(at)) != nil {
				return
			}
			if next++; next == len(pictures) {
				next, lap = 0, lap+s.film.Ticks
			}
		}
	}
}

// send sends one picture, a write a packet.
func (t *benchTalk) send(p *demo.PackedPicture, at uint32) error {
	for i, packet := range p.Packets {
		t.frame = append(t.frame[:0], '$', 0, byte(len(packet)>>8), byte(len(packet)))
		t.frame = append(t.frame, packet...)
		rtp := t.frame[4:]
		binary.BigEndian.PutUint16(rtp[2:], t.seq)
		binary.BigEndian.PutUint32(rtp[4:], at+uint32(p.Shift))
		binary.BigEndian.PutUint32(rtp[8:], t.source())
		t.seq++
		t.sent++
		t.bytes += uint32(len(packet) - rtpHeader)
		if t.stage.stamps && i == len(p.Packets)-1 {
			stamp(rtp, time.Now())
		}
		if _, err := t.conn.Write(t.frame); err != nil {
			return err
		}
	}
	return nil
}

func (t *benchTalk) source() uint32 { return uint32(t.camera) + 1 }

// report says what time it is (RFC 3550 §6.4.1).
func (t *benchTalk) report(now time.Time, at uint32) error {
	b := make([]byte, 32)
	copy(b, []byte{'$', 1, 0, 28, 0x80, 200, 0, 6})
	e := binary.BigEndian
	e.PutUint32(b[8:], t.source())
	e.PutUint32(b[12:], uint32(now.Unix()+ntpEpoch))
	e.PutUint32(b[16:], uint32(uint64(now.Nanosecond())<<32/1e9))
	e.PutUint32(b[20:], at)
	e.PutUint32(b[24:], t.sent)
	e.PutUint32(b[28:], t.bytes)
	_, err := t.conn.Write(b)
	return err
}
