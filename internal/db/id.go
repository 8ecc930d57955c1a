package db

import (
	"crypto/rand"
	"encoding/hex"
)

// NewID returns a name for a row that nothing else has: 32 hex digits, at random.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
