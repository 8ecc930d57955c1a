package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"oogmerk/internal/logbook"
)

// A place is where an installation keeps what it has.
type place struct {
	dir string // segments, vault, anchor, signing key
	dsn string // "" for a SQLite file in dir
}

func (p place) database() string {
	if p.dsn != "" {
		return p.dsn
	}
	return filepath.Join(p.dir, "oogmerk.db")
}

// secrets are the files in the directory that nobody else may read.
var secrets = []string{"anchor", "vault", "logbook.key"}

// open returns the secrets that somebody else can read.
func (p place) open() (paths []string, err error) {
	for _, file := range secrets {
		path := filepath.Join(p.dir, file)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().Perm()&0o077 != 0 {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// demandSecret refuses a directory in which somebody else can read a secret.
func (p place) demandSecret() error {
	paths, err := p.open()
	if err == nil && len(paths) > 0 {
		err = errors.New(canBeRead(paths[0]))
	}
	return err
}

func canBeRead(path string) string {
	return fmt.Sprintf("%s can be read by others: make it yours alone with chmod 600 %s", path, path)
}

// demandFounded refuses a directory in which nothing was ever begun.
func (p place) demandFounded() error {
	_, err := os.Stat(keyFile(p.dir))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("nothing was founded in %s: begin with oogmerk setup --data %s FILE", p.dir, p.dir)
	}
	return err
}

// demandDatabase refuses a directory in which something was founded and whose
// database is gone: an empty one in its place would have no faults, and a
// second logbook under the same name.
func (p place) demandDatabase() error {
	if p.dsn != "" || p.demandFounded() != nil {
		return nil
	}
	if _, err := os.Stat(p.database()); err != nil {
		return fmt.Errorf("the database is gone, put back a copy: %w", err)
	}
	return nil
}

// demandEmpty refuses a directory with anything in it. It reports whether
// there is one.
func (p place) demandEmpty() (there bool, err error) {
	entries, err := os.ReadDir(p.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.Name() != "lost+found" { // a disk of its own
			return true, fmt.Errorf("%s isn't empty: an installation begins in a new directory", p.dir)
		}
	}
	return true, nil
}

// clear removes what was made in a directory that was empty; keep leaves the
// directory.
func (p place) clear(keep bool) error {
	if !keep {
		return os.RemoveAll(p.dir)
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range entries {
		if e.Name() != "lost+found" {
			failed = append(failed, os.RemoveAll(filepath.Join(p.dir, e.Name())))
		}
	}
	return errors.Join(failed...)
}

// A logKey is what checkpoints are signed with.
type logKey struct{ origin, private, public string }

// keyFile is where the logbook's signing key is, in the data directory.
func keyFile(dir string) string { return filepath.Join(dir, "logbook.key") }

// readSigningKey reads the logbook's key from dir.
func readSigningKey(dir string) (logKey, error) {
	text, err := os.ReadFile(keyFile(dir))
	if err != nil {
		return logKey{}, fmt.Errorf("couldn't read the logbook's signing key: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 3 {
		return logKey{}, fmt.Errorf("couldn't read %s: %d lines, want origin, private and public key; put back the right file", keyFile(dir), len(lines))
	}
	return logKey{lines[0], lines[1], lines[2]}, nil
}

// signingKey reads the logbook's key from dir, or makes one. The origin names
// the log and its generation: after a restore from backup a new one begins.
func signingKey(dir string) (logKey, error) {
	k, err := readSigningKey(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return logKey{}, err
	}
	k = logKey{origin: fmt.Sprintf("oogmerk.invalid/%x/logbook/1", id)}
	if k.private, k.public, err = logbook.NewKey(k.origin, rand.Reader); err != nil {
		return logKey{}, err
	}
	return k, writeSynced(keyFile(dir), []byte(k.origin+"\n"+k.private+"\n"+k.public+"\n"))
}

// writeSynced writes a new file so that it is whole or not there.
func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
