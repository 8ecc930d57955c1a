package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Remove removes a blob for good, and directories that it leaves empty. One
// that isn't there was removed before: no error.
func (d *Dir) Remove(name string) error {
	_, err := d.RemoveAll([]string{name})
	return err
}

// RemoveAll removes blobs as Remove does, but looks up each directory once, and
// waits for the disk once a directory, after all of them: most file systems then
// get it there in one go. It returns those that are gone for good, and why the
// others aren't.
func (d *Dir) RemoveAll(names []string) (gone []string, err error) {
	in := map[string][]string{} // by directory
	var failed []error
	for _, name := range names {
		if err := checkName(name); err != nil {
			failed = append(failed, err)
			continue
		}
		// Not with package path: that would make a copy for each name.
		dir := name[:max(strings.LastIndexByte(name, '/'), 0)]
		in[dir] = append(in[dir], name)
	}
	dirs := slices.Sorted(maps.Keys(in))
	pruned, synced := map[string]error{}, map[string]error{}
	for _, dir := range dirs {
		var errs []error
		in[dir], errs = d.unlink(dir, in[dir])
		failed = append(failed, errs...)
		if len(in[dir]) > 0 {
			pruned[dir] = d.prune(d.below(dir))
		}
	}
	for _, dir := range dirs {
		if len(in[dir]) == 0 {
			continue
		}
		if err := errors.Join(pruned[dir], d.syncStanding(d.below(dir), synced)); err != nil {
			failed = append(failed, fmt.Errorf("couldn't remove blob %s for good: %w", in[dir][0], err))
			continue
		}
		gone = append(gone, in[dir]...)
	}
	return gone, errors.Join(failed...)
}

// unlink removes blobs of one directory, and returns the names that aren't there
// any more. "Not there" must be synced too: the crash may have been before that.
func (d *Dir) unlink(dir string, names []string) (gone []string, failed []error) {
	root, err := os.OpenRoot(d.below(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return names, nil
	}
	if err != nil {
		return nil, []error{fmt.Errorf("couldn't remove blob %s: %w", names[0], err)}
	}
	defer root.Close()
	gone = names[:0]
	for _, name := range names {
		err := root.Remove(name[strings.LastIndexByte(name, '/')+1:])
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, fmt.Errorf("couldn't remove blob %s: %w", name, err))
			continue
		}
		gone = append(gone, name)
	}
	return gone, failed
}

// prune removes dir if it is empty, and then looks at the one above.
func (d *Dir) prune(dir string) error {
	for ; dir != d.path; dir = filepath.Dir(dir) {
		err := syscall.Rmdir(dir)
		if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
			return nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncStanding syncs dir, or the nearest above it that is there, unless that
// was synced before.
func (d *Dir) syncStanding(dir string, synced map[string]error) error {
	for ; ; dir = filepath.Dir(dir) { // which others may be removing, too
		err, done := synced[dir]
		if done {
			return err
		}
		err = syncDir(dir)
		if errors.Is(err, fs.ErrNotExist) && dir != d.path {
			continue
		}
		synced[dir] = err
		return err
	}
}
