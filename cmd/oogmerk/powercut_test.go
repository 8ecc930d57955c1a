package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/demo"
)

// powerLimit is what a camera may lose at a power cut, with room for a machine
// that runs other tests. What it loses on a quiet one `oogmerk bench powercut`
// says.
const powerLimit = 10 * time.Second

// TestPowerCut records, and takes away all that wasn't promised to survive: of
// each file that is being written all that was appended after its last sync, as
// its row tells. What is left is recovered and checked. It runs everywhere, and
// believes the program when it says that something was synced.
func TestPowerCut(t *testing.T) {
	p, dir := recording(t)
	left := place{dir: filepath.Join(t.TempDir(), "left")}
	if err := worst(t.Context(), p, filepath.Join(dir, "data"), left); err != nil {
		t.Fatal(err)
	}
	survives(t, left, time.Now(), 2)
}

// TestPowerCutOnADisk is the same with a disk of its own, of which is copied
// what was really written. Only root can mount one; who isn't is told so.
func TestPowerCutOnADisk(t *testing.T) {
	if err := canMount(); err != nil {
		_, code := said(t, "bench", "powercut")
		if code == 0 {
			t.Error("bench powercut claims to have measured what it can't")
		}
		t.Logf("not on a disk: %v", err)
		return
	}
	cameras, err := demo.StartCameras(2, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer cameras.Close()
	r, err := cutPower(t.Context(), "", []string{cameras.URL(0), cameras.URL(1)}, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	if r.Faults > 0 || r.Cuts != 2 || r.LostMost > powerLimit.Seconds() {
		t.Errorf("%+v", r)
	}
}

// recording has a program record two cameras for a few seconds, and goes on.
func recording(t *testing.T) (*program, string) {
	t.Helper()
	cameras, err := demo.StartCameras(2, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cameras.Close)
	dir := t.TempDir()
	p, err := benchProgram(t.Context(), dir, []string{cameras.URL(0), cameras.URL(1)}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, p.close()); err != nil {
			t.Error(err)
		}
	})
	for late := time.Now().Add(time.Minute); ; <-time.After(50 * time.Millisecond) {
		var n int
		err := p.db.QueryRowContext(t.Context(), `SELECT count(*) FROM segment WHERE fragments > 4`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n == 2 {
			return p, dir
		}
		if time.Now().After(late) {
			t.Fatal("after a minute there are no two cameras of which seconds were synced")
		}
	}
}

// survives recovers what is left, and checks it.
func survives(t *testing.T, left place, at time.Time, cameras int) {
	t.Helper()
	lost, faults, err := afterCut(t.Context(), left, at)
	if err != nil || len(faults) > 0 {
		t.Fatalf("after a cut: %v\n%s", err, strings.Join(faults, "\n"))
	}
	if len(lost) != cameras {
		t.Fatalf("there is footage of %d cameras, not %d", len(lost), cameras)
	}
	for _, l := range lost {
		if l < 0 || l > powerLimit {
			t.Errorf("a camera lost %v", l)
		}
	}
	t.Logf("lost %v", lost)
}

// worst copies a directory as it is after the worst of cuts: of each file only
// what its row promises.
func worst(ctx context.Context, p *program, from string, to place) error {
	if err := os.MkdirAll(to.dir, 0o700); err != nil {
		return err
	}
	if _, err := p.db.ExecContext(ctx, `VACUUM INTO $1`, to.database()); err != nil {
		return err
	}
	d, err := db.Open(ctx, to.database())
	if err != nil {
		return err
	}
	defer d.Close()
	if err := os.Chmod(to.database(), 0o600); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(from, path)
		if err != nil || e.IsDir() {
			return errors.Join(err, os.MkdirAll(filepath.Join(to.dir, name), 0o700))
		}
		if strings.HasPrefix(name, "oogmerk.db") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if blob, is := strings.CutPrefix(filepath.ToSlash(name), "segments/"); is {
			var size int
			err := d.QueryRowContext(ctx, `SELECT COALESCE((SELECT bytes FROM segment WHERE blob = $1), 0)`, blob).Scan(&size)
			if err != nil {
				return err
			}
			text = text[:min(size, len(text))]
		}
		return os.WriteFile(filepath.Join(to.dir, name), text, 0o600)
	})
}

// What is measured is for who runs it to judge; that all is gone, and in how
// much memory, isn't.
func TestBenchSweep(t *testing.T) {
	out, code := said(t, "bench", "sweep", "--segments", "5000", "--cameras", "8", "--files", "500", "--data", t.TempDir())
	var r sweepResult
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 {
		t.Fatalf("%v: %s", err, out)
	}
	if r.Segments != 5000 || r.Hours != 11 || r.Commits != 8 || r.Seconds <= 0 || r.RSSMost > r.RSSBefore+100 {
		t.Errorf("measured is %+v", r)
	}
}
