package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"oogmerk/internal/db"
)

// running starts the cluster of this test process when it is first needed.
var running = sync.OnceValues(start)

// A cluster is a private PostgreSQL server in a temporary folder, reachable
// through a socket in that folder only.
type cluster struct {
	dir   string
	bin   string
	cred  *syscall.Credential // who PostgreSQL runs as; nil: as we do
	alive *os.File            // the server stops when this is closed, by us or by our death
	admin *sql.DB
	last  atomic.Int64 // number of the last database made
}

// template is the migrated database that all others are copied from.
const template = "oogmerk_template"

// serve runs the server until standard input closes: however the test
// process ends, nothing of the cluster stays behind.
const serve = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off &
server=$!
read -r never
kill -QUIT $server
wait $server
rm -rf "$2"`

func start() (*cluster, error) {
	c := &cluster{}
	var err error
	if c.bin, err = binaries(); err != nil {
		return nil, err
	}
	if c.cred, err = credential(); err != nil {
		return nil, err
	}
	if err := c.init(); err != nil {
		return nil, err
	}
	if err := c.serve(); err != nil {
		return nil, err
	}
	if err := c.ready(context.Background()); err != nil {
		return nil, fmt.Errorf("couldn't start PostgreSQL: %w", err)
	}
	return c, nil
}

// binaries finds the folder of initdb and postgres: the one in PATH, or the
// newest where Debian puts them out of PATH.
func binaries() (string, error) {
	if inPath, err := exec.LookPath("initdb"); err == nil {
		real, err := filepath.EvalSymlinks(inPath)
		return filepath.Dir(real), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New("PostgreSQL isn't installed: run `make deps`")
	}
	return filepath.Dir(slices.Max(found)), nil
}

// credential is who PostgreSQL runs as: it refuses to be root.
func credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("there is no user postgres: run `make deps`")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// init makes the folder and the empty cluster in it.
func (c *cluster) init() error {
	var err error
	if c.dir, err = os.MkdirTemp("", "oogmerk-pg-"); err != nil {
		return err
	}
	if c.cred != nil {
		if err := os.Chown(c.dir, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
			return err
		}
	}
	cmd := c.command(filepath.Join(c.bin, "initdb"), "--no-sync", "--no-instructions", "--auth=trust",
		"--username=postgres", "--encoding=UTF8", "--locale=C", "-D", filepath.Join(c.dir, "data"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't make a PostgreSQL cluster: %w: %s", err, out)
	}
	return nil
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	// Its own process group: an interrupt at the terminal is for the tests.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Setpgid: true}
	return cmd
}

func (c *cluster) serve() error {
	log, err := os.Create(filepath.Join(c.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	c.alive = w
	cmd := c.command("/bin/sh", "-c", serve, "sh", c.bin, c.dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, log, log
	return cmd.Start()
}

// ready waits until the server answers, then makes the template.
func (c *cluster) ready(ctx context.Context) error {
	var err error
	// The driver is there: package db brought it.
	if c.admin, err = sql.Open("pgx", c.dsn("postgres")); err != nil {
		return err
	}
	// One at a time: PostgreSQL copies no database that is in use.
	c.admin.SetMaxOpenConns(1)
	if err := c.answers(ctx); err != nil {
		return err
	}
	if _, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+template); err != nil {
		return err
	}
	d, err := db.Open(ctx, c.dsn(template))
	if err != nil {
		return err
	}
	return d.Close()
}

// answers asks until the server answers.
func (c *cluster) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := c.admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}

func (c *cluster) dsn(name string) string {
	return "postgres://postgres@/" + name + "?host=" + url.QueryEscape(c.dir)
}

func (c *cluster) create(ctx context.Context) (string, error) {
	name := fmt.Sprintf("oogmerk_%d", c.last.Add(1))
	if _, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", fmt.Errorf("couldn't make a database: %w", err)
	}
	return name, nil
}

func (c *cluster) drop(ctx context.Context, name string) error {
	if _, err := c.admin.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("couldn't drop database %s: %w", name, err)
	}
	return nil
}
