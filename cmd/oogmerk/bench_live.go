package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	"oogmerk/internal/web"
)

// A liveResult is what bench live prints.
type liveResult struct {
	Viewers    int     `json:"viewers"`
	Cameras    int     `json:"cameras"`
	Seconds    float64 `json:"seconds"`
	Pinned     bool    `json:"pinned"`           // to one core, and cameras and viewers to the others
	Mbit       float64 `json:"mbit"`             // of each camera
	KeyP50     float64 `json:"key_frame_ms_p50"` // from asking to the key picture, over a real connection
	KeyP95     float64 `json:"key_frame_ms_p95"`
	DelayP50   float64 `json:"delay_ms_p50"` // from the camera writing the picture's last packet to the viewer's hands
	DelayP95   float64 `json:"delay_ms_p95"`
	LeastP50   float64 `json:"loopback_ms_p50"` // the same to who asks the camera itself: what no recorder can do better
	LeastP95   float64 `json:"loopback_ms_p95"`
	CPUViewers float64 `json:"cpu_percent_viewers"` // of one core, beyond what recording alone takes
	CPUEach    float64 `json:"cpu_percent_viewer"`  // of one core, for one viewer
	Pictures   float64 `json:"pictures_per_second"` // that one viewer gets
}

// A liveLoad is who watches what.
type liveLoad struct {
	viewers, cameras int
	mbit             float64
	length           time.Duration
	pin              bool
	cores            int // of the machine
}

// benchLive measures watching: viewers over HTTP watch cameras that another
// process plays. The viewers are a third process, so that they aren't counted.
func benchLive(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench live", flag.ContinueOnError)
	var l liveLoad
	set.IntVar(&l.viewers, "viewers", 16, "how many watch")
	set.IntVar(&l.cameras, "cameras", 4, "how many cameras there are")
	set.Float64Var(&l.mbit, "mbit", 4, "Mbit/s that each camera sends")
	seconds := set.Int("seconds", 15, "how long to measure")
	set.BoolVar(&l.pin, "pin", false, "keep the recorder to one core, and cameras and viewers to the others")
	profile := set.String("profile", "", "where to write a profile of the processor time, for go tool pprof")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	l.length = time.Duration(*seconds) * time.Second
	if l.viewers < 1 || l.viewers > 1000 || l.cameras < 1 || l.cameras > 100 || l.mbit <= 0 || *seconds < 1 {
		return errors.New("choose 1 to 1000 viewers, 1 to 100 cameras and at least a second")
	}
	dir, err := os.MkdirTemp("", "oogmerk-bench-")
	if err != nil {
		return err
	}
	result, err := l.measure(ctx, dir, *profile)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

func (l liveLoad) measure(ctx context.Context, dir, profile string) (result liveResult, err error) {
	source, err := startSource(benchSetting{cameras: l.cameras, mbit: l.mbit, codec: "h264", pin: l.pin, stamp: true})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, source.stop()) }()
	if l.cores = runtime.NumCPU(); l.pin {
		if err := pinTo(firstCore); err != nil {
			return result, err
		}
	}
	p, err := benchProgram(ctx, dir, source.urls, func(error) {})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.run(running) }()
	defer func() { stop(); err = errors.Join(err, <-ended) }()
	if err := p.allRecord(ctx); err != nil {
		return result, err
	}
	time.Sleep(benchWarmUp)
	return l.watch(ctx, p, source.urls, profile)
}

// watch starts the viewers and measures, first without them.
func (l liveLoad) watch(ctx context.Context, p *program, cameras []string, profile string) (result liveResult, err error) {
	at, stop, err := l.seat(ctx, p)
	if err != nil {
		return result, err
	}
	defer stop()
	result = liveResult{Viewers: l.viewers, Cameras: l.cameras, Mbit: l.mbit, Seconds: l.length.Seconds(), Pinned: l.pin}
	listener, err := seating{direct: cameras[0], cores: at.cores}.start(1)
	if err != nil {
		return result, err
	}
	// Cameras that are watched are read as data arrives, so one viewer of each
	// is there all along: what the others add is what a viewer costs.
	base, err := at.start(l.cameras)
	if err != nil {
		return result, errors.Join(err, listener.cmd.Process.Kill())
	}
	defer func() { _, left := base.leave(); err = errors.Join(err, left) }()
	alone, failed := p.spends(l.length)
	heard, err := listener.leave()
	if err = errors.Join(failed, err); err != nil {
		return result, err
	}
	more, err := at.start(l.viewers)
	if err != nil {
		return result, err
	}
	time.Sleep(benchTail) // the first GOP is out
	var with float64
	profiling := profiled(profile, func() { with, err = p.spends(l.length) })
	seen, left := more.leave()
	if err := errors.Join(err, profiling, left); err != nil {
		return result, err
	}
	result.CPUViewers = round(100*(with-alone), 2)
	result.CPUEach = round(100*(with-alone)/float64(l.viewers), 3)
	return result, result.tell(seen, heard)
}

// tell fills in what those who watched tell, and who listened to a camera itself.
func (r *liveResult) tell(seen, heard []viewerTold) error {
	var keys, delays, least []time.Duration
	for _, v := range seen {
		keys, delays = append(keys, v.Key), append(delays, v.Delays...)
		r.Pictures += v.Pictures / float64(len(seen))
	}
	for _, v := range heard {
		least = append(least, v.Delays...)
	}
	if len(delays) == 0 || len(least) == 0 {
		return errors.New("couldn't measure the delay: no picture came")
	}
	r.Pictures = round(r.Pictures, 1)
	r.KeyP50, r.KeyP95 = ms(part(keys, 50)), ms(part(keys, 95))
	r.DelayP50, r.DelayP95 = ms(part(delays, 50)), ms(part(delays, 95))
	r.LeastP50, r.LeastP95 = ms(part(least, 50)), ms(part(least, 95))
	return nil
}

// seat opens the pages, and signs in who watches them.
func (l liveLoad) seat(ctx context.Context, p *program) (at seating, stop func(), err error) {
	if at.cameras, err = p.premises.Cameras(ctx); err != nil {
		return at, nil, err
	}
	if at.token, err = p.people.SignIn(ctx, "", "meter", "wie-meet-weet-veel"); err != nil {
		return at, nil, err
	}
	pages, err := web.New(webOptions(p, false, nil))
	if err != nil {
		return at, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return at, nil, err
	}
	at.address = listener.Addr().String()
	if l.pin {
		at.cores = l.cores
	}
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends when the server closes
	return at, func() { server.Close() }, nil
}

// spends is how many cores this process keeps busy for a while.
func (p *program) spends(length time.Duration) (cores float64, err error) {
	before, err := p.used(context.Background())
	if err != nil {
		return 0, err
	}
	time.Sleep(length)
	after, err := p.used(context.Background())
	return (after.cpu - before.cpu).Seconds() / after.at.Sub(before.at).Seconds(), err
}
