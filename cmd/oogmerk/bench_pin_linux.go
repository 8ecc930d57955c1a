package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// pinTo keeps every thread of this process to some of the cores, and those
// that are still to come, which begin as the one does that starts them.
func pinTo(cores cores) error {
	return pinAmong(cores, runtime.NumCPU())
}

// pinAmong does what pinTo does in a process that was started by one that keeps
// to some of so many cores, and so sees only those.
func pinAmong(cores cores, had int) error {
	if had < 2 {
		return errTooFewCores
	}
	mask, n := [16]uint64{1}, 1
	if cores == otherCores {
		mask, n = [16]uint64{}, had-1
		for i := 1; i < had; i++ {
			mask[i/64] |= 1 << (i % 64)
		}
	}
	// Twice: a thread may have begun another while we looked.
	for range 2 {
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return fmt.Errorf("couldn't keep to some of the cores: %w", err)
		}
		for _, t := range threads {
			id, err := strconv.Atoi(t.Name())
			if err != nil {
				return fmt.Errorf("couldn't keep to some of the cores: %w", err)
			}
			_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, uintptr(id), unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
			if errno != 0 && errno != syscall.ESRCH {
				return fmt.Errorf("couldn't keep to some of the cores: %w", errno)
			}
		}
	}
	runtime.GOMAXPROCS(n)
	return nil
}
