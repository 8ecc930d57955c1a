package demo

import (
	"fmt"

	"github.com/bluenviron/gortsplib/v5/pkg/description"

	"oogmerk/internal/media"
)

// A Packed is a clip as a camera sends it, for who wants to send it in another
// way than [Cameras] do: as cheaply as can be.
type Packed struct {
	SDP      []byte // offers the pictures, and nothing else
	Ticks    uint64 // of the whole
	Pictures []PackedPicture
}

// A PackedPicture is one picture of a clip.
type PackedPicture struct {
	Packets [][]byte // RTP, whose sequence numbers and timestamps are to be filled in
	At      uint64   // ticks from the beginning
	Shift   int32    // from there to when it is shown
	Key     bool
}

// Pack packs the pictures of a clip.
func Pack(clip media.Clip) (*Packed, error) {
	f, err := newFilm(&clip)
	if err != nil {
		return nil, fmt.Errorf("couldn't pack a clip: %w", err)
	}
	video, _, err := f.describe()
	if err != nil {
		return nil, fmt.Errorf("couldn't pack a clip: %w", err)
	}
	p := &Packed{Ticks: f.ticks}
	if p.SDP, err = (description.Session{Title: "camera", Medias: []*description.Media{video}}).Marshal(); err != nil {
		return nil, fmt.Errorf("couldn't describe a clip: %w", err)
	}
	for _, pic := range f.pictures {
		out := PackedPicture{At: pic.at, Shift: pic.shift}
		for _, packet := range pic.packets {
			b, err := packet.Marshal()
			if err != nil {
				return nil, fmt.Errorf("couldn't pack a clip: %w", err)
			}
			out.Packets = append(out.Packets, b)
		}
		p.Pictures = append(p.Pictures, out)
	}
	for _, i := range f.keys {
		p.Pictures[i].Key = true
	}
	return p, nil
}
