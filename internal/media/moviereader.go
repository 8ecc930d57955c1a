package media

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// keepParts is how many parts a reader keeps: browsers read on where they
// were, and now and then look back a little.
const keepParts = 4

type movieReader struct {
	ctx   context.Context // of the request that the reader is for
	movie *Movie
	at    int64
	kept  []keptPart // the last used first
}

type keptPart struct {
	i    int
	data []byte
}

// Reader reads the movie from its beginning, until ctx ends.
func (m *Movie) Reader(ctx context.Context) io.ReadSeeker {
	return &movieReader{ctx: ctx, movie: m}
}

func (r *movieReader) Read(p []byte) (int, error) {
	b, err := r.rest()
	if err != nil {
		return 0, err
	}
	n := copy(p, b)
	r.at += int64(n)
	return n, nil
}

// rest is what follows r.at in the head or in the part it is in.
func (r *movieReader) rest() ([]byte, error) {
	if r.at < int64(len(r.movie.head)) {
		return r.movie.head[r.at:], nil
	}
	i := r.movie.PartAt(r.at)
	if i < 0 {
		return nil, io.EOF
	}
	data, err := r.part(i)
	if err != nil {
		return nil, err
	}
	return data[r.at-r.movie.offset[i]:], nil
}

func (r *movieReader) part(i int) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	for k, kept := range r.kept {
		if kept.i == i {
			copy(r.kept[1:k+1], r.kept[:k])
			r.kept[0] = kept
			return kept.data, nil
		}
	}
	data, err := r.movie.open(r.ctx, i)
	if err != nil {
		return nil, fmt.Errorf("couldn't open part %d of the movie: %w", i, err)
	}
	if want := r.movie.offset[i+1] - r.movie.offset[i]; int64(len(data)) != want {
		return nil, fmt.Errorf("couldn't open part %d of the movie: it has %d bytes, the index says %d", i, len(data), want)
	}
	r.kept = append([]keptPart{{i, data}}, r.kept[:min(len(r.kept), keepParts-1)]...)
	return data, nil
}

func (r *movieReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.movie.Size()
	}
	if offset < 0 {
		return 0, errors.New("couldn't seek in the movie: that is before its beginning")
	}
	r.at = offset
	return offset, nil
}
