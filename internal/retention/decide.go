// Package retention decides when footage must go, and sees to it that it
// goes. decide.go is the rule; sweep.go applies it; hold.go makes exceptions.
package retention
