package main

import (
	"syscall"
	"time"
	"unsafe"
)

// sinceBoot is how long the machine has been on, the time it was asleep
// included. Nobody can set it.
func sinceBoot() time.Duration {
	const clockBoottime = 7 // CLOCK_BOOTTIME; Go's own monotonic clock stands still in sleep
	var t syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockBoottime, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return time.Since(started)
	}
	return time.Duration(t.Nano())
}
