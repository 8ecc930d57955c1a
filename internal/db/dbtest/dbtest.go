// Package dbtest gives a test a fresh, migrated database of each engine:
// SQLite in a file, PostgreSQL in a cluster that lives as long as the test
// process.
package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"oogmerk/internal/db"
)

// Each runs run once per engine, each time with an empty database.
func Each(t *testing.T, run func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t)) })
}

// SQLite returns an empty SQLite database, gone when t ends.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "oogmerk.db"))
}

// Postgres returns an empty PostgreSQL database, gone when t ends.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, PostgresDSN(t))
}

// PostgresDSN is [Postgres] for who opens the database itself.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	c, err := running()
	if err != nil {
		t.Fatal(err)
	}
	name, err := c.create(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.drop(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return c.dsn(name)
}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}
