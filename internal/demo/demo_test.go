package demo

import (
	"bytes"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"oogmerk/internal/media"
)

const patience = 20 * time.Second

// A client is someone who watches a camera with code that isn't ours.
type client struct {
	t        *testing.T
	rtsp     *gortsplib.Client
	desc     *description.Session
	packets  chan *rtp.Packet // of the video, as they came
	pictures chan [][]byte    // the same, put together
	sounds   chan [][]byte
}

// connect describes a camera and asks for its video, and its sound if it may.
func connect(t *testing.T, address string, protocol gortsplib.Protocol, withSound bool) (*client, error) {
	t.Helper()
	u, err := base.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, packets: make(chan *rtp.Packet, 10000), pictures: make(chan [][]byte, 1000), sounds: make(chan [][]byte, 1000)}
	c.rtsp = &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &protocol, OnPacketsLost: func(uint64) {}}
	if err := c.rtsp.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.rtsp.Close)
	if c.desc, _, err = c.rtsp.Describe(u); err != nil {
		return nil, err
	}
	if err := c.video(); err != nil {
		return nil, err
	}
	if withSound {
		if err := c.sound(); err != nil {
			return nil, err
		}
	}
	_, err = c.rtsp.Play(nil)
	return c, err
}

func (c *client) video() error {
	var h264 *format.H264
	medium := c.desc.FindFormat(&h264)
	if medium == nil || len(h264.SPS) == 0 || len(h264.PPS) == 0 {
		c.t.Fatal("the camera doesn't offer H.264 with parameter sets")
	}
	if _, err := c.rtsp.Setup(c.desc.BaseURL, medium, 0, 0); err != nil {
		return err
	}
	decoder, err := h264.CreateDecoder()
	if err != nil {
		return err
	}
	c.rtsp.OnPacketRTP(medium, h264, func(p *rtp.Packet) {
		c.packets <- p
		if nals, err := decoder.Decode(p); err == nil {
			c.pictures <- nals
		}
	})
	return nil
}

func (c *client) sound() error {
	var aac *format.MPEG4Audio
	medium := c.desc.FindFormat(&aac)
	if medium == nil {
		c.t.Fatal("the camera doesn't offer sound")
	}
	if _, err := c.rtsp.Setup(c.desc.BaseURL, medium, 0, 0); err != nil {
		return err
	}
	decoder, err := aac.CreateDecoder()
	if err != nil {
		return err
	}
	c.rtsp.OnPacketRTP(medium, aac, func(p *rtp.Packet) {
		if frames, err := decoder.Decode(p); err == nil {
			c.sounds <- frames
		}
	})
	return nil
}

// next waits for one of something.
func next[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s in %v", what, patience)
		panic("unreachable")
	}
}

func start(t *testing.T, o Options) *Cameras {
	t.Helper()
	if o.Clips == nil {
		clips, err := Clips()
		if err != nil {
			t.Fatal(err)
		}
		o.Clips = clips
	}
	if o.Count == 0 {
		o.Count = 1
	}
	o.Listen = "127.0.0.1:0"
	cameras, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cameras.Close)
	return cameras
}

func watch(t *testing.T, address string) *client {
	t.Helper()
	c, err := connect(t, address, gortsplib.ProtocolTCP, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClips(t *testing.T) {
	clips, err := Clips()
	if err != nil {
		t.Fatal(err)
	}
	if len(clips) != 4 {
		t.Fatalf("%d clips", len(clips))
	}
	for i, clip := range clips {
		w, h, err := clip.Config.Size()
		if w != 960 || h != 540 || err != nil {
			t.Errorf("clip %d: %d by %d (%v)", i, w, h, err)
		}
		if got := media.Duration(clip.Ticks()); got != 12*time.Second {
			t.Errorf("clip %d lasts %v", i, got)
		}
		if clip.Sound == nil || len(clip.Sound.Frames) == 0 {
			t.Errorf("clip %d has no sound", i)
		}
		last := 0
		for k, au := range clip.Pictures {
			if au.Key {
				last = k
			}
			if media.Duration(clip.Pictures[k].DTS-clip.Pictures[last].DTS) > 2*time.Second {
				t.Errorf("clip %d: more than 2 s without a key picture", i)
				break
			}
		}
	}
}

func TestPicturesAndSound(t *testing.T) {
	for name, protocol := range map[string]gortsplib.Protocol{"TCP": gortsplib.ProtocolTCP, "UDP": gortsplib.ProtocolUDP} {
		t.Run(name, func(t *testing.T) {
			cameras := start(t, Options{Count: 2})
			c, err := connect(t, cameras.URL(1), protocol, true)
			if err != nil {
				t.Fatal(err)
			}
			clip := readClips(t)[1]
			sent := map[string]bool{}
			for _, au := range clip.Pictures {
				sent[string(bytes.Join(units(&clip, &au), nil))] = true
			}
			next(t, c.pictures, "picture") // it may be half a one
			for range 10 {
				if !sent[string(bytes.Join(next(t, c.pictures, "picture"), nil))] {
					t.Error("a picture that isn't in the clip")
				}
			}
			frames := next(t, c.sounds, "sound")
			if !slices.ContainsFunc(clip.Sound.Frames, func(f media.SoundFrame) bool { return bytes.Equal(f.Data, frames[0]) }) {
				t.Error("sound that isn't in the clip")
			}
			if got := cameras.Setups(); !slices.Equal(got, []string{"cam2 video", "cam2 audio"}) {
				t.Errorf("setups %q", got)
			}
		})
	}
}

func readClips(t *testing.T) []media.Clip {
	t.Helper()
	clips, err := Clips()
	if err != nil {
		t.Fatal(err)
	}
	return clips
}

func TestOnlyPictures(t *testing.T) {
	cameras := start(t, Options{})
	c := watch(t, cameras.URL(0))
	next(t, c.pictures, "picture")
	if got := cameras.Setups(); !slices.Equal(got, []string{"cam1 video"}) {
		t.Errorf("setups %q", got)
	}
}

// TestRhythm has our own depacketizer look at a camera for a while, past the
// end of the clip: no picture missing, as many a second as there should be.
func TestRhythm(t *testing.T) {
	clip := readClips(t)[1]
	clip.Sound = nil
	clip.Pictures = clip.Pictures[:23] // so that it soon begins anew
	cameras := start(t, Options{Clips: []media.Clip{clip}})
	c := watch(t, cameras.URL(0))
	var last media.AccessUnit
	pictures, keys := 0, 0
	d := media.NewDepacketizer(media.H264, videoType, nil, func(au *media.AccessUnit) error {
		if step := au.DTS - last.DTS; pictures > 0 && step != media.Clock/15 || au.Lost || au.Jump {
			t.Errorf("%d ticks between pictures; lost %v, jump %v", step, au.Lost, au.Jump)
		}
		if au.Key {
			keys++
		}
		last = *au
		pictures++
		return nil
	})
	started := time.Now()
	for pictures < 61 {
		b, err := next(t, c.packets, "packet").Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Push(b, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if keys < 5 { // two a round
		t.Errorf("%d key pictures in %d", keys, pictures)
	}
	if took := time.Since(started); took < 3900*time.Millisecond {
		t.Errorf("4 s of pictures came in %v", took)
	}
}

func TestDigest(t *testing.T) {
	cameras := start(t, Options{Username: "oogmerk", Password: "l'été"})
	if _, err := connect(t, cameras.URL(0), gortsplib.ProtocolTCP, false); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("without a password: %v", err)
	}
	with := func(password string) string {
		u, err := url.Parse(cameras.URL(0))
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword("oogmerk", password)
		return u.String()
	}
	if _, err := connect(t, with("wrong"), gortsplib.ProtocolTCP, false); err == nil {
		t.Error("a wrong password was good enough")
	}
	next(t, watch(t, with("l'été")).pictures, "picture")
}

func TestStopAndRestart(t *testing.T) {
	cameras := start(t, Options{Count: 2})
	c, other := watch(t, cameras.URL(0)), watch(t, cameras.URL(1))
	next(t, c.pictures, "picture")
	cameras.Stop(0)
	ended := make(chan error, 1)
	go func() { ended <- c.rtsp.Wait() }()
	next(t, ended, "end of the connection")
	if _, err := connect(t, cameras.URL(0), gortsplib.ProtocolTCP, false); err == nil {
		t.Error("a camera that is off can be reached")
	}
	next(t, other.pictures, "picture of the other camera")
	if err := cameras.Restart(0); err != nil {
		t.Fatal(err)
	}
	if err := cameras.Restart(0); err == nil {
		t.Error("turned on twice")
	}
	next(t, watch(t, cameras.URL(0)).pictures, "picture")
}

func TestHang(t *testing.T) {
	cameras := start(t, Options{})
	c := watch(t, cameras.URL(0))
	next(t, c.pictures, "picture")
	cameras.Hang(0, true)
	quiet := time.NewTimer(300 * time.Millisecond)
	defer quiet.Stop()
	for waiting := true; waiting; {
		select {
		case <-c.pictures:
			quiet.Reset(300 * time.Millisecond)
		case <-quiet.C:
			waiting = false
		}
	}
	cameras.Hang(0, false)
	next(t, c.pictures, "picture after it hung")
}

func TestLose(t *testing.T) {
	cameras := start(t, Options{})
	cameras.Lose(0, 10)
	lost := make(chan uint64, 100)
	u, err := base.ParseURL(cameras.URL(0))
	if err != nil {
		t.Fatal(err)
	}
	protocol := gortsplib.ProtocolTCP
	rtsp := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &protocol, OnPacketsLost: func(n uint64) { lost <- n }}
	if err := rtsp.Start(); err != nil {
		t.Fatal(err)
	}
	defer rtsp.Close()
	desc, _, err := rtsp.Describe(u)
	if err != nil {
		t.Fatal(err)
	}
	if err := rtsp.SetupAll(desc.BaseURL, desc.Medias[:1]); err != nil {
		t.Fatal(err)
	}
	if _, err := rtsp.Play(nil); err != nil {
		t.Fatal(err)
	}
	next(t, lost, "lost packet")
}

func TestStartRefuses(t *testing.T) {
	if _, err := StartCameras(0, "127.0.0.1:0"); err == nil {
		t.Error("no cameras, no error")
	}
	if _, err := StartCameras(1, "127.0.0.1:http"); err == nil {
		t.Error("a port that is no number")
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := StartCameras(1, taken.Addr().String()); err == nil {
		t.Error("a port that is taken")
	}
}

// BenchmarkCameras says how much of a processor four cameras need that nobody
// watches: what the demo costs before it does anything.
func BenchmarkCameras(b *testing.B) {
	cameras, err := StartCameras(4, "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer cameras.Close()
	used := func() time.Duration {
		var r syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
			b.Fatal(err)
		}
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	before, began := used(), time.Now()
	timer := time.NewTimer(5 * time.Second)
	<-timer.C
	b.ReportMetric(100*(used()-before).Seconds()/time.Since(began).Seconds(), "%core")
}
