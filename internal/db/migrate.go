package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// schema.sql says what the schema is; the migrations are how a database gets
// there. A test holds them equal.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies what hasn't been applied yet.
func (d *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d.Engine == Postgres {
		dialect = goose.DialectPostgres
		// Several nodes may start at once on one PostgreSQL.
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("couldn't prepare the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, d.DB, files, options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
