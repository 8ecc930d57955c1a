package still

import (
	"fmt"
	"syscall"
	"unsafe"
)

// limits are what the kernel holds ffmpeg to: it can't write a file at all,
// nor leave its memory behind as one.
var limits = []struct {
	what int
	most uint64
}{
	{syscall.RLIMIT_FSIZE, 0},
	{syscall.RLIMIT_CORE, 0},
	{syscall.RLIMIT_AS, 2 << 30}, // bytes; half a gigabyte of it is libraries
	{syscall.RLIMIT_CPU, 30},     // seconds, of what isn't to go on
	{syscall.RLIMIT_NOFILE, 64},
}

// humble is how willing a process is to wait for others that goes on: as much
// as can be.
const humble = 19

// limit puts limits on a process that has begun. One that goes on may take all
// the time that nobody else needs.
func limit(pid int, goesOn bool) error {
	if goesOn {
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, pid, humble); err != nil {
			return fmt.Errorf("couldn't make ffmpeg wait for others: %w", err)
		}
	}
	for _, l := range limits {
		if goesOn && l.what == syscall.RLIMIT_CPU {
			continue
		}
		both := syscall.Rlimit{Cur: l.most, Max: l.most}
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), uintptr(l.what), uintptr(unsafe.Pointer(&both)), 0, 0, 0)
		if errno != 0 {
			return fmt.Errorf("couldn't limit what ffmpeg may use: %w", errno)
		}
	}
	return nil
}
