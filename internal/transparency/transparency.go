// Package transparency answers how a stranger verifies a logbook: what a leaf
// is, how bodies are committed to, what a checkpoint says, and how a tree is
// recomputed from what is published. Both who writes the logbook and who
// distrusts it use this package; it knows no database.
//
// The formats are in docs/formats/logbook.md.
package transparency

import (
	"crypto/hmac"
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// A Hash is a SHA-256 hash: of a leaf, of a subtree, of all.
type Hash = tlog.Hash

// HashSize is the size of a [Hash] in bytes.
const HashSize = tlog.HashSize

// SaltSize is the size in bytes of the salt of a commitment.
const SaltSize = 32

// A Part is one half of an entry. Each has a commitment of its own, so that
// one can be erased without touching the other.
type Part string

const (
	HeaderPart Part = "header" // what was asked, ruled or done; names nobody
	PersonPart Part = "person" // who
)

// Commit is the commitment to body. Who has body and salt can verify it; who
// has the commitment alone learns nothing, not even by guessing bodies.
func Commit(part Part, salt, body []byte) Hash {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte("oogmerk logbook v1 " + part + "\x00"))
	mac.Write(body)
	return Hash(mac.Sum(nil))
}

// leafVersion is the first byte of every leaf.
const leafVersion = 1

// LeafSize is the size in bytes of what is published of an entry.
const LeafSize = 1 + 2*HashSize

// LeafData is all that is published of an entry: its two commitments.
func LeafData(header, person Hash) []byte {
	data := make([]byte, 0, LeafSize)
	data = append(data, leafVersion)
	data = append(data, header[:]...)
	return append(data, person[:]...)
}

// LeafHash is the RFC 6962 hash of leaf data.
func LeafHash(data []byte) Hash { return tlog.RecordHash(data) }
