package recorder

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk is set in the process that has a disk of its own to fill.
const smallDisk = "OOGMERK_TEST_SMALL_DISK"

// The two tests of a full disk run themselves again where they may mount one
// of a few megabytes that nobody else sees.
func withSmallDisk(t *testing.T, fill func(t *testing.T, dir string)) {
	if dir := os.Getenv(smallDisk); dir != "" {
		fill(t, dir)
		return
	}
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	runtime.LockOSThread() // Pdeathsig is about the thread
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func mount(t *testing.T, dir, size string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, "size="+size); err != nil {
		t.Fatalf("couldn't mount a disk of %s: %v", size, err)
	}
}

// startBig is a camera that fills a small disk in seconds.
func startBig(t *testing.T) *rawCamera {
	raw := startRaw(t)
	raw.play = func(conn net.Conn, stop <-chan struct{}) {
		shots := newShots(conn)
		shots.padding = 40 << 10
		shots.shoot(stop)
	}
	return raw
}

func TestFullDiskIsAGapAndNoEnd(t *testing.T) { withSmallDisk(t, fillDisk) }

func fillDisk(t *testing.T, dir string) {
	mount(t, dir, "4m", 0)
	s := newSchool(t, dir)
	raw := startBig(t)
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Recording)
	status := s.state(id, Unstored)
	if !strings.Contains(status.Detail, syscall.ENOSPC.Error()) {
		t.Errorf("status %+v, want that the disk is full", status)
	}
	s.eventually("a gap", func() bool { return s.causes(id) == "schijf vol…" })
	held := s.recorded(id)
	if held < time.Second {
		t.Errorf("%v of footage, want what fitted", held)
	}
	tape := s.recorder.camera(id).tape
	s.eventually("another try that failed", func() bool {
		tape.mu.Lock()
		defer tape.mu.Unlock()
		return !tape.trial.IsZero() && tape.roll.writer == nil
	})
	if got := s.causes(id); got != "schijf vol…" {
		t.Errorf("gaps %q, want that the one goes on", got)
	}
	mount(t, dir, "400m", syscall.MS_REMOUNT)
	s.state(id, Recording)
	s.eventually("a gap that ended", func() bool { return s.causes(id) == "schijf vol" })
	s.eventually("more footage", func() bool { return s.recorded(id) > held+time.Second })
	if raw.connections() != 1 {
		t.Errorf("%d connections, want that the first was kept", raw.connections())
	}
	gap := s.gaps(id)[0].Span
	for _, g := range s.segments(id) {
		if g.Span.From.Before(gap.From) && g.Span.To.After(gap.From.Add(2*time.Second)) {
			t.Errorf("segment %v is in the middle of the gap %v", g.Span, gap)
		}
	}
}

// fillRest leaves no room for less than a fragment either.
func fillRest(dir string) {
	_ = os.WriteFile(filepath.Join(dir, "rest"), make([]byte, 8<<20), 0o600) // as much of it as fits
}

// The database, the keys and the footage share the disk that is full: what
// can't be written down then is, once there is room.
func TestFullDiskWithEverythingOnIt(t *testing.T) { withSmallDisk(t, fillAll) }

func fillAll(t *testing.T, dir string) {
	mount(t, dir, "8m", 0)
	t.Setenv("TMPDIR", dir)
	s := newSchool(t, "")
	raw := startBig(t)
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Recording)
	s.state(id, Unstored)
	fillRest(dir)
	held := s.recorded(id)
	mount(t, dir, "400m", syscall.MS_REMOUNT)
	s.state(id, Recording)
	s.eventually("more footage", func() bool { return s.recorded(id) > held+time.Second })
	s.eventually("gaps that ended, with their cause", func() bool { return s.gapNow(id) == "" && s.causes(id) != "" })
	s.end()
	s.allSaid(id)
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	must(s.store.Check(t.Context(), false, func(line string) { t.Errorf("check: %s", line) }))
	must(s.book.Check(t.Context(), func(line string) { t.Errorf("check: %s", line) }))
}
