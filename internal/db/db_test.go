package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

const setting = "INSERT INTO setting (name, value) VALUES ($1, $2)"

func TestOpenTwice(t *testing.T) {
	ctx := context.Background()
	pathDSN := func(t *testing.T) string { return filepath.Join(t.TempDir(), "een naam? met 100% #tekens.db") }
	postgresDSN := func(t *testing.T) string { return dbtest.PostgresDSN(t) }
	for name, dsn := range map[string]func(*testing.T) string{"sqlite": pathDSN, "postgres": postgresDSN} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			for i := range 2 {
				d, err := db.Open(ctx, where)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := d.ExecContext(ctx, setting, fmt.Sprint(i), "x"); err != nil {
					t.Error(err)
				}
				var n int
				if err := d.QueryRowContext(ctx, "SELECT COUNT(*) FROM setting").Scan(&n); err != nil || n != i+1 {
					t.Errorf("%d rows, %v", n, err)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
			if info, err := os.Stat(where); name == "sqlite" && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
		})
	}
}

func TestOpenNowhere(t *testing.T) {
	for _, dsn := range []string{"", filepath.Join(t.TempDir(), "no", "folder", "x.db"), "postgres://nobody@/x?host=" + t.TempDir()} {
		if d, err := db.Open(context.Background(), dsn); err == nil {
			d.Close()
			t.Errorf("%q opened", dsn)
		}
	}
}

// A commit must survive a power cut and erased rows must not linger.
func TestPragmas(t *testing.T) {
	d := dbtest.SQLite(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1",
		"secure_delete": "1", "busy_timeout": "10000"} {
		var got string
		if err := d.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, not %q: %v", pragma, got, want, err)
		}
	}
}

// Readers go on beside a writer, and see the moment they began.
func TestSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		tx, err := d.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, setting, "a", "x"); err != nil {
			t.Fatal(err)
		}
		snapshot, err := d.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer snapshot.Rollback()
		count := func() (n int) {
			if err := snapshot.QueryRowContext(ctx, "SELECT COUNT(*) FROM setting").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count(); n != 0 {
			t.Errorf("sees %d rows that aren't committed", n)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 0 {
			t.Errorf("sees %d rows of later", n)
		}
	})
}

func TestManyConnections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const writers, each = 6, 20
		ctx := context.Background()
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if _, err := d.ExecContext(ctx, setting, fmt.Sprintf("%d-%d", w, i), "x"); err != nil {
						t.Error(err)
						return
					}
					var n int
					if err := d.QueryRowContext(ctx, "SELECT COUNT(*) FROM setting").Scan(&n); err != nil || n <= i {
						t.Errorf("%d rows after %d: %v", n, i+1, err)
						return
					}
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.QueryRowContext(ctx, "SELECT COUNT(*) FROM setting").Scan(&n); err != nil || n != writers*each {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 3, 29, 1, 59, 59, 123456000, time.UTC)
	if got := db.Time(db.Micros(at)); got != at {
		t.Errorf("%v became %v", at, got)
	}
}
