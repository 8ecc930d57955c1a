package blob

import (
	"math/bits"
	"slices"
	"sync"
)

// A Pool hands out aligned memory for what is on its way to files, and takes it
// back. It has no more of it than was needed lately. The zero value is one.
//
// The memory isn't Go's where the system has its own: Go sets aside twice what is used.
type Pool struct {
	mu     sync.Mutex
	idle   [][]byte // the one that came back last is at the end: it is likeliest in a cache
	unused int      // bytes of idle
	used   int      // bytes handed out
	most   int      // of used, since gets was 0
	before int      // and in the stretch before that
	gets   int
}

const (
	leastBuffer  = 16 * Block
	poolStretch  = 1 << 12 // Gets after which the most that was needed is counted anew
	alwaysPooled = 1 << 20 // bytes that are kept anyway
	tooLarge     = 4       // a buffer that is so many times what is asked for is left to others
)

// Get returns at least n aligned bytes with anything in them.
func (p *Pool) Get(n int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.find(n)
	if b == nil {
		size := max(n, leastBuffer)
		step := 1 << (bits.Len(uint(size)) - 2) // so that one that came back soon fits
		b = newMemory((size + step - 1) / step * step)
	}
	p.used += len(b)
	p.most = max(p.most, p.used)
	if p.gets++; p.gets == poolStretch {
		p.before, p.most, p.gets = p.most, p.used, 0
	}
	return b
}

func (p *Pool) find(n int) []byte {
	for i := len(p.idle) - 1; i >= 0; i-- {
		if b := p.idle[i]; len(b) >= n && len(b) <= max(tooLarge*n, leastBuffer) {
			p.idle = slices.Delete(p.idle, i, i+1)
			p.unused -= len(b)
			return b
		}
	}
	return nil
}

// Put takes back b, which must come from Get and may not be used any more.
func (p *Pool) Put(b []byte) {
	b = b[:cap(b)]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used -= len(b)
	p.unused += len(b)
	p.idle = append(p.idle, b)
	for p.unused > alwaysPooled && p.used+p.unused > max(p.most, p.before) {
		oldest := p.idle[0]
		p.idle = slices.Delete(p.idle, 0, 1)
		p.unused -= len(oldest)
		freeMemory(oldest)
	}
}
