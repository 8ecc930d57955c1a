package blob

import (
	"slices"
	"sync"
	"unsafe"
)

// A Pool hands out aligned memory for what is on its way to files, and takes it
// back soon. It has no more of it than was needed lately. The zero value is one.
//
// The memory isn't Go's where the system has its own: Go sets aside twice what
// is used. It lies in pages of 2 MB if the system has them, so that a disk is told
// of one piece of memory and not of 64.
type Pool struct {
	mu      sync.Mutex
	regions map[uintptr]*region // by the address of their first byte
	hand    *region             // from which is handed out
	idle    []*region           // the one that was used last is at the end: it is likeliest in a cache
	used    int                 // regions of which something is handed out
	most    int                 // of used, since gets was 0
	before  int                 // and in the stretch before that
	gets    int
}

const (
	regionSize  = 2 << 20
	poolStretch = 1 << 10 // Gets after which the most that was needed is counted anew
)

// A region is memory of which one piece after the other is handed out, until all
// of it is back.
type region struct {
	b    []byte // begins at a multiple of regionSize
	raw  []byte // what the system gave
	next int    // what is handed out next
	out  int    // pieces that are
}

// Get returns at least n aligned bytes with anything in them.
func (p *Pool) Get(n int) []byte {
	n = (max(n, 1) + Block - 1) / Block * Block
	p.mu.Lock()
	defer p.mu.Unlock()
	if n > regionSize {
		return p.make(n).b[:n:n] // of its own, and gone when it comes back
	}
	if p.gets++; p.gets == poolStretch {
		p.before, p.most, p.gets = p.most, p.used, 0
		p.trim()
	}
	r := p.find(n)
	b := r.b[r.next : r.next+n : r.next+n]
	if r.next += n; r.out == 0 {
		p.used++
		p.most = max(p.most, p.used)
	}
	r.out++
	return b
}

// find is a region that has n bytes left.
func (p *Pool) find(n int) *region {
	if p.hand != nil && p.hand.next+n <= len(p.hand.b) {
		return p.hand
	}
	if p.hand != nil && p.hand.out == 0 {
		p.rest(p.hand)
	}
	if last := len(p.idle) - 1; last >= 0 {
		p.hand, p.idle = p.idle[last], p.idle[:last]
	} else {
		p.hand = p.make(n)
	}
	return p.hand
}

// rest lays r aside, of which everything is back.
func (p *Pool) rest(r *region) {
	r.next = 0
	p.idle = append(p.idle, r)
	p.trim()
}

// trim gives back to the system what wasn't needed lately.
func (p *Pool) trim() {
	for len(p.idle) > 0 && p.used+len(p.idle) > max(p.most, p.before) {
		p.free(p.idle[0])
		p.idle = slices.Delete(p.idle, 0, 1)
	}
}

func (p *Pool) free(r *region) {
	delete(p.regions, r.address())
	freeMemory(r.raw)
}

func (p *Pool) make(n int) *region {
	n = (n + regionSize - 1) / regionSize * regionSize
	raw := newMemory(n + regionSize)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(raw)))) & (regionSize - 1)
	r := &region{b: raw[skip : skip+n : skip+n], raw: raw}
	inLargePages(r.b)
	if p.regions == nil {
		p.regions = map[uintptr]*region{}
	}
	p.regions[r.address()] = r
	return r
}

func (r *region) address() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(r.b))) }

// Put takes back b, which must come from Get and may not be used any more.
func (p *Pool) Put(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.regions[uintptr(unsafe.Pointer(unsafe.SliceData(b)))&^(regionSize-1)]
	if len(r.b) > regionSize {
		p.free(r)
		return
	}
	if r.out--; r.out > 0 {
		return
	}
	p.used--
	if r == p.hand {
		r.next = 0
	} else {
		p.rest(r)
	}
}
