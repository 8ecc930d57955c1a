// Package media knows what video is made of: NAL units, access units,
// fragments and MP4 boxes. It never decodes a picture and never keeps sound.
package media

import "time"

// Clock is the number of media ticks in a second: RTP's for video, 90 kHz.
const Clock = 90000

// A Codec is the way in which pictures are compressed.
type Codec string

const (
	H264  Codec = "h264"
	H265  Codec = "h265"
	MJPEG Codec = "mjpeg"
)

// A Config is what a decoder must know before the first picture: parameter
// sets, without start codes or length prefixes. VPS is of H.265 alone. MJPEG
// has only an SPS: the frame header (SOFn) of its pictures, marker included,
// which says how large they are.
type Config struct {
	Codec         Codec
	VPS, SPS, PPS []byte
}

// An AccessUnit is one picture. Of H.264 and H.265 its NAL units, each after
// its length in four bytes (big endian), in the order and with the bytes in
// which the camera sent them, SEI included; parameter sets in the stream stay
// in it. Of MJPEG a whole JPEG, from SOI to EOI.
type AccessUnit struct {
	Time     time.Time // when it arrived, by our clock, smoothed by the camera's
	DTS      uint64    // ticks since the depacketiser started
	CTS      int32     // PTS − DTS in ticks
	Duration uint32    // ticks until the next; 0 if not known yet
	Key      bool      // decoding can start here
	Config   *Config   // set on key pictures: what they need; never changed
	Data     []byte    // valid until the next access unit unless copied

	// How many bytes were spent on what changed since the pictures before, had
	// they been quantized as coarsely as is usual; 0 if that can't be told.
	Weight uint32

	// Jump: our clock and the camera's went apart by more than a second, and
	// Time follows ours again. A recording is cut here.
	Jump bool

	// Lost: pictures before this one are missing, so that the one before it
	// didn't last until here.
	Lost bool
}

// A Sample is one access unit in a fragment.
type Sample struct {
	Size     uint32 // bytes of Data
	Duration uint32 // ticks
	CTS      int32  // ticks
	Key      bool
}

// A Fragment is a stretch of pictures that is kept or lost as a whole: a new
// one begins at each key picture and at least every half second.
type Fragment struct {
	Start   time.Time // of its first picture
	Samples []Sample
	Config  *Config // set if the first sample is a key picture
	Data    []byte  // the samples' bytes, one after the other
	Padded  []byte  // Data with room before it for whoever records it; nil if there is none
	Weight  uint32  // the median of that of its pictures that need others

	// How much its pictures differ from those before, as far as could be told
	// without decoding: 0 if it couldn't, 1 for stillness, up to 101. Whoever
	// knows the camera fills it in; it isn't part of what is sealed.
	Activity uint8
	// The camera itself says that something moves.
	Motion bool
}

// Key reports whether decoding can start at f.
func (f *Fragment) Key() bool { return len(f.Samples) > 0 && f.Samples[0].Key }

// Ticks is how long f lasts.
func (f *Fragment) Ticks() uint64 {
	var n uint64
	for _, s := range f.Samples {
		n += uint64(s.Duration)
	}
	return n
}

// Length is how long f lasts.
func (f *Fragment) Length() time.Duration { return Duration(f.Ticks()) }

// Duration is ticks as a duration.
func Duration(ticks uint64) time.Duration {
	return time.Duration(ticks/Clock)*time.Second + time.Duration(ticks%Clock)*time.Second/Clock
}
