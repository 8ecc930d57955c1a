//go:build !linux

package blob

func newMemory(n int) []byte { return Aligned(n) }

func freeMemory([]byte) {}
