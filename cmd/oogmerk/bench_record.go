package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/recorder"
)

// benchLaw is the regulation of a school that exists for measuring.
const benchLaw = "# Meetreglement\n\n## Artikel 1 – Meten\n\n### Lid 1\n\nWie meet, mag alles: er is niemand in beeld.\n\n" +
	"```cedar\npermit (principal, action, resource);\n```\n\n" +
	"### Lid 2\n\nBeelden verdwijnen na een dag.\n\n```yaml\nbewaartermijn: 1 kalenderdagen\n```\n\n" +
	"### Lid 3\n\nEr is een bestuur.\n\n```yaml\nrollen:\n  bestuur:\n    titel: Bestuur\n    bereik: organisatie\n```\n\n" +
	"### Lid 4\n\nEr is een doel.\n\n```yaml\ndoelen:\n  " + benchPurpose + ":\n    tekst: Meten wat opnemen kost\n    grondslag: gerechtvaardigd belang\n```\n"

// benchPurpose is what what was recorded is read back for.
const benchPurpose = "meten"

// How long the recorder runs before and after it is measured.
const (
	benchWarmUp = 4 * time.Second
	benchTail   = 2 * time.Second
	benchStart  = 30 * time.Second // all cameras must record by then
)

// A benchResult is what bench record prints.
type benchResult struct {
	Cameras    int     `json:"cameras"`
	Codec      string  `json:"codec"`
	Seconds    float64 `json:"seconds"`
	Pinned     bool    `json:"pinned"`        // to one core, and the cameras to the others
	CPUPercent float64 `json:"cpu_percent"`   // of one core
	CPUPerGB   float64 `json:"cpu_s_per_gb"`  // of this process, for each 10⁹ bytes of segments written
	SealPerGB  float64 `json:"seal_s_per_gb"` // of that, AES-256-GCM
	RSSMB      float64 `json:"rss_mb"`
	Complete   float64 `json:"complete"`    // pictures kept, as a part of those sent
	LostFrames int     `json:"lost_frames"` // pictures sent and not kept
	WriteMB    float64 `json:"write_mb"`
}

// A reading is what was used until an instant.
type reading struct {
	at      time.Time
	cpu     time.Duration
	written int64 // bytes of segments
}

// A benchSetting says what to measure.
type benchSetting struct {
	cameras int
	codec   string
	film    string // file; "" for the program's own
	length  time.Duration
	mbit    float64
	pin     bool
	stamp   bool   // each picture says when it was sent
	data    string // directory to make a temporary one in
	profile string
}

// benchRecord measures what recording costs: the whole program records
// cameras that another process plays, so that only recording is counted.
// Afterwards it reads back every picture, each of which has its number in it.
func benchRecord(args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench record", flag.ContinueOnError)
	var s benchSetting
	set.IntVar(&s.cameras, "cameras", 8, "how many cameras")
	seconds := set.Int("seconds", 20, "how long to measure")
	set.StringVar(&s.codec, "codec", string(media.H264), "what the cameras send: h264 or h265")
	set.StringVar(&s.film, "film", "", "a clip in an MP4 `file` for the cameras to send, instead of the program's own, which is in h264")
	set.Float64Var(&s.mbit, "mbit", 4, "Mbit/s that each camera sends")
	set.BoolVar(&s.pin, "pin", false, "keep the recorder to one core, and the cameras to the others")
	seal := set.Bool("seal", true, "there is no other way: what sealing costs is in seal_s_per_gb")
	set.StringVar(&s.data, "data", "", "`directory` to make a temporary one in, on the disk to measure; that of the system unless given")
	set.StringVar(&s.profile, "profile", "", "where to write a profile of the processor time, for go tool pprof")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if !*seal {
		return errors.New("this program can't write footage that isn't sealed, not for measuring either; see seal_s_per_gb for what that costs")
	}
	if s.cameras < 1 || s.cameras > 1000 || *seconds < 1 || s.mbit <= 0 || s.mbit > 100 {
		return errors.New("choose 1 to 1000 cameras of at most 100 Mbit/s, and at least a second")
	}
	s.length = time.Duration(*seconds) * time.Second
	dir, err := os.MkdirTemp(s.data, "oogmerk-bench-")
	if err != nil {
		return err
	}
	result, err := s.measure(dir)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// measure records in dir.
func (s benchSetting) measure(dir string) (result benchResult, err error) {
	ctx := context.Background()
	source, err := startSource(s)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, source.stop()) }()
	if s.pin {
		if err := pinTo(firstCore); err != nil {
			return result, err
		}
	}
	fault := make(chan error, 1)
	p, err := benchProgram(ctx, dir, source.urls, func(err error) {
		select {
		case fault <- err:
		default:
		}
	})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	before, after, rss, err := p.observe(ctx, s.length, s.profile)
	if err == nil {
		select {
		case err = <-fault:
		default:
		}
	}
	if err != nil {
		return result, err
	}
	film, err := benchFilm(s.codec, s.film) // not sooner: it would count as the recorder's memory
	if err != nil {
		return result, err
	}
	kept, sent, err := p.readBack(ctx, film, before.at, after.at)
	if err != nil {
		return result, err
	}
	seal, err := sealCost()
	if err != nil {
		return result, err
	}
	passed, cpu, written := after.at.Sub(before.at).Seconds(), (after.cpu - before.cpu).Seconds(), float64(after.written-before.written)
	return benchResult{
		Cameras: s.cameras, Codec: s.codec, Seconds: round(passed, 2), Pinned: s.pin,
		CPUPercent: round(100*cpu/passed, 2), CPUPerGB: round(cpu/(written/1e9), 3), SealPerGB: round(seal, 3), RSSMB: round(rss, 1),
		Complete: float64(kept) / float64(sent), LostFrames: sent - kept, WriteMB: round(written/1e6, 1),
	}, nil
}

// sealCost is how many seconds of processor time it takes here to seal 10⁹
// bytes, in pieces as large as a camera's fragments.
func sealCost() (float64, error) {
	const piece, pieces = 256 << 10, 1000
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		return 0, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return 0, err
	}
	buffer, nonce := make([]byte, piece, piece+gcm.Overhead()), make([]byte, gcm.NonceSize())
	before, err := processorTime()
	if err != nil {
		return 0, err
	}
	for range pieces {
		gcm.Seal(buffer[:0], nonce, buffer, nil)
	}
	after, err := processorTime()
	return (after - before).Seconds() / (piece * pieces / 1e9), err
}

// round keeps so many decimals of f.
func round(f float64, decimals int) float64 {
	unit := math.Pow10(decimals)
	return math.Round(f*unit) / unit
}

// benchProgram puts a program together that knows the cameras at urls.
func benchProgram(ctx context.Context, dir string, urls []string, report func(error)) (*program, error) {
	return benchProgramAt(ctx, place{dir: filepath.Join(dir, "data")}, time.Now, urls, report)
}

// benchProgramAt is benchProgram with a database and a clock of its own. Its
// regulation stands beside its directory.
func benchProgramAt(ctx context.Context, at place, now func() time.Time, urls []string, report func(error)) (*program, error) {
	law := filepath.Join(filepath.Dir(at.dir), "meten.md")
	if err := os.WriteFile(law, []byte(benchLaw), 0o600); err != nil {
		return nil, err
	}
	p, err := build(ctx, at, now, report)
	if err != nil {
		return nil, err
	}
	var s Setup
	text := fmt.Sprintf(`{"organisation": "Meting", "regulation": %q, "decision": "geen", "placed_by": "m",
		"people": [{"key": "m", "login": "meter", "name": "Wie meet", "password": "wie-meet-weet-veel", "confidentiality": true, "confidentiality_basis": "er is niets te verzwijgen",
			"appointments": [{"role": "bestuur"}]}],
		"sites": [{"key": "s", "name": "Meetplaats", "signs": [{"entrance": "deur", "evidence": "geen"}]}]}`, law)
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return nil, errors.Join(err, p.close())
	}
	for i, url := range urls {
		s.Cameras = append(s.Cameras, SetupCamera{Name: fmt.Sprint("camera ", i+1), Site: "s", URL: url,
			Visible: true, Aim: "meten", Assessment: "niemand in beeld"})
	}
	if _, err := found(ctx, p, s); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// observe runs the program and returns what it had used before and after a
// while, and the megabytes of memory it then had.
func (p *program) observe(ctx context.Context, length time.Duration, profile string) (before, after reading, rss float64, err error) {
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	if err = p.allRecord(ctx); err != nil {
		return
	}
	time.Sleep(benchWarmUp)
	if before, err = p.used(ctx); err != nil {
		return
	}
	if err = profiled(profile, func() { time.Sleep(length) }); err != nil {
		return
	}
	if after, err = p.used(ctx); err != nil {
		return
	}
	rss, err = residentMB()
	time.Sleep(benchTail)
	return
}

// profiled does something and writes a profile of it, if there is a file for it.
func profiled(file string, do func()) error {
	if file == "" {
		do()
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	do()
	pprof.StopCPUProfile()
	return f.Close()
}

// allRecord waits until all cameras record.
func (p *program) allRecord(ctx context.Context) error {
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return err
	}
	var last recorder.Status
	for late := time.Now().Add(benchStart); time.Now().Before(late); time.Sleep(50 * time.Millisecond) {
		n := 0
		for _, c := range cameras {
			if status := p.recorder.Status(c.ID); status.State == recorder.Recording {
				n++
			} else {
				last = status
			}
		}
		if n == len(cameras) {
			return nil
		}
	}
	return fmt.Errorf("couldn't get all cameras to record within %v; one of them %s: %s", benchStart, last.State, last.Detail)
}

// used is what this process has used so far.
func (p *program) used(ctx context.Context) (reading, error) {
	u := reading{at: time.Now()}
	var err error
	if u.cpu, err = processorTime(); err != nil {
		return u, err
	}
	err = p.db.QueryRowContext(ctx, `SELECT COALESCE(SUM(bytes), 0) FROM segment`).Scan(&u.written)
	return u, err
}

// processorTime is how much this process has used.
func processorTime() (time.Duration, error) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, fmt.Errorf("couldn't learn the processor time: %w", err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), nil
}

// residentMB is how much memory this process has now, or at most had where
// the system doesn't say.
func residentMB() (float64, error) {
	var size, pages int64
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if _, err := fmt.Sscan(string(text), &size, &pages); err == nil {
			return float64(pages) * float64(os.Getpagesize()) / 1e6, nil
		}
	}
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, fmt.Errorf("couldn't learn the memory: %w", err)
	}
	return float64(r.Maxrss) / 1e3, nil
}
