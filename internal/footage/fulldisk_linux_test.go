package footage

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/regulation"
)

var errFullDisk = syscall.ENOSPC

// ownMounts lets a child mount something that nobody else sees.
func ownMounts() *syscall.SysProcAttr {
	if os.Getuid() == 0 {
		return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	}
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
}

func mountSmall(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatalf("couldn't have mounts of our own: %v", err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Fatalf("couldn't mount a disk of 4 MB: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// newStageOn keeps footage on the small disk, and the rest elsewhere.
func newStageOn(t *testing.T, dir string) *stage {
	return newStageIn(t, dbtest.SQLite(t), filepath.Join(dir, "footage"))
}

// TestFullDisk records on a file system of a few megabytes. It needs a mount
// of its own, so it runs itself again in a mount namespace.
func TestFullDisk(t *testing.T) {
	const mark = "OOGMERK_TEST_FULL_DISK"
	if dir := os.Getenv(mark); dir != "" {
		fullDisk(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), mark+"="+t.TempDir())
	cmd.SysProcAttr = ownMounts()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("couldn't run with a mount of its own (this needs root, or user namespaces): %v\n%s", err, out)
	}
}

func fullDisk(t *testing.T, dir string) {
	mountSmall(t, dir)
	s := newStageOn(t, dir)
	film := shoot(noon, 4000, 4) // more than fits
	p := s.permit(regulation.Record, whole(cam))
	w := s.Record(p, cam)
	kept, full := 0, error(nil)
	for _, f := range film {
		if full = w.Write(t.Context(), f); full != nil {
			break
		}
		kept++
	}
	if full == nil {
		full = w.Close(t.Context())
	}
	if !errors.Is(full, errFullDisk) {
		t.Fatalf("a full disk gave %v", full)
	}
	if err := w.Write(t.Context(), film[kept]); !errors.Is(err, errFullDisk) {
		t.Errorf("the next Write gave %v", err)
	}
	if err := w.Close(t.Context()); err != nil && !errors.Is(err, errFullDisk) {
		t.Errorf("Close gave %v", err)
	}
	s.clean()
	shown := len(s.see(noon, noon.Add(time.Hour)).Parts())
	if shown == 0 || shown > kept+queueLength {
		t.Errorf("%d fragments can be seen, %d were accepted", shown, kept)
	}
	if free, _, err := s.blobs.Space(); err != nil || free > 1<<20 {
		t.Errorf("%d bytes are free, %v", free, err)
	}
	// Room is made, and a new writer goes on.
	s.erase(noonH + 1)
	more := shoot(noon.Add(time.Hour), 20, 4)
	s.record(more)
	s.same(s.see(noon.Add(time.Hour), noon.Add(2*time.Hour)), more)
	s.clean()
}
