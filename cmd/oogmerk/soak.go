package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
)

// A soakResult is what bench soak prints.
type soakResult struct {
	Hours      float64  `json:"hours"` // simulated
	Cameras    int      `json:"cameras"`
	Kills      int      `json:"kills"`
	Segments   int      `json:"segments"`
	Gaps       int      `json:"gaps"`
	Faults     []string `json:"faults"`      // of check, and stretches without footage and without a cause
	RSSRise    float64  `json:"rss_mb_rise"` // the most in a life beyond what it had after its first turns
	Goroutines int      `json:"goroutines_rise"`
	Files      int      `json:"files_rise"`
}

const (
	soakSettled = 5                      // turns until a life has all it needs
	soakTurns   = 60                     // turns that a life lasts at most: twelve simulated minutes
	soakHole    = 300 * time.Millisecond // that needs no cause: a fragment may come so late
)

// benchSoak runs the program through simulated hours on cameras that flap,
// hang, change their parameters, send garbage and lie about the time, on a
// clock that is put ahead and back, and kills it every few simulated minutes.
// After each kill all must be in order once it is recovered.
func benchSoak(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench soak", flag.ContinueOnError)
	hours := set.Float64("hours", 24, "how long, by the simulated clock")
	cameras := set.Int("cameras", 3, "how many cameras")
	seed := set.Uint64("seed", 1, "of all that goes wrong")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if *hours <= 0 || *hours > 24*7 || *cameras < 1 || *cameras > 64 {
		return errors.New("choose at most a week, and 1 to 64 cameras")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "oogmerk-bench-")
	if err != nil {
		return err
	}
	s := &soak{program: self, at: place{dir: filepath.Join(dir, "data")}, random: rand.New(rand.NewPCG(*seed, 5))}
	err = s.run(ctx, *cameras, time.Duration(*hours*float64(time.Hour)))
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(s.soakResult)
}

// A soak is a series of lives of the program in one place.
type soak struct {
	soakResult
	program string // to run
	at      place
	random  *rand.Rand
	now     time.Time // by the simulated clock
}

func (s *soak) run(ctx context.Context, cameras int, length time.Duration) error {
	s.now = time.Now()
	begin := s.now
	p, err := benchProgramAt(ctx, s.at, func() time.Time { return begin }, slices.Repeat([]string{"rtsp://127.0.0.1:9/"}, cameras), func(error) {})
	if err != nil {
		return err
	}
	list, err := p.premises.Cameras(ctx)
	if err := errors.Join(err, p.close()); err != nil {
		return err
	}
	s.Cameras, s.Faults = cameras, []string{}
	for s.now.Sub(begin) < length {
		if err := s.life(ctx); err != nil {
			return err
		}
		fault := func(line string) { s.Faults = append(s.Faults, fmt.Sprintf("after kill %d: %s", s.Kills, line)) }
		if err := s.check(ctx, list, fault); err != nil {
			return err
		}
	}
	s.Hours = round(s.now.Sub(begin).Hours(), 2)
	return nil
}

// life runs the program and kills it in the middle of a turn.
func (s *soak) life(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, s.program, "bench", "life", "--data", s.at.dir,
		"--from", strconv.FormatInt(s.now.UnixMicro(), 10), "--seed", strconv.FormatUint(s.random.Uint64(), 10))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	defer in.Close()
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	turns := soakSettled + 1 + s.random.IntN(soakTurns-soakSettled)
	var settled, r lifeReading
	var goroutines []int
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return errors.Join(fmt.Errorf("a life says %q: %w", lines.Text(), err), cmd.Process.Kill(), cmd.Wait())
		}
		s.now = time.UnixMicro(r.At)
		switch {
		case r.Turn == soakSettled:
			settled = r
		case r.Turn > soakSettled:
			s.RSSRise = max(s.RSSRise, round(r.RSS-settled.RSS, 1))
			s.Files = max(s.Files, r.Files-settled.Files)
		}
		goroutines = append(goroutines, r.Goroutines)
		if r.Turn == turns {
			time.AfterFunc(time.Duration(s.random.IntN(300))*time.Millisecond, func() { _ = cmd.Process.Kill() }) // Wait says how it ended
		}
	}
	err = cmd.Wait()
	if r.Turn < turns {
		return fmt.Errorf("a life ended by itself after %d turns: %w", r.Turn, err)
	}
	// Some are about to end whenever one looks; those that never do are there each time.
	s.Goroutines = max(s.Goroutines, slices.Min(goroutines[len(goroutines)-soakSettled:])-slices.Min(goroutines[:soakSettled]))
	s.Kills++
	s.now = s.now.Add(2 * soakTurn) // it takes a while to start again
	return nil
}

// check recovers what a kill left, and looks whether all is in order.
func (s *soak) check(ctx context.Context, cameras []premises.Camera, fault func(string)) error {
	if err := check(ctx, s.at, false, func(string) {}); err != nil { // which must be able to look before anyone recovers
		return err
	}
	if err := s.recovered(ctx); err != nil {
		return err
	}
	if err := check(ctx, s.at, false, fault); err != nil {
		return err
	}
	d, err := db.Open(ctx, s.at.database())
	if err != nil {
		return err
	}
	defer d.Close()
	for _, c := range cameras {
		if err := causes(ctx, d, c.ID, fault); err != nil {
			return err
		}
	}
	return d.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM segment), (SELECT count(*) FROM gap)`).Scan(&s.Segments, &s.Gaps)
}

// recovered does what the next life begins with.
func (s *soak) recovered(ctx context.Context) error {
	p, err := build(ctx, s.at, func() time.Time { return s.now }, func(error) {})
	if err != nil {
		return err
	}
	return errors.Join(p.gate.Start(ctx), p.footage.Recover(ctx), p.close())
}

// causes calls fault for each stretch of time, after the first footage, in which
// there is neither footage nor a gap, and of which nothing was erased. The last fragment of
// an hour that was erased may have gone on for half a second in the next.
func causes(ctx context.Context, d *db.DB, camera premises.CameraID, fault func(string)) error {
	rows, err := d.QueryContext(ctx, `SELECT from_at, to_at FROM segment WHERE camera = $1 AND fragments > 0
		UNION ALL SELECT from_at, to_at FROM gap WHERE camera = $1
		UNION ALL SELECT hour * 3600000000, (hour + 1) * 3600000000 + 500000 FROM erasure WHERE camera = $1 ORDER BY 1`, string(camera))
	if err != nil {
		return err
	}
	defer rows.Close()
	var reached int64
	for first := true; rows.Next(); first = false {
		var from int64
		var to *int64
		if err := rows.Scan(&from, &to); err != nil {
			return err
		}
		if !first && from > reached+soakHole.Microseconds() {
			fault(fmt.Sprintf("camera %s: nothing from %s to %s, and no cause", camera, db.Time(reached), db.Time(from)))
		}
		if to == nil {
			reached = 1 << 62
		} else {
			reached = max(reached, *to)
		}
	}
	return rows.Err()
}
