package blob

import "syscall"

// newMemory returns n bytes of the system, or of Go if it gives none.
func newMemory(n int) []byte {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return Aligned(n)
	}
	return b
}

// freeMemory gives b back. The system knows nothing of what is Go's, which the
// collector takes.
func freeMemory(b []byte) { _ = syscall.Munmap(b) }
