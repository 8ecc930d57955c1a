package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"oogmerk/internal/transparency"
)

// A task is what was asked on the command line.
type task struct {
	source string // URL or file
	key    string // public key, "" to ask the log
	after  string // file with an earlier checkpoint, or ""
	save   string // file to save the checkpoint in, or ""
}

func (t task) published() bool {
	return strings.HasPrefix(t.source, "https://") || strings.HasPrefix(t.source, "http://")
}

func verifyLogbook(ctx context.Context, args []string, out, errs io.Writer) int {
	t, err := parseTask(args)
	if err != nil {
		fmt.Fprintf(errs, "%v\n\n%s", err, usage)
		return badlyTold
	}
	faults := 0
	c, err := t.verify(ctx, out, func(fault string) {
		faults++
		fmt.Fprintln(out, fault)
	})
	switch {
	case err != nil:
		fmt.Fprintln(errs, err)
		return faulty
	case faults > 0:
		fmt.Fprintf(out, "NOT in order: %d faults in %d entries of %s\n", faults, c.Size, c.Origin)
		return faulty
	}
	fmt.Fprintf(out, "in order: %d entries of %s, root %s\n", c.Size, c.Origin, c.Root)
	return allWell
}

func parseTask(args []string) (task, error) {
	var t task
	flags := flag.NewFlagSet("logbook", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller says what was wrong
	flags.StringVar(&t.key, "key", "", "")
	flags.StringVar(&t.after, "after", "", "")
	flags.StringVar(&t.save, "save", "", "")
	for len(args) > 0 { // options may come before and after the source
		if err := flags.Parse(args); err != nil {
			return task{}, err
		}
		if args = flags.Args(); len(args) > 0 {
			if t.source != "" {
				return task{}, fmt.Errorf("one logbook at a time: not also %q", args[0])
			}
			t.source, args = args[0], args[1:]
		}
	}
	if t.source == "" {
		return task{}, errors.New("which logbook? Give a URL or a file")
	}
	if !t.published() && t.key == "" {
		return task{}, errors.New("a file needs --key: the public key of the logbook")
	}
	return t, nil
}

// verify does what was asked. Faults are in the logbook; an error is what
// kept it from being verified.
func (t task) verify(ctx context.Context, out io.Writer, fault func(string)) (transparency.Checkpoint, error) {
	v, err := t.verifier(ctx, out)
	if err != nil {
		return transparency.Checkpoint{}, err
	}
	after, err := t.earlier(v)
	if err != nil {
		return transparency.Checkpoint{}, err
	}
	good := true
	watch := func(f string) { good = false; fault(f) }
	c, signed, err := t.recompute(ctx, v, after, watch)
	if err != nil {
		return c, err
	}
	if good && t.save != "" {
		err = save(t.save, signed)
	}
	return c, err
}

// verifier is the key to verify with.
func (t task) verifier(ctx context.Context, out io.Writer) (transparency.Verifier, error) {
	key := t.key
	if key == "" {
		b, err := t.fetch(ctx, "key")
		if err != nil {
			return nil, fmt.Errorf("couldn't fetch the key: %w", err)
		}
		key = strings.TrimSpace(string(b))
		fmt.Fprintf(out, "key taken on trust from the logbook itself: %q\n", key)
	}
	return transparency.NewVerifier(key)
}

// earlier is the checkpoint of --after, or nil.
func (t task) earlier(v transparency.Verifier) (*transparency.Checkpoint, error) {
	if t.after == "" {
		return nil, nil
	}
	signed, err := os.ReadFile(t.after)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the saved checkpoint: %w", err)
	}
	c, err := transparency.OpenCheckpoint(signed, v)
	if err != nil {
		return nil, fmt.Errorf("couldn't use the saved checkpoint %s: %w", t.after, err)
	}
	return &c, nil
}

func (t task) recompute(ctx context.Context, v transparency.Verifier, after *transparency.Checkpoint, fault func(string)) (transparency.Checkpoint, []byte, error) {
	if t.published() {
		return transparency.VerifyPublished(ctx, t.fetch, v, after, fault)
	}
	f, err := os.Open(t.source)
	if err != nil {
		return transparency.Checkpoint{}, nil, fmt.Errorf("couldn't read the export: %w", err)
	}
	defer f.Close()
	return transparency.VerifyExport(f, v, after, fault)
}

// maxFile is more than any published file has, in bytes.
const maxFile = 1 << 20

// fetch gets one published file.
func (t task) fetch(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(t.source, "/")+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", req.URL, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFile+1))
	if err == nil && len(body) > maxFile {
		err = fmt.Errorf("%s is larger than %d bytes", req.URL, maxFile)
	}
	return body, err
}

// save replaces a file by one with content, or leaves it as it was.
func save(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".checkpoint-*")
	if err != nil {
		return fmt.Errorf("couldn't save the checkpoint: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("couldn't save the checkpoint: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
