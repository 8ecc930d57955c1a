package viewing_test

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/demo"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// live is a school with a camera that is being recorded.
func live(t *testing.T) (*school, premises.CameraID, *demo.Cameras) {
	t.Helper()
	s := found(t, dbtest.SQLite(t), time.Now)
	cameras, err := demo.StartCamerasFrom(s.clip(), 1, "127.0.0.1:0")
	must(t, err)
	t.Cleanup(cameras.Close)
	s.run(s.recorder.Run)
	s.run(func(ctx context.Context) error { return s.room.Run(ctx, 50*time.Millisecond) })
	return s, s.place(cameras.URL(0)), cameras
}

// watch waits until the recorder knows the camera.
func (s *school) watch(camera premises.CameraID) *viewing.Live {
	s.t.Helper()
	var l *viewing.Live
	s.eventually("the camera can be watched", func() bool {
		var err error
		l, err = s.room.Watch(s.t.Context(), s.who(), camera, "veiligheid")
		var refusal *gate.Refusal
		if errors.As(err, &refusal) {
			s.t.Fatal(err)
		}
		return err == nil
	})
	return l
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestWatch(t *testing.T) {
	s, camera, _ := live(t)
	l := s.watch(camera)
	ctx := within(t, 10*time.Second)
	init, _, err := l.Next(ctx, nil)
	must(t, err)
	if string(init[4:8]) != "ftyp" || l.Codec() != s.clip().Config.String() {
		t.Fatalf("the first message is %q, codec %q", init[4:8], l.Codec())
	}
	var last uint64
	for i := range 60 {
		b, _, err := l.Next(ctx, nil)
		must(t, err)
		// moof: mfhd 16, traf: tfhd 16, then tfdt with its time after 12 bytes.
		at := binary.BigEndian.Uint64(b[8+16+8+16+12:])
		if string(b[4:8]) != "moof" || i == 0 && at != 0 || i > 0 && at <= last {
			t.Fatalf("message %d is %q at %d after %d", i, b[4:8], at, last)
		}
		last = at
	}
	must(t, l.Close(ctx))
	must(t, l.Close(ctx))
	if _, _, err := l.Next(ctx, nil); err == nil {
		t.Error("pictures come after the end")
	}
	result, said := s.outcome(regulation.Watch)
	if result != "gedaan" || said["via"] != "mse" || said["beelden"].(float64) != 60 || said["seconden"].(float64) < 2.3 {
		t.Errorf("the logbook says %s %v", result, said)
	}
}

// Who is no longer appointed sees nothing more.
func TestWatchStops(t *testing.T) {
	s, camera, _ := live(t)
	l := s.watch(camera)
	ctx := within(t, 10*time.Second)
	for range 5 {
		_, _, err := l.Next(ctx, nil)
		must(t, err)
	}
	all, err := s.people.Appointments(ctx, s.who().Who().ID, s.now())
	must(t, err)
	must(t, s.people.Withdraw(ctx, s.byManager(), all[0].ID))
	var refusal *gate.Refusal
	if _, _, err := l.Next(ctx, nil); !errors.As(err, &refusal) {
		t.Errorf("the picture goes on: %v", err)
	}
	must(t, l.Close(ctx))
	if result, _ := s.outcome(regulation.Watch); result != "beëindigd" {
		t.Errorf("the logbook says %s", result)
	}
	if _, err := s.room.Watch(ctx, s.who(), camera, "veiligheid"); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Live kijken" {
		t.Errorf("%v, want the article on watching live", err)
	}
}

// When the program stops, so does whoever waits for a picture.
func TestWatchEndsWithTheRoom(t *testing.T) {
	s, camera, cameras := live(t)
	l := s.watch(camera)
	ctx := within(t, 10*time.Second)
	_, _, err := l.Next(ctx, nil)
	must(t, err)
	cameras.Hang(0, true)
	waiting := make(chan error)
	go func() {
		for {
			if _, _, err := l.Next(ctx, nil); err != nil {
				waiting <- err
				return
			}
		}
	}()
	must(t, s.room.Run(cancelled(t), time.Hour))
	if err := <-waiting; errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waits for ever: %v", err)
	}
	if result, _ := s.outcome(regulation.Watch); result != "gedaan" {
		t.Errorf("the logbook says %s", result)
	}
}

func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// A browser is a peer that counts what it receives.
type browser struct {
	peer    *webrtc.PeerConnection
	packets chan []byte   // payloads
	gone    chan struct{} // closed when the other side hung up
}

func dial(t *testing.T, ctx context.Context, l *viewing.Live) *browser {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	t.Cleanup(func() { peer.Close() })
	b := &browser{peer: peer, packets: make(chan []byte, 10000), gone: make(chan struct{})}
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			b.packets <- p.Payload
		}
	})
	gone := sync.OnceFunc(func() { close(b.gone) })
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateClosed || state == webrtc.PeerConnectionStateDisconnected {
			gone()
		}
	})
	_, err = peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	must(t, err)
	gathered := webrtc.GatheringCompletePromise(peer)
	offer, err := peer.CreateOffer(nil)
	must(t, err)
	must(t, peer.SetLocalDescription(offer))
	<-gathered
	answer, err := l.Answer(ctx, peer.LocalDescription().SDP)
	must(t, err)
	must(t, peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	return b
}

// watch takes n packets, and checks that they are small and that the first
// has the parameter sets.
func (b *browser) watch(t *testing.T, ctx context.Context, n int) {
	t.Helper()
	for i := range n {
		select {
		case p := <-b.packets:
			if len(p) == 0 {
				continue // padding
			}
			if len(p) > 1188 {
				t.Errorf("packet %d has %d bytes", i, len(p))
			}
			if i == 0 && p[0]&31 != 24 && p[0]&31 != 7 { // STAP-A, RFC 6184 §5.7.1
				t.Errorf("the first packet has NAL type %d, want parameter sets", p[0]&31)
			}
		case <-ctx.Done():
			t.Fatalf("after %d packets: %v", i, ctx.Err())
		}
	}
}

func TestAnswer(t *testing.T) {
	s, camera, _ := live(t)
	l := s.watch(camera)
	ctx := within(t, 20*time.Second)
	if _, err := l.Answer(ctx, "v=0"); err == nil {
		t.Error("nonsense was answered")
	}
	b := dial(t, ctx, l)
	if _, err := l.Answer(ctx, b.peer.LocalDescription().SDP); err == nil {
		t.Error("answered twice")
	}
	b.watch(t, ctx, 120)

	// The browser goes: we stop by ourselves.
	left := time.Now()
	must(t, b.peer.Close())
	s.eventually("the outcome is written", func() bool { result, _ := s.outcome(regulation.Watch); return result == "gedaan" })
	t.Logf("stopped %v after the peer left", time.Since(left).Round(time.Millisecond))
	if _, said := s.outcome(regulation.Watch); said["via"] != "whep" || said["beelden"].(float64) < 20 {
		t.Errorf("the logbook says %v", said)
	}
}

func TestAnswerStops(t *testing.T) {
	s, camera, _ := live(t)
	l := s.watch(camera)
	ctx := within(t, 20*time.Second)
	b := dial(t, ctx, l)
	b.watch(t, ctx, 100)
	left := time.Now()
	must(t, s.people.Leave(ctx, s.token, s.who().Who().ID))
	select {
	case <-b.gone:
		if took := time.Since(left); took > time.Second {
			t.Errorf("the picture went on for %v", took)
		} else {
			t.Logf("stopped after %v", took.Round(time.Millisecond))
		}
	case <-ctx.Done():
		t.Fatal("the picture goes on")
	}
	s.eventually("the outcome is written", func() bool { result, _ := s.outcome(regulation.Watch); return result == "beëindigd" })
}
