package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A sweepResult is what bench sweep prints. Memory is sampled every 20 ms.
type sweepResult struct {
	Segments  int     `json:"segments"` // expired, each with a row
	Cameras   int     `json:"cameras"`
	Hours     int     `json:"hours"`  // of each camera, each with a key and an erasure
	Files     int     `json:"files"`  // of one block each; the rest of the segments has none
	Engine    string  `json:"engine"` // of the database
	Seconds   float64 `json:"seconds"`
	CPU       float64 `json:"cpu_s"`
	Commits   uint64  `json:"vault_commits"`
	RSSBefore float64 `json:"rss_mb_before"`
	RSSMost   float64 `json:"rss_mb_most"`
	HeapMost  float64 `json:"heap_mb_most"` // live objects and what isn't collected yet
}

// A sweepLoad is what there is to sweep.
type sweepLoad struct {
	dir, database            string // database: "" for a SQLite file in dir
	segments, cameras, files int
}

const (
	sweepHour  = 60 // segments in an hour
	sweepBytes = 30 << 20
	sweepSpare = 72 // hours since the last that is due
)

// benchSweep measures the sweep: it fills an index with segments past their
// term, whose keys the vault has, and has the program's own sweeper erase
// them. Afterwards it checks that all is gone.
func benchSweep(ctx context.Context, args []string, out io.Writer) error {
	var load sweepLoad
	set := flag.NewFlagSet("bench sweep", flag.ContinueOnError)
	set.IntVar(&load.segments, "segments", 1_000_000, "how many expired segments")
	set.IntVar(&load.cameras, "cameras", 64, "of how many cameras")
	set.IntVar(&load.files, "files", 0, "how many of the segments have a file, of one block; the others have a row and a key")
	set.StringVar(&load.database, "db", "", "postgres://… `address` of an empty database, instead of a SQLite file")
	data := set.String("data", "", "`directory` to make a temporary one in, on the disk to measure; that of the system unless given")
	profile := set.String("profile", "", "where to write a profile of the processor time, for go tool pprof")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if load.cameras < 1 || load.cameras > 1000 || load.segments < load.cameras || load.files < 0 || load.files > load.segments {
		return errors.New("choose 1 to 1000 cameras, at least a segment for each, and no more files than segments")
	}
	dir, err := os.MkdirTemp(*data, "oogmerk-bench-")
	if err != nil {
		return err
	}
	load.dir = dir
	result, err := load.measure(ctx, *profile)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// hours is of how many hours each camera has segments.
func (l sweepLoad) hours() int {
	return (l.segments + l.cameras*sweepHour - 1) / (l.cameras * sweepHour)
}

func (l sweepLoad) measure(ctx context.Context, profile string) (result sweepResult, err error) {
	urls := make([]string, l.cameras)
	for i := range urls {
		urls[i] = fmt.Sprintf("rtsp://127.0.0.1:9/cam%d", i+1)
	}
	p, err := benchProgramAt(ctx, place{dir: filepath.Join(l.dir, "data"), dsn: l.database}, time.Now, urls, func(error) {})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return result, err
	}
	if err := l.fill(ctx, p, cameras); err != nil {
		return result, fmt.Errorf("couldn't make what is to be swept: %w", err)
	}
	result = sweepResult{Segments: l.segments, Cameras: l.cameras, Hours: l.hours(), Files: l.files, Engine: string(p.db.Engine)}
	version := p.vault.Version()
	before, err := p.used(ctx)
	if err != nil {
		return result, err
	}
	memory := watchMemory()
	var failed error
	err = profiled(profile, func() { failed = p.sweeper.Sweep(ctx) })
	if err = errors.Join(err, failed); err != nil {
		return result, err
	}
	result.Seconds = round(time.Since(before.at).Seconds(), 2)
	memory.stop()
	after, err := p.used(ctx)
	if err != nil {
		return result, err
	}
	result.CPU = round((after.cpu - before.cpu).Seconds(), 2)
	result.Commits = p.vault.Version() - version
	result.RSSBefore, result.RSSMost, result.HeapMost = round(memory.before, 1), round(memory.most, 1), round(memory.heap, 1)
	return result, l.verify(ctx, p, cameras)
}

// first is the first hour that has segments: all are past their term.
func (l sweepLoad) first(now time.Time) vault.Hour {
	return vault.HourOf(now) - sweepSpare - vault.Hour(l.hours())
}

// fill makes rows and keys, and files for the first segments of each camera.
func (l sweepLoad) fill(ctx context.Context, p *program, cameras []premises.Camera) error {
	f := filler{cameras: cameras, first: l.first(p.now()), segments: l.segments, files: l.files, blobs: p.blobs}
	for _, c := range cameras {
		if _, err := p.vault.Public(ctx, string(c.ID), f.first); err != nil { // which makes the camera's keys
			return err
		}
	}
	for hour := f.first; f.segments > 0; hour++ {
		tx, err := p.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := f.hour(ctx, tx, hour); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// A filler fills the index with segments, in the order in which cameras would:
// a minute of each.
type filler struct {
	cameras         []premises.Camera
	first           vault.Hour
	segments, files int // still to be made
	blobs           *blob.Dir
}

// hour makes one hour of every camera, in a few runs that have names of their own.
func (f *filler) hour(ctx context.Context, tx *sql.Tx, hour vault.Hour) error {
	runs := make([]string, len(f.cameras))
	for i, c := range f.cameras {
		runs[i] = strings.ToLower(rand.Text())
		_, err := tx.ExecContext(ctx, `INSERT INTO key_hour (camera, hour, canary) VALUES ($1, $2, $3)`, string(c.ID), hour, make([]byte, 54))
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO recorded_hour (camera, hour, runs, peaks) VALUES ($1, $2, $3, $4)`,
				string(c.ID), hour, make([]byte, 8), make([]byte, 60))
		}
		if err != nil {
			return err
		}
	}
	for minute := range sweepHour {
		for i, c := range f.cameras {
			if f.segments == 0 {
				return nil
			}
			f.segments--
			if err := f.segment(ctx, tx, c.ID, hour, fmt.Sprintf("%s-%04d", runs[i], minute), minute); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *filler) segment(ctx context.Context, tx *sql.Tx, camera premises.CameraID, hour vault.Hour, id string, minute int) error {
	from := hour.Start().Add(time.Duration(minute) * time.Minute)
	name := fmt.Sprintf("%s/%s/%s.seg", camera, hour.Start().Format("2006-01-02T15Z"), id)
	_, err := tx.ExecContext(ctx, `INSERT INTO segment (id, camera, hour, from_at, to_at, bytes, fragments, hash, state, blob, activity)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'closed', $9, $10)`, id, string(camera), hour, from.UnixMicro(), from.Add(time.Minute).UnixMicro(),
		sweepBytes, 2*sweepHour, make([]byte, 32), name, make([]byte, 12))
	if err != nil || f.files == 0 {
		return err
	}
	f.files--
	file, err := f.blobs.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Append(blob.Aligned(blob.Block)), file.Close())
}

// verify checks that nothing is left, and that every hour has its proof.
func (l sweepLoad) verify(ctx context.Context, p *program, cameras []premises.Camera) error {
	var rows, done int
	err := p.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM segment), (SELECT count(*) FROM erasure WHERE state = 'done')`).Scan(&rows, &done)
	if err != nil {
		return err
	}
	var keys int
	if err := p.db.QueryRowContext(ctx, `SELECT count(*) FROM key_hour`).Scan(&keys); err != nil {
		return err
	}
	first := l.first(p.now())
	for _, c := range cameras {
		for h := range vault.Hour(l.hours()) {
			if !p.vault.Erased(string(c.ID), first+h) {
				return fmt.Errorf("the key of camera %s, hour %d, is still there", c.ID, first+h)
			}
		}
	}
	if rows > 0 || done < keys {
		return fmt.Errorf("after the sweep there are %d segments left, and %d of %d hours erased", rows, done, keys)
	}
	for name, err := range p.blobs.Walk("") {
		return errors.Join(err, fmt.Errorf("after the sweep %s is left", name))
	}
	return nil
}

// A memoryWatch remembers how much memory this process has had, in MB.
type memoryWatch struct {
	before, most, heap float64
	end                chan struct{}
	ended              sync.WaitGroup
}

// watchMemory looks every 20 ms, until it is stopped.
func watchMemory() *memoryWatch {
	m := &memoryWatch{end: make(chan struct{})}
	m.look()
	m.before = m.most
	m.ended.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-m.end:
				return
			case <-tick.C:
				m.look()
			}
		}
	})
	return m
}

func (m *memoryWatch) look() {
	if rss, err := residentMB(); err == nil {
		m.most = max(m.most, rss)
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	m.heap = max(m.heap, float64(sample[0].Value.Uint64())/1e6)
}

func (m *memoryWatch) stop() {
	close(m.end)
	m.ended.Wait()
	m.look()
}
