package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// keys is everything that must be erasable, and nothing else.
type keys struct {
	version   uint64
	cameras   map[string]ring
	incidents map[string][]byte // 32 bytes each
}

// next is a copy of k to change and commit. It shares seeds with k, so that
// only what a commit drops needs wiping.
func (k *keys) next() *keys {
	return &keys{version: k.version + 1, cameras: maps.Clone(k.cameras), incidents: maps.Clone(k.incidents)}
}

func (k *keys) wipe() {
	for _, r := range k.cameras {
		r.wipe()
	}
	for _, kek := range k.incidents {
		clear(kek)
	}
}

// marshal is the text of the vault file. All numbers are big-endian:
//
//	version u64
//	count u32, then for each camera in order of name:
//	  name, since u64, count u32, then for each node: bits u8, prefix u32, seed [32]
//	count u32, then for each incident in order of name: name, key [32]
//
// where a name is a length u16 and that many bytes.
func (k *keys) marshal() []byte {
	b := make([]byte, 0, k.size()) // once: growing would leave copies of keys behind
	b = binary.BigEndian.AppendUint64(b, k.version)
	b = binary.BigEndian.AppendUint32(b, uint32(len(k.cameras)))
	for _, name := range slices.Sorted(maps.Keys(k.cameras)) {
		r := k.cameras[name]
		b = appendName(b, name)
		b = binary.BigEndian.AppendUint64(b, r.since)
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.nodes)))
		for i := range r.nodes {
			b = append(b, r.nodes[i].bits)
			b = binary.BigEndian.AppendUint32(b, r.nodes[i].prefix)
			b = append(b, r.nodes[i].seed[:]...)
		}
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(k.incidents)))
	for _, name := range slices.Sorted(maps.Keys(k.incidents)) {
		b = append(appendName(b, name), k.incidents[name]...)
	}
	return b
}

const nodeSize = 1 + 4 + 32

func (k *keys) size() int {
	n := 8 + 4 + 4
	for name, r := range k.cameras {
		n += 2 + len(name) + 8 + 4 + nodeSize*len(r.nodes)
	}
	for name := range k.incidents {
		n += 2 + len(name) + 32
	}
	return n
}

// checkName refuses names that the vault file has no room for.
func checkName(name string) error {
	if name == "" || len(name) > math.MaxUint16 {
		return fmt.Errorf("a name of %d bytes can't be kept, it must have 1 to %d", len(name), math.MaxUint16)
	}
	return nil
}

func appendName(b []byte, name string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(name))), name...)
}

// unmarshal reads what marshal wrote and accepts nothing else.
func unmarshal(b []byte) (*keys, error) {
	p := &parser{rest: b}
	k := &keys{version: p.uint64(), cameras: map[string]ring{}, incidents: map[string][]byte{}}
	last := ""
	for i := range p.count(2 + 8 + 4) {
		last = p.name(last, i)
		r := ring{since: p.uint64()}
		for range p.count(nodeSize) {
			n := node{bits: p.bytes(1)[0], prefix: p.uint32()}
			copy(n.seed[:], p.bytes(32))
			r.nodes = append(r.nodes, n)
		}
		p.fail(r.valid())
		k.cameras[last] = r
	}
	last = ""
	for i := range p.count(2 + 32) {
		last = p.name(last, i)
		k.incidents[last] = slices.Clone(p.bytes(32))
	}
	if len(p.rest) > 0 {
		p.fail(fmt.Errorf("%d bytes too many", len(p.rest)))
	}
	if p.err != nil {
		k.wipe()
		return nil, fmt.Errorf("couldn't read the vault's contents: %w", p.err)
	}
	return k, nil
}

// A parser reads fields until one is wrong, and zeros from then on.
type parser struct {
	rest []byte
	err  error
}

func (p *parser) fail(err error) {
	if p.err == nil && err != nil {
		p.err, p.rest = err, nil
	}
}

func (p *parser) bytes(n int) []byte {
	if len(p.rest) < n {
		p.fail(errors.New("it ends too early"))
		return make([]byte, n)
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *parser) uint64() uint64 { return binary.BigEndian.Uint64(p.bytes(8)) }
func (p *parser) uint32() uint32 { return binary.BigEndian.Uint32(p.bytes(4)) }

// count reads how many things of at least size bytes follow.
func (p *parser) count(size int) int {
	n := int(p.uint32())
	if n > len(p.rest)/size {
		p.fail(errors.New("it counts more than it holds"))
		return 0
	}
	return n
}

// name reads the i-th of a list of names, each after the last one.
func (p *parser) name(last string, i int) string {
	name := string(p.bytes(int(binary.BigEndian.Uint16(p.bytes(2)))))
	if i > 0 && name <= last {
		p.fail(errors.New("its names are out of order"))
	}
	return name
}
