package blob

import (
	"os"
	"syscall"
)

const openDirect = 0 // macOS has no such flag

func syncData(f *os.File) error { return f.Sync() }

func space(path string) (free, size int64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), int64(st.Blocks) * int64(st.Bsize), nil
}
