package scenario

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"oogmerk/internal/db"
	"oogmerk/internal/regulation"
)

// A player plays the scenarios of one document, or of one mutant of it, each
// on a program of its own that runs under that document.
type player struct {
	under    string                 // the directory where programs live
	doc      Document               // what the board adopts
	law      *regulation.Regulation // what sentences are understood by
	own      *regulation.Regulation // whose articles are cited
	statutes *regulation.Regulation // above doc
	blank    []byte                 // a database in which nothing is yet
	read     func(file string, doc []byte) (*regulation.Regulation, error)
}

// newPlayer returns a player of the scenarios of b.
func newPlayer(ctx context.Context, b *book) (*player, error) {
	p := &player{under: memory(), doc: b.adopted, law: b.whole, own: b.law, statutes: b.statutes, read: reader()}
	var err error
	if p.blank, err = blank(ctx, p.under); err != nil {
		return nil, fmt.Errorf("couldn't make an empty database: %w", err)
	}
	return p, nil
}

// blank is a database with everything but rows: to copy it is far cheaper than
// to migrate one for each scenario.
func blank(ctx context.Context, under string) (file []byte, err error) {
	dir, err := os.MkdirTemp(under, "oogmerk-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	path := filepath.Join(dir, "blank.db")
	d, err := db.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // writes all of it into the one file
		return nil, err
	}
	return os.ReadFile(path)
}

// reader is regulation.Parse for who reads the same few documents over and
// over.
func reader() func(string, []byte) (*regulation.Regulation, error) {
	type answer struct {
		law *regulation.Regulation
		err error
	}
	var mu sync.Mutex
	known := map[[32]byte]answer{}
	return func(file string, doc []byte) (*regulation.Regulation, error) {
		key := sha256.Sum256(append([]byte(file+"\x00"), doc...))
		mu.Lock()
		defer mu.Unlock()
		a, ok := known[key]
		if !ok {
			a.law, a.err = regulation.Parse(file, doc)
			known[key] = a
		}
		return a.law, a.err
	}
}

// all plays scenarios, as many at a time as there are processors, and returns
// what came of each, in order.
func (p *player) all(ctx context.Context, scenarios []*Scenario) []Result {
	out := make([]Result, len(scenarios))
	each(len(scenarios), func(i int) { out[i] = p.play(ctx, scenarios[i]) })
	return out
}

// each does n things, as many at a time as there are processors.
func each(n int, do func(int)) {
	turn := make(chan int)
	var working sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		working.Go(func() {
			for i := range turn {
				do(i)
			}
		})
	}
	for i := range n {
		turn <- i
	}
	close(turn)
	working.Wait()
}

// memory is where programs live: on a disk that is memory if there is one,
// because they write much and nothing has to survive a power cut.
func memory() string {
	const shm = "/dev/shm"
	dir, err := os.MkdirTemp(shm, "oogmerk-")
	if err != nil {
		return ""
	}
	if os.Remove(dir) != nil {
		return ""
	}
	return shm
}

// play plays one scenario in a world of its own.
func (p *player) play(ctx context.Context, s *Scenario) (r Result) {
	r = Result{Scenario: s, State: Green, Line: s.Line}
	if s.Waits {
		r.State = Waiting
		return r
	}
	fail := func(line int, err error) {
		if err != nil && r.State == Green {
			r.State, r.Line, r.Why = Red, line, err.Error()
		}
	}
	w, err := newWorld(ctx, p)
	if err != nil {
		fail(s.Line, fmt.Errorf("couldn't begin: %w", err))
		return r
	}
	defer func() { fail(s.Line, w.close()) }()
	for _, step := range s.Steps {
		if step.phrase.before {
			fail(step.Line, step.phrase.do(w, step.args))
		}
	}
	if r.State == Green {
		fail(s.Line, w.begin())
	}
	for _, step := range s.Steps {
		if step.phrase.before {
			continue
		}
		if step.phrase.kind == act {
			fail(step.Line, w.last.untold())
		}
		if r.State == Green {
			fail(step.Line, step.phrase.do(w, step.args))
		}
	}
	fail(s.Line, w.last.untold())
	return r
}

// untold is what went wrong without a sentence that says so.
func (a attempt) untold() error {
	if a.err != nil && !a.told {
		return fmt.Errorf("het is niet gelukt, en geen zin zegt dat: %w", a.err)
	}
	return nil
}
