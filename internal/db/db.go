// Package db opens the database, SQLite or PostgreSQL, and brings its schema
// up to date. The whole data model is in schema.sql; read that first.
package db

import (
	"context"
	"database/sql"
	"time"
)

// Engine is which database it is. SQL texts are the same for both; only
// [DB.ForUpdate] differs.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is a database of either engine.
type DB struct {
	*sql.DB
	Engine Engine
}

// A Querier is a database or a transaction in it: *sql.DB, *sql.Tx, *DB.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ForUpdate is what a SELECT needs at its end to lock the row until commit.
// SQLite needs nothing: its write transactions are serial already.
func (d *DB) ForUpdate() string {
	if d.Engine == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// Micros is t as the database keeps it: microseconds since 1970 UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time is the opposite of [Micros].
func Time(us int64) time.Time { return time.UnixMicro(us).UTC() }
