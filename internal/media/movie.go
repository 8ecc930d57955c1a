package media

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"
)

// A MoviePart is a stretch of a movie that is read as a whole: its bytes are
// those of its samples, one after the other.
type MoviePart struct{ Samples []Sample }

func (p MoviePart) size() (bytes int64, ticks uint64) {
	for _, s := range p.Samples {
		bytes += int64(s.Size)
		ticks += uint64(s.Duration)
	}
	return bytes, ticks
}

// A Movie is an ordinary MP4, first the tables, then the pictures, that is
// nowhere as a whole: its parts are only made when someone reads them.
type Movie struct {
	head   []byte
	open   func(ctx context.Context, i int) ([]byte, error)
	offset []int64  // where each part begins; then where the last one ends
	start  []uint64 // the same in ticks
}

// NewMovie makes a movie of parts, which must begin with a key picture. open
// returns the bytes of part i; it may be called again, and from several
// goroutines if there are several readers.
func NewMovie(c Config, parts []MoviePart, open func(ctx context.Context, i int) ([]byte, error)) (*Movie, error) {
	first := firstSample(parts)
	if first == nil {
		return nil, errors.New("couldn't make a movie: it has no pictures")
	}
	if !first.Key {
		return nil, errors.New("couldn't make a movie: it doesn't begin with a key picture")
	}
	m := &Movie{open: open, offset: []int64{0}, start: []uint64{0}}
	for i, p := range parts {
		bytes, ticks := p.size()
		m.offset = append(m.offset, m.offset[i]+bytes)
		m.start = append(m.start, m.start[i]+ticks)
	}
	if err := m.writeHead(c, parts); err != nil {
		return nil, fmt.Errorf("couldn't write the movie's tables: %w", err)
	}
	for i := range m.offset {
		m.offset[i] += int64(len(m.head))
	}
	return m, nil
}

func firstSample(parts []MoviePart) *Sample {
	for _, p := range parts {
		if len(p.Samples) > 0 {
			return &p.Samples[0]
		}
	}
	return nil
}

// Size is how many bytes the movie has.
func (m *Movie) Size() int64 { return m.offset[len(m.offset)-1] }

// Head is everything before the first picture. It belongs to m.
func (m *Movie) Head() []byte { return m.head }

// Length is how long the movie lasts.
func (m *Movie) Length() time.Duration { return Duration(m.start[len(m.start)-1]) }

// Start is when part i begins, in the movie's own time.
func (m *Movie) Start(i int) time.Duration { return Duration(m.start[i]) }

// PartAt is the part that the byte at offset belongs to, or -1 if it is of
// the head or beyond the end.
func (m *Movie) PartAt(offset int64) int {
	if offset < m.offset[0] || offset >= m.Size() {
		return -1
	}
	return sort.Search(len(m.offset), func(i int) bool { return m.offset[i] > offset }) - 1
}
