package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// depth is how many bits of an hour a ring tells apart. 2^22 hours reach to
// the year 2448.
const (
	depth = 22
	hours = 1 << depth
)

var errHour = fmt.Errorf("the hour is not between 0 and %d", hours)

// A ring holds the keys of all hours of one camera that were not destroyed,
// in a few dozen nodes of a binary tree. A node is the root of a subtree and
// yields every seed under it, and nothing outside it. Destroying hours
// replaces the nodes above them by those halves that have none of them under
// it (a puncturable pseudo-random function, after Goldreich, Goldwasser, Micali).
type ring struct {
	since uint64 // the version that destroyed keys last, or that made the ring
	nodes []node // in order of hour, never overlapping
}

// A node stands for the hours whose first `bits` bits are prefix.
type node struct {
	bits   uint8
	prefix uint32
	seed   [32]byte
}

func (n *node) first() Hour { return Hour(n.prefix) << (depth - n.bits) }
func (n *node) after() Hour { return Hour(n.prefix+1) << (depth - n.bits) }

// half derives one of the two nodes under n.
func (n *node) half(bit uint32) node {
	h := node{bits: n.bits + 1, prefix: n.prefix<<1 | bit}
	mac := hmac.New(sha256.New, n.seed[:])
	mac.Write([]byte("oogmerk camera ring 1 "))
	mac.Write([]byte{byte(bit)})
	mac.Sum(h.seed[:0])
	return h
}

func newRing(rand io.Reader, version uint64) (ring, error) {
	r := ring{since: version, nodes: make([]node, 1)}
	if _, err := io.ReadFull(rand, r.nodes[0].seed[:]); err != nil {
		return ring{}, fmt.Errorf("couldn't draw a ring: %w", err)
	}
	return r, nil
}

// leaf returns the seed of one hour.
func (r ring) leaf(hour Hour) ([32]byte, error) {
	if hour < 0 || hour >= hours {
		return [32]byte{}, errHour
	}
	for i := range r.nodes {
		if n := r.nodes[i]; n.first() <= hour && hour < n.after() {
			for n.bits < depth {
				n = n.half(uint32(hour>>(depth-1-n.bits)) & 1)
			}
			return n.seed, nil
		}
	}
	return [32]byte{}, ErrErased
}

// yields reports whether r can yield any hour from `from` on before `before`.
func (r ring) yields(from, before Hour) bool {
	for i := range r.nodes {
		if r.nodes[i].first() < before && r.nodes[i].after() > from {
			return true
		}
	}
	return false
}

// without is a copy of r that can't yield any hour from `from` on before
// `before`.
func (r ring) without(from, before Hour, version uint64) ring {
	kept := ring{since: version}
	for _, n := range r.nodes {
		kept.keep(n, from, before)
	}
	return kept
}

func (r *ring) keep(n node, from, before Hour) {
	switch {
	case n.first() >= before || n.after() <= from:
		r.nodes = append(r.nodes, n)
	case n.first() < from || n.after() > before:
		r.keep(n.half(0), from, before)
		r.keep(n.half(1), from, before)
	}
}

func (r ring) wipe() {
	for i := range r.nodes {
		clear(r.nodes[i].seed[:])
	}
}

// valid reports what is wrong with nodes that came from a file.
func (r ring) valid() error {
	end := Hour(0)
	for i := range r.nodes {
		n := &r.nodes[i]
		if n.bits > depth || n.prefix>>n.bits != 0 {
			return errors.New("a ring has a node outside its tree")
		}
		if n.first() < end {
			return errors.New("a ring's nodes are out of order")
		}
		end = n.after()
	}
	return nil
}
