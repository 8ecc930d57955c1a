package media

import "github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

// A pps264 is what we need to know of a PPS of H.264 (§7.3.2.2).
type pps264 struct {
	number      uint32
	arithmetic  bool // entropy coding
	bottom      bool // pictures say where their bottom field is in order
	refs        [2]uint32
	weighted    bool // P
	bipredicted bool // B, with weights in the slice
	quantizer   int32
	redundant   bool
}

func parsePPS264(nal []byte) (p pps264, ok bool) {
	if len(nal) < 2 || nalType(nal) != nalPPS {
		return p, false
	}
	r := &bitReader{b: nal[1:]}
	p.number = r.unsigned()
	r.unsigned() // SPS
	p.arithmetic, p.bottom = r.flag(), r.flag()
	if r.unsigned() > 0 {
		return p, false // slice groups, which no camera has
	}
	p.refs = [2]uint32{r.unsigned() + 1, r.unsigned() + 1}
	p.weighted, p.bipredicted = r.flag(), r.bits(2) == 1
	p.quantizer = 26 + r.signed()
	r.signed() // of SP and SI
	r.signed() // of colours
	r.skip(2)
	p.redundant = r.flag()
	return p, !r.bad
}

// A sliceReader264 reads how coarsely slices were quantized.
type sliceReader264 struct {
	sps h264.SPS
	pps pps264
}

func newSliceReader264(c *Config) *sliceReader264 {
	s := &sliceReader264{}
	var ok bool
	if s.pps, ok = parsePPS264(c.PPS); !ok || s.sps.Unmarshal(c.SPS) != nil {
		return nil
	}
	return s
}

// Kinds of slices (table 7-6), of which it doesn't matter whether all of a
// picture's are of one kind.
const (
	sliceP = iota
	sliceB
	sliceI
	sliceSP
	sliceSI
)

// maxList is more references, or commands about them, than a slice has.
const maxList = 66

// quantizer reads SliceQPY (§7.4.3); ok is false if that can't be.
func (s *sliceReader264) quantizer(nal []byte) (qp int32, ok bool) {
	r := &bitReader{b: nal[1:]}
	kindOfNAL, referred := nalType(nal), nal[0]>>5&3 > 0
	r.unsigned() // first macroblock
	kind := r.unsigned() % 5
	if r.unsigned() != s.pps.number {
		return 0, false
	}
	s.skipPlace(r, kindOfNAL == nalIDR)
	refs := s.pps.refs
	if kind == sliceB {
		r.flag() // direct
	}
	intra := kind == sliceI || kind == sliceSI
	if !intra {
		if r.flag() {
			refs[0] = r.unsigned() + 1
			if kind == sliceB {
				refs[1] = r.unsigned() + 1
			}
		}
		lists := 1
		if kind == sliceB {
			lists = 2
		}
		skipModification(r, lists)
		if s.pps.weighted && kind != sliceB || s.pps.bipredicted && kind == sliceB {
			s.skipWeights(r, refs[:lists])
		}
	}
	if referred {
		skipMarking(r, kindOfNAL == nalIDR)
	}
	if s.pps.arithmetic && !intra {
		r.unsigned()
	}
	qp = s.pps.quantizer + r.signed()
	return qp, !r.bad && qp <= 51 && qp >= -6*int32(s.sps.BitDepthLumaMinus8)
}

// skipPlace passes over what says where a slice's picture is in order.
func (s *sliceReader264) skipPlace(r *bitReader, idr bool) {
	if s.sps.SeparateColourPlaneFlag {
		r.skip(2)
	}
	r.skip(uint(s.sps.Log2MaxFrameNumMinus4 + 4))
	field := false
	if !s.sps.FrameMbsOnlyFlag {
		if field = r.flag(); field {
			r.flag()
		}
	}
	if idr {
		r.unsigned()
	}
	switch {
	case s.sps.PicOrderCntType == 0:
		r.skip(uint(s.sps.Log2MaxPicOrderCntLsbMinus4 + 4))
		if s.pps.bottom && !field {
			r.signed()
		}
	case s.sps.PicOrderCntType == 1 && !s.sps.DeltaPicOrderAlwaysZeroFlag:
		r.signed()
		if s.pps.bottom && !field {
			r.signed()
		}
	}
	if s.pps.redundant {
		r.unsigned()
	}
}

// skipModification passes over what changes the order of references.
func skipModification(r *bitReader, lists int) {
	for range lists {
		if !r.flag() {
			continue
		}
		for range maxList {
			if r.unsigned() >= 3 || r.bad {
				break
			}
			r.unsigned()
		}
	}
}

// skipWeights passes over the weights of references.
func (s *sliceReader264) skipWeights(r *bitReader, refs []uint32) {
	colours := s.sps.ChromaFormatIdc != 0 && !s.sps.SeparateColourPlaneFlag || !hasChromaFormat(s.sps.ProfileIdc)
	r.unsigned()
	if colours {
		r.unsigned()
	}
	for _, n := range refs {
		for range min(n, maxList) {
			if r.flag() {
				r.signed()
				r.signed()
			}
			if colours && r.flag() {
				for range 4 {
					r.signed()
				}
			}
		}
	}
}

// hasChromaFormat reports whether sets of a profile say how much colour there
// is; others have a quarter of it.
func hasChromaFormat(profile uint8) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// skipMarking passes over what becomes of references.
func skipMarking(r *bitReader, idr bool) {
	if idr {
		r.skip(2)
		return
	}
	if !r.flag() {
		return
	}
	for range maxList {
		switch op := r.unsigned(); {
		case op == 0 || r.bad:
			return
		case op == 3:
			r.unsigned()
			r.unsigned()
		case op != 5:
			r.unsigned()
		}
	}
}
