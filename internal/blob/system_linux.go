package blob

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
)

// A system is the file system of a directory, if all of it can be synced in one
// go in a way that is known to reach the disk, and to say so if it doesn't.
type system struct {
	root   *os.File // nil if it can't
	device uint64
}

// wholes are the file systems for which that is so: ext4, XFS, Btrfs, F2FS. On
// others, of which some only pass it on, each file is synced by itself.
var wholes = []int64{0xef53, 0x58465342, 0x9123683e, 0xf2f52010}

// sysSyncfs is the number of the system call, 0 where it isn't known: package
// syscall has it for few.
var sysSyncfs = map[string]uintptr{"amd64": 306, "386": 344, "arm": 373, "arm64": 267, "riscv64": 267, "loong64": 267}[runtime.GOARCH]

// since is the version of Linux from which on a sync of all tells about errors.
var since = [2]int{5, 8}

func openSystem(path string) (system, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return system{}, err
	}
	if !slices.Contains(wholes, int64(st.Type)) || sysSyncfs == 0 || !recent() {
		return system{}, nil
	}
	root, err := os.Open(path)
	if err != nil {
		return system{}, err
	}
	device, err := deviceOf(root)
	if err != nil {
		return system{}, errors.Join(err, root.Close())
	}
	return system{root, device}, nil
}

// recent reports whether the system is new enough.
func recent() bool {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	var v [2]int
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%d.%d", &v[0], &v[1])
	}
	return err == nil && slices.Compare(v[:], since[:]) >= 0
}

func deviceOf(f *os.File) (uint64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.New("the system doesn't say on which device it is")
	}
	return uint64(st.Dev), nil
}

// has reports whether f is on s: something else may be mounted below the
// directory.
func (s system) has(f *os.File) bool {
	if s.root == nil {
		return false
	}
	device, err := deviceOf(f)
	return err == nil && device == s.device
}

func (s system) sync() error {
	if s.root == nil {
		return errors.ErrUnsupported
	}
	raw, err := s.root.SyscallConn()
	if err != nil {
		return err
	}
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) { _, _, errno = syscall.Syscall(sysSyncfs, fd, 0, 0) })
	if err != nil {
		return err
	}
	if errno != 0 {
		return os.NewSyscallError("syncfs", errno)
	}
	return nil
}

func (s system) close() error {
	if s.root == nil {
		return nil
	}
	return s.root.Close()
}
