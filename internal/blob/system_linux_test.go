package blob

import (
	"os"
	"testing"
)

// Files that say so are synced with their file system; where it isn't known
// that this reaches the disk, none says so.
func TestSyncTogether(t *testing.T) {
	for parent, whole := range map[string]bool{"": true, "/dev/shm": false} {
		path, err := os.MkdirTemp(parent, "oogmerk-test-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(path)
		d, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := d.Create("a/b")
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Append(Aligned(Block)); err != nil {
			t.Fatal(err)
		}
		if f.Together() && !whole {
			t.Errorf("a file in %s says that it is synced with all others", path)
		}
		if err := d.Sync(); (err == nil) != f.Together() {
			t.Errorf("a file in %s says %v, and syncing all of it gives %v", path, f.Together(), err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
