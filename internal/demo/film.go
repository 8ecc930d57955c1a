package demo

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph265"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"

	"oogmerk/internal/media"
)

const (
	videoType = 96 // RTP payload types
	soundType = 97
)

// A film is a clip in packets, shared by all cameras that play it. Their
// sequence numbers and timestamps still have to be filled in.
type film struct {
	config   media.Config
	pictures []picture
	keys     []int // which of the pictures are
	ticks    uint64

	sound   *media.Sound // nil if it has none
	samples []rtp.Packet // one a sound frame
}

type picture struct {
	packets []*rtp.Packet
	at      uint64 // ticks
	shift   int32  // CTS
}

// newFilms packs each clip once.
func newFilms(clips []media.Clip) ([]*film, error) {
	var films []*film
	for i := range clips {
		f, err := newFilm(&clips[i])
		if err != nil {
			return nil, fmt.Errorf("couldn't pack clip %d: %w", i+1, err)
		}
		films = append(films, f)
	}
	return films, nil
}

func newFilm(clip *media.Clip) (*film, error) {
	pack, err := packer(clip.Config.Codec)
	if err != nil {
		return nil, err
	}
	f := &film{config: clip.Config, ticks: clip.Ticks(), sound: clip.Sound}
	for i := range clip.Pictures {
		au := &clip.Pictures[i]
		packets, err := pack(clip, au)
		if err != nil {
			return nil, err
		}
		if au.Key {
			f.keys = append(f.keys, i)
		}
		f.pictures = append(f.pictures, picture{packets, au.DTS, au.CTS})
	}
	if f.ticks == 0 || len(f.keys) == 0 {
		return nil, errors.New("it has no duration or no key picture")
	}
	if f.sound != nil {
		for _, s := range f.sound.Frames {
			f.samples = append(f.samples, packSound(s.Data))
		}
	}
	return f, nil
}

// packer packs the pictures of one clip, in order.
func packer(codec media.Codec) (func(clip *media.Clip, au *media.AccessUnit) ([]*rtp.Packet, error), error) {
	switch codec {
	case media.H264:
		e := &rtph264.Encoder{PayloadType: videoType, PacketizationMode: 1}
		return func(clip *media.Clip, au *media.AccessUnit) ([]*rtp.Packet, error) { return e.Encode(units(clip, au)) }, e.Init()
	case media.H265:
		e := &rtph265.Encoder{PayloadType: videoType}
		return func(clip *media.Clip, au *media.AccessUnit) ([]*rtp.Packet, error) { return e.Encode(units(clip, au)) }, e.Init()
	case media.MJPEG:
		e := &rtpmjpeg.Encoder{}
		return func(_ *media.Clip, au *media.AccessUnit) ([]*rtp.Packet, error) { return e.Encode(au.Data) }, e.Init()
	}
	return nil, fmt.Errorf("no camera sends %q", codec)
}

// units are the NAL units of a picture. A key picture comes with parameter
// sets, as most cameras have it.
func units(clip *media.Clip, au *media.AccessUnit) [][]byte {
	var nals [][]byte
	known := false
	media.NALs(au.Data, func(nal []byte) {
		nals = append(nals, nal)
		known = known || isSPS(clip.Config.Codec, nal)
	})
	if au.Key && !known {
		nals = slices.Insert(nals, 0, clip.Config.Sets()...)
	}
	return nals
}

func isSPS(codec media.Codec, nal []byte) bool {
	if codec == media.H265 {
		return nal[0]>>1&63 == 33
	}
	return nal[0]&31 == 7
}

// packSound packs one AAC frame (RFC 3640 §3.3.6): behind the headers' length
// in bits, and one header with its size in 13 bits.
func packSound(frame []byte) rtp.Packet {
	payload := binary.BigEndian.AppendUint16([]byte{0, 16}, uint16(len(frame)<<3))
	return rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: true, PayloadType: soundType},
		Payload: append(payload, frame...),
	}
}

// describe is what the camera offers: pictures, and sound if there is any.
func (f *film) describe() (video, sound *description.Media, err error) {
	video = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{f.format()}}
	if f.sound == nil {
		return video, nil, nil
	}
	aac := &format.Generic{
		PayloadTyp: soundType,
		RTPMa:      fmt.Sprintf("mpeg4-generic/%d/%d", f.sound.Rate, f.sound.Channels),
		FMT: map[string]string{
			"streamtype": "5", "mode": "AAC-hbr", "profile-level-id": "1",
			"config": hex.EncodeToString(f.sound.Config), "sizelength": "13", "indexlength": "3", "indexdeltalength": "3",
		},
	}
	if err := aac.Init(); err != nil {
		return nil, nil, fmt.Errorf("couldn't describe the sound: %w", err)
	}
	sound = &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{aac}}
	return video, sound, nil
}

func (f *film) format() format.Format {
	c := &f.config
	switch c.Codec {
	case media.H265:
		return &format.H265{PayloadTyp: videoType, VPS: c.VPS, SPS: c.SPS, PPS: c.PPS}
	case media.MJPEG:
		return &format.MJPEG{} // whose payload type is always the same
	}
	return &format.H264{PayloadTyp: videoType, PacketizationMode: 1, SPS: c.SPS, PPS: c.PPS}
}

// step is how long a picture lasts, on average.
func (f *film) step() time.Duration { return media.Duration(f.ticks / uint64(len(f.pictures))) }
