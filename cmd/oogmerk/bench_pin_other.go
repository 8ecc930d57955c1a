//go:build !linux

package main

import "errors"

func pinTo(cores) error {
	return errors.New("only on Linux a process can be kept to some of the cores; leave out --pin")
}
