package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"oogmerk/internal/db"
)

// A powerResult is what bench powercut prints.
type powerResult struct {
	Cameras  int     `json:"cameras"`
	Cuts     int     `json:"cuts"`
	LostP50  float64 `json:"lost_s_p50"` // seconds of a camera, from its last picture that is there to the cut
	LostMost float64 `json:"lost_s_most"`
	Slowest  float64 `json:"sync_s_slowest"` // of the last minute: what is lost is never less than the sync that was under way
	Faults   int     `json:"faults"`         // lines of `oogmerk check` after recovery: what can't be read is one
}

const (
	diskSize  = 1 << 30 // bytes, of the disk that loses its power
	cutEvery  = 3 * time.Second
	powerMbit = 4
)

// benchPowercut measures what a power cut costs: the program records on a file
// system of its own, of which now and then the disk is copied as it is at that
// instant, with nothing that the system still has in memory. Each copy is
// mounted, recovered and checked.
func benchPowercut(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench powercut", flag.ContinueOnError)
	cameras := set.Int("cameras", 4, "how many cameras")
	cuts := set.Int("cuts", 10, "how often the power goes")
	data := set.String("data", "", "`directory` to make the disk in, as a file; that of the system unless given")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if *cameras < 1 || *cameras > 64 || *cuts < 1 || *cuts > 20 {
		return errors.New("choose 1 to 64 cameras and 1 to 20 cuts")
	}
	if err := canMount(); err != nil {
		return err
	}
	source, err := startSource(benchSetting{cameras: *cameras, codec: "h264", mbit: powerMbit})
	if err != nil {
		return err
	}
	result, err := cutPower(ctx, *data, source.urls, *cuts)
	if err = errors.Join(err, source.stop()); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// canMount says why no disk can be mounted here; nil if it can.
func canMount() error {
	if os.Geteuid() != 0 {
		return errors.New("a power cut is measured on a disk of its own, which only root may mount: run this as root")
	}
	for _, name := range []string{"mount", "umount", "sync", "fsfreeze", "mkfs.ext4", "cp"} {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("a power cut is measured with %s, which isn't here: install it", name)
		}
	}
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		return fmt.Errorf("a power cut is measured on a loop device, and there are none here: %w", err)
	}
	return nil
}

// cutPower records urls on a disk in a directory, and cuts its power so often.
func cutPower(ctx context.Context, data string, urls []string, cuts int) (result powerResult, err error) {
	dir, err := os.MkdirTemp(data, "oogmerk-bench-")
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	disk, err := newDisk(dir)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, disk.remove()) }()
	p, err := benchProgram(ctx, disk.path("inner"), urls, func(error) {})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	if err := p.allRecord(ctx); err != nil {
		return result, err
	}
	var lost []time.Duration
	for i := range cuts {
		time.Sleep(cutEvery + time.Duration(i)*137*time.Millisecond) // another moment of the second each time
		of, faults, err := disk.cut(ctx)
		if err != nil {
			return result, err
		}
		if len(of) != len(urls) {
			return result, fmt.Errorf("after a cut there is footage of %d cameras of %d", len(of), len(urls))
		}
		lost, result.Faults = append(lost, of...), result.Faults+len(faults)
	}
	result.Cameras, result.Cuts = len(urls), cuts
	result.Slowest = round(p.footage.Health().Slowest.Seconds(), 2)
	result.LostP50, result.LostMost = round(part(lost, 50).Seconds(), 2), round(slices.Max(lost).Seconds(), 2)
	return result, nil
}

// A powerDisk is a file system in a file (inner), which lies on another one
// (outer), so that this can be frozen while the file is copied.
type powerDisk struct {
	dir     string
	mounted []string
}

func (d *powerDisk) path(name string) string { return filepath.Join(d.dir, name) }

func newDisk(dir string) (*powerDisk, error) {
	d := &powerDisk{dir: dir}
	err := d.format("outer.img", 2*diskSize, "outer")
	if err == nil {
		err = d.format("outer/inner.img", diskSize, "inner")
	}
	if err != nil {
		return nil, errors.Join(err, d.remove())
	}
	return d, nil
}

// format makes a file system in a new file, and mounts it.
func (d *powerDisk) format(image string, size int64, at string) error {
	f, err := os.Create(d.path(image))
	if err != nil {
		return err
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		return err
	}
	if err := system("mkfs.ext4", "-q", d.path(image)); err != nil {
		return err
	}
	return d.mount(image, at)
}

func (d *powerDisk) mount(image, at string) error {
	if err := os.MkdirAll(d.path(at), 0o700); err != nil {
		return err
	}
	if err := system("mount", "-o", "loop", d.path(image), d.path(at)); err != nil {
		return err
	}
	d.mounted = append(d.mounted, at)
	return nil
}

// remove unmounts everything, last first. Lazily: who opened a directory of blobs
// may still have it open.
func (d *powerDisk) remove() error {
	var failed []error
	for _, at := range slices.Backward(d.mounted) {
		failed = append(failed, system("umount", "--lazy", d.path(at)))
	}
	d.mounted = nil
	return errors.Join(failed...)
}

// system runs a program of the system.
func system(name string, args ...string) error {
	if said, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't run %s %s: %w: %s", name, strings.Join(args, " "), err, said)
	}
	return nil
}

// cut copies the inner disk as it is now, and looks what can be had from the
// copy. Freezing the outer one has no effect on what the inner one's file
// system still has in memory: that isn't in the copy.
func (d *powerDisk) cut(ctx context.Context) (lost []time.Duration, faults []string, err error) {
	// What the outer one has in memory is what the inner disk has: with that
	// written, freezing takes an instant.
	if err := system("sync", "--file-system", d.path("outer")); err != nil {
		return nil, nil, err
	}
	pulse, err := takePulse(d.path("outer/pulse"))
	if err != nil {
		return nil, nil, err
	}
	if err := system("fsfreeze", "--freeze", d.path("outer")); err != nil {
		return nil, nil, errors.Join(err, pulse.stop())
	}
	at := time.Unix(0, pulse.last.Load())
	err = system("cp", "--sparse=auto", d.path("outer/inner.img"), d.path("cut.img"))
	if err := errors.Join(err, system("fsfreeze", "--unfreeze", d.path("outer")), pulse.stop()); err != nil {
		return nil, nil, err
	}
	if err := d.mount("cut.img", "cut"); err != nil {
		return nil, nil, err
	}
	lost, faults, err = afterCut(ctx, place{dir: d.path("cut/data")}, at)
	d.mounted = slices.DeleteFunc(d.mounted, func(m string) bool { return m == "cut" })
	return lost, faults, errors.Join(err, system("umount", "--lazy", d.path("cut")))
}

// A powerPulse writes in a file again and again. The last time at which it could
// is when the file system was frozen: that is the cut. Freezing lets nothing be
// written from its beginning on, but when the disk is busy it takes seconds to end.
type powerPulse struct {
	last  atomic.Int64 // in nanoseconds since 1970
	end   chan struct{}
	ended chan error
}

func takePulse(path string) (*powerPulse, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	p := &powerPulse{end: make(chan struct{}), ended: make(chan error, 1)}
	p.last.Store(time.Now().UnixNano())
	go func() { p.ended <- errors.Join(p.beat(f), f.Close()) }()
	return p, nil
}

// beat writes each millisecond, until it is stopped.
func (p *powerPulse) beat(f *os.File) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			return nil
		case <-tick.C:
			at := time.Now()
			if _, err := f.WriteAt([]byte{0}, 0); err != nil {
				return err
			}
			p.last.Store(at.UnixNano())
		}
	}
}

func (p *powerPulse) stop() error {
	close(p.end)
	return <-p.ended
}

// afterCut recovers what a cut left in a place, checks it, and returns what each
// camera lost.
func afterCut(ctx context.Context, left place, at time.Time) (lost []time.Duration, faults []string, err error) {
	fault := func(line string) { faults = append(faults, line) }
	if err := errors.Join(check(ctx, left, true, fault), check(ctx, left, false, fault)); err != nil {
		return nil, faults, err
	}
	d, err := db.Open(ctx, left.database())
	if err != nil {
		return nil, faults, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	rows, err := d.QueryContext(ctx, `SELECT max(to_at) FROM segment GROUP BY camera`)
	if err != nil {
		return nil, faults, err
	}
	defer rows.Close()
	for rows.Next() {
		var to int64
		if err := rows.Scan(&to); err != nil {
			return nil, faults, err
		}
		lost = append(lost, at.Sub(db.Time(to)))
	}
	return lost, faults, rows.Err()
}
