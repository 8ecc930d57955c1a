//go:build !linux

package main

import "errors"

func pinTo(c cores) error { return pinAmong(c, 0) }

func pinAmong(cores, int) error {
	return errors.New("only on Linux a process can be kept to some of the cores; leave out --pin")
}
