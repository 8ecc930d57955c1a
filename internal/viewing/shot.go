package viewing

import (
	"context"
	"fmt"
	"io"
	"sort"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/media"
)

// A shot is one picture of a film, and what a decoder needs to come to it.
type shot struct {
	film     *footage.Film
	from, to int            // the parts it takes: from a key picture on
	samples  []media.Sample // of those parts
	offset   time.Duration  // from when the first of them is shown to when it is
	span     footage.Span   // when it was on, as far as that was asked for
}

// shot finds the picture that was on at an instant.
func (p *Playback) shot(at time.Time) (shot, error) {
	if at.Before(p.Wish.Span.From) || !at.Before(p.Wish.Span.To) {
		return shot{}, noMoment
	}
	p.mu.Lock()
	film := p.film
	p.mu.Unlock()
	if film == nil {
		return shot{}, ErrOver
	}
	parts := film.Parts()
	i := sort.Search(len(parts), func(i int) bool { return parts[i].Span.From.After(at) }) - 1
	if i < 0 || !at.Before(parts[i].Span.To.Add(joint)) {
		return shot{}, noPicture
	}
	s := shot{film: film, from: i, to: i + 1}
	for s.from > 0 && !begins(parts[s.from]) {
		s.from--
	}
	// A picture that is shown in this part can lie in the next.
	if s.to < len(parts) && !begins(parts[s.to]) {
		s.to++
	}
	var before uint64 // ticks, to the part
	for k := s.from; k < s.to; k++ {
		if k < i {
			before += ticksOf(parts[k].Samples)
		}
		s.samples = append(s.samples, parts[k].Samples...)
	}
	into := uint64(max(0, at.Sub(parts[i].Span.From)) * media.Clock / time.Second)
	shown, length := shownAt(s.samples, int64(before+into))
	s.offset = media.Duration(shown)
	s.span.From = parts[i].Span.From.Add(s.offset - media.Duration(before))
	s.span.To = s.span.From.Add(media.Duration(length))
	s.span = within(s.span, p.Wish.Span)
	return s, nil
}

// begins reports whether decoding can start at a part.
func begins(p footage.Part) bool { return len(p.Samples) > 0 && p.Samples[0].Key }

func ticksOf(samples []media.Sample) (n uint64) {
	for _, s := range samples {
		n += uint64(s.Duration)
	}
	return n
}

// shownAt is the picture that is on at a time, in ticks since the first was
// shown: from when, and how long.
func shownAt(samples []media.Sample, at int64) (from, length uint64) {
	best, next, dts := int64(0), int64(-1), int64(0)
	for _, s := range samples {
		shown := dts + int64(s.CTS) - int64(samples[0].CTS)
		if shown <= at {
			best = max(best, shown)
		} else if next < 0 || shown < next {
			next = shown
		}
		dts += int64(s.Duration)
	}
	if next < 0 {
		next = max(dts, best+1)
	}
	return uint64(best), uint64(next - best)
}

// within is what of span lies in limit.
func within(span, limit footage.Span) footage.Span {
	if span.From.Before(limit.From) {
		span.From = limit.From
	}
	if span.To.After(limit.To) {
		span.To = limit.To
	}
	return span
}

// reel is the pictures of a shot as an MP4, made while it is read.
func (s shot) reel(ctx context.Context) (io.Reader, error) {
	whole := []media.MoviePart{{Samples: s.samples}}
	movie, err := media.NewMovie(s.film.ConfigAt(s.from), whole, func(ctx context.Context, _ int) ([]byte, error) {
		var all []byte
		for i := s.from; i < s.to; i++ {
			f, err := s.film.Open(ctx, i)
			if err != nil {
				return nil, err
			}
			all = append(all, f.Data...)
		}
		return all, nil
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't put the moment together: %w", err)
	}
	return movie.Reader(ctx), nil
}
