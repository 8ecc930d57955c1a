package transparency

import (
	"bytes"
	"crypto/rand"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

var tilePaths = map[string]Tile{
	"tile/0/000":                  {0, 0, 256},
	"tile/0/000.p/1":              {0, 0, 1},
	"tile/1/x001/234.p/255":       {1, 1234, 255},
	"tile/entries/x001/x234/067":  {EntriesLevel, 1234067, 256},
	"tile/63/999":                 {63, 999, 256},
	"tile/entries/000.p/17":       {EntriesLevel, 0, 17},
	(Tile{0, maxTile, 3}).Path():  {0, maxTile, 3},
	(Tile{2, 1000000, 25}).Path(): {2, 1000000, 25},
}

var noTilePaths = []string{"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
	"tile/-1/000", "tile/+1/000", "tile/data/000", "tile/8/0/000", "tile/0/x000/000", "tile/0/x001", "tile/0/001/x234", "tile/0/001/234",
	"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p", "tile/0/000.p/-1", "tile/0/000.p/1/", "/tile/0/000",
	"tile/0/-01", "tile/0/000.p/1.p/1", "tile/entries/", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/000 ", "tile/0/xx00/001"}

func TestTilePaths(t *testing.T) {
	for path, want := range tilePaths {
		if got, err := ParseTile(path); err != nil || got != want || want.Path() != path {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
	for _, path := range noTilePaths {
		if got, err := ParseTile(path); err == nil {
			t.Errorf("%q is %v", path, got)
		}
	}
	if _, err := ParseTile((Tile{0, maxTile, 256}).Path()); err != nil || (Tile{0, maxTile, 256}).Start() < 0 || math.MaxInt64-maxTile*TileWidth > 256 {
		t.Error("the last tile")
	}
}

func FuzzParseTile(f *testing.F) {
	for path := range tilePaths {
		f.Add(path)
	}
	for _, path := range noTilePaths {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		tile, err := ParseTile(path)
		if err == nil && (tile.Path() != path || tile.Start() < 0 || tile.Width < 1 || tile.Width > TileWidth || tile.Level < EntriesLevel) {
			t.Errorf("%q is %v", path, tile)
		}
	})
}

// fixed is a source of bytes that are always the same.
type fixed byte

func (f fixed) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(f)
	}
	return len(b), nil
}

func TestKeys(t *testing.T) {
	for i := range 64 { // base64 of some has a +
		private, public, err := NewKey(origin, fixed(i))
		if err != nil {
			t.Fatal(err)
		}
		signer, err := NewSigner(private)
		if err != nil || signer.Public() != public || signer.Name() != origin {
			t.Fatalf("key %d: %v", i, err)
		}
		theirs, err := note.NewSigner(private)
		if err != nil {
			t.Fatal(err)
		}
		v, err := NewVerifier(public)
		if err != nil || v.KeyHash() != theirs.KeyHash() {
			t.Fatalf("key %d: %v", i, err)
		}
		signed, err := Checkpoint{Origin: origin}.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCheckpoint(signed, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb"} {
		if _, _, err := NewKey(name, rand.Reader); err == nil {
			t.Errorf("%q may be a log's name", name)
		}
	}
	private, public, _ := NewKey(origin, rand.Reader)
	for _, key := range []string{"", "PRIVATE+KEY+", public, private + "x", private[:len(private)-4], strings.Replace(private, "oog", "oor", 1)} {
		if _, err := NewSigner(key); err == nil {
			t.Errorf("%q may sign", key)
		} else if strings.Contains(err.Error(), private[len(private)-20:]) {
			t.Error("the error shows the key")
		}
	}
	for _, key := range []string{"", private, public[1:]} {
		if _, err := NewVerifier(key); err == nil {
			t.Errorf("%q may verify", key)
		}
	}
}

func TestCheckpoints(t *testing.T) {
	m := newMemoryLog(t, 5)
	c, signed := m.checkpoint()
	if got, err := OpenCheckpoint(signed, m.verifier()); err != nil || got != c {
		t.Errorf("%v, %v", got, err)
	}
	other := Checkpoint{"other.example/log", c.Size, c.Root}
	signed, err := other.Sign(m.signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(signed, m.verifier()); err == nil {
		t.Error("our key may sign for another log")
	}
	root := strings.Repeat("A", 43) + "="
	for _, text := range []string{"", "\n", "a\n1\n", "\n1\n" + root + "\n", "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n", "a\n1\nAAAA\n",
		"a\n1\n" + root[:42] + "B=\n", "a\n99999999999999999999\n" + root + "\n"} {
		if _, err := parseCheckpoint(text); err == nil {
			t.Errorf("%q is a checkpoint", text)
		}
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	m := newMemoryLog(f, 5)
	_, signed := m.checkpoint()
	v := m.verifier()
	f.Add(signed, origin+"\n5\n"+strings.Repeat("A", 43)+"=\n")
	f.Fuzz(func(t *testing.T, note []byte, text string) {
		if _, err := OpenCheckpoint(note, v); err == nil && !bytes.Contains(note, []byte(origin+"\n5\n")) {
			t.Errorf("%q is a checkpoint", note)
		}
		if c, err := parseCheckpoint(text); err == nil && (c.Size < 0 || !strings.HasPrefix(text, c.Origin+"\n")) {
			t.Errorf("%q is %v", text, c)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	m := newMemoryLog(f, 5)
	c, signed := m.checkpoint()
	path, err := Prove(c, 3, func(t Tile) ([]byte, error) { return m.tile(t), nil })
	if err != nil {
		f.Fatal(err)
	}
	f.Add(Proof{Seq: 3, Path: path, Checkpoint: signed}.Format())
	f.Add(Proof{Extra: []byte{1}, Seq: 3, Path: path, Checkpoint: signed}.Format())
	f.Add([]byte(proofMagic + "\nindex 0\n\n"))
	f.Add([]byte(proofMagic + "\nextra \nindex 0\n\n"))
	v := m.verifier()
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParseProof(text)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Format(), text) {
			t.Errorf("%q became %q", text, p.Format())
		}
		if _, err := p.Verify(m.leaves[4], v); err == nil && p.Seq != 4 {
			t.Errorf("%q proves what isn't so", text)
		}
	})
}

func TestHeader(t *testing.T) {
	at := time.Date(2026, 8, 2, 14, 3, 9, 120000000, time.FixedZone("", 7200))
	h := Header{At: at, Kind: "besluit", Act: "terugkijken", Object: `Camera::"a<b>"`, Result: "beëindigd", More: []byte(`{"n":1}`)}
	body, err := h.Body()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"at":"2026-08-02T12:03:09.120000Z","kind":"besluit","act":"terugkijken","object":"Camera::\"a<b>\"","result":"beëindigd","header":{"n":1}}`
	if string(body) != want {
		t.Errorf("%s", body)
	}
	if got, err := ParseHeader(body); err != nil || !got.At.Equal(at) || got.Object != h.Object || string(got.More) != `{"n":1}` {
		t.Errorf("%v, %v", got, err)
	}
	h.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := h.Body(); err == nil {
		t.Error("the year 10000 can be written")
	}
	if _, err := Marshal([]any{bytes.NewBufferString("x"), rawInvalid("\"\xff\"")}); err == nil {
		t.Error("a body needn't be UTF-8")
	}
}

type rawInvalid string

func (r rawInvalid) MarshalJSON() ([]byte, error) { return []byte(r), nil }
