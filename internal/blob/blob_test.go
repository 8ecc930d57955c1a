package blob

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T) *Dir {
	t.Helper()
	d, err := Open(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, d *Dir, name string, blocks ...byte) {
	t.Helper()
	f, err := d.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		buf := Aligned(Block)
		for i := range buf {
			buf[i] = b
		}
		if err := f.Append(buf); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, d *Dir, prefix string) []string {
	t.Helper()
	var out []string
	for name, err := range d.Walk(prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	d := open(t)
	write(t, d, "cam/hour/one", 1, 2, 3)
	r, err := d.Open("cam/hour/one")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(bytes.Repeat([]byte{1}, Block), bytes.Repeat([]byte{2}, Block), bytes.Repeat([]byte{3}, Block))
	if !bytes.Equal(got, want) {
		t.Error("what was read isn't what was written")
	}
	if _, err := d.Create("cam/hour/one"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Create gave %v, want ErrExist", err)
	}
	if _, err := d.Open("cam/hour/two"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of what isn't there gave %v", err)
	}
	if _, err := d.Open("cam/hour"); err == nil {
		t.Error("a directory was opened as a blob")
	}
	if n, size, err := d.Space(); err != nil || n <= 0 || size < n {
		t.Errorf("Free = %d, %v", n, err)
	}
}

// On a file system without direct I/O the same must come out.
func TestWithoutDirectIO(t *testing.T) {
	d := open(t)
	f, err := d.Create("x")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.buffered(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Append(Aligned(2*Block)), f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if f.Size() != 2*Block {
		t.Errorf("Size = %d", f.Size())
	}
}

func TestAppendRefusesHalfBlocks(t *testing.T) {
	d := open(t)
	f, err := d.Create("x")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Append(Aligned(100)); err == nil {
		t.Error("100 bytes were appended")
	}
}

func TestRemoveAndWalk(t *testing.T) {
	d := open(t)
	write(t, d, "a/1/x", 1)
	write(t, d, "a/1/y", 1)
	write(t, d, "a/2/z", 1)
	if got := names(t, d, ""); !slices.Equal(got, []string{"a/1/x", "a/1/y", "a/2/z"}) {
		t.Errorf("Walk gave %v", got)
	}
	if got := names(t, d, "a/1"); !slices.Equal(got, []string{"a/1/x", "a/1/y"}) {
		t.Errorf("Walk of a/1 gave %v", got)
	}
	if got, err := d.Top(); err != nil || !slices.Equal(got, []string{"a"}) {
		t.Errorf("Top gave %v, %v", got, err)
	}
	if got := names(t, d, "nowhere"); got != nil {
		t.Errorf("Walk of nowhere gave %v", got)
	}
	for range 2 { // the second time there is nothing, which is no error
		for _, name := range []string{"a/1/x", "a/1/y"} {
			if err := d.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(d.path, "a", "1")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty directory was left behind")
	}
	if got := names(t, d, ""); !slices.Equal(got, []string{"a/2/z"}) {
		t.Errorf("Walk gave %v", got)
	}
}

// What can't be removed keeps nothing else from going.
func TestRemoveAll(t *testing.T) {
	d := open(t)
	for _, name := range []string{"a/1/x", "a/2/stays/y", "a/3/z"} {
		write(t, d, name, 1)
	}
	gone, err := d.RemoveAll([]string{"a/1/x", "a/1/before", "../a/3/z", "a/2/stays", "a/3/z"})
	if err == nil || !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), "a/2/stays") {
		t.Errorf("RemoveAll says %v", err)
	}
	if want := []string{"a/1/x", "a/1/before", "a/3/z"}; !slices.Equal(gone, want) {
		t.Errorf("gone is %v, want %v", gone, want)
	}
	if got := names(t, d, ""); !slices.Equal(got, []string{"a/2/stays/y"}) {
		t.Errorf("left is %v", got)
	}
}

func TestTruncate(t *testing.T) {
	d := open(t)
	write(t, d, "x", 1, 2)
	if err := d.Truncate("x", Block); err != nil {
		t.Fatal(err)
	}
	r, err := d.Open("x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Size() != Block {
		t.Errorf("Size = %d", r.Size())
	}
	if err := d.Truncate("y", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Truncate of what isn't there gave %v", err)
	}
}

func TestNames(t *testing.T) {
	d := open(t)
	for _, name := range []string{"", ".", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/", "a/./b", "a\\b", "a\x00b"} {
		if _, err := d.Create(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Create(%q) gave %v", name, err)
		}
		if _, err := d.Open(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Open(%q) gave %v", name, err)
		}
		if err := d.Remove(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Remove(%q) gave %v", name, err)
		}
	}
}

// TestCreateWhileRemoving creates in a directory that others keep emptying.
func TestCreateWhileRemoving(t *testing.T) {
	d := open(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			name := "shared/" + string(rune('a'+i))
			for range 25 {
				f, err := d.Create(name)
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(f.Close(), d.Remove(name)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
