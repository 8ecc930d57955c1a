package transparency

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const proofMagic = "c2sp.org/tlog-proof@v1"

// maxPath is how many hashes a proof can need in a tree that fits in int64.
const maxPath = 63

// A Proof shows, without the log, that an entry is in it: C2SP tlog-proof.
type Proof struct {
	Extra      []byte // said beside it, and proved by nothing; may be nil
	Seq        int64
	Path       []Hash // from the leaf's sibling up
	Checkpoint []byte // signed
}

// Prove proves that the tree of c holds entry seq. It verifies every tile it
// reads against c.
func Prove(c Checkpoint, seq int64, read func(Tile) ([]byte, error)) ([]Hash, error) {
	reader := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tiles(read))
	path, err := tlog.ProveRecord(c.Size, seq, reader)
	if err != nil {
		return nil, fmt.Errorf("couldn't prove entry %d: %w", seq, err)
	}
	return path, nil
}

// Format is p as text.
func (p Proof) Format() []byte {
	var b strings.Builder
	b.WriteString(proofMagic + "\n")
	if p.Extra != nil {
		fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString(p.Extra))
	}
	fmt.Fprintf(&b, "index %d\n", p.Seq)
	for _, hash := range p.Path {
		b.WriteString(base64.StdEncoding.EncodeToString(hash[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(p.Checkpoint)
	return []byte(b.String())
}

// ParseProof is the opposite of [Proof.Format].
func ParseProof(text []byte) (Proof, error) {
	head, checkpoint, ok := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 2 || lines[0] != proofMagic {
		return Proof{}, errors.New("not a proof: it begins with " + proofMagic)
	}
	p := Proof{Checkpoint: []byte(checkpoint)}
	lines = lines[1:]
	if extra, ok := strings.CutPrefix(lines[0], "extra "); ok && len(lines) > 1 {
		var err error
		if p.Extra, err = parseBase64(extra); err != nil {
			return Proof{}, fmt.Errorf("not a proof: the extra data %w", err)
		}
		lines = lines[1:]
	}
	index, ok := strings.CutPrefix(lines[0], "index ")
	if !ok || len(lines)-1 > maxPath {
		return Proof{}, errors.New("not a proof: after the first line come the index and at most 63 hashes")
	}
	var err error
	if p.Seq, err = parseDecimal(index); err != nil {
		return Proof{}, fmt.Errorf("not a proof: the index %w", err)
	}
	for _, line := range lines[1:] {
		hash, err := parseHash(line)
		if err != nil {
			return Proof{}, fmt.Errorf("not a proof: a hash %w", err)
		}
		p.Path = append(p.Path, hash)
	}
	return p, nil
}

// Verify verifies that the log of v holds leafData as entry p.Seq.
func (p Proof) Verify(leafData []byte, v Verifier) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, v)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Seq >= c.Size {
		return Checkpoint{}, fmt.Errorf("the proof is of entry %d, and the checkpoint of %d entries", p.Seq, c.Size)
	}
	if err := tlog.CheckRecord(p.Path, c.Size, c.Root, p.Seq, LeafHash(leafData)); err != nil {
		return Checkpoint{}, fmt.Errorf("the proof of entry %d is wrong: %w", p.Seq, err)
	}
	return c, nil
}
