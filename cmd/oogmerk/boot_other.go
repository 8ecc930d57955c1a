//go:build !linux

package main

import "time"

// sinceBoot is how long the program has been on. Where it can't be told how
// long the machine slept, waking up looks like a clock that leapt.
func sinceBoot() time.Duration { return time.Since(started) }
