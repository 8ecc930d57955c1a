// Package logbook keeps the logbook: an append-only Merkle tree of everything
// that was asked, ruled and done. Anyone with a copy of the logbook and its
// checkpoints can verify that nothing was changed or left out.
//
// What an entry, a checkpoint and an export are to a stranger is in package
// transparency and docs/formats/logbook.md; here they are kept in SQL.
package logbook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/transparency"
)

// The kinds of entry.
const (
	Ruling     = "besluit"     // the gate ruled on a request
	Outcome    = "uitkomst"    // what came of a permit
	Withdrawal = "intrekking"  // a permit ended because facts changed
	Note       = "aantekening" // something that isn't ruled on: a sign-in
)

// An Entry is one line in the logbook. Header and Person are marshalled to
// JSON; whatever says who must be in Person alone, so that it can be erased.
type Entry struct {
	At     time.Time // kept to the microsecond
	Kind   string    // one of the constants above
	Act    string    // terugkijken
	Object string    // Camera::"3f…"
	Result string    // toegestaan, geweigerd, gedaan, mislukt, beëindigd
	Header any       // anything more to say without naming anyone; may be nil
	Person any       // who, with whom, where; may be nil
}

// A Record is an entry as it stands in the logbook.
type Record struct {
	Seq                       int64
	At                        time.Time
	Kind, Act, Object, Result string
	Header                    json.RawMessage // what Entry.Header was
	Person                    json.RawMessage // nil once erased, or if there was none
	Erased                    bool            // the person part was erased
}

// A Receipt says where an entry is.
type Receipt struct{ Seq int64 }

// A Book is one organisation's logbook.
type Book struct {
	db       *db.DB
	signer   *transparency.Signer
	verifier transparency.Verifier
	rand     io.Reader

	turn chan struct{} // holds one token per Write in progress, so at most one
	last head          // what this process saw or signed last; whose turn it is owns it
}

// Options is what a logbook needs.
type Options struct {
	Origin string    // name of the log in checkpoints: "oogmerk.example/logbook/1"
	Key    string    // note signer key (PRIVATE+KEY+…), see NewKey
	Rand   io.Reader // salts; crypto/rand.Reader if nil
}

// NewKey makes a signing key for a log named origin: the private one for
// Options.Key, the public one for who verifies.
func NewKey(origin string, rand io.Reader) (private, public string, err error) {
	return transparency.NewKey(origin, rand)
}

// Open opens the logbook in d. It refuses one whose last checkpoint wasn't
// signed with the key.
func Open(d *db.DB, o Options) (*Book, error) {
	signer, err := transparency.NewSigner(o.Key)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the logbook: %w", err)
	}
	if signer.Name() != o.Origin {
		return nil, fmt.Errorf("couldn't open the logbook: it is %q, but the key is of %q", o.Origin, signer.Name())
	}
	verifier, err := transparency.NewVerifier(signer.Public())
	if err != nil {
		return nil, fmt.Errorf("couldn't open the logbook: %w", err)
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	b := &Book{db: d, signer: signer, verifier: verifier, rand: o.Rand, turn: make(chan struct{}, 1)}
	h, err := readHead(context.Background(), d, "")
	if err != nil {
		return nil, fmt.Errorf("couldn't open the logbook: %w", err)
	}
	if err := b.trust(h); err != nil {
		return nil, fmt.Errorf("couldn't open the logbook: %w", err)
	}
	b.last = h
	return b, nil
}

// VerifierKey is the public key that checkpoints verify with.
func (b *Book) VerifierKey() string { return b.signer.Public() }

// Checkpoint returns the last signed checkpoint.
func (b *Book) Checkpoint(ctx context.Context) ([]byte, error) {
	h, err := readHead(ctx, b.db, "")
	if err != nil {
		return nil, err
	}
	return b.signed(h)
}

// signed is the checkpoint of h. That of an empty logbook is kept nowhere.
func (b *Book) signed(h head) ([]byte, error) {
	if h.checkpoint == "" && h.size == 0 {
		return b.sign(&transparency.Frontier{})
	}
	return []byte(h.checkpoint), nil
}

func (b *Book) sign(tree *transparency.Frontier) ([]byte, error) {
	return transparency.Checkpoint{Origin: b.signer.Name(), Size: tree.Size(), Root: tree.Root()}.Sign(b.signer)
}

// A head is the row that says where the tree has grown to.
type head struct {
	size       int64
	frontier   []byte
	checkpoint string
}

func readHead(ctx context.Context, q db.Querier, lock string) (head, error) {
	var h head
	err := q.QueryRowContext(ctx, "SELECT size, frontier, checkpoint FROM log_head WHERE id = 1"+lock).
		Scan(&h.size, &h.frontier, &h.checkpoint)
	if err != nil {
		return head{}, fmt.Errorf("couldn't read the head of the logbook: %w", err)
	}
	return h, nil
}

// Size is how many entries the logbook has.
func (b *Book) Size(ctx context.Context) (int64, error) {
	h, err := readHead(ctx, b.db, "")
	return h.size, err
}

// trust verifies that h is what was signed with our key, and not older than
// what this process has seen: nothing is built on a head that somebody put
// there.
func (b *Book) trust(h head) error {
	tree, err := transparency.ParseFrontier(h.size, h.frontier)
	if err != nil {
		return errTampered(err)
	}
	signed, err := b.signed(h)
	if err != nil {
		return err
	}
	c, err := transparency.OpenCheckpoint(signed, b.verifier)
	switch {
	case err != nil:
		return errTampered(err)
	case c.Size != tree.Size() || c.Root != tree.Root():
		return errTampered(errors.New("the right edge of the tree isn't that of its checkpoint"))
	case c.Size < b.last.size:
		return errTampered(fmt.Errorf("it has %d entries, and had %d", c.Size, b.last.size))
	}
	return nil
}

func errTampered(why error) error {
	return fmt.Errorf("the head of the logbook isn't as it was left; `oogmerk check` says what is wrong: %w", why)
}
