package main

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a life of the program may come to use beyond what it has after a minute.
const (
	soakMemory     = 80 // MB: what the collector leaves lying about, and the database's pages
	soakGoroutines = 2
	soakFiles      = 8 // connections to the database that a sweep opens
)

// TestSoak lets an hour of simulated time pass in which everything goes wrong,
// and kills the program every few minutes of it. A day is `oogmerk bench soak`.
func TestSoak(t *testing.T) {
	program, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{program: program, at: place{dir: filepath.Join(t.TempDir(), "data")}, random: rand.New(rand.NewPCG(2026, 5))}
	if err := s.run(t.Context(), 2, time.Hour); err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", s.soakResult)
	if len(s.Faults) > 0 {
		t.Errorf("faults:\n%s", strings.Join(s.Faults, "\n"))
	}
	if s.Kills < 3 || s.Segments < 60 || s.Gaps < 20 {
		t.Error("that was no soak")
	}
	if s.RSSRise > soakMemory || s.Goroutines > soakGoroutines || s.Files > soakFiles {
		t.Error("something isn't flat")
	}
}

// A stretch without footage and without a cause is seen.
func TestSoakSeesWhatHasNoCause(t *testing.T) {
	s := &soak{program: "none", at: place{dir: filepath.Join(t.TempDir(), "data")}, now: time.Now()}
	p, err := benchProgramAt(t.Context(), s.at, time.Now, []string{"rtsp://127.0.0.1:9/"}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	for _, at := range [][2]int64{{0, 60}, {120, 180}} {
		_, err := p.db.ExecContext(t.Context(), `INSERT INTO segment (id, camera, hour, from_at, to_at, bytes, fragments, state, blob)
			VALUES ($1, 'c', 0, $2, $3, 1, 1, 'closed', $1)`, time.Duration(at[0]).String(), at[0]*1e6, at[1]*1e6)
		if err != nil {
			t.Fatal(err)
		}
	}
	var faults []string
	look := func() {
		faults = nil
		if err := causes(t.Context(), p.db, "c", func(line string) { faults = append(faults, line) }); err != nil {
			t.Fatal(err)
		}
	}
	if look(); len(faults) != 1 {
		t.Errorf("a minute without a cause gave %q", faults)
	}
	if _, err := p.db.ExecContext(t.Context(), `INSERT INTO gap (id, camera, from_at, to_at, cause, detail) VALUES ('g', 'c', 60000000, 120000000, 'klok', '')`); err != nil {
		t.Fatal(err)
	}
	if look(); len(faults) != 0 {
		t.Errorf("a minute with a cause gave %q", faults)
	}
}
