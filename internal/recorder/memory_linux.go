package recorder

import (
	"runtime"
	"syscall"
)

// reserve has m use memory of its own, of which the system gives only as much
// as is used. Go's would be set aside twice over, waiting to be collected.
func (m *memory) reserve() {
	if m.b != nil {
		return
	}
	b, err := syscall.Mmap(-1, 0, memorySize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		return // Go's will do
	}
	// Pages of 2 MB would be half empty. A system that has none refuses.
	_ = syscall.Madvise(b, syscall.MADV_NOHUGEPAGE)
	m.b, m.mapped = b, true
	runtime.AddCleanup(m, func(b []byte) { _ = syscall.Munmap(b) }, b) // it can't fail for what Mmap returned
}

// giveBack gives back what isn't used of the system's.
func (m *memory) giveBack() {
	const page = 4 << 10
	unused := m.b[(m.used+page-1)/page*page:]
	_ = syscall.Madvise(unused, syscall.MADV_DONTNEED) // if it fails it is used again, all the same
}
