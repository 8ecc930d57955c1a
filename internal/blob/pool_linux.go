package blob

import "syscall"

// newMemory returns n bytes of the system, or of Go if it gives none.
func newMemory(n int) []byte {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		return make([]byte, n)
	}
	return b
}

// inLargePages asks for b to be in pages of 2 MB. A system that has none refuses.
func inLargePages(b []byte) { _ = syscall.Madvise(b, syscall.MADV_HUGEPAGE) }

// freeMemory gives b back. The system knows nothing of what is Go's, which the
// collector takes.
func freeMemory(b []byte) { _ = syscall.Munmap(b) }
