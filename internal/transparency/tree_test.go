package transparency

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

const origin = "oogmerk.example/logbook/1"

// A published log in memory, built on tlog's own bookkeeping rather than ours.
type memoryLog struct {
	t      testing.TB
	signer *Signer
	hashes []tlog.Hash // by stored hash index
	leaves [][]byte
}

func (m *memoryLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, m.hashes[i])
	}
	return out, nil
}

func newMemoryLog(t testing.TB, size int) *memoryLog {
	private, _, err := NewKey(origin, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	m := &memoryLog{t: t, signer: signer}
	for i := range size {
		m.add(byte(i>>8), byte(i))
	}
	return m
}

// add adds a leaf that depends on salt.
func (m *memoryLog) add(salt ...byte) {
	m.addLeaf(LeafData(Commit(HeaderPart, salt, nil), Commit(PersonPart, salt, nil)))
}

func (m *memoryLog) addLeaf(leaf []byte) {
	added, err := tlog.StoredHashes(int64(len(m.leaves)), leaf, m)
	if err != nil {
		m.t.Fatal(err)
	}
	m.hashes, m.leaves = append(m.hashes, added...), append(m.leaves, leaf)
}

func (m *memoryLog) checkpoint() (Checkpoint, []byte) {
	root := Hash((&Frontier{}).Root())
	if len(m.leaves) > 0 {
		var err error
		if root, err = tlog.TreeHash(int64(len(m.leaves)), m); err != nil {
			m.t.Fatal(err)
		}
	}
	c := Checkpoint{origin, int64(len(m.leaves)), root}
	signed, err := c.Sign(m.signer)
	if err != nil {
		m.t.Fatal(err)
	}
	return c, signed
}

func (m *memoryLog) verifier() Verifier {
	v, err := NewVerifier(m.signer.Public())
	if err != nil {
		m.t.Fatal(err)
	}
	return v
}

// files is all that a log of this size publishes.
func (m *memoryLog) files() map[string][]byte {
	_, signed := m.checkpoint()
	files := map[string][]byte{"checkpoint": signed}
	size := int64(len(m.leaves))
	for level := 0; size>>(8*level) > 0; level++ {
		for t := range tilesAt(level, size) {
			files[t.Path()] = m.tile(t)
		}
	}
	for t := range tilesAt(EntriesLevel, size) {
		var bundle []byte
		for _, leaf := range m.leaves[t.Start() : t.Start()+int64(t.Width)] {
			bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(leaf)))
			bundle = append(bundle, leaf...)
		}
		files[t.Path()] = bundle
	}
	return files
}

func (m *memoryLog) tile(t Tile) []byte {
	data, err := tlog.ReadTileData(tlog.Tile{H: 8, L: t.Level, N: t.N, W: t.Width}, m)
	if err != nil {
		m.t.Fatal(err)
	}
	return data
}

func TestFrontier(t *testing.T) {
	m := newMemoryLog(t, 0)
	var f Frontier
	roots := 0
	for i := range 70_000 {
		m.add(byte(i), byte(i>>8), byte(i>>16))
		for _, root := range f.Append(LeafHash(m.leaves[i])) {
			if want := m.hashes[tlog.StoredHashIndex(root.Height, root.N)]; root.Hash != want {
				t.Fatalf("after %d: tile root %d at height %d is wrong", i+1, root.N, root.Height)
			}
			roots++
		}
		if i%97 != 0 && i&(i+1) != 0 {
			continue
		}
		if c, _ := m.checkpoint(); f.Root() != c.Root || f.Size() != c.Size {
			t.Fatalf("after %d: another root", i+1)
		}
		again, err := ParseFrontier(f.Size(), f.Bytes())
		if err != nil || again.Root() != f.Root() {
			t.Fatalf("after %d: doesn't survive being written: %v", i+1, err)
		}
	}
	if want := 70_000>>8 + 70_000>>16; roots != want {
		t.Errorf("%d tile roots, not %d", roots, want)
	}
	for size, n := range map[int64]int{-1: 64, 0: 32, 1: 0, 3: 32, 2: 33} {
		if _, err := ParseFrontier(size, make([]byte, n)); err == nil {
			t.Errorf("%d bytes are the right edge of %d leaves", n, size)
		}
	}
}

func TestProof(t *testing.T) {
	m := newMemoryLog(t, 700)
	c, signed := m.checkpoint()
	read := func(tile Tile) ([]byte, error) { return m.tile(tile), nil }
	for _, seq := range []int64{0, 1, 255, 256, 511, 512, 698, 699} {
		path, err := Prove(c, seq, read)
		if err != nil {
			t.Fatal(err)
		}
		text := Proof{Extra: []byte("bij"), Seq: seq, Path: path, Checkpoint: signed}.Format()
		p, err := ParseProof(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Verify(m.leaves[seq], m.verifier()); err != nil || got != c {
			t.Errorf("%d: %v", seq, err)
		}
		if _, err := p.Verify(m.leaves[(seq+1)%700], m.verifier()); err == nil {
			t.Errorf("%d: proves another entry", seq)
		}
		if _, err := p.Verify(m.leaves[seq], newMemoryLog(t, 0).verifier()); err == nil {
			t.Errorf("%d: any key will do", seq)
		}
		p.Seq = 700
		if _, err := p.Verify(m.leaves[seq], m.verifier()); err == nil {
			t.Errorf("%d: proves an entry beyond the end", seq)
		}
	}
	if _, err := Prove(c, 700, read); err == nil {
		t.Error("an entry beyond the end has a proof")
	}
	forged := func(tile Tile) ([]byte, error) {
		data := bytes.Clone(m.tile(tile))
		data[5] ^= 1
		return data, nil
	}
	if _, err := Prove(c, 3, forged); err == nil {
		t.Error("a forged tile makes a proof")
	}
}

func TestVerifyPublished(t *testing.T) {
	for _, size := range []int{0, 1, 255, 256, 257, 700} {
		m := newMemoryLog(t, size)
		if faults, err := verifyFiles(m, m.files(), nil); err != nil || len(faults) > 0 {
			t.Errorf("%d entries: %v %v", size, faults, err)
		}
	}
}

func verifyFiles(m *memoryLog, files map[string][]byte, after *Checkpoint) (faults []string, err error) {
	fetch := func(_ context.Context, path string) ([]byte, error) {
		if b, ok := files[path]; ok {
			return b, nil
		}
		return nil, fmt.Errorf("no %s", path)
	}
	_, _, err = VerifyPublished(m.t.Context(), fetch, m.verifier(), after, func(f string) { faults = append(faults, f) })
	return faults, err
}

// Whatever single bit of whatever file is altered, it is found.
func TestVerifyPublishedFindsEveryFile(t *testing.T) {
	m := newMemoryLog(t, 600)
	files := m.files()
	if len(files) != 1+3+1+3 {
		t.Fatalf("%d files", len(files))
	}
	for path, content := range files {
		for _, at := range []int{0, len(content) / 2, len(content) - 1} {
			altered := bytes.Clone(content)
			altered[at] ^= 1
			files[path] = altered
			if faults, err := verifyFiles(m, files, nil); err == nil && len(faults) == 0 {
				t.Errorf("byte %d of %s may be anything", at, path)
			}
		}
		delete(files, path)
		if _, err := verifyFiles(m, files, nil); err == nil {
			t.Errorf("%s isn't missed", path)
		}
		files[path] = content
	}
}

func TestRewrittenHistory(t *testing.T) {
	m := newMemoryLog(t, 300)
	saved, _ := m.checkpoint()
	m.add(9)
	if faults, err := verifyFiles(m, m.files(), &saved); err != nil || len(faults) > 0 {
		t.Errorf("the same history: %v %v", faults, err)
	}
	rewritten := &memoryLog{t: t, signer: m.signer}
	for i := range 400 {
		rewritten.add(byte(i>>8), byte(i), byte(i/299)) // entry 299 and on differ
	}
	if faults, err := verifyFiles(rewritten, rewritten.files(), &saved); err != nil || !contains(faults, "rewritten") {
		t.Errorf("another history: %v %v", faults, err)
	}
	cut := &memoryLog{t: t, signer: m.signer, hashes: m.hashes, leaves: m.leaves[:200]}
	if faults, err := verifyFiles(cut, cut.files(), &saved); err != nil || !contains(faults, "cut off") {
		t.Errorf("a shorter history: %v %v", faults, err)
	}
}

func contains(lines []string, word string) bool {
	return strings.Contains(strings.Join(lines, "\n"), word)
}
