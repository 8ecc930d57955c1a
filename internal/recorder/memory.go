package recorder

import "oogmerk/internal/media"

const (
	// memorySize is how many bytes the pictures of a camera take at most: the
	// GOP in hand, a fragment that goes on after what is kept of that, and the
	// picture with which it ends.
	memorySize = maxGOP + 16<<20 + media.MaxAccessUnit + 64<<10
	// before is room that is left before a fragment for what is sealed with it.
	before = 1 << 10
	// leastMemory is what is set aside for a camera without a connection.
	leastMemory = 256 << 10
)

// A memory is where the pictures of one camera are kept, one after the other,
// so that they are copied once: those who watch, and the fragment that is being
// recorded, have them there. It holds what they have, so it must last as long
// as they do.
type memory struct {
	b      []byte
	used   int
	mapped bool // b isn't Go's: only what was used of it is really there
}

// put copies data to behind what is there, with room before it, and returns
// both; nil if there is no room.
func (m *memory) put(data []byte, room int) []byte {
	from, to := m.used, m.used+room+len(data)
	if to > len(m.b) && !m.grow(to) {
		return nil
	}
	copy(m.b[from+room:], data)
	m.used = to
	return m.b[from:to]
}

// grow makes room for so many bytes. What was handed out stays as it is.
func (m *memory) grow(size int) bool {
	if m.mapped || size > memorySize {
		return false
	}
	b := make([]byte, min(max(2*len(m.b), size, leastMemory), memorySize))
	copy(b, m.b[:m.used])
	m.b = b
	return true
}

// forget makes all there is be overwritten. If that was exceptionally much,
// it gives it back.
func (m *memory) forget() {
	if m.used > maxGOP/2 {
		m.giveBack()
	}
	m.used = 0
}
