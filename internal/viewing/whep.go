package viewing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"
	sample "github.com/pion/webrtc/v4/pkg/media"

	"oogmerk/internal/media"
)

const (
	pictureWithin = 10 * time.Second // an answer needs a first picture: it says which H.264
	connectWithin = 15 * time.Second
	// A peer that says goodbye is gone at once; one that falls silent after
	// this long.
	goneAfter = 2 * time.Second
	pingEvery = 300 * time.Millisecond
	// What is further behind is sent as fast as it goes: the GOP in hand at
	// the beginning. Its pictures last next to nothing, so that the browser
	// catches up with live instead of staying behind.
	behind   = 300 * time.Millisecond
	nextToNo = time.Millisecond
)

// A sender sends a Live's pictures to one peer.
type sender struct {
	peer      *webrtc.PeerConnection
	track     *webrtc.TrackLocalStaticSample
	connected chan struct{}
	ctx       context.Context // ends when the peer goes
	stop      context.CancelFunc
	done      chan struct{} // closed when nothing is sent any more
}

// Answer starts sending the same pictures by WebRTC instead (WHEP): it takes
// the browser's offer and returns our answer, and sends until the permit ends
// or the peer goes. Then it closes l by itself.
func (l *Live) Answer(ctx context.Context, offer string) (answer string, err error) {
	first, err := l.first(ctx)
	if err != nil {
		return "", err
	}
	l.closing.Lock()
	defer l.closing.Unlock()
	if l.debt != nil {
		return "", ErrOver
	}
	if l.sender != nil {
		return "", errors.New("couldn't answer the offer: another was answered already")
	}
	f, err := choose(offer, *first.Config)
	if err != nil {
		return "", err
	}
	s, err := newSender(ctx, f)
	if err != nil {
		return "", fmt.Errorf("couldn't answer the offer: %w", err)
	}
	answer, err = s.negotiate(ctx, offer)
	if err != nil {
		s.stop()
		return "", errors.Join(fmt.Errorf("couldn't answer the offer: %w", err), s.peer.Close())
	}
	l.sender = s
	go l.send(s)
	return answer, nil
}

// first waits for the first picture, and leaves it to be sent.
func (l *Live) first(ctx context.Context) (media.AccessUnit, error) {
	ctx, cancel := context.WithTimeout(ctx, pictureWithin)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	au, err := l.picture(ctx)
	if err != nil {
		return media.AccessUnit{}, err
	}
	if au.Config == nil {
		return media.AccessUnit{}, errors.New("couldn't answer the offer: pictures are under way already")
	}
	l.pending, l.stream.config = &au, au.Config
	return au, nil
}

// newSender makes our side of a connection: pictures out, nothing in, and no
// address but this machine's own.
func newSender(ctx context.Context, f format) (*sender, error) {
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeH264, ClockRate: media.Clock, SDPFmtpLine: f.parameters(),
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}}}
	var engine webrtc.MediaEngine
	err := engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: codec, PayloadType: webrtc.PayloadType(f.payload)},
		webrtc.RTPCodecTypeVideo)
	if err != nil {
		return nil, err
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICETimeouts(goneAfter, goneAfter, pingEvery)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithSettingEngine(settings))
	peer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	s := &sender{peer: peer, connected: make(chan struct{}), done: make(chan struct{})}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	// Its packets are at most 1200 bytes: 1188 of picture.
	if s.track, err = webrtc.NewTrackLocalStaticSample(codec, "beeld", "camera"); err != nil {
		return nil, errors.Join(err, peer.Close())
	}
	out, err := peer.AddTrack(s.track)
	if err != nil {
		return nil, errors.Join(err, peer.Close())
	}
	go func() { // what the browser reports back is read, or it would stop working
		b := make([]byte, 1500)
		for err := error(nil); err == nil; {
			_, _, err = out.Read(b)
		}
	}()
	peer.OnConnectionStateChange(s.changed)
	return s, nil
}

// changed is told how the connection is doing. It is never told twice at the
// same time.
func (s *sender) changed(state webrtc.PeerConnectionState) {
	switch state {
	case webrtc.PeerConnectionStateConnected:
		select {
		case <-s.connected:
		default:
			close(s.connected)
		}
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		s.stop()
	}
}

func (s *sender) negotiate(ctx context.Context, offer string) (string, error) {
	err := s.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer})
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(s.peer)
	answer, err := s.peer.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	if err := s.peer.SetLocalDescription(answer); err != nil {
		return "", err
	}
	select {
	case <-gathered:
		return s.peer.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// send sends until the permit ends or the peer goes, and then closes l. What
// can't be written then is written by [Room.Run].
func (l *Live) send(s *sender) {
	if s.await(l.permit.Done()) {
		for l.sendOne(s) == nil {
		}
	}
	s.stop()
	_ = s.peer.Close() // nothing is kept by it
	close(s.done)
	l.room.report(l.Close(s.ctx))
}

// await reports whether the peer connected in time.
func (s *sender) await(revoked <-chan struct{}) bool {
	late := time.NewTimer(connectWithin)
	defer late.Stop()
	select {
	case <-s.connected:
		return true
	case <-revoked:
	case <-late.C:
	case <-s.ctx.Done():
	}
	return false
}

func (l *Live) sendOne(s *sender) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	au, err := l.picture(s.ctx)
	if err != nil {
		return err
	}
	_, ticks := l.stream.time(&au)
	duration := media.Duration(uint64(ticks))
	if l.room.now().Sub(au.Time) > behind {
		duration = nextToNo
	}
	return s.track.WriteSample(sample.Sample{Data: annexB(&au), Duration: duration})
}
