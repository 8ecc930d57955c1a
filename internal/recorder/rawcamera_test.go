package recorder

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
)

// A rawCamera speaks just enough RTSP, and misbehaves as the test likes.
type rawCamera struct {
	listener net.Listener
	answer   func(*base.Request) *base.Response // nil, or nil answer: the usual
	play     func(net.Conn, <-chan struct{})    // sends until the channel closes

	mu       sync.Mutex
	requests []string
	conns    int // connections that were made
	last     net.Conn
}

const offer = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" +
	"m=audio 0 RTP/AVP 0\r\na=control:sound\r\n" +
	"m=video 0 RTP/AVP 96\r\na=control:video\r\na=rtpmap:96 H264/90000\r\n" +
	"a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z2QAFqyyAUBf8sIAAAMAAgAAAwAoHixckA==,aOvMsiw=\r\n"

func startRaw(t *testing.T) *rawCamera {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &rawCamera{listener: l, play: func(conn net.Conn, stop <-chan struct{}) { newShots(conn).shoot(stop) }}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.mu.Lock()
			c.conns++
			c.last = conn
			c.mu.Unlock()
			all.Go(func() { c.serve(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		c.cutOff()
		all.Wait()
	})
	return c
}

func (c *rawCamera) url() string { return "rtsp://" + c.listener.Addr().String() + "/stream" }

// cutOff breaks the last connection.
func (c *rawCamera) cutOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != nil {
		c.last.Close()
	}
}

func (c *rawCamera) connections() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conns
}

// asked returns the requests of a method.
func (c *rawCamera) asked(method string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, r := range c.requests {
		if strings.HasPrefix(r, method+" ") {
			out = append(out, r)
		}
	}
	return out
}

func (c *rawCamera) serve(conn net.Conn) {
	stop := make(chan struct{})
	var playing sync.WaitGroup
	defer playing.Wait()
	defer conn.Close()
	defer close(stop)
	in := bufio.NewReader(conn)
	for {
		if b, err := in.Peek(1); err == nil && b[0] == '$' { // a receiver report
			var f base.InterleavedFrame
			if f.Unmarshal(in) != nil {
				return
			}
			continue
		}
		var req base.Request
		if req.Unmarshal(in) != nil {
			return
		}
		c.mu.Lock()
		c.requests = append(c.requests, fmt.Sprint(req.Method, " ", req.URL))
		c.mu.Unlock()
		res := c.reply(&req)
		res.Header["CSeq"] = req.Header["CSeq"]
		b, err := res.Marshal()
		if err != nil {
			return
		}
		if _, err := conn.Write(b); err != nil || req.Method == base.Teardown {
			return
		}
		if req.Method == base.Play && res.StatusCode == base.StatusOK {
			playing.Go(func() { c.play(conn, stop) })
		}
	}
}

func (c *rawCamera) reply(req *base.Request) *base.Response {
	if c.answer != nil {
		if res := c.answer(req); res != nil {
			return res
		}
	}
	h := base.Header{}
	res := &base.Response{StatusCode: base.StatusOK, Header: h}
	switch req.Method {
	case base.Options:
		h["Public"] = base.HeaderValue{"DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"}
	case base.Describe:
		h["Content-Type"] = base.HeaderValue{"application/sdp"}
		res.Body = []byte(offer)
	case base.Setup:
		h["Session"] = base.HeaderValue{"12345678;timeout=60"}
		h["Transport"] = base.HeaderValue{"RTP/AVP/TCP;unicast;interleaved=0-1"}
	}
	return res
}

// shots is a stream of pictures that no decoder ever sees.
type shots struct {
	conn     net.Conn
	seq      uint16
	time     uint32
	n        int
	interval time.Duration
	gop      int
	padding  int // bytes of each picture
	sps, pps []byte
}

func newShots(conn net.Conn) *shots {
	sps, _ := hex.DecodeString("67640016acb201405ff2c2000003000200000300281e2c5c90")
	pps, _ := hex.DecodeString("68ebccb22c")
	return &shots{conn: conn, seq: 65000, time: 4294900000, interval: 20 * time.Millisecond, gop: 10, padding: 1000, sps: sps, pps: pps}
}

// shoot sends pictures until stop closes or the connection breaks, each
// followed by more if there is any.
func (s *shots) shoot(stop <-chan struct{}, more ...func()) {
	tick := time.NewTicker(s.interval)
	defer tick.Stop()
	began := <-tick.C
	for due := began; ; {
		for ; !began.After(due); began = began.Add(s.interval) { // after a busy moment, several
			if !s.picture() {
				return
			}
			for _, send := range more {
				send()
			}
		}
		select {
		case due = <-tick.C:
		case <-stop:
			return
		}
	}
}

// picture sends one picture.
func (s *shots) picture() bool {
	kind := byte(0x41)
	ok := true
	if s.n%s.gop == 0 {
		kind = 0x65
		ok = s.packet(s.sps, false) && s.packet(s.pps, false)
	}
	nal := make([]byte, 3+s.padding)
	nal[0], nal[1], nal[2] = kind, 0x88, byte(s.n)
	for i := 3; i < len(nal); i++ {
		nal[i] = 0xaa
	}
	ok = ok && s.packet(nal, true)
	s.n++
	s.time += uint32(s.interval.Microseconds() * 9 / 100)
	return ok
}

func (s *shots) packet(payload []byte, marker bool) bool {
	b := make([]byte, 12, 12+len(payload))
	b[0], b[1] = 0x80, 96
	if marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], s.seq)
	binary.BigEndian.PutUint32(b[4:], s.time)
	s.seq++
	_, err := s.conn.Write(frame(0, append(b, payload...)))
	return err == nil
}
