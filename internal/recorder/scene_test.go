package recorder

import (
	"encoding/hex"
	"time"

	"oogmerk/internal/media"
)

// A scene is what a camera sees: twenty pictures a second, a key picture every
// second.
type scene struct {
	at       time.Time
	dts      uint64
	n        int
	pictures []media.AccessUnit
}

func sceneFrom(at time.Time) *scene { return &scene{at: at} }

// still adds so much in which nothing moves, and moving in which somebody does.
func (s *scene) still(d time.Duration) *scene  { return s.add(d, 300) }
func (s *scene) moving(d time.Duration) *scene { return s.add(d, 3000) }

func (s *scene) add(d time.Duration, size int) *scene {
	const interval, ticks, gop = 50 * time.Millisecond, media.Clock / 20, 20
	for range d / interval {
		au := media.AccessUnit{Time: s.at, DTS: s.dts, Duration: ticks, Key: s.n%gop == 0}
		if au.Key {
			size := 20000
			au.Config, au.Data = sceneConfig(), make([]byte, size)
		} else {
			au.Data = make([]byte, size+s.n%7)
		}
		n := len(au.Data) - 4
		copy(au.Data, []byte{0, 0, byte(n >> 8), byte(n), 0x41, 0x88})
		if au.Key {
			au.Data[4] = 0x65
		}
		s.pictures = append(s.pictures, au)
		s.at, s.dts, s.n = s.at.Add(interval), s.dts+ticks, s.n+1
	}
	return s
}

func sceneConfig() *media.Config {
	sps, _ := hex.DecodeString("67640016acb201405ff2c2000003000200000300281e2c5c90")
	pps, _ := hex.DecodeString("68ebccb22c")
	return &media.Config{Codec: media.H264, SPS: sps, PPS: pps}
}
