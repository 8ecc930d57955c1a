package main

import "errors"

// cores are some of those of the machine.
type cores int

const (
	firstCore cores = iota
	otherCores
)

var errTooFewCores = errors.New("there is one core only, so recorder and cameras can't have one each; leave out --pin")
