package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/auth"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
)

// A camera is an RTSP server with one stream.
type camera struct {
	name     string
	address  string // with the port it got, once it has been on
	film     *film
	lap      int     // how many cameras before it play the same film
	share    float64 // of the cameras come before it
	username string
	password string
	asked    func(setup string)
	clock    func(now time.Time) time.Time // what it says it is

	hangs atomic.Bool
	rests atomic.Bool
	loses atomic.Int64

	mu     sync.Mutex
	server *gortsplib.Server // nil while it is off
	stream *gortsplib.ServerStream
	end    context.CancelFunc
	ended  sync.WaitGroup
}

// start turns the camera on.
func (c *camera) start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		return fmt.Errorf("couldn't start %s: it is on", c.name)
	}
	video, sound, err := c.film.describe()
	if err != nil {
		return err
	}
	server, err := c.listen()
	if err != nil {
		return fmt.Errorf("couldn't start %s: %w", c.name, err)
	}
	medias := []*description.Media{video}
	if sound != nil {
		medias = append(medias, sound)
	}
	stream := &gortsplib.ServerStream{Server: server, Desc: &description.Session{Title: c.name, Medias: medias}}
	if err := stream.Initialize(); err != nil {
		server.Close()
		return fmt.Errorf("couldn't start %s: %w", c.name, err)
	}
	c.server, c.stream = server, stream
	ctx, end := context.WithCancel(context.Background())
	c.end = end
	p := &player{camera: c, stream: stream, video: video, sound: sound}
	c.ended.Go(func() { p.play(ctx) })
	return nil
}

// stop turns the camera off, if it is on.
func (c *camera) stop() {
	c.mu.Lock()
	server, stream, end := c.server, c.stream, c.end
	c.server, c.stream = nil, nil
	c.mu.Unlock()
	if server == nil {
		return
	}
	end()
	c.ended.Wait()
	stream.Close()
	server.Close()
}

// listen starts a server on sockets that are ours already, so that nobody
// can take a port between choosing it and using it.
func (c *camera) listen() (*gortsplib.Server, error) {
	listener, err := net.Listen("tcp", c.address)
	if err != nil {
		return nil, err
	}
	rtp, rtcp, err := listenPair(listener.Addr())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if address := listener.Addr().String(); c.address != address {
		c.address = address // the port was 0
	}
	pair := []net.PacketConn{rtp, rtcp}
	server := &gortsplib.Server{
		Handler:        c,
		RTSPAddress:    c.address,
		UDPRTPAddress:  rtp.LocalAddr().String(),
		UDPRTCPAddress: rtcp.LocalAddr().String(),
		WriteQueueSize: 1024, // a key picture of 1.4 MB
		AuthMethods:    []auth.VerifyMethod{auth.VerifyMethodDigestMD5},
		Listen:         func(string, string) (net.Listener, error) { return listener, nil },
		ListenPacket: func(string, string) (net.PacketConn, error) {
			next := pair[0]
			pair = pair[1:]
			return next, nil
		},
	}
	if err := server.Start(); err != nil {
		return nil, errors.Join(err, listener.Close(), rtp.Close(), rtcp.Close())
	}
	return server, nil
}

// listenPair opens two neighbouring UDP ports, the first one even, as RTP and
// RTCP want them.
func listenPair(at net.Addr) (rtp, rtcp net.PacketConn, err error) {
	host, _, err := net.SplitHostPort(at.String())
	if err != nil {
		return nil, nil, err
	}
	for range 50 {
		rtp, err = net.ListenPacket("udp", net.JoinHostPort(host, "0"))
		if err != nil {
			return nil, nil, err
		}
		port := rtp.LocalAddr().(*net.UDPAddr).Port
		if port%2 == 0 {
			rtcp, err = net.ListenPacket("udp", net.JoinHostPort(host, strconv.Itoa(port+1)))
			if err == nil {
				return rtp, rtcp, nil
			}
		}
		if err := rtp.Close(); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, errors.New("there are no two free UDP ports next to each other")
}

// allow answers a request from outside: nil if it may go on.
func (c *camera) allow(conn *gortsplib.ServerConn, r *base.Request, path string) (*base.Response, error) {
	if c.username != "" && !conn.VerifyCredentials(r, c.username, c.password) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, liberrors.ErrServerAuth{}
	}
	if strings.Trim(path, "/") != c.name {
		return &base.Response{StatusCode: base.StatusNotFound}, nil
	}
	return nil, nil
}

// live is the stream, nil while the camera is being turned off.
func (c *camera) live() *gortsplib.ServerStream {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream
}

// OnDescribe is called by the server.
func (c *camera) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return c.answer(ctx.Conn, ctx.Request, ctx.Path)
}

// OnSetup is called by the server.
func (c *camera) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	response, stream, err := c.answer(ctx.Conn, ctx.Request, ctx.Path)
	if stream != nil {
		c.asked(c.name + " " + c.track(stream, ctx.Request))
	}
	return response, stream, err
}

// OnPlay is called by the server.
func (c *camera) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (c *camera) answer(conn *gortsplib.ServerConn, r *base.Request, path string) (*base.Response, *gortsplib.ServerStream, error) {
	if refusal, err := c.allow(conn, r, path); refusal != nil {
		return refusal, nil, err
	}
	stream := c.live()
	if stream == nil {
		return &base.Response{StatusCode: base.StatusServiceUnavailable}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, stream, nil
}

// track names the medium that a SETUP asks for.
func (c *camera) track(stream *gortsplib.ServerStream, r *base.Request) string {
	_, id, _ := strings.Cut(r.URL.String(), "trackID=")
	i, err := strconv.Atoi(id)
	if err != nil || i < 0 || i >= len(stream.Desc.Medias) {
		return r.URL.String()
	}
	return string(stream.Desc.Medias[i].Type)
}
