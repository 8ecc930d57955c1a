package blob

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// batches are directories in which appends go together, and others in which
// the system gives no queue or the file system no direct I/O.
func batches(t *testing.T) map[string]*Dir {
	t.Helper()
	out := map[string]*Dir{"together": open(t), "alone": open(t), "half": open(t)}
	out["alone"].batch.broken = true
	if d, err := os.MkdirTemp("/dev/shm", "oogmerk-test-"); err == nil {
		t.Cleanup(func() { os.RemoveAll(d) })
		if out["in memory"], err = Open(d); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range out {
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return out
}

// What is appended to many files at the same time comes out as it went in, and
// nothing follows it once the file is trimmed.
func TestAppendTogether(t *testing.T) {
	const files, pieces = 40, 6
	for name, d := range batches(t) {
		var all sync.WaitGroup
		for i := range files {
			all.Go(func() {
				f, err := d.Create(fmt.Sprintf("cam/%d", i))
				if err != nil {
					t.Error(err)
					return
				}
				if name == "half" && i%2 == 0 {
					if err := f.buffered(); err != nil {
						t.Error(err)
					}
				}
				for n := range pieces {
					b := Aligned((1 + (i+n)%5) * Block)
					copy(b, bytes.Repeat([]byte{byte(i), byte(n)}, len(b)/2))
					put := f.AppendSoon
					if n == pieces-1 {
						put = f.Append
					}
					if err := put(b); err != nil {
						t.Error(err)
					}
				}
				if err := errors.Join(f.Trim(), f.Sync(), f.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for i := range files {
			var want []byte
			for n := range pieces {
				want = append(want, bytes.Repeat([]byte{byte(i), byte(n)}, (1+(i+n)%5)*Block/2)...)
			}
			got, err := os.ReadFile(filepath.Join(d.path, "cam", fmt.Sprint(i)))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: file %d isn't as it was written: %d bytes of %d, %v", name, i, len(got), len(want), err)
			}
		}
	}
}

// While a file is written to, nothing but zeros follow what is in it.
func TestRoomAheadIsEmpty(t *testing.T) {
	d := open(t)
	f, err := d.Create("x")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := bytes.Repeat([]byte{7}, Block)
	for range 3 {
		a := Aligned(Block)
		copy(a, b)
		if err := f.AppendSoon(a); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(f.f.Name())
	if err != nil || f.Size() != 3*Block || !bytes.Equal(got[:3*Block], bytes.Repeat([]byte{7}, 3*Block)) {
		t.Fatalf("%d bytes were appended, and aren't there: %v", f.Size(), err)
	}
	if rest := bytes.Trim(got[3*Block:], "\x00"); len(rest) > 0 {
		t.Error("something follows what was appended")
	}
	if err := f.Cut(2 * Block); err != nil {
		t.Fatal(err)
	}
	if info, err := f.f.Stat(); err != nil || info.Size() != 2*Block || f.Size() != 2*Block {
		t.Errorf("%v is left after a cut, want %d: %v", info, 2*Block, err)
	}
}

// What the system refuses is an error of who asked for it, of nobody else, and
// nothing of it stays.
func TestAppendTogetherFails(t *testing.T) {
	d := open(t)
	good, err := d.Create("good")
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	bad, err := d.Create("bad")
	if err != nil {
		t.Fatal(err)
	}
	if err := bad.f.Close(); err != nil {
		t.Fatal(err)
	}
	if bad.f, err = os.OpenFile(filepath.Join(d.path, "bad"), os.O_RDONLY|syscall.O_DIRECT, 0); err != nil {
		t.Fatal(err)
	}
	defer bad.f.Close()
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := bad.batch.refusedAlone(bad); !errors.Is(err, syscall.EBADF) {
				t.Errorf("writing to a file that is open to read gave %v", err)
			}
		})
	}
	if err := good.AppendSoon(Aligned(Block)); err != nil {
		t.Error(err)
	}
	all.Wait()
	if err := bad.AppendSoon(Aligned(Block)); err == nil {
		t.Error("appending to a file that is open to read gave no error")
	}
	if bad.Size() != 0 {
		t.Errorf("%d bytes were appended", bad.Size())
	}
}

func (b *batch) refusedAlone(f *File) error {
	_, err := b.write(f.f, Aligned(Block), 0)
	return err
}

// Who appends after the directory was closed still does, or is told.
func TestAppendAfterClose(t *testing.T) {
	d := open(t)
	f, err := d.Create("x")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(f.AppendSoon(Aligned(Block)), d.Close()); err != nil {
		t.Fatal(err)
	}
	if err := f.AppendSoon(Aligned(Block)); err != nil || f.Size() != 2*Block {
		t.Errorf("appending after that gave %v, and %d bytes", err, f.Size())
	}
}
