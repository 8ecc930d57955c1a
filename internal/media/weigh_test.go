package media

import (
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
)

// TestQuantizers compares with what another reads in the same slices.
func TestQuantizers(t *testing.T) {
	for _, name := range []string{"plain", "bframes", "slices", "refresh", "vfr", "sub", "bitrate"} {
		clip := readClip(t, name)
		sps, err := avc.ParseSPSNALUnit(clip.Config.SPS, true)
		if err != nil {
			t.Fatal(err)
		}
		sets := map[uint32]*avc.SPS{sps.ParameterID: sps}
		pps, err := avc.ParsePPSNALUnit(clip.Config.PPS, sets)
		if err != nil {
			t.Fatal(err)
		}
		s := newSliceReader264(&clip.Config)
		slices, seen := 0, map[int32]bool{}
		for _, au := range clip.Pictures {
			NALs(au.Data, func(nal []byte) {
				if kind := nalType(nal); kind != nalSlice && kind != nalIDR {
					return
				}
				h, err := avc.ParseSliceHeader(nal, sets, map[uint32]*avc.PPS{pps.PicParameterSetID: pps})
				if err != nil {
					t.Fatal(err)
				}
				want := 26 + int32(pps.PicInitQpMinus26) + int32(h.SliceQPDelta)
				if got, ok := s.quantizer(nal); got != want || !ok {
					t.Errorf("%s, slice %d: %d, %v; want %d", name, slices, got, ok, want)
				}
				seen[want] = true
				slices++
			})
		}
		if slices < len(clip.Pictures) || len(seen) < 2 {
			t.Errorf("%s: %d slices of %d kinds: the test shows little", name, slices, len(seen))
		}
	}
}

// A slice264 writes a header with all that a slice can have.
type slice264 struct {
	kind  uint32
	nal   byte
	field bool
	delta int32
	pps   uint32
}

func (c slice264) write(s *sliceReader264) []byte {
	var w bitWriter
	w.unsigned(7)
	w.unsigned(c.kind)
	w.unsigned(c.pps)
	if s.sps.SeparateColourPlaneFlag {
		w.bits(1, 2)
	}
	w.bits(5, uint(s.sps.Log2MaxFrameNumMinus4+4))
	if !s.sps.FrameMbsOnlyFlag {
		if c.field {
			w.bits(3, 2)
		} else {
			w.bits(0, 1)
		}
	}
	idr := c.nal&31 == nalIDR
	if idr {
		w.unsigned(300)
	}
	if s.sps.PicOrderCntType == 0 {
		w.bits(3, uint(s.sps.Log2MaxPicOrderCntLsbMinus4+4))
	} else if s.sps.PicOrderCntType == 1 {
		w.signed(-4)
	}
	if field := c.field && !s.sps.FrameMbsOnlyFlag; s.pps.bottom && !field && s.sps.PicOrderCntType < 2 {
		w.signed(1000)
	}
	if s.pps.redundant {
		w.unsigned(2)
	}
	c.writeReferences(&w, s)
	if c.nal>>5 > 0 {
		if idr {
			w.bits(1, 2)
		} else {
			w.bits(1, 1)
			for _, n := range []uint32{1, 9, 3, 1, 2, 4, 5, 6, 7, 2, 8, 0} {
				w.unsigned(n)
			}
		}
	}
	if kind := c.kind % 5; s.pps.arithmetic && kind != sliceI && kind != sliceSI {
		w.unsigned(2)
	}
	w.signed(c.delta)
	return append([]byte{c.nal}, w.escaped()...)
}

func (c slice264) writeReferences(w *bitWriter, s *sliceReader264) {
	b := c.kind%5 == sliceB
	if b {
		w.bits(1, 1)
	}
	if kind := c.kind % 5; kind == sliceI || kind == sliceSI {
		return
	}
	lists := []uint32{3}
	w.bits(1, 1)
	w.unsigned(2)
	if b {
		lists = []uint32{3, 1}
		w.unsigned(0)
	}
	for i := range lists {
		w.bits(uint32(1-i), 1)
		if i == 0 {
			for _, n := range []uint32{0, 4, 1, 70000, 2, 1, 3} {
				w.unsigned(n)
			}
		}
	}
	if !(s.pps.weighted && !b || s.pps.bipredicted && b) {
		return
	}
	w.unsigned(5)
	colours := s.sps.ChromaFormatIdc != 0 && !s.sps.SeparateColourPlaneFlag || !hasChromaFormat(s.sps.ProfileIdc)
	if colours {
		w.unsigned(6)
	}
	for _, n := range lists {
		for i := range n {
			w.bits(i&1, 1)
			if i&1 == 1 {
				w.signed(-128)
				w.signed(127)
			}
			if colours {
				w.bits(1, 1)
				for k := range int32(4) {
					w.signed(k - 2)
				}
			}
		}
	}
}

// TestQuantizersOfAnyHeader reads headers with everything in them.
func TestQuantizersOfAnyHeader(t *testing.T) {
	n := 0
	for bits := range 64 {
		s := &sliceReader264{}
		on := func(bit int) bool { return bits>>bit&1 == 1 }
		s.sps.ProfileIdc, s.sps.ChromaFormatIdc = 100, 1
		s.sps.SeparateColourPlaneFlag = on(0)
		s.sps.FrameMbsOnlyFlag = !on(1)
		s.sps.Log2MaxFrameNumMinus4, s.sps.Log2MaxPicOrderCntLsbMinus4 = 12, 3
		if on(2) {
			s.sps.PicOrderCntType = 1 + uint32(bits&1)
		}
		if on(3) {
			s.sps.ProfileIdc = 77
		}
		s.pps = pps264{number: 200, arithmetic: on(4), bottom: on(5), weighted: on(3), bipredicted: on(2), redundant: on(1), quantizer: 30, refs: [2]uint32{1, 1}}
		for _, kind := range []uint32{sliceP, sliceB, sliceI, sliceSP, sliceSI, 5 + sliceP, 5 + sliceB, 5 + sliceI} {
			for _, nal := range []byte{0x65, 0x41, 0x01} {
				for _, delta := range []int32{-30, -7, 0, 21} {
					c := slice264{kind: kind, nal: nal, field: on(4), delta: delta, pps: 200}
					if got, ok := s.quantizer(c.write(s)); got != 30+delta || !ok {
						t.Fatalf("%+v in %+v: %d, %v", c, s.pps, got, ok)
					}
					n++
				}
				c := slice264{kind: kind, nal: nal, delta: 22, pps: 200}
				if got, ok := s.quantizer(c.write(s)); ok {
					t.Fatalf("a quantizer of %d", got)
				}
				c.pps, c.delta = 1, 0
				if _, ok := s.quantizer(c.write(s)); ok {
					t.Fatal("it reads a slice of other parameter sets")
				}
			}
		}
	}
	if n < 6000 {
		t.Errorf("%d headers", n)
	}
}

func TestWeight(t *testing.T) {
	for _, name := range append(clips, "bitrate") {
		clip := readClip(t, name)
		for i, au := range clip.Pictures {
			if (au.Weight > 0) == au.Key || clip.Config.Codec != MJPEG && !au.Key && int(au.Weight) > 40*len(au.Data) {
				t.Errorf("%s: picture %d of %d bytes weighs %d", name, i, len(au.Data), au.Weight)
			}
		}
	}
	// Bytes weigh twice as much each six steps; 26 is usual.
	clip := readClip(t, "plain")
	s := newSliceReader264(&clip.Config)
	var last uint32
	for i, delta := range []int32{-12, -6, 0, 6, 12} {
		c := slice264{kind: sliceP, nal: 0x41, delta: 26 + delta - s.pps.quantizer, pps: s.pps.number}
		nal := append(c.write(s), make([]byte, 1000)...)
		var w scale
		w.use(&clip.Config)
		got := w.weigh(data(sei, nal))
		if i > 0 && (got < 2*last-2 || got > 2*last+2) || delta == 0 && int(got) != len(nal) {
			t.Errorf("%d bytes at %d weigh %d, after %d", len(nal), 26+delta, got, last)
		}
		last = got
	}
	var none scale
	none.use(&Config{Codec: H264, SPS: sps, PPS: []byte{0x68}})
	if got := none.weigh(clip.Pictures[1].Data); got != 0 {
		t.Errorf("without parameter sets it weighs %d", got)
	}
}

// FuzzWeigh reads slices that make no sense.
func FuzzWeigh(f *testing.F) {
	for _, name := range []string{"bframes", "slices", "h265"} {
		clip := readClip(f, name)
		for _, au := range clip.Pictures[:4] {
			f.Add(clip.Config.Codec == H265, clip.Config.SPS, clip.Config.PPS, au.Data[:min(len(au.Data), 300)])
		}
	}
	f.Fuzz(func(_ *testing.T, newer bool, sps, pps, nal []byte) {
		c := &Config{Codec: H264, SPS: sps, PPS: pps}
		if newer {
			c.Codec = H265
		}
		var s scale
		s.use(c)
		if len(nal) > 0 {
			s.weigh(data(nal))
		}
		s.weigh(nal)
	})
}

func BenchmarkWeigh(b *testing.B) {
	for _, name := range []string{"plain", "bframes", "slices", "h265"} {
		clip := readClip(b, name)
		var s scale
		s.use(&clip.Config)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.weigh(clip.Pictures[i%len(clip.Pictures)].Data)
			}
		})
	}
}
