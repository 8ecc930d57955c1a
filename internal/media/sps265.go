package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strings"

	"github.com/Eyevinn/mp4ff/hevc"
	"github.com/Eyevinn/mp4ff/mp4"
)

// An sps265 is what we need to know of an SPS of H.265 (§7.3.2.2). What comes
// after it in there isn't read: cameras get that wrong without harm.
type sps265 struct {
	profile       [12]byte // from general_profile_space to general_level_idc
	layers        uint32   // of time
	nested        bool
	chroma        uint32 // format
	luma, colours uint32 // bits of a sample, less 8
	width, height int    // of what is to be seen
	reorder       int    // pictures that a decoder keeps back
}

var errSPS = errors.New("couldn't read the parameter set: it makes no sense")

func parseSPS265(nal []byte) (*sps265, error) {
	if len(nal) < hevcHeader+1 || hevcType(nal) != hevcSPS {
		return nil, errSPS
	}
	r := &bitReader{b: nal[hevcHeader:]}
	r.skip(4) // VPS
	s := &sps265{layers: r.bits(3) + 1, nested: r.flag()}
	for i := range s.profile {
		s.profile[i] = byte(r.bits(8))
	}
	r.skipLayers(s.layers - 1)
	r.unsigned() // its number
	if s.chroma = r.unsigned(); s.chroma == 3 {
		r.flag() // planes apart
	}
	width, height := r.unsigned(), r.unsigned()
	var crop [4]uint32 // left, right, top, bottom
	if r.flag() {
		for i := range crop {
			crop[i] = min(r.unsigned(), maxSide)
		}
	}
	s.luma, s.colours = r.unsigned(), r.unsigned()
	r.unsigned() // how long numbers of pictures are
	n := uint32(1)
	if r.flag() {
		n = s.layers
	}
	for range n {
		r.unsigned() // pictures kept
		s.reorder = int(min(r.unsigned(), maxDepth))
		r.unsigned() // delay
	}
	if r.bad || s.chroma > 3 || s.luma > 8 || s.colours > 8 || width > maxSide || height > maxSide {
		return nil, errSPS
	}
	across, down := 1, 1 // samples of light to one of colour
	if s.chroma == 1 || s.chroma == 2 {
		across = 2
	}
	if s.chroma == 1 {
		down = 2
	}
	s.width = int(width) - across*int(crop[0]+crop[1])
	s.height = int(height) - down*int(crop[2]+crop[3])
	return s, nil
}

// skipLayers passes over the profiles and levels of so many layers.
func (r *bitReader) skipLayers(n uint32) {
	if n == 0 {
		return
	}
	var profile, level [8]bool
	for i := range 8 { // 7 at most; the rest is filled up
		profile[i], level[i] = r.flag(), r.flag()
	}
	for i := range n {
		if profile[i] {
			r.skip(88)
		}
		if level[i] {
			r.skip(8)
		}
	}
}

// name is what browsers call it (ISO/IEC 14496-15 annex E.3).
func (s *sps265) name() string {
	var b strings.Builder
	b.WriteString("hvc1.")
	if space := s.profile[0] >> 6; space > 0 {
		b.WriteByte('A' + space - 1)
	}
	tier := 'L'
	if s.profile[0]&0x20 != 0 {
		tier = 'H'
	}
	fmt.Fprintf(&b, "%d.%X.%c%d", s.profile[0]&31, bits.Reverse32(binary.BigEndian.Uint32(s.profile[1:])), tier, s.profile[11])
	constraints := s.profile[5:11]
	for len(constraints) > 0 && constraints[len(constraints)-1] == 0 {
		constraints = constraints[:len(constraints)-1]
	}
	for _, c := range constraints {
		fmt.Fprintf(&b, ".%X", c)
	}
	return b.String()
}

// box says in an MP4 how to decode what c describes.
func (s *sps265) box(c *Config) *mp4.HvcCBox {
	set := func(kind hevc.NaluType, nal []byte) hevc.NaluArray {
		return hevc.NewNaluArray(true, kind, [][]byte{nal})
	}
	b := &mp4.HvcCBox{DecConfRec: hevc.DecConfRec{
		ConfigurationVersion:             1,
		GeneralProfileSpace:              s.profile[0] >> 6,
		GeneralTierFlag:                  s.profile[0]&0x20 != 0,
		GeneralProfileIDC:                s.profile[0] & 31,
		GeneralProfileCompatibilityFlags: binary.BigEndian.Uint32(s.profile[1:]),
		GeneralConstraintIndicatorFlags:  binary.BigEndian.Uint64(s.profile[3:]) & (1<<48 - 1),
		GeneralLevelIDC:                  s.profile[11],
		ChromaFormatIDC:                  byte(s.chroma),
		BitDepthLumaMinus8:               byte(s.luma),
		BitDepthChromaMinus8:             byte(s.colours),
		NumTemporalLayers:                byte(s.layers),
		LengthSizeMinusOne:               3,
		NaluArrays:                       []hevc.NaluArray{set(hevcVPS, c.VPS), set(hevcSPS, c.SPS), set(hevcPPS, c.PPS)},
	}}
	if s.nested {
		b.TemporalIDNested = 1
	}
	return b
}
