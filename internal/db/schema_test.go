package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

// What the catalogue says of columns, constraints and indexes; goose's own
// table is no part of the model.
var catalogue = map[db.Engine][]string{
	db.SQLite: {
		`SELECT m.name, c.cid, c.name, c.type, c."notnull", COALESCE(c.dflt_value, ''), c.pk
			FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`,
		`SELECT m.name, f."table", f."from", f."to", f.on_delete
			FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
		`SELECT m.name, i.name, i."unique", i.origin, i.partial, c.seqno, c.name
			FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'goose%'`,
		`SELECT name, sql FROM sqlite_master WHERE sql LIKE '%CHECK%' AND name NOT LIKE 'goose%'`,
	},
	db.Postgres: {
		`SELECT table_name, ordinal_position, column_name, data_type, is_nullable, COALESCE(column_default, '')
			FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'`,
		`SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
			FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'goose%'`,
		`SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'`,
	},
}

const seeds = "SELECT id, size, frontier, checkpoint FROM log_head"

var comment = regexp.MustCompile("--[^\n]*")

func TestSchemaEqualsMigrations(t *testing.T) {
	model, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	for engine, bare := range map[db.Engine]func(*testing.T) *sql.DB{db.SQLite: bareSQLite, db.Postgres: barePostgres} {
		t.Run(string(engine), func(t *testing.T) {
			d := bare(t)
			if _, err := d.Exec(string(model)); err != nil {
				t.Fatalf("schema.sql doesn't run: %v", err)
			}
			migrated := map[db.Engine]func(testing.TB) *db.DB{db.SQLite: dbtest.SQLite, db.Postgres: dbtest.Postgres}[engine](t)
			want, got := describe(t, d, engine), describe(t, migrated.DB, engine)
			if len(want) < 100 {
				t.Fatalf("schema.sql makes only %d things", len(want))
			}
			for _, line := range want {
				if !slices.Contains(got, line) {
					t.Errorf("only in schema.sql: %s", line)
				}
			}
			for _, line := range got {
				if !slices.Contains(want, line) {
					t.Errorf("only in the migrations: %s", line)
				}
			}
		})
	}
}

func bareSQLite(t *testing.T) *sql.DB {
	return bare(t, "sqlite", filepath.Join(t.TempDir(), "bare.db"))
}

// barePostgres is a PostgreSQL database from which everything was dropped.
func barePostgres(t *testing.T) *sql.DB {
	d := bare(t, "pgx", dbtest.PostgresDSN(t))
	if _, err := d.Exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
	return d
}

func bare(t *testing.T, driver, dsn string) *sql.DB {
	d, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// describe returns one line per thing in the database, sorted.
func describe(t *testing.T, d *sql.DB, engine db.Engine) []string {
	var lines []string
	for _, query := range append(slices.Clone(catalogue[engine]), seeds) {
		rows, err := d.QueryContext(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, texts(t, rows)...)
	}
	slices.Sort(lines)
	return lines
}

func texts(t *testing.T, rows *sql.Rows) []string {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	var lines []string
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		line := comment.ReplaceAllString(fmt.Sprintf("%s: %v", columns[0], values), "")
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
