// Command oogmerk-verify verifies, for an outsider, what an Oogmerk
// installation says about itself. It trusts a public key and nothing else.
//
//	oogmerk-verify logbook URL|FILE [--key VKEY] [--after FILE] [--save FILE]
//
// A URL is where a logbook is published; a FILE is an export of one. It
// prints a line for each thing that is wrong and exits with 1 if there is
// any, with 2 if it wasn't told well what to do, and with 0 if all is well.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
)

const usage = `usage: oogmerk-verify logbook URL|FILE [--key VKEY] [--after FILE] [--save FILE]

  URL           where the logbook is published: https://school.example/logboek/boom
  FILE          an export of the logbook
  --key VKEY    the public key of the logbook, gotten from somewhere else than the logbook
  --after FILE  a checkpoint saved earlier: verify that history wasn't rewritten since
  --save FILE   where to save the checkpoint, if all is well
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	allWell   = 0
	faulty    = 1
	badlyTold = 2
)

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) > 0 && args[0] == "logbook" {
		return verifyLogbook(ctx, args[1:], out, errs)
	}
	fmt.Fprint(errs, usage)
	return badlyTold
}
