package recorder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtp"

	"oogmerk/internal/premises"
)

const (
	answerTime = 5 * time.Second  // for a camera to connect, and to answer
	dialTime   = 15 * time.Second // for all questions together
	agent      = "oogmerk"
	maxPacket  = 64 << 10 // bytes of an RTP packet

	// A camera that moved may say where to (RTSP 3xx), and that one again.
	maxRedirects = 5
)

// A failure is why there is no connection (any more).
type failure struct {
	cause string // for the gap
	err   error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// errSilent is why a connection ends over which nothing comes any more.
var errSilent = &failure{causeNoPicture, errors.New("the camera sends nothing any more")}

// errBlind is why a connection ends over which no picture comes any more.
var errBlind = &failure{causeNoPicture, errors.New("the camera sends no picture any more")}

// errSentAway is why there is no connection when cameras send us in a circle.
var errSentAway = &failure{causeUnreachable, errors.New("the camera sends us elsewhere, and that elsewhere again; give the address where it ends")}

// A line is a connection over which a camera sends its video, and nothing
// else: of all that it offers, one medium is asked for.
type line struct {
	client *gortsplib.Client
	split  *splitter // takes the packets past gortsplib; nil if that can't be
	intake *intake
	clock  *comparison
	ended  chan error // gets why, once
}

// A rhythm says when a connection is read, once the video is set up.
type rhythm struct {
	beat func(step time.Duration) time.Duration // how long to wait if nothing hurries, in steps that all cameras keep to
	hub  *hub                                   // who looks on wants to see what comes as it comes
}

// A dialer makes lines.
type dialer struct {
	rhythm   rhythm
	buffers  *sync.Pool
	bell     *bell
	ordinary bool                                                   // leave the packets to gortsplib, too
	samples  int                                                    // that must agree on what time it is
	control  func(network, address string, _ syscall.RawConn) error // may refuse an address, of an ordinary connection
}

// dial connects to camera and has it send video to in.
func (d dialer) dial(ctx context.Context, camera premises.Camera, in *intake) (*line, error) {
	l, err := d.reach(ctx, camera, in, (*line).play)
	if err != nil {
		return nil, err
	}
	go func() { l.ended <- judge(l.client.Wait()) }()
	return l, nil
}

// reach connects to camera and asks it something.
func (d dialer) reach(ctx context.Context, camera premises.Camera, in *intake, ask func(*line, *base.URL) error) (*line, error) {
	u, udp, err := address(camera)
	if err != nil {
		return nil, &failure{causeUnreachable, err}
	}
	ctx, done := context.WithTimeout(ctx, dialTime)
	defer done()
	l := &line{intake: in, clock: &comparison{need: d.samples}, ended: make(chan error, 1), client: d.client(u, udp)}
	// A camera may send us elsewhere, so there may be more connections than one.
	times := 0
	l.client.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		l.split = nil
		if times++; times > maxRedirects+1 {
			return nil, errSentAway
		}
		l.client.TLSConfig = trusting(address, camera.Trust)
		if !canBeFast || d.ordinary || udp || l.client.Scheme != "rtsp" {
			return (&net.Dialer{Control: d.control}).DialContext(ctx, network, address)
		}
		l.split = newSplitter(in.packet, in.now)
		return d.dialFast(ctx, address, l.split)
	}
	if err := l.client.Start(); err != nil {
		return nil, &failure{causeUnreachable, err}
	}
	stop := context.AfterFunc(ctx, l.client.Close)
	err = ask(l, u)
	if !stop() || err != nil {
		l.client.Close()
		return nil, judge(cmp.Or(err, ctx.Err()))
	}
	return l, nil
}

func (d dialer) client(u *base.URL, udp bool) *gortsplib.Client {
	protocol := gortsplib.ProtocolTCP
	if udp {
		protocol = gortsplib.ProtocolUDP
	}
	return &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &protocol, UserAgent: agent,
		ReadTimeout: answerTime, WriteTimeout: answerTime,
		OnPacketsLost: func(uint64) {}, OnDecodeError: func(error) {}, OnTransportSwitch: func(error) {}} // the depacketizer counts
}

// address is where camera is, with its credentials, which are in no text
// anyone sees. "#udp" behind the address asks for video over UDP.
func address(camera premises.Camera) (u *base.URL, udp bool, err error) {
	plain, err := url.Parse(camera.URL)
	if err != nil || plain.Host == "" {
		return nil, false, errors.New("couldn't understand the camera's address; write rtsp://host:port/path")
	}
	udp = plain.Fragment == "udp"
	plain.Fragment, plain.User = "", nil
	u, err = base.ParseURL(plain.String())
	if err != nil {
		return nil, false, errors.New("couldn't understand the camera's address; write rtsp://host:port/path")
	}
	if camera.Username != "" {
		u.User = url.UserPassword(camera.Username, camera.Password)
	}
	return u, udp, nil
}

// play asks what there is, and has the video sent.
func (l *line) play(u *base.URL) error {
	offer, _, err := l.client.Describe(u)
	if err != nil {
		return fmt.Errorf("couldn't learn what the camera has: %w", err)
	}
	video, err := find(offer)
	if err != nil {
		return err
	}
	l.intake.begin(video.codec, video.kind, video.config)
	answer, err := l.client.Setup(offer.BaseURL, video.medium, 0, 0)
	if err != nil {
		return fmt.Errorf("couldn't set up the video: %w", err)
	}
	if err := l.listen(answer, video); err != nil {
		return err
	}
	if _, err := l.client.Play(nil); err != nil {
		return fmt.Errorf("couldn't start the video: %w", err)
	}
	return nil
}

// listen connects the packets of video to the intake.
func (l *line) listen(answer *base.Response, video *choice) error {
	if l.split != nil {
		channel, err := interleaved(answer)
		if err != nil {
			return err
		}
		l.split.channel.Store(channel)
		l.client.OnPacketRTP(video.medium, video.format, func(p *rtp.Packet) { l.compare(video.medium, p) })
		return nil
	}
	buffer := make([]byte, maxPacket)
	l.client.OnPacketRTP(video.medium, video.format, func(p *rtp.Packet) {
		if n, err := p.MarshalTo(buffer); err == nil {
			l.intake.packet(buffer[:n], l.intake.now())
		}
		l.compare(video.medium, p)
	})
	return nil
}

// garbage is how many bytes came that were nothing.
func (l *line) garbage() uint64 {
	if l.split == nil {
		return 0
	}
	return l.split.garbage.Load()
}

// hangUp ends the connection, and with it the goroutine that reads it.
func (l *line) hangUp() { l.client.Close() }

// judge says what err means for the footage.
func judge(err error) error {
	var known *failure
	if err == nil || errors.As(err, &known) {
		return err
	}
	var status liberrors.ErrClientBadStatusCode
	var login liberrors.ErrClientAuthSetup
	var tcp liberrors.ErrClientTCPTimeout
	var udp liberrors.ErrClientUDPTimeout
	switch {
	case errors.As(err, &tcp) || errors.As(err, &udp):
		return errSilent
	case errors.As(err, &status) && (status.Code == base.StatusUnauthorized || status.Code == base.StatusForbidden):
		return &failure{causeLogin, errors.New("the camera refuses our name and password; correct them")}
	case errors.As(err, &login):
		return &failure{causeLogin, err}
	case errors.As(err, &status):
		return &failure{causeNoPicture, err}
	}
	return &failure{causeUnreachable, err}
}
