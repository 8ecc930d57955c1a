package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"modernc.org/sqlite"
)

// pragmas make every commit survive a power cut (WAL alone syncs only at
// checkpoints), zero what is deleted, and take the write lock when a
// transaction begins instead of failing halfway. A read-only transaction
// takes no lock. What a statement needs to undo itself stays in memory.
const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=temp_store(2)&_txlock=immediate"

// Open opens the database at dsn and migrates it: "postgres://…" is
// PostgreSQL, anything else is the path of a SQLite file.
func Open(ctx context.Context, dsn string) (*DB, error) {
	open := openSQLite
	if isPostgres(dsn) {
		open = openPostgres
	}
	d, err := open(dsn)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the database: %w", err)
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't bring the database up to date: %w", err), d.Close())
	}
	return d, nil
}

// Snapshot begins a transaction that reads one moment of the database,
// whatever is written meanwhile. The caller rolls it back.
func (d *DB) Snapshot(ctx context.Context) (*sql.Tx, error) {
	return d.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

func openPostgres(dsn string) (*DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(8)
	return &DB{DB: pool, Engine: Postgres}, nil
}

// spareTime is how long a connection is kept that isn't needed: each has megabytes
// of pages, and there are many only when all cameras begin.
const spareTime = 15 * time.Second

func openSQLite(path string) (*DB, error) {
	if path == "" || strings.ContainsRune(path, 0) {
		return nil, errors.New("no path: give the name of a file, or postgres://…")
	}
	// Made here, because SQLite would let the whole machine read it. The WAL
	// gets the same mode.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	escaped := (&url.URL{Path: path}).EscapedPath()
	pool := sql.OpenDB(preparing{driver: &sqlite.Driver{}, dsn: "file:" + escaped + "?" + pragmas})
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxIdleTime(spareTime)
	return &DB{DB: pool, Engine: SQLite}, nil
}
