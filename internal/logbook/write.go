package logbook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/transparency"
)

// A Tx is a transaction that holds the head of the logbook: what is written
// through it stands or falls with its entries.
type Tx struct {
	*sql.Tx
	book *Book

	mu     sync.Mutex
	tree   *transparency.Frontier
	before int64 // size of the tree when the transaction began
	broken error // why an Append failed; then nothing is committed
	ended  bool
}

// writing marks the context of a Write: a second one inside it would wait for
// itself.
type writing struct{}

// Write runs do in a transaction that took the logbook's head first, so that
// logged transactions are serial. The new checkpoint is signed just before
// the commit. When Write returns nil, entries and rows survive a power cut;
// when it returns an error, none of them are there and it can be tried again.
// In do, no second Write may be begun with the context that do was given.
func (b *Book) Write(ctx context.Context, do func(context.Context, *Tx) error) (err error) {
	if outer, ok := ctx.Value(writing{}).(*Tx); ok && outer.book == b && !outer.over() {
		return errors.New("couldn't write in the logbook: this is inside a Write already, use its transaction")
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return fmt.Errorf("couldn't write in the logbook: %w", ctx.Err())
	}
	tx, err := b.begin(ctx)
	if err != nil {
		return fmt.Errorf("couldn't begin to write in the logbook: %w", err)
	}
	defer func() { // also when do panics
		if e := tx.end(); e != nil {
			err = errors.Join(err, e)
		}
	}()
	if err := do(context.WithValue(ctx, writing{}, tx), tx); err != nil {
		return err
	}
	return tx.finish(ctx)
}

// begin begins a transaction that holds the head.
func (b *Book) begin(ctx context.Context) (*Tx, error) {
	raw, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	tx := &Tx{Tx: raw, book: b}
	if err := tx.takeHead(ctx); err != nil {
		return nil, errors.Join(err, tx.end())
	}
	return tx, nil
}

func (t *Tx) takeHead(ctx context.Context) error {
	h, err := readHead(ctx, t.Tx, t.book.db.ForUpdate())
	if err != nil {
		return err
	}
	if h.checkpoint != t.book.last.checkpoint || h.size != t.book.last.size || string(h.frontier) != string(t.book.last.frontier) {
		if err := t.book.trust(h); err != nil {
			return err
		}
	}
	t.tree, err = transparency.ParseFrontier(h.size, h.frontier)
	t.before = h.size
	return err
}

// Commit isn't for who was given a Tx: [Book.Write] commits.
func (t *Tx) Commit() error { return errNotYours }

// Rollback isn't either: return an error instead.
func (t *Tx) Rollback() error { return errNotYours }

var errNotYours = errors.New("the logbook ends its own transactions: return from the function given to Write")

// finish signs the checkpoint, if there are new entries, and commits.
func (t *Tx) finish(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.broken != nil {
		return t.broken
	}
	h := t.book.last
	if t.tree.Size() > t.before {
		signed, err := t.book.sign(t.tree)
		if err != nil {
			return err
		}
		h = head{t.tree.Size(), t.tree.Bytes(), string(signed)}
		_, err = t.Tx.ExecContext(ctx, "UPDATE log_head SET size = $1, frontier = $2, checkpoint = $3 WHERE id = 1",
			h.size, h.frontier, h.checkpoint)
		if err != nil {
			return fmt.Errorf("couldn't write the head of the logbook: %w", err)
		}
	}
	if err := t.Tx.Commit(); err != nil {
		return fmt.Errorf("couldn't commit to the logbook: %w", err)
	}
	t.book.last = h
	return nil
}

// end undoes what finish didn't commit.
func (t *Tx) end() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if err := t.Tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("couldn't undo a transaction: %w", err)
	}
	return nil
}

func (t *Tx) over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

// Append adds e at the end.
func (t *Tx) Append(ctx context.Context, e Entry) (Receipt, error) {
	if e.Act == transparency.ErasureAct {
		return Receipt{}, fmt.Errorf("couldn't write in the logbook: only ErasePerson writes %q", e.Act)
	}
	return t.append(ctx, e)
}

func (t *Tx) append(ctx context.Context, e Entry) (Receipt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return Receipt{}, errors.New("couldn't write in the logbook: the transaction is over")
	}
	seq := t.tree.Size()
	if err := t.insert(ctx, seq, e); err != nil {
		t.broken = fmt.Errorf("couldn't write entry %d in the logbook: %w", seq, err)
		return Receipt{}, t.broken
	}
	return Receipt{seq}, nil
}

// insert writes the rows of an entry and adds its leaf to the tree.
func (t *Tx) insert(ctx context.Context, seq int64, e Entry) error {
	header, person, err := t.book.bodies(e)
	if err != nil {
		return err
	}
	leaf := transparency.LeafHash(transparency.LeafData(header.Commitment, person.Commitment))
	_, err = t.Tx.ExecContext(ctx, `INSERT INTO log_entry (seq, leaf, commit_header, commit_person,
			salt_header, salt_person, body_header, body_person, at, kind, act, object, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		seq, leaf[:], header.Commitment[:], person.Commitment[:], header.Salt, person.Salt, header.Text, person.Text,
		db.Micros(e.At), e.Kind, e.Act, e.Object, e.Result)
	if err != nil {
		return err
	}
	for _, root := range t.tree.Append(leaf) {
		_, err := t.Tx.ExecContext(ctx, "INSERT INTO log_tileroot (lvl, n, hash) VALUES ($1, $2, $3)",
			root.Height, root.N, root.Hash[:])
		if err != nil {
			return err
		}
	}
	return nil
}

// bodies are the two parts of e, salted and committed to.
func (b *Book) bodies(e Entry) (header, person transparency.Body, err error) {
	switch e.Kind {
	case Ruling, Outcome, Withdrawal, Note:
	default:
		return header, person, fmt.Errorf("%q is no kind of entry", e.Kind)
	}
	if e.At.IsZero() || e.Act == "" {
		return header, person, errors.New("an entry says when and what act")
	}
	h := transparency.Header{At: e.At.Truncate(time.Microsecond), Kind: e.Kind, Act: e.Act, Object: e.Object, Result: e.Result}
	if e.Header != nil {
		if h.More, err = transparency.Marshal(e.Header); err != nil {
			return header, person, err
		}
	}
	if header.Text, err = h.Body(); err != nil {
		return header, person, err
	}
	if e.Person != nil {
		if person.Text, err = transparency.Marshal(e.Person); err != nil {
			return header, person, err
		}
	}
	salts := make([]byte, 2*transparency.SaltSize)
	if _, err := io.ReadFull(b.rand, salts); err != nil {
		return header, person, fmt.Errorf("couldn't make salts: %w", err)
	}
	header.Salt, person.Salt = salts[:transparency.SaltSize], salts[transparency.SaltSize:]
	header.Recommit(transparency.HeaderPart)
	person.Recommit(transparency.PersonPart)
	return header, person, nil
}

// ErasePerson erases who from entry seq, and writes an entry that says so and why.
func (t *Tx) ErasePerson(ctx context.Context, seq int64, at time.Time, why string) error {
	var salt, body []byte
	err := t.QueryRowContext(ctx, "SELECT salt_person, body_person FROM log_entry WHERE seq = $1", seq).Scan(&salt, &body)
	switch {
	case err != nil:
		return fmt.Errorf("couldn't erase who from entry %d: %w", seq, err)
	case salt == nil:
		return fmt.Errorf("couldn't erase who from entry %d: it was done before", seq)
	case len(body) == 0:
		return fmt.Errorf("couldn't erase who from entry %d: it names nobody", seq)
	}
	_, err = t.append(ctx, Entry{At: at, Kind: Note, Act: transparency.ErasureAct, Object: fmt.Sprintf("Logboekregel::%q", fmt.Sprint(seq)),
		Result: "gedaan", Header: transparency.Erasure{Entry: seq, Why: why}})
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "UPDATE log_entry SET salt_person = NULL, body_person = NULL WHERE seq = $1", seq)
	if err != nil {
		return fmt.Errorf("couldn't erase who from entry %d: %w", seq, err)
	}
	return nil
}
