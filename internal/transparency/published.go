package transparency

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// A Fetch gets one published file: "checkpoint", "tile/0/000".
type Fetch func(ctx context.Context, path string) ([]byte, error)

// VerifyPublished verifies all that a log publishes: it fetches every entry
// and every tile and recomputes every hash. It calls fault with a line for
// each thing that is wrong, and returns the signed checkpoint. The error is
// for what can't be fetched or read at all.
func VerifyPublished(ctx context.Context, fetch Fetch, v Verifier, after *Checkpoint, fault func(string)) (Checkpoint, []byte, error) {
	signed, err := fetch(ctx, "checkpoint")
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("couldn't fetch the checkpoint: %w", err)
	}
	c, err := OpenCheckpoint(signed, v)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	p := &published{Audit: &Audit{Fault: fault, After: after}, fetch: fetch, above: map[int][]byte{}}
	for t := range tilesAt(0, c.Size) {
		if err := p.leaves(ctx, t); err != nil {
			return Checkpoint{}, nil, err
		}
	}
	for _, level := range slices.Sorted(maps.Keys(p.above)) {
		if err := p.tilesAbove(ctx, level, c.Size); err != nil {
			return Checkpoint{}, nil, err
		}
	}
	p.End(c)
	return c, signed, nil
}

// published is an audit of what a log publishes.
type published struct {
	*Audit
	fetch Fetch
	above map[int][]byte // recomputed hashes per level above 0, one after the other
}

// leaves verifies a tile of leaf hashes and its entries against each other.
func (p *published) leaves(ctx context.Context, t Tile) error {
	hashes, err := p.tile(ctx, t)
	if err != nil {
		return err
	}
	bundle := t
	bundle.Level = EntriesLevel
	data, err := p.fetch(ctx, bundle.Path())
	if err != nil {
		return fmt.Errorf("couldn't fetch %s: %w", bundle.Path(), err)
	}
	entries, err := splitBundle(data)
	if err != nil || len(entries) != t.Width {
		return fmt.Errorf("couldn't read %s: it should have %d entries, has %d: %v", bundle.Path(), t.Width, len(entries), err)
	}
	for i, entry := range entries {
		p.leaf(t.Start()+int64(i), entry, Hash(hashes[i*HashSize:]))
	}
	return nil
}

func (p *published) leaf(seq int64, entry []byte, tiled Hash) {
	if len(entry) != LeafSize || entry[0] != leafVersion {
		p.fault("entry %d isn't %d bytes that begin with %d", seq, LeafSize, leafVersion)
	}
	leaf := LeafHash(entry)
	if leaf != tiled {
		p.fault("entry %d: its hash isn't the one in the tile", seq)
	}
	for _, root := range p.Leaf(leaf) {
		level := root.Height / tileHeight
		p.above[level] = append(p.above[level], root.Hash[:]...)
	}
}

// tilesAbove verifies the tiles of a level above 0.
func (p *published) tilesAbove(ctx context.Context, level int, size int64) error {
	for t := range tilesAt(level, size) {
		got, err := p.tile(ctx, t)
		if err != nil {
			return err
		}
		start := t.Start() * HashSize
		if want := p.above[level][start : start+int64(len(got))]; !bytes.Equal(got, want) {
			p.fault("%s isn't what the entries make it", t.Path())
		}
	}
	return nil
}

// tile fetches hashes of the right number.
func (p *published) tile(ctx context.Context, t Tile) ([]byte, error) {
	b, err := p.fetch(ctx, t.Path())
	if err != nil {
		return nil, fmt.Errorf("couldn't fetch %s: %w", t.Path(), err)
	}
	if len(b) != t.Width*HashSize {
		return nil, fmt.Errorf("couldn't read %s: it should have %d bytes, has %d", t.Path(), t.Width*HashSize, len(b))
	}
	return b, nil
}

// AppendToBundle adds an entry to an entry bundle.
func AppendToBundle(bundle, entry []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
}

// splitBundle is the opposite.
func splitBundle(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return entries, fmt.Errorf("entry %d is cut off", len(entries))
		}
		n := 2 + int(binary.BigEndian.Uint16(bundle))
		entries, bundle = append(entries, bundle[2:n]), bundle[n:]
	}
	return entries, nil
}
