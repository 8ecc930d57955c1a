package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/dossier"
	"oogmerk/internal/footage"
	"oogmerk/internal/governance"
	"oogmerk/internal/logbook"
	"oogmerk/internal/retention"
	"oogmerk/internal/vault"
)

func runCheck(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("check", flag.ContinueOnError)
	at := placeFlags(set)
	repair := set.Bool("repair", false, "rebuild the index from the segment files; the server must not run")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if at.dir == "" {
		return errors.New("no data directory: give --data")
	}
	if err := at.demandFounded(); err != nil {
		return err
	}
	faults := 0
	fault := func(line string) {
		faults++
		fmt.Fprintln(out, line)
	}
	if *repair {
		mended := func(line string) { fmt.Fprintln(out, "mending:", line) }
		if err := check(ctx, *at, true, mended); err != nil {
			return err
		}
	}
	// What counts is what is wrong now.
	if err := check(ctx, *at, false, fault); err != nil {
		return err
	}
	if faults > 0 {
		fmt.Fprintf(out, "%d faults\n", faults)
		return errFaults
	}
	fmt.Fprintln(out, "no faults")
	return nil
}

// check verifies everything in the data directory and calls fault for each
// thing that is wrong. It writes nothing unless repair is set; then it first
// finishes what a crash interrupted.
func check(ctx context.Context, at place, repair bool, fault func(string)) error {
	if err := checkSecrets(at, repair, fault); err != nil {
		return err
	}
	if err := at.demandDatabase(); err != nil {
		return err
	}
	d, err := db.Open(ctx, at.database())
	if err != nil {
		return err
	}
	defer d.Close()
	key, err := readSigningKey(at.dir)
	if err != nil {
		return err
	}
	book, err := logbook.Open(d, logbook.Options{Origin: key.origin, Key: key.private, Rand: rand.Reader})
	if err != nil {
		return err
	}
	keys, err := openKeys(at.dir, repair)
	if err != nil {
		return err
	}
	defer keys.Close()
	blobs, err := blob.Open(filepath.Join(at.dir, "segments"))
	if err != nil {
		return err
	}
	defer blobs.Close()
	now, err := programTime(ctx, d)
	if err != nil {
		return err
	}
	store := footage.Open(d, blobs, keys, now)
	if repair {
		if err := store.Recover(ctx); err != nil {
			return err
		}
	}
	if err := errors.Join(book.Check(ctx, fault), store.Check(ctx, repair, fault)); err != nil {
		return err
	}
	board, err := governance.Open(ctx, d, book, now)
	if err != nil {
		return err
	}
	files := dossier.Open(d, nil, board.InForce, now)
	if err := errors.Join(board.Check(ctx, fault), files.Check(ctx, book, fault)); err != nil {
		return err
	}
	law := board.InForce(now())
	if law == nil {
		return nil // nothing was founded here yet
	}
	return retention.Check(ctx, d, store, law.Terms, now(), fault)
}

// checkSecrets verifies that nobody else can read what opens footage or signs
// the logbook.
func checkSecrets(at place, repair bool, fault func(string)) error {
	paths, err := at.open()
	if err != nil {
		return err
	}
	for _, path := range paths {
		fault(canBeRead(path))
		if repair {
			err = errors.Join(err, os.Chmod(path, 0o600))
		}
	}
	return err
}

// openKeys opens the vault for reading, or for repair, which recovers too.
func openKeys(dir string, repair bool) (*vault.Vault, error) {
	if repair {
		return vault.Open(dir, rand.Reader)
	}
	return vault.OpenReadOnly(dir)
}

// programTime is the time by the clock of the installation: in a demo that
// was moved ahead, ahead.
func programTime(ctx context.Context, d *db.DB) (func() time.Time, error) {
	clock := &demoClock{program: &program{db: d}}
	if err := clock.load(ctx); err != nil {
		return nil, err
	}
	return clock.now, nil
}
