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

// tail is what comes behind what is there, to put the next picture together in;
// nil if it can't be done there.
func (m *memory) tail() []byte {
	if len(m.b)-m.used < before+media.MaxAccessUnit {
		return nil
	}
	return m.b[m.used:m.used]
}

// put sees to it that data are behind what is there, with room before them, and
// returns both; nil if they don't fit. Data that are in tail stay there if they can.
func (m *memory) put(data []byte, room int) []byte {
	from, to := m.used, m.used+room+len(data)
	if to > len(m.b) && !m.grow(to) {
		return nil
	}
	copy(m.b[from+room:], data) // costs nothing if they are there
	m.used = to
	return m.b[from:to]
}

// restart does what put does, but overwrites all there is. If that was
// exceptionally much, it gives it back. data may be in it.
func (m *memory) restart(data []byte, room int) []byte {
	much := m.used > maxGOP/2
	m.used = 0
	if much && !m.mapped {
		m.b = nil
	}
	kept := m.put(data, room)
	if much && m.mapped {
		m.giveBack()
	}
	return kept
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
func (m *memory) forget() { m.restart(nil, 0) }
