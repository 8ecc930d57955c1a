package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"

	"oogmerk/internal/db"
	"oogmerk/internal/logbook"
)

func runLogbook(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("logbook", flag.ContinueOnError)
	at := placeFlags(set)
	if err := parse(set, args, out, 1); err != nil {
		return err
	}
	if at.dir == "" {
		return errors.New("no data directory: give --data")
	}
	if err := at.demandFounded(); err != nil {
		return err
	}
	key, err := readSigningKey(at.dir)
	if err != nil {
		return err
	}
	if set.Arg(0) == "key" {
		fmt.Fprintln(out, key.public)
		return nil
	}
	if set.Arg(0) != "export" {
		return fmt.Errorf("%q: say export or key", set.Arg(0))
	}
	if err := at.demandDatabase(); err != nil {
		return err
	}
	d, err := db.Open(ctx, at.database())
	if err != nil {
		return err
	}
	defer d.Close()
	book, err := logbook.Open(d, logbook.Options{Origin: key.origin, Key: key.private, Rand: rand.Reader})
	if err != nil {
		return err
	}
	return book.Export(ctx, out)
}
