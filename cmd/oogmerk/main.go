// Command oogmerk records cameras, and does with the recordings what the
// adopted regulation allows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// A command is one word after "oogmerk".
type command struct {
	name, says string
	run        func(ctx context.Context, args []string, out io.Writer) error
}

func commands() []command {
	return []command{
		{"demo", "an organisation to try: cameras, people and a regulation, in one process", runDemo},
		{"setup", "found an installation from a description of the organisation", runSetup},
		{"serve", "record, and serve the pages", runServe},
		{"check", "verify every invariant of a data directory", runCheck},
		{"regulation", "check, mutate, may, diff or render the document of a regulation", runRegulation},
		{"logbook", "export the logbook for outsiders, or print its public key", runLogbook},
		{"bench", "measure: bench record, bench gate", runBench},
	}
}

// errFaults is returned by a command that did its work and found faults,
// each already printed on a line of its own.
var errFaults = errors.New("faults found")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its surroundings as arguments. It returns the exit code:
// 0 well, 1 not, 2 asked wrongly.
func run(ctx context.Context, args []string, out, fault io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(out)
		return 0
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], out)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errFaults):
			return 1
		}
		fmt.Fprintln(fault, "oogmerk", c.name+":", err)
		return 1
	}
	fmt.Fprintf(fault, "oogmerk: there is no command %q; see oogmerk help\n", args[0])
	return 2
}

func help(out io.Writer) {
	fmt.Fprint(out, "oogmerk: the adopted regulation is what runs\n\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  oogmerk %-10s %s\n", c.name, c.says)
	}
	fmt.Fprint(out, "\nEach command explains its flags with -h.\n")
}

// parse reads flags into set and refuses words that no flag asked for.
func parse(set *flag.FlagSet, args []string, out io.Writer, words int) error {
	set.SetOutput(out)
	if err := set.Parse(args); err != nil {
		return err
	}
	if set.NArg() != words {
		return fmt.Errorf("%d words after the flags, want %d; see oogmerk %s -h", set.NArg(), words, set.Name())
	}
	return nil
}
