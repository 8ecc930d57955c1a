package media

import (
	"errors"
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/hevc"
	"github.com/Eyevinn/mp4ff/mp4"
)

// A Clip is an ordinary MP4 taken apart.
type Clip struct {
	Config   Config
	Pictures []AccessUnit // without Time
	Sound    *Sound       // nil if it has none
}

// A Sound is a track of AAC. It is here for cameras that we play ourselves:
// what others send of it, nobody keeps.
type Sound struct {
	Config   []byte // AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1)
	Rate     int    // ticks in a second: samples, in AAC
	Channels int
	Frames   []SoundFrame
}

// A SoundFrame is a piece of sound that is decoded as a whole.
type SoundFrame struct {
	Data     []byte
	Duration uint32 // in the sound's own ticks
}

// Ticks is how long c's pictures last.
func (c *Clip) Ticks() uint64 {
	if len(c.Pictures) == 0 {
		return 0
	}
	last := &c.Pictures[len(c.Pictures)-1]
	return last.DTS + uint64(last.Duration)
}

// ReadClip takes an MP4 apart that isn't fragmented: its first track of
// pictures in a codec that we know, and its first of AAC.
func ReadClip(r io.ReadSeeker) (clip Clip, err error) {
	defer func() {
		// The library trusts what some boxes say about others.
		if p := recover(); p != nil {
			err = fmt.Errorf("couldn't read the clip: %v", p)
		}
	}()
	size, err := r.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = r.Seek(0, io.SeekStart)
	}
	if err != nil {
		return Clip{}, fmt.Errorf("couldn't read the clip: %w", err)
	}
	file, err := mp4.DecodeFile(r, mp4.WithDecodeMode(mp4.DecModeLazyMdat))
	if err != nil {
		return Clip{}, fmt.Errorf("couldn't read the clip: %w", err)
	}
	if file.Moov == nil || file.IsFragmented() {
		return Clip{}, errors.New("couldn't read the clip: it is no MP4, or a fragmented one")
	}
	for _, trak := range file.Moov.Traks {
		if err := clip.addTrack(r, size, trak); err != nil {
			return Clip{}, fmt.Errorf("couldn't read the clip: %w", err)
		}
	}
	if len(clip.Pictures) == 0 {
		return Clip{}, errors.New("couldn't read the clip: it has no H.264, H.265 or MJPEG")
	}
	return clip, nil
}

// addTrack adds trak if it is of a kind that c doesn't have yet.
func (c *Clip) addTrack(r io.ReadSeeker, size int64, trak *mp4.TrakBox) error {
	mdia := trak.Mdia
	if mdia == nil || mdia.Mdhd == nil || mdia.Mdhd.Timescale == 0 || mdia.Minf == nil || mdia.Minf.Stbl == nil || mdia.Minf.Stbl.Stsd == nil {
		return errors.New("a track has no description")
	}
	stsd := mdia.Minf.Stbl.Stsd
	config, err := configIn(stsd)
	switch {
	case err != nil:
		return err
	case config != nil && c.Pictures == nil:
		c.Config = *config
		return c.addPictures(r, size, mdia)
	case stsd.Mp4a != nil && stsd.Mp4a.Esds != nil && c.Sound == nil:
		return c.addSound(r, size, mdia, stsd.Mp4a)
	}
	return nil
}

// configIn is what a track says of its pictures, or nil if they aren't any
// that we know.
func configIn(stsd *mp4.StsdBox) (*Config, error) {
	errNone := errors.New("its pictures have no parameter sets")
	switch {
	case stsd.AvcX != nil && stsd.AvcX.AvcC != nil:
		avcC := stsd.AvcX.AvcC
		if len(avcC.SPSnalus) == 0 || len(avcC.PPSnalus) == 0 {
			return nil, errNone
		}
		return &Config{Codec: H264, SPS: avcC.SPSnalus[0], PPS: avcC.PPSnalus[0]}, nil
	case stsd.HvcX != nil && stsd.HvcX.HvcC != nil:
		c := &Config{Codec: H265}
		for _, a := range stsd.HvcX.HvcC.NaluArrays {
			if set := map[hevc.NaluType]*[]byte{hevcVPS: &c.VPS, hevcSPS: &c.SPS, hevcPPS: &c.PPS}[a.NaluType()]; set != nil && len(a.Nalus) > 0 {
				*set = a.Nalus[0]
			}
		}
		if !c.complete() {
			return nil, errNone
		}
		return c, nil
	}
	for _, entry := range stsd.Children {
		if box, ok := entry.(*mp4.UnknownBox); ok && box.Type() == "mp4v" && isJPEG(box.Payload()) {
			return &Config{Codec: MJPEG}, nil // the pictures say the rest
		}
	}
	return nil, nil
}

// isJPEG reports whether a sample entry says that its track is one of JPEGs.
func isJPEG(entry []byte) bool {
	const fields = 78 // of any visual sample entry (ISO/IEC 14496-12 §12.1.3)
	if len(entry) < fields {
		return false
	}
	r := bits.NewFixedSliceReader(entry[fields:])
	for r.NrRemainingBytes() > 8 {
		box, err := mp4.DecodeBoxSR(0, r)
		if err != nil {
			return false
		}
		if esds, ok := box.(*mp4.EsdsBox); ok {
			return esds.DecConfigDescriptor != nil && esds.DecConfigDescriptor.ObjectType == jpegObject
		}
	}
	return false
}

func (c *Clip) addPictures(r io.ReadSeeker, size int64, mdia *mp4.MdiaBox) error {
	samples, err := readSamples(r, size, mdia.Minf.Stbl)
	if err != nil {
		return err
	}
	var weigher scale
	scale := uint64(mdia.Mdhd.Timescale)
	var at uint64
	for _, s := range samples {
		if err := c.check(s.data); err != nil {
			return err
		}
		weigher.use(&c.Config)
		next := at + uint64(s.duration)
		au := AccessUnit{
			DTS:      at * Clock / scale,
			CTS:      int32(int64(s.cts) * Clock / int64(scale)),
			Duration: uint32(next*Clock/scale - at*Clock/scale),
			Key:      s.key,
			Data:     s.data,
		}
		if au.Key {
			au.Config = &c.Config
		} else {
			au.Weight = weigher.weigh(s.data)
		}
		c.Pictures = append(c.Pictures, au)
		at = next
	}
	return nil
}

// check looks whether the bytes of a picture are what they should be. The
// first JPEG also says what c's pictures look like.
func (c *Clip) check(data []byte) error {
	if c.Config.Codec != MJPEG {
		if !NALs(data, func([]byte) {}) {
			return errors.New("a picture's NAL units don't add up")
		}
		return nil
	}
	frame := frameHeader(data)
	switch {
	case frame == nil:
		return errors.New("a picture is no JPEG")
	case c.Config.SPS == nil:
		c.Config.SPS = frame
	}
	return nil
}

func (c *Clip) addSound(r io.ReadSeeker, size int64, mdia *mp4.MdiaBox, mp4a *mp4.AudioSampleEntryBox) error {
	dec := mp4a.Esds.DecConfigDescriptor
	if dec == nil || dec.DecSpecificInfo == nil {
		return errors.New("its sound has no description")
	}
	samples, err := readSamples(r, size, mdia.Minf.Stbl)
	if err != nil {
		return err
	}
	config := dec.DecSpecificInfo.DecConfig
	if len(config) < 2 {
		return errors.New("its sound has no description")
	}
	c.Sound = &Sound{
		Config:   config,
		Rate:     int(mdia.Mdhd.Timescale),
		Channels: int(config[1] >> 3 & 15), // the track itself always says 2
	}
	for _, s := range samples {
		c.Sound.Frames = append(c.Sound.Frames, SoundFrame{s.data, s.duration})
	}
	return nil
}
