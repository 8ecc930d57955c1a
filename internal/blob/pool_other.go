//go:build !linux

package blob

func newMemory(n int) []byte { return make([]byte, n) }

func inLargePages([]byte) {}

func freeMemory([]byte) {}
