package footage

import (
	"context"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
)

// megabyte is a camera of 4 Mbit/s: half a second is 250 kB.
func megabyte(start time.Time) []*media.Fragment {
	out := make([]*media.Fragment, 4)
	for i := range out {
		f := &media.Fragment{Start: start.Add(time.Duration(i) * 500 * time.Millisecond), Data: make([]byte, 250_000)}
		for j := range 12 {
			f.Samples = append(f.Samples, media.Sample{Size: 250_000 / 12, Duration: 3750, Key: i == 0 && j == 0})
		}
		f.Samples[11].Size += 250_000 % 12
		out[i] = f
	}
	out[0].Config = &media.Config{Codec: media.H264, SPS: make([]byte, 30), PPS: make([]byte, 4)}
	return out
}

// BenchmarkWrite seals and queues a megabyte, on a disk that is waited for.
func BenchmarkWrite(b *testing.B) {
	s := lite(b)
	w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
	b.SetBytes(1_000_000)
	b.ReportAllocs()
	at := noon
	for b.Loop() {
		for _, f := range megabyte(at) {
			s.paced(w, f)
		}
		at = at.Add(2 * time.Second)
	}
	b.StopTimer()
	s.must(w.Close(context.Background()))
}

// BenchmarkSeal is the part of it that the processor does.
func BenchmarkSeal(b *testing.B) {
	_, seals, h := aSegment(b, shoot(noon, 1, 1))
	s := &Store{}
	film := megabyte(noon)
	b.SetBytes(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		g := &segment{header: h, sealer: seals}
		for _, f := range film {
			sealed, e := g.seal(s, f)
			g.add(e)
			s.buffers.Put(sealed)
		}
	}
}

// BenchmarkOpenHour opens a film of an hour: sixty segments.
func BenchmarkOpenHour(b *testing.B) {
	s := lite(b)
	w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
	for _, f := range shoot(noon, 7200, 4) {
		s.paced(w, f)
	}
	s.must(w.Close(context.Background()))
	p := s.permit(regulation.PlayBack, during(noon, noon.Add(time.Hour)))
	b.ReportAllocs()
	for b.Loop() {
		film, err := s.Read(context.Background(), p, cam, Span{noon, noon.Add(time.Hour)})
		s.must(err)
		if len(film.Parts()) != 7200 {
			b.Fatalf("%d parts; %q", len(film.Parts()), film.Faults())
		}
		s.must(film.Close())
	}
}
