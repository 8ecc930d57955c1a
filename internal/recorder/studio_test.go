package recorder

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/auth"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph265"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtp"

	"oogmerk/internal/media"
)

// A studio is a camera of which the tests choose what it sends, and how: a
// real RTSP server.
type studio struct {
	codec     media.Codec
	secure    *tls.Config                     // nil: in the clear
	methods   []auth.VerifyMethod             // nil: anybody may look
	idle      time.Duration                   // after which it ends a session that nobody keeps alive
	elsewhere func() string                   // where it is now; "" or nil: here
	before    []*description.Media            // offered before the video
	spoil     func(n int, p *rtp.Packet) bool // reports whether packet n goes out

	t      *testing.T
	server *gortsplib.Server
	stream *gortsplib.ServerStream
	video  *description.Media
	host   string
	other  atomic.Bool // the other parameter sets, from the next key picture on

	mu     sync.Mutex
	setups []string
	opened int // connections
	open   int // of them that still are
}

// The name and password that a studio with methods asks for.
const (
	studioUser     = "admin"
	studioPassword = "een wachtwoord"
)

func (s *studio) start(t *testing.T) *studio {
	t.Helper()
	s.t = t
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.host = listener.Addr().String()
	pair := udpPair(t)
	s.server = &gortsplib.Server{Handler: s, RTSPAddress: s.host, TLSConfig: s.secure, AuthMethods: s.methods, IdleTimeout: s.idle,
		UDPRTPAddress: pair[0].LocalAddr().String(), UDPRTCPAddress: pair[1].LocalAddr().String(),
		Listen: func(string, string) (net.Listener, error) { return listener, nil },
		ListenPacket: func(string, string) (net.PacketConn, error) {
			next := pair[0]
			pair = pair[1:]
			return next, nil
		}}
	if err := s.server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.server.Close)
	reel := newReel(t, s.codec)
	s.video = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{reel.format}}
	sound := &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{&format.G711{PayloadTyp: 0, MULaw: true, SampleRate: 8000, ChannelCount: 1}}}
	s.stream = &gortsplib.ServerStream{Server: s.server, Desc: &description.Session{Medias: append(slices.Clone(s.before), s.video, sound)}}
	if err := s.stream.Initialize(); err != nil {
		t.Fatal(err)
	}
	var playing sync.WaitGroup
	stop := make(chan struct{})
	playing.Go(func() { s.play(reel, stop) })
	t.Cleanup(func() {
		close(stop)
		playing.Wait()
		s.stream.Close()
	})
	return s
}

// udpPair are two sockets next to each other, the first one's port even.
func udpPair(t *testing.T) []net.PacketConn {
	t.Helper()
	for range 100 {
		one, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if port := one.LocalAddr().(*net.UDPAddr).Port; port%2 == 0 {
			if two, err := net.ListenPacket("udp", (&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port + 1}).String()); err == nil {
				return []net.PacketConn{one, two}
			}
		}
		one.Close()
	}
	t.Fatal("no two UDP ports next to each other")
	return nil
}

// play sends pictures until stop closes.
func (s *studio) play(reel *reel, stop <-chan struct{}) {
	const interval = 40 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	packets := 0
	began := <-tick.C
	for n, due := 0, began; ; {
		for ; !began.Add(time.Duration(n) * interval).After(due); n++ { // after a busy moment, several
			for _, p := range reel.next(n, s.other.Load()) {
				if packets++; s.spoil == nil || s.spoil(packets, p) {
					_ = s.stream.WritePacketRTP(s.video, p) // closed: the test is over
				}
			}
		}
		select {
		case due = <-tick.C:
		case <-stop:
			return
		}
	}
}

func (s *studio) url() string {
	if s.secure != nil {
		return "rtsps://" + s.host + "/stream"
	}
	return "rtsp://" + s.host + "/stream"
}

// asked are the media that were asked for.
func (s *studio) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.setups)
}

func (s *studio) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

func (s *studio) OnConnOpen(*gortsplib.ServerHandlerOnConnOpenCtx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	s.open++
}

func (s *studio) OnConnClose(*gortsplib.ServerHandlerOnConnCloseCtx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

// visitors is how many connections there are now.
func (s *studio) visitors() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

func (s *studio) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if s.elsewhere != nil {
		if to := s.elsewhere(); to != "" {
			return &base.Response{StatusCode: base.StatusMovedPermanently, Header: base.Header{"Location": base.HeaderValue{to}}}, nil, nil
		}
	}
	return s.admit(ctx.Conn, ctx.Request)
}

func (s *studio) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	answer, stream, err := s.admit(ctx.Conn, ctx.Request)
	if stream != nil {
		_, track, _ := strings.Cut(ctx.Request.URL.String(), "trackID=")
		s.mu.Lock()
		s.setups = append(s.setups, ctx.Transport.Protocol.String()+" "+track)
		s.mu.Unlock()
	}
	return answer, stream, err
}

func (s *studio) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (s *studio) admit(conn *gortsplib.ServerConn, r *base.Request) (*base.Response, *gortsplib.ServerStream, error) {
	if s.methods != nil && !conn.VerifyCredentials(r, studioUser, studioPassword) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	return &base.Response{StatusCode: base.StatusOK}, s.stream, nil
}

// selfSigned is a certificate that nobody vouches for, and its fingerprint.
func selfSigned(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(der)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, hex.EncodeToString(hash[:])
}

// A reel is a second of pictures that go round.
type reel struct {
	format   format.Format
	pictures [][][]byte // NAL units of each; of MJPEG the file
	pack     func(units [][]byte) ([]*rtp.Packet, error)
	other    func(units [][]byte) [][]byte // with other parameter sets
	t        *testing.T
}

func newReel(t *testing.T, codec media.Codec) *reel {
	t.Helper()
	r := &reel{t: t, other: func(u [][]byte) [][]byte { return u }}
	var err error
	switch codec {
	case media.H264:
		r.pictures = pictures(t, "testdata/tiny.h264", func(nal []byte) bool { return nal[0]&31 == 1 || nal[0]&31 == 5 })
		f := &format.H264{PayloadTyp: 96, SPS: r.pictures[0][0], PPS: r.pictures[0][1], PacketizationMode: 1}
		e := &rtph264.Encoder{PayloadType: 96, PayloadMaxSize: 400}
		err, r.format, r.pack, r.other = e.Init(), f, e.Encode, higher
	case media.H265:
		r.pictures = pictures(t, "testdata/tiny.h265", func(nal []byte) bool { return nal[0]>>1 < 32 })
		f := &format.H265{PayloadTyp: 97, VPS: r.pictures[0][0], SPS: r.pictures[0][1], PPS: r.pictures[0][2]}
		e := &rtph265.Encoder{PayloadType: 97, PayloadMaxSize: 400}
		err, r.format, r.pack = e.Init(), f, e.Encode
	default:
		for i := range 25 {
			r.pictures = append(r.pictures, [][]byte{drawn(t, i)})
		}
		f := &format.MJPEG{}
		e, failed := f.CreateEncoder()
		err, r.format, r.pack = failed, f, func(u [][]byte) ([]*rtp.Packet, error) { return e.Encode(u[0]) }
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// next are the packets of picture n.
func (r *reel) next(n int, other bool) []*rtp.Packet {
	units := r.pictures[n%len(r.pictures)]
	if other {
		units = r.other(units)
	}
	packets, err := r.pack(units)
	if err != nil {
		r.t.Error(err)
	}
	for _, p := range packets {
		p.Timestamp = uint32(n) * media.Clock / 25
	}
	return packets
}

// higher raises the level in the parameter set: another, of the same pictures.
func higher(units [][]byte) [][]byte {
	if units[0][0]&31 != 7 {
		return units
	}
	sps := bytes.Clone(units[0])
	sps[3]++
	return append([][]byte{sps}, units[1:]...)
}

// pictures are the access units of a file of NAL units after start codes,
// which have one slice each.
func pictures(t *testing.T, file string, slice func(nal []byte) bool) (all [][][]byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var unit [][]byte
	for nal := range bytes.SplitSeq(b, []byte{0, 0, 1}) {
		if nal = bytes.TrimRight(nal, "\x00"); len(nal) == 0 {
			continue
		}
		if unit = append(unit, nal); slice(nal) {
			all, unit = append(all, unit), nil
		}
	}
	return all
}

// drawn is a photograph of a square, somewhere.
func drawn(t *testing.T, at int) []byte {
	t.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, 320, 176), image.YCbCrSubsampleRatio420)
	for y := range 60 {
		for x := range 60 {
			m.Y[m.YOffset(x+8*at, y+2*at)] = color.YCbCr{Y: 200}.Y
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
