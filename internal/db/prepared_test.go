package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(ctx context.Context, q db.Querier) (n int, err error) {
	return n, q.QueryRowContext(ctx, "SELECT COUNT(*) FROM setting").Scan(&n)
}

// The same question can be asked while it is being answered, and after an
// answer that nobody wanted to the end.
func TestSameQuestionTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for i := range 5 {
			_, err := d.ExecContext(ctx, setting, fmt.Sprint(i), "x")
			must(t, err)
		}
		const names = "SELECT name FROM setting WHERE name > $1 ORDER BY name"
		first := func(q db.Querier, after string) (name string) {
			t.Helper()
			rows, err := q.QueryContext(ctx, names, after)
			must(t, err)
			defer rows.Close()
			if !rows.Next() {
				t.Fatalf("nothing comes after %q: %v", after, rows.Err())
			}
			must(t, rows.Scan(&name))
			return name
		}
		tx, err := d.BeginTx(ctx, nil)
		must(t, err)
		defer tx.Rollback()
		if d.Engine == db.SQLite { // pgx has one question at a time on a connection
			rows, err := tx.QueryContext(ctx, names, "")
			must(t, err)
			var got []string
			for rows.Next() {
				var name string
				must(t, rows.Scan(&name))
				got = append(got, name)
				if name < "4" {
					got = append(got, first(tx, name))
				}
			}
			must(t, rows.Err())
			if want := "0 1 1 2 2 3 3 4 4"; strings.Join(got, " ") != want {
				t.Errorf("got %v, want %s", got, want)
			}
		}
		for range 3 {
			if got := first(tx, "2"); got != "3" {
				t.Errorf("got %s", got)
			}
		}
	})
}

// A statement that failed, or was cut short, spoils nothing after it.
func TestAfterFailure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		d.SetMaxOpenConns(1)
		for i := range 3 {
			_, err := d.ExecContext(ctx, setting, "a", "x")
			if (err == nil) != (i == 0) {
				t.Errorf("time %d: %v", i, err)
			}
			_, err = d.ExecContext(ctx, setting, fmt.Sprint(i), nil)
			if err == nil {
				t.Error("a value that can't be nothing was")
			}
			_, err = d.ExecContext(ctx, setting, fmt.Sprint(i), "x")
			must(t, err)
		}
		gone, stop := context.WithCancel(ctx)
		stop()
		if _, err := count(gone, d); !errors.Is(err, context.Canceled) {
			t.Errorf("who is gone got an answer: %v", err)
		}
		const long = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT MAX(i) FROM n`
		for range 3 {
			short, stop := context.WithTimeout(ctx, 20*time.Millisecond)
			var n int64
			if err := d.QueryRowContext(short, long, int64(1)<<40).Scan(&n); err == nil {
				t.Errorf("counted to %d", n)
			}
			stop()
			if err := d.QueryRowContext(ctx, long, 10).Scan(&n); err != nil || n != 10 {
				t.Errorf("afterwards: %d, %v", n, err)
			}
			if n, err := count(ctx, d); err != nil || n != 4 {
				t.Errorf("afterwards there are %d rows: %v", n, err)
			}
		}
	})
}

// A reader that was ready before a table changed sees what it became, and no
// statement that is done keeps an old moment of the database in view.
func TestReadyAcrossChanges(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx := t.Context()
	_, err := d.ExecContext(ctx, setting, "a", "x")
	must(t, err)
	columns := func() int {
		rows, err := d.QueryContext(ctx, "SELECT * FROM setting")
		must(t, err)
		defer rows.Close()
		if !rows.Next() { // and no further: the rest is left unread
			t.Fatal(rows.Err())
		}
		names, err := rows.Columns()
		must(t, err)
		return len(names)
	}
	before := columns()
	_, err = d.ExecContext(ctx, "ALTER TABLE setting ADD COLUMN more TEXT NOT NULL DEFAULT ''")
	must(t, err)
	if after := columns(); after != before+1 {
		t.Errorf("there are %d columns, there were %d", after, before)
	}
	var busy, log, done int
	must(t, d.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done))
	if busy != 0 || log != 0 {
		t.Errorf("a checkpoint can't finish: busy %d, %d pages left", busy, log)
	}
}

// soon is a context that is cancelled after a while.
func soon(t *testing.T, d time.Duration) context.Context {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	time.AfterFunc(d, stop)
	return ctx
}

// Many at a time, some of whom go away: what is written is written once, and
// everyone else gets answers.
func TestManyWhoGoAway(t *testing.T) {
	d := dbtest.SQLite(t)
	const each = 30
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range each {
				ctx := soon(t, time.Duration(i%7)*300*time.Microsecond)
				if _, err := count(ctx, d); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if _, err := d.ExecContext(t.Context(), setting, fmt.Sprint(w, " ", i), "x"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n, err := count(t.Context(), d); err != nil || n != 4*each {
		t.Errorf("%d rows, %v", n, err)
	}
}

// twoRows writes two rows in a transaction, and reads no answer to its end.
func twoRows(ctx context.Context, d *db.DB, name string) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, half := range []string{"a", "b"} {
		if _, err := tx.ExecContext(ctx, setting, name+half, "x"); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, "SELECT name FROM setting WHERE name >= $1 ORDER BY name", "")
		if err != nil {
			return err
		}
		rows.Next()
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Of transactions that are cut short all of what they wrote is there, or
// nothing.
func TestTransactionsCutShort(t *testing.T) {
	d := dbtest.SQLite(t)
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range 40 {
				ctx := soon(t, time.Duration(i*i)*5*time.Microsecond)
				if err := twoRows(ctx, d, fmt.Sprint(w, " ", i)); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	must(t, twoRows(t.Context(), d, "last "))
	var halves int
	must(t, d.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM setting a WHERE NOT EXISTS (SELECT 1 FROM setting b
		WHERE b.name <> a.name AND SUBSTR(b.name, 1, LENGTH(b.name) - 1) = SUBSTR(a.name, 1, LENGTH(a.name) - 1))`).Scan(&halves))
	if n, err := count(t.Context(), d); err != nil || n < 2 || halves > 0 {
		t.Errorf("%d rows, %d of them halves: %v", n, halves, err)
	}
}
