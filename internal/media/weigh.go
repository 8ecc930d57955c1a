package media

import (
	"math"

	"github.com/Eyevinn/mp4ff/hevc"
)

// A scale weighs pictures: how many bytes a camera spent on what changed, at
// one and the same quality. A camera that keeps to a bitrate spends as much on
// a still scene as on a busy one, but quantizes the busy one more coarsely; six
// steps of that halve the bytes. Nothing is decoded for it: only the beginning
// of each slice is read.
type scale struct {
	config *Config
	h264   *sliceReader264
	h265   *sliceReader265
}

// usualQuantizer is the one at which a byte weighs as a byte.
const usualQuantizer = 26

// coarseness is what a byte weighs at each quantizer, in 1024ths.
var coarseness = func() (table [52]uint64) {
	for qp := range table {
		table[qp] = uint64(math.Round(1024 * math.Exp2(float64(qp-usualQuantizer)/6)))
	}
	return table
}()

// use takes over what is needed to read the slices of c's pictures.
func (s *scale) use(c *Config) {
	if s.config == c {
		return
	}
	*s = scale{config: c}
	switch c.Codec {
	case H264:
		s.h264 = newSliceReader264(c)
	case H265:
		s.h265 = newSliceReader265(c)
	}
}

// weigh weighs a picture; 0 if that can't be. It doesn't mean anything for
// pictures that need no other.
func (s *scale) weigh(data []byte) uint32 {
	var total uint64
	known := s.h264 != nil || s.h265 != nil
	if !known {
		return 0
	}
	NALs(data, func(nal []byte) {
		qp, slice, ok := s.quantizer(nal)
		known = known && (ok || !slice)
		if slice && ok {
			total += uint64(len(nal)) * coarseness[max(qp, 0)] >> 10
		}
	})
	if !known {
		return 0
	}
	return uint32(min(total, math.MaxUint32))
}

// quantizer reads a slice's; slice is false if the NAL unit isn't one.
func (s *scale) quantizer(nal []byte) (qp int32, slice, ok bool) {
	if s.h264 != nil {
		if kind := nalType(nal); kind != nalSlice && kind != nalSlice+1 && kind != nalIDR {
			return 0, false, false
		}
		qp, ok = s.h264.quantizer(nal)
		return qp, true, ok
	}
	if hevcType(nal) > hevcVCL {
		return 0, false, false
	}
	qp, ok = s.h265.quantizer(nal)
	return qp, true, ok
}

// A sliceReader265 reads how coarsely slices of H.265 were quantized.
type sliceReader265 struct {
	sps     map[uint32]*hevc.SPS
	pps     map[uint32]*hevc.PPS
	initial int32
	last    int32 // of the slice before, which a dependent one takes over
}

func newSliceReader265(c *Config) (s *sliceReader265) {
	defer func() {
		// The library trusts some numbers that cameras send.
		if recover() != nil {
			s = nil
		}
	}()
	sps, err := hevc.ParseSPSNALUnit(c.SPS)
	if err != nil {
		return nil
	}
	all := map[uint32]*hevc.SPS{uint32(sps.SpsID): sps}
	pps, err := hevc.ParsePPSNALUnit(c.PPS, all)
	if err != nil {
		return nil
	}
	return &sliceReader265{all, map[uint32]*hevc.PPS{pps.PicParameterSetID: pps}, 26 + int32(pps.InitQpMinus26), 0}
}

func (s *sliceReader265) quantizer(nal []byte) (qp int32, ok bool) {
	defer func() {
		if recover() != nil {
			qp, ok = 0, false
		}
	}()
	h, err := hevc.ParseSliceHeader(nal[:min(len(nal), maxSliceHeader)], s.sps, s.pps)
	if err != nil {
		return 0, false
	}
	if !h.DependentSliceSegmentFlag {
		s.last = s.initial + int32(h.QpDelta)
	}
	return s.last, s.last <= 51
}

// maxSliceHeader is more bytes than the part of a slice's header takes that is
// read.
const maxSliceHeader = 4096
