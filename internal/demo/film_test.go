package demo

import (
	"os"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"oogmerk/internal/media"
)

// TestOtherCodecs has cameras play a clip of each codec, over TCP and UDP, and
// our own depacketizer count the pictures of two rounds.
func TestOtherCodecs(t *testing.T) {
	for _, name := range []string{"h265", "mjpeg", "sub"} {
		for _, protocol := range []gortsplib.Protocol{gortsplib.ProtocolTCP, gortsplib.ProtocolUDP} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				clip := readFile(t, "../media/testdata/"+name+".mp4")
				cameras := start(t, Options{Clips: []media.Clip{clip}})
				packets, offered := receive(t, cameras.URL(0), protocol)
				var pictures, keys int
				d := media.NewDepacketizer(clip.Config.Codec, offered.PayloadType(), nil, func(au *media.AccessUnit) error {
					pictures++
					if au.Key {
						keys++
					}
					if au.Config != nil && !au.Config.Equal(&clip.Config) && clip.Config.Codec != media.MJPEG {
						t.Errorf("the config is %+v", au.Config)
					}
					return nil
				})
				for pictures < len(clip.Pictures)+5 {
					b, err := next(t, packets, "packet").Marshal()
					if err != nil {
						t.Fatal(err)
					}
					if err := d.Push(b, time.Now()); err != nil {
						t.Fatal(err)
					}
				}
				if d.Bad() > 0 || d.Lost() > 0 || keys < 3 {
					t.Errorf("%d packets bad, %d lost, %d key pictures", d.Bad(), d.Lost(), keys)
				}
			})
		}
	}
}

func readFile(t *testing.T, path string) media.Clip {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	clip, err := media.ReadClip(f)
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

// receive has the first medium sent that a camera offers.
func receive(t *testing.T, address string, protocol gortsplib.Protocol) (chan *rtp.Packet, format.Format) {
	t.Helper()
	u, err := base.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &protocol}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	offer, _, err := c.Describe(u)
	if err != nil {
		t.Fatal(err)
	}
	video := offer.Medias[0]
	if _, err := c.Setup(offer.BaseURL, video, 0, 0); err != nil {
		t.Fatal(err)
	}
	packets := make(chan *rtp.Packet, 1000)
	c.OnPacketRTP(video, video.Formats[0], func(p *rtp.Packet) { packets <- p })
	if _, err := c.Play(nil); err != nil {
		t.Fatal(err)
	}
	return packets, video.Formats[0]
}
