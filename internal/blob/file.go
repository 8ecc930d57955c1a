package blob

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// Block is the unit in which files are appended to: what direct I/O wants on
// every disk we know of.
const Block = 4096

// Aligned returns n bytes at an address that is a multiple of [Block], as
// direct I/O wants them.
func Aligned(n int) []byte {
	raw := make([]byte, n+Block)
	skip := (Block - int(uintptr(unsafe.Pointer(&raw[0]))%Block)) % Block
	return raw[skip : skip+n : skip+n]
}

// A File is a blob being written. It bypasses the page cache where the file
// system lets it: footage is written once and rarely read, and would only
// push out what is.
type File struct {
	f      *os.File
	size   int64
	direct bool
	shared bool // it is on the file system that Dir.Sync syncs
	batch  *batch
	room   int64 // how long it is, if that is more than what was appended
	narrow bool  // the file system makes no room ahead
}

func openNew(path string) (*File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := os.OpenFile(path, flags|openDirect, 0o600)
	if err == nil {
		return &File{f: f, direct: openDirect != 0}, nil
	}
	if !errors.Is(err, syscall.EINVAL) {
		return nil, err
	}
	// The file system doesn't do direct I/O. Some make the file before they
	// say so, so it may be there by now.
	f, err = os.OpenFile(path, flags&^os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &File{f: f}, nil
}

// Append adds whole blocks from a buffer made by [Aligned] at the end: all of
// them or, with an error, none.
func (f *File) Append(blocks []byte) error {
	if len(blocks)%Block != 0 {
		return fmt.Errorf("couldn't append %d bytes: not whole blocks", len(blocks))
	}
	_, err := f.f.WriteAt(blocks, f.size)
	if f.direct && errors.Is(err, syscall.EINVAL) {
		if err = f.buffered(); err == nil {
			_, err = f.f.WriteAt(blocks, f.size)
		}
	}
	if err != nil {
		f.room = f.size
		return errors.Join(fmt.Errorf("couldn't append: %w", err), f.f.Truncate(f.size))
	}
	f.size += int64(len(blocks))
	return nil
}

// AppendSoon does what [File.Append] does, but waits up to some hundredths of a
// second for others to append to files of the same [Dir]: together they cost
// less. Until [File.Trim], zeros may follow what was appended.
func (f *File) AppendSoon(blocks []byte) error {
	if !f.direct || len(blocks) == 0 || len(blocks)%Block != 0 {
		return f.Append(blocks)
	}
	end := f.size + int64(len(blocks))
	if end > f.room && !f.narrow {
		room, err := makeRoom(f.f, max(f.room, f.size), end)
		f.room, f.narrow = room, err != nil // it can do without
	}
	if n, err := f.batch.write(f.f, blocks, f.size); n < len(blocks) || err != nil {
		return f.Append(blocks) // alone, which says what is wrong if anything is
	}
	f.size = end
	return nil
}

// Trim takes away the room that was made for more.
func (f *File) Trim() error {
	if f.room <= f.size {
		return nil
	}
	return f.Cut(f.size)
}

// Cut takes away all but the first size bytes.
func (f *File) Cut(size int64) error {
	if err := f.f.Truncate(size); err != nil {
		return fmt.Errorf("couldn't cut off what comes after %d bytes: %w", size, err)
	}
	f.size, f.room = size, size
	return nil
}

// buffered goes on without direct I/O: there are file systems that refuse it
// only when the first bytes come.
func (f *File) buffered() error {
	g, err := os.OpenFile(f.f.Name(), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = f.f.Close()
	f.f, f.direct = g, false
	return err
}

// Together reports whether [Dir.Sync] syncs f too.
func (f *File) Together() bool { return f.shared }

// Size is how many bytes were appended.
func (f *File) Size() int64 { return f.size }

// Sync returns when all that was appended survives a power cut.
func (f *File) Sync() error {
	if err := syncData(f.f); err != nil {
		return fmt.Errorf("couldn't sync: %w", err)
	}
	return nil
}

// Close closes the file, without a sync.
func (f *File) Close() error { return f.f.Close() }

// A Reader reads a blob at any place.
type Reader struct {
	*os.File
	size int64
}

// Open opens a blob to read. The error wraps fs.ErrNotExist if it isn't there.
func (d *Dir) Open(name string) (*Reader, error) {
	path, err := d.file(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("couldn't open blob %s: %w", name, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open blob %s: %w", name, err), f.Close())
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("couldn't open blob %s: it is no file", name), f.Close())
	}
	return &Reader{File: f, size: info.Size()}, nil
}

// Size is how long the blob was when it was opened.
func (r *Reader) Size() int64 { return r.size }
