package viewing

import (
	"context"
	"fmt"
	"io"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// Movie returns the playback as an MP4 that can be read anywhere. Every read
// checks the permit.
func (p *Playback) Movie(ctx context.Context) (io.ReadSeeker, error) {
	if err := p.allowed(); err != nil {
		return nil, err
	}
	return &projector{p: p, movie: p.movie.Reader(ctx)}, nil
}

func (p *Playback) allowed() error {
	if p.permit == nil {
		return gate.ErrNoPermit
	}
	if err := p.permit.Allows(footage.Subject(p.Wish.Camera, p.Wish.Span), regulation.PlayBack); err != nil {
		if why := p.permit.Withdrawn(); why != nil {
			return why
		}
		return fmt.Errorf("%w: %w", ErrOver, err)
	}
	return nil
}

// A projector reads the movie for one request, and remembers what it gave.
type projector struct {
	p     *Playback
	movie io.ReadSeeker
	at    int64
}

func (r *projector) Read(b []byte) (int, error) {
	if err := r.p.allowed(); err != nil {
		return 0, err
	}
	n, err := r.movie.Read(b)
	r.p.gave(r.at, n)
	r.at += int64(n)
	return n, err
}

func (r *projector) Seek(offset int64, whence int) (int64, error) {
	at, err := r.movie.Seek(offset, whence)
	if err == nil {
		r.at = at
	}
	return at, err
}

// open decrypts a part. The store checks the permit once more.
func (p *Playback) open(ctx context.Context, i int) ([]byte, error) {
	p.mu.Lock()
	film := p.film
	p.mu.Unlock()
	if film == nil {
		return nil, ErrOver
	}
	f, err := film.Open(ctx, i)
	if err != nil {
		return nil, err
	}
	return f.Data, nil
}

// gave notes that n bytes at an offset are on their way to the browser. A read
// never crosses the border between two parts.
func (p *Playback) gave(at int64, n int) {
	if n <= 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes += int64(n)
	if i := p.movie.PartAt(at); i >= 0 {
		p.sent[i] = true
	}
}
