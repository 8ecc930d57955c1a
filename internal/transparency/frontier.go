package transparency

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// A Frontier is the right edge of a tree: what is needed to add leaves and to
// know the root. The zero Frontier is the empty tree.
type Frontier struct {
	size   int64
	hashes []Hash // of the perfect subtrees the tree is made of, largest first
}

// A TileRoot is the hash of a complete subtree of 256 leaves, of 256 of
// those, and so on: what the tiles above level 0 are made of.
type TileRoot struct {
	Height int   // 8, 16, 24 …
	N      int64 // which at this height, from the left
	Hash   Hash
}

// ParseFrontier is the opposite of [Frontier.Bytes].
func ParseFrontier(size int64, b []byte) (*Frontier, error) {
	if size < 0 || len(b) != bits.OnesCount64(uint64(size))*HashSize {
		return nil, fmt.Errorf("a tree of %d leaves has no right edge of %d bytes", size, len(b))
	}
	f := &Frontier{size: size}
	for hash := range slices.Chunk(b, HashSize) {
		f.hashes = append(f.hashes, Hash(hash))
	}
	return f, nil
}

// Bytes is the hashes of f one after the other.
func (f *Frontier) Bytes() []byte {
	b := make([]byte, 0, len(f.hashes)*HashSize)
	for _, hash := range f.hashes {
		b = append(b, hash[:]...)
	}
	return b
}

// Size is how many leaves the tree has.
func (f *Frontier) Size() int64 { return f.size }

// Append adds a leaf and returns the roots of the tiles it completed.
func (f *Frontier) Append(leaf Hash) []TileRoot {
	var complete []TileRoot
	height := 0
	for n := f.size; n&1 == 1; n >>= 1 { // one subtree merges per trailing 1
		last := len(f.hashes) - 1
		leaf = tlog.NodeHash(f.hashes[last], leaf)
		f.hashes = f.hashes[:last]
		if height++; height%tileHeight == 0 {
			complete = append(complete, TileRoot{Height: height, N: f.size >> height, Hash: leaf})
		}
	}
	f.hashes = append(f.hashes, leaf)
	f.size++
	return complete
}

// Root is the hash of the whole tree.
func (f *Frontier) Root() Hash {
	if len(f.hashes) == 0 {
		return sha256.Sum256(nil)
	}
	root := f.hashes[len(f.hashes)-1]
	for _, left := range slices.Backward(f.hashes[:len(f.hashes)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}
