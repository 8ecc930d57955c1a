package db

import (
	"context"
	"database/sql/driver"
	"strings"
)

// maxPrepared is how many statements a connection keeps ready: more than the
// program has.
const maxPrepared = 512

// preparing opens connections that keep what they prepared: SQLite takes three
// times as long to compile one of our questions as to answer it.
type preparing struct {
	driver driver.Driver
	dsn    string
}

func (p preparing) Driver() driver.Driver { return p.driver }

func (p preparing) Connect(context.Context) (driver.Conn, error) {
	c, err := p.driver.Open(p.dsn)
	if err != nil {
		return nil, err
	}
	return &conn{full: c.(full), ready: map[string]driver.Stmt{}}, nil
}

// full is what the driver's connection can do.
type full interface {
	driver.Conn
	driver.ConnBeginTx
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnPrepareContext
}

// A conn keeps statements ready. One that is at work isn't in ready, so that
// the same question can be asked while it is being answered.
type conn struct {
	full
	ready map[string]driver.Stmt
}

func (c *conn) Ping(ctx context.Context) error { return c.full.(driver.Pinger).Ping(ctx) }
func (c *conn) ResetSession(ctx context.Context) error {
	return c.full.(driver.SessionResetter).ResetSession(ctx)
}
func (c *conn) IsValid() bool { return c.full.(driver.Validator).IsValid() }

func (c *conn) Close() error {
	for _, s := range c.ready {
		s.Close()
	}
	return c.full.Close()
}

// take takes a statement that is ready, or prepares it. A script is never
// ready.
func (c *conn) take(ctx context.Context, query string) (driver.Stmt, error) {
	if s, ok := c.ready[query]; ok {
		delete(c.ready, query)
		return s, nil
	}
	return c.full.PrepareContext(ctx, query)
}

// put keeps a statement ready for the next time.
func (c *conn) put(query string, s driver.Stmt) error {
	if _, ok := c.ready[query]; ok || len(c.ready) >= maxPrepared {
		return s.Close()
	}
	c.ready[query] = s
	return nil
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if strings.Contains(query, ";") {
		return c.full.QueryContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &answers{Rows: rows, conn: c, query: query, stmt: s}, nil
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if strings.Contains(query, ";") {
		return c.full.ExecContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return result, c.put(query, s)
}

// answers are rows whose statement is ready again after the last.
type answers struct {
	driver.Rows
	conn  *conn
	query string
	stmt  driver.Stmt
}

func (a *answers) Close() error {
	if err := a.Rows.Close(); err != nil {
		a.stmt.Close()
		return err
	}
	return a.conn.put(a.query, a.stmt)
}
