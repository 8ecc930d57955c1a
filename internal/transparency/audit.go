package transparency

import (
	"crypto/hmac"
	"fmt"
	"maps"
	"slices"
)

// A Body is one part of an entry as it is kept. Salt and Text are nil once it
// is erased; then only the commitment is left.
type Body struct {
	Erased     bool
	Salt, Text []byte
	Commitment Hash
}

// Recommit sets the commitment to what salt and text make it.
func (b *Body) Recommit(part Part) { b.Commitment = Commit(part, b.Salt, b.Text) }

// An Audit goes through a log from its first entry to its last, recomputes
// the tree and calls Fault with a line for each thing that is wrong.
type Audit struct {
	Fault func(string)
	After *Checkpoint // one of earlier, which the log must go on from; may be nil

	tree    Frontier
	erased  map[int64]bool  // entries without their person part
	erasers map[int64]int64 // by which entry that was
}

func (a *Audit) fault(format string, args ...any) { a.Fault(fmt.Sprintf(format, args...)) }

// Size is how many leaves the audit has seen.
func (a *Audit) Size() int64 { return a.tree.Size() }

// Frontier is the right edge of the tree so far.
func (a *Audit) Frontier() []byte { return a.tree.Bytes() }

// Leaf takes the next leaf into the tree.
func (a *Audit) Leaf(leaf Hash) []TileRoot {
	a.compareAfter()
	return a.tree.Append(leaf)
}

// compareAfter compares the tree with the earlier checkpoint, when it has
// grown to that.
func (a *Audit) compareAfter() {
	if a.After != nil && a.tree.Size() == a.After.Size && a.tree.Root() != a.After.Root {
		a.fault("history was rewritten: the first %d entries aren't those of the saved checkpoint", a.After.Size)
	}
}

// Bodies verifies what entry seq says against its commitments, and returns
// the header.
func (a *Audit) Bodies(seq int64, header, person Body) (Header, bool) {
	a.committed(seq, HeaderPart, header)
	if a.erased == nil {
		a.erased, a.erasers = map[int64]bool{}, map[int64]int64{}
	}
	switch {
	case !person.Erased:
		a.committed(seq, PersonPart, person)
	case len(person.Text) > 0:
		a.fault("entry %d: the person part has no salt, so nothing vouches for it", seq)
	default:
		a.erased[seq] = true
	}
	h, err := ParseHeader(header.Text)
	if err != nil {
		a.fault("entry %d: %v", seq, err)
		return Header{}, false
	}
	if target, ok, err := h.erasure(); err != nil {
		a.fault("entry %d: %v", seq, err)
	} else if ok {
		a.erasers[target] = seq
	}
	return h, true
}

func (a *Audit) committed(seq int64, part Part, b Body) {
	want := Commit(part, b.Salt, b.Text)
	switch {
	case b.Erased:
		a.fault("entry %d: the %s part is missing", seq, part)
	case len(b.Salt) != SaltSize:
		a.fault("entry %d: the salt of the %s part has %d bytes, not %d", seq, part, len(b.Salt), SaltSize)
	case !hmac.Equal(want[:], b.Commitment[:]):
		a.fault("entry %d: the %s part isn't what was committed to", seq, part)
	}
}

// End compares all that was seen with the checkpoint of the log.
func (a *Audit) End(c Checkpoint) {
	a.compareAfter()
	if a.After != nil && a.After.Size > c.Size {
		a.fault("history was cut off: the log has %d entries, and the saved checkpoint %d", c.Size, a.After.Size)
	}
	if a.tree.Size() != c.Size {
		a.fault("there are %d entries, and the checkpoint says %d", a.tree.Size(), c.Size)
	} else if a.tree.Root() != c.Root {
		a.fault("the entries don't make the tree that the checkpoint says")
	}
	for _, seq := range slices.Sorted(maps.Keys(a.erased)) {
		if by, ok := a.erasers[seq]; !ok || by <= seq {
			a.fault("entry %d: the person part is missing, and no later entry says it was erased", seq)
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(a.erasers)) {
		if !a.erased[seq] {
			a.fault("entry %d: entry %d says its person part was erased, but it wasn't", seq, a.erasers[seq])
		}
	}
}
