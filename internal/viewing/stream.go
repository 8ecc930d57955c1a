package viewing

import (
	"bytes"

	"oogmerk/internal/media"
)

// usual is how long a picture lasts, in ticks, as long as we have seen one.
const usual = media.Clock / 25

// A stream is what one viewer is sent: pictures on a clock that begins at
// zero and never runs back.
type stream struct {
	config   *media.Config // what the viewer was last told
	pictures int
	ticks    uint64 // how long they lasted
	seq      uint32
	offset   uint64 // from the camera's ticks to the viewer's, modulo 2⁶⁴
	last     uint64 // of the camera
	duration uint32 // how long the last picture lasted; the next will too
}

// changes reports whether the viewer must be told of other parameters first.
func (s *stream) changes(au *media.AccessUnit) bool {
	if au.Config == nil {
		return false
	}
	return s.config == nil || !bytes.Equal(s.config.SPS, au.Config.SPS) || !bytes.Equal(s.config.PPS, au.Config.PPS)
}

// time places a picture on the viewer's clock. How long it lasts isn't known
// before the next one, and waiting for that would make live later; so it
// lasts as long as the one before.
func (s *stream) time(au *media.AccessUnit) (dts uint64, duration uint32) {
	switch d := au.DTS - s.last; {
	case s.pictures == 0:
		s.offset, s.duration = -au.DTS, usual
	case au.DTS <= s.last: // the camera's ticks began anew
		s.offset = s.last + s.offset + uint64(s.duration) - au.DTS
	case d <= media.Clock:
		s.duration = uint32(d)
	}
	s.last = au.DTS
	s.pictures++
	s.ticks += uint64(s.duration)
	return au.DTS + s.offset, s.duration
}

// frame appends what comes before a picture's data in its message.
func (s *stream) frame(to []byte, au *media.AccessUnit) []byte {
	shifted := *au
	var duration uint32
	shifted.DTS, duration = s.time(au)
	s.seq++
	return media.AppendFrameHead(to, s.seq, &shifted, duration)
}

// annexB is a picture as WebRTC sends it: NAL units after start codes, with
// the parameter sets before each key picture.
func annexB(au *media.AccessUnit) []byte {
	startCode := []byte{0, 0, 0, 1}
	b := make([]byte, 0, len(au.Data)+256)
	add := func(nal []byte) { b = append(append(b, startCode...), nal...) }
	if au.Key && au.Config != nil && !describesItself(au.Data) {
		add(au.Config.SPS)
		add(au.Config.PPS)
	}
	media.NALs(au.Data, add)
	return b
}

// describesItself reports whether a sequence parameter set is in there.
func describesItself(data []byte) bool {
	found := false
	media.NALs(data, func(nal []byte) { found = found || nal[0]&31 == 7 })
	return found
}
