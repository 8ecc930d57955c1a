// Package logbook keeps the logbook: an append-only Merkle tree of everything
// that was asked, ruled and done. Anyone with a copy of the logbook and its
// checkpoints can verify that nothing was changed or left out.
package logbook

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"oogmerk/internal/db"
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
	At     time.Time
	Kind   string // one of the constants above
	Act    string // terugkijken
	Object string // Camera::"3f…"
	Result string // toegestaan, geweigerd, gedaan, mislukt, beëindigd
	Header any    // anything more to say without naming anyone; may be nil
	Person any    // who, with whom, where; may be nil
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
type Book struct{}

// Options is what a logbook needs.
type Options struct {
	Origin string    // name of the log in checkpoints: "oogmerk.example/logbook/1"
	Key    string    // note signer key (PRIVATE+KEY+…), see NewKey
	Rand   io.Reader // salts; crypto/rand.Reader outside tests
}

// NewKey makes a signing key for a log named origin: the private one for
// Options.Key, the public one for who verifies.
func NewKey(origin string, rand io.Reader) (private, public string, err error) {
	panic("unwritten")
}

// Open opens the logbook in d.
func Open(d *db.DB, o Options) (*Book, error) { panic("unwritten") }

// A Tx is a transaction that holds the head of the logbook: what is written
// through it stands or falls with its entries.
type Tx struct {
	*sql.Tx
}

// Write runs do in a transaction that took the logbook's head first, so that
// logged transactions are serial. The new checkpoint is signed just before
// the commit. When Write returns nil, entries and rows survive a power cut.
func (b *Book) Write(ctx context.Context, do func(context.Context, *Tx) error) error {
	panic("unwritten")
}

// Append adds e at the end.
func (t *Tx) Append(ctx context.Context, e Entry) (Receipt, error) { panic("unwritten") }

// ErasePerson erases who from entry seq, and writes an entry that says so and why.
func (t *Tx) ErasePerson(ctx context.Context, seq int64, at time.Time, why string) error {
	panic("unwritten")
}

// Records returns up to n entries with seq below before (before < 0: the
// latest), newest first.
func (b *Book) Records(ctx context.Context, before int64, n int) ([]Record, error) {
	panic("unwritten")
}

// Record returns entry seq, or an error wrapping sql.ErrNoRows.
func (b *Book) Record(ctx context.Context, seq int64) (Record, error) { panic("unwritten") }

// Checkpoint returns the last signed checkpoint.
func (b *Book) Checkpoint(ctx context.Context) ([]byte, error) { panic("unwritten") }

// VerifierKey is the public key that checkpoints verify with.
func (b *Book) VerifierKey() string { panic("unwritten") }

// Prove returns a proof that entry seq is in the tree of the last checkpoint,
// as C2SP tlog-proof text.
func (b *Book) Prove(ctx context.Context, seq int64) ([]byte, error) { panic("unwritten") }

// Handler serves the tree as C2SP tlog-tiles: checkpoint, tile/….
func (b *Book) Handler() http.Handler { panic("unwritten") }

// Export writes the whole logbook as docs/formats/logbook.md says.
func (b *Book) Export(ctx context.Context, w io.Writer) error { panic("unwritten") }

// Check verifies tree, bodies, look-up columns and checkpoint, and calls
// fault with a line for each thing that is wrong.
func (b *Book) Check(ctx context.Context, fault func(string)) error { panic("unwritten") }
