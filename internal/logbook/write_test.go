package logbook_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/logbook"
)

const deed = "INSERT INTO setting (name, value) VALUES ($1, 'x')"

func deeds(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	if err := d.QueryRow("SELECT COUNT(*) FROM setting").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A deed and its entry are both there or both not.
func TestFailingDeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 255)
		failure := errors.New("no")
		half := func(ctx context.Context, tx *logbook.Tx) error {
			for i := range 3 {
				if _, err := tx.Append(ctx, entry(i)); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, deed, "half")
			return err
		}
		err := b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			return errors.Join(half(ctx, tx), failure)
		})
		if !errors.Is(err, failure) {
			t.Errorf("%v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a panic was swallowed")
				}
			}()
			_ = b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
				if err := half(ctx, tx); err != nil {
					t.Error(err)
				}
				panic("no")
			})
		}()
		cancelled, cancel := context.WithCancel(t.Context())
		err = b.Write(cancelled, func(ctx context.Context, tx *logbook.Tx) error {
			defer cancel()
			return half(ctx, tx)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		// An Append that failed can't be shrugged off.
		err = b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			if err := half(ctx, tx); err != nil {
				return err
			}
			_, _ = tx.Append(ctx, logbook.Entry{})
			return nil
		})
		if err == nil {
			t.Error("an entry went missing")
		}
		if n := deeds(t, d); n != 0 {
			t.Errorf("%d deeds of entries that aren't there", n)
		}
		inOrder(t, b, 255)
		if err := b.Write(t.Context(), half); err != nil {
			t.Fatal(err)
		}
		inOrder(t, b, 258)
		if n := deeds(t, d); n != 1 {
			t.Errorf("%d deeds", n)
		}
	})
}

func TestWriteWithoutAppend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 2)
		before, err := b.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			_, err := tx.ExecContext(ctx, deed, "alone")
			return err
		})
		if err != nil || deeds(t, d) != 1 {
			t.Fatal(err)
		}
		if after, err := b.Checkpoint(t.Context()); err != nil || string(after) != string(before) {
			t.Errorf("the checkpoint changed: %s, %v", after, err)
		}
	})
}

func TestTxIsWrites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		var leaked *logbook.Tx
		var inside context.Context
		err := b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			leaked, inside = tx, ctx
			if tx.Commit() == nil || tx.Rollback() == nil {
				t.Error("the transaction can be ended in the middle")
			}
			if err := b.Write(ctx, func(context.Context, *logbook.Tx) error { return nil }); err == nil {
				t.Error("a Write inside a Write")
			}
			_, err := tx.Append(ctx, entry(0))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := leaked.Append(t.Context(), entry(1)); err == nil {
			t.Error("appended after the end")
		}
		if err := leaked.ErasePerson(t.Context(), 0, morning, "x"); err == nil {
			t.Error("erased after the end")
		}
		// What outlives a Write may keep its context.
		if err := b.Write(inside, func(ctx context.Context, tx *logbook.Tx) error { return nil }); err != nil {
			t.Error(err)
		}
		inOrder(t, b, 1)
	})
}

// A head that somebody put back or altered is not built on.
func TestHeadIsNotTrusted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 3)
		for name, alter := range map[string]string{
			"size":       "UPDATE log_head SET size = size + 1",
			"frontier":   "UPDATE log_head SET size = 2, frontier = (SELECT leaf FROM log_entry WHERE seq = 1)",
			"checkpoint": "UPDATE log_head SET checkpoint = 'x'",
			"emptied":    "UPDATE log_head SET size = 0, frontier = '', checkpoint = ''",
		} {
			var size int64
			var frontier []byte
			var signed string
			if err := d.QueryRow("SELECT size, frontier, checkpoint FROM log_head").Scan(&size, &frontier, &signed); err != nil {
				t.Fatal(err)
			}
			mustExec(t, d, alter)
			if _, err := appendOne(b, entry(0)); err == nil {
				t.Errorf("%s: built on", name)
			}
			mustExec(t, d, "UPDATE log_head SET size = $1, frontier = $2, checkpoint = $3", size, frontier, signed)
			if _, err := appendOne(b, entry(0)); err != nil {
				t.Errorf("%s: put right, but %v", name, err)
			}
		}
		inOrder(t, b, 7)
	})
}

func mustExec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if _, err := d.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// crashDSN and crashKey tell a test process that it is the writer to be killed.
const crashDSN, crashKey = "OOGMERK_TEST_CRASH_DSN", "OOGMERK_TEST_CRASH_KEY"

// A writer that is killed leaves whole transactions, and all it had reported.
func TestCrash(t *testing.T) {
	if dsn := os.Getenv(crashDSN); dsn != "" {
		writeUntilKilled(dsn, os.Getenv(crashKey))
		return
	}
	for name, dsn := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "x.db"), "postgres": dbtest.PostgresDSN(t)} {
		t.Run(name, func(t *testing.T) {
			key, _, err := logbook.NewKey(origin, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			for round := range int64(3) {
				reported := killAfter(t, dsn, key, 20+int(round)*7)
				d, err := db.Open(t.Context(), dsn)
				if err != nil {
					t.Fatal(err)
				}
				b := openWith(t, d, key)
				size := settled(t, d, b)
				if size%2 != 0 || size < reported || deeds(t, d) != size/2 {
					t.Errorf("%d entries and %d deeds after %d were reported", size, deeds(t, d), reported)
				}
				inOrder(t, b, size)
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// settled is the size of the log once the database has seen that the writer
// is dead: a commit may still be on its way to PostgreSQL then.
func settled(t *testing.T, d *db.DB, b *logbook.Book) int64 {
	t.Helper()
	if err := b.Write(t.Context(), func(context.Context, *logbook.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return checkpoint(t, b).Size
}

// killAfter runs a writer, kills it after n reports and returns the size it
// reported last.
func killAfter(t *testing.T, dsn, key string, n int) (size int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCrash$")
	cmd.Env = append(os.Environ(), crashDSN+"="+dsn, crashKey+"="+key)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for ; n > 0 && lines.Scan(); n-- {
		if _, err := fmt.Sscan(lines.Text(), &size); err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	return size
}

// writeUntilKilled writes two entries and a deed at a time, and reports.
func writeUntilKilled(dsn, key string) {
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		panic(err)
	}
	b, err := logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	if err != nil {
		panic(err)
	}
	for {
		var last logbook.Receipt
		err := b.Write(context.Background(), func(ctx context.Context, tx *logbook.Tx) (err error) {
			for i := range 2 {
				if last, err = tx.Append(ctx, entry(i)); err != nil {
					return err
				}
			}
			_, err = tx.ExecContext(ctx, deed, fmt.Sprint(last.Seq))
			return err
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(last.Seq + 1)
	}
}
