// Package blob keeps bytes under a name, on a file system, and gets them to
// the disk in such a way that what was synced survives a power cut.
package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Dir keeps blobs as files below a directory. Names are slash-separated.
type Dir struct {
	path   string
	system system
	batch  *batch
}

// Open returns the blobs below path, which it makes if it isn't there.
func Open(path string) (*Dir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("couldn't open blob directory %s: %w", path, err)
	}
	if err := makeDir(abs); err != nil {
		return nil, fmt.Errorf("couldn't open blob directory %s: %w", path, err)
	}
	system, err := openSystem(abs)
	if err != nil {
		return nil, fmt.Errorf("couldn't open blob directory %s: %w", path, err)
	}
	return &Dir{path: abs, system: system, batch: &batch{}}, nil
}

// Close lets go of what Open took. No file may be appended to after it.
func (d *Dir) Close() error {
	if err := errors.Join(d.batch.close(), d.system.close()); err != nil {
		return fmt.Errorf("couldn't close blob directory %s: %w", d.path, err)
	}
	return nil
}

// file is where the blob is, or an error for a name that isn't one.
func (d *Dir) file(name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	return d.below(name), nil
}

func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("%q is no name for a blob: %w", name, fs.ErrInvalid)
	}
	return nil
}

// below is where a name that is one is, or a directory of names.
func (d *Dir) below(name string) string { return filepath.Join(d.path, filepath.FromSlash(name)) }

// Create makes a blob that isn't there yet, to append to. When it returns,
// the name itself survives a power cut.
func (d *Dir) Create(name string) (*File, error) {
	path, err := d.file(name)
	if err != nil {
		return nil, err
	}
	f, err := create(path)
	if err != nil {
		return nil, fmt.Errorf("couldn't create blob %s: %w", name, err)
	}
	f.shared, f.batch = d.system.has(f.f), d.batch
	return f, nil
}

func create(path string) (*File, error) {
	dir := filepath.Dir(path)
	// Removing the last blob of a directory removes the directory, and may do
	// so between our two steps.
	for attempt := 0; ; attempt++ {
		if err := makeDir(dir); err != nil {
			return nil, err
		}
		f, err := openNew(path)
		if errors.Is(err, fs.ErrNotExist) && attempt < 10 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := syncDir(dir); err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(path))
		}
		return f, nil
	}
}

// Sync returns when all that was appended to the files that say so themselves
// ([File.Together]) survives a power cut. It syncs the whole file system, which
// costs hardly more than syncing one file of it.
func (d *Dir) Sync() error {
	if err := d.system.sync(); err != nil {
		return fmt.Errorf("couldn't sync the file system of %s: %w", d.path, err)
	}
	return nil
}

// Truncate cuts a blob off after size bytes, for good.
func (d *Dir) Truncate(name string, size int64) error {
	path, err := d.file(name)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("couldn't truncate blob %s: %w", name, err)
	}
	if err := errors.Join(f.Truncate(size), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("couldn't truncate blob %s: %w", name, err)
	}
	return nil
}

// Top returns the names of the directories and blobs that aren't below others.
func (d *Dir) Top() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, fmt.Errorf("couldn't list blobs: %w", err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// Walk returns the names of all blobs below the directory prefix, or of all
// there are for "", in lexical order.
func (d *Dir) Walk(prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		root := d.path
		if prefix != "" {
			var err error
			if root, err = d.file(prefix); err != nil {
				yield("", err)
				return
			}
		}
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed while we walked, or never there
			}
			if err != nil {
				return err
			}
			if e.IsDir() {
				return nil
			}
			name, err := filepath.Rel(d.path, path)
			if err != nil {
				return err
			}
			if !yield(filepath.ToSlash(name), nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield("", fmt.Errorf("couldn't list blobs: %w", err))
		}
	}
}

// Space is how many bytes still fit, and how many the file system has.
func (d *Dir) Space() (free, size int64, err error) {
	if free, size, err = space(d.path); err != nil {
		return 0, 0, fmt.Errorf("couldn't ask how much fits in %s: %w", d.path, err)
	}
	return free, size, nil
}

// makeDir makes dir and those above it, each of them for good.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		if errors.Is(err, fs.ErrNotExist) { // parent was removed under our hands
			return makeDir(dir)
		}
		return err
	}
	if err := syncDir(parent); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes what was created in or removed from dir survive a power cut.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
