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
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/web"
)

// A liveResult is what bench live prints.
type liveResult struct {
	Viewers    int     `json:"viewers"`
	Cameras    int     `json:"cameras"`
	Seconds    float64 `json:"seconds"`
	Mbit       float64 `json:"mbit"`             // of each camera
	KeyP50     float64 `json:"key_frame_ms_p50"` // from asking to the key picture, over a real connection
	KeyP95     float64 `json:"key_frame_ms_p95"`
	DelayP50   float64 `json:"delay_ms_p50"` // from the picture's last packet to the viewer's hands
	DelayP95   float64 `json:"delay_ms_p95"`
	CPUViewers float64 `json:"cpu_percent_viewers"` // of one core, beyond what recording alone takes
	CPUEach    float64 `json:"cpu_percent_viewer"`  // of one core, for one viewer
	Pictures   float64 `json:"pictures_per_second"` // that one viewer gets
}

// A liveLoad is who watches what.
type liveLoad struct {
	viewers, cameras int
	mbit             float64
	length           time.Duration
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
	source, err := startSource(benchSetting{cameras: l.cameras, mbit: l.mbit, codec: "h264"})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, source.stop()) }()
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
	return l.watch(ctx, p, profile)
}

// watch starts the viewers and measures, first without them.
func (l liveLoad) watch(ctx context.Context, p *program, profile string) (result liveResult, err error) {
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return result, err
	}
	token, err := p.people.SignIn(ctx, "", "meter", "wie-meet-weet-veel")
	if err != nil {
		return result, err
	}
	pages, err := web.New(webOptions(p, false, nil))
	if err != nil {
		return result, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result, err
	}
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second}
	defer server.Close()
	go func() { _ = server.Serve(listener) }() // ends when the server closes
	result = liveResult{Viewers: l.viewers, Cameras: l.cameras, Mbit: l.mbit}
	delay, err := l.delays(ctx, p, token, cameras[0].ID)
	if err != nil {
		return result, err
	}
	result.DelayP50, result.DelayP95 = ms(part(delay, 50)), ms(part(delay, 95))
	// Cameras that are watched are read as data arrives, so one viewer of each
	// is there all along: what the others add is what a viewer costs.
	base, err := startViewers(token, listener.Addr().String(), cameras, l.cameras)
	if err != nil {
		return result, err
	}
	defer func() { _, _, left := base.leave(); err = errors.Join(err, left) }()
	alone, err := p.spends(l.length)
	if err != nil {
		return result, err
	}
	more, err := startViewers(token, listener.Addr().String(), cameras, l.viewers)
	if err != nil {
		return result, err
	}
	time.Sleep(benchTail) // the first GOP is out
	var with float64
	profiling := profiled(profile, func() { with, err = p.spends(l.length) })
	keys, pictures, left := more.leave()
	if err := errors.Join(err, profiling, left); err != nil {
		return result, err
	}
	result.Seconds = l.length.Seconds()
	result.CPUViewers = round(100*(with-alone), 2)
	result.CPUEach = round(100*(with-alone)/float64(l.viewers), 3)
	result.KeyP50, result.KeyP95, result.Pictures = ms(part(keys, 50)), ms(part(keys, 95)), round(pictures, 1)
	return result, nil
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

// delays watches a camera in this process: how long after the time that each
// picture is dated by, which is when it arrived, it is in a viewer's hands.
func (l liveLoad) delays(ctx context.Context, p *program, token string, camera premises.CameraID) (all []time.Duration, err error) {
	who, err := p.people.Present(ctx, token)
	if err != nil {
		return nil, err
	}
	req := who.Request(regulation.Watch, gate.Subject{Entity: camera.Entity()})
	req.For = benchPurpose
	permit, err := p.gate.Enter(ctx, req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, permit.Close(ctx, "gedaan", nil)) }()
	feed, err := p.recorder.Live(ctx, permit, camera)
	if err != nil {
		return nil, err
	}
	defer feed.Close()
	began := time.Now()
	for until := began.Add(l.length); time.Now().Before(until); {
		au, err := feed.Next(ctx)
		if err != nil {
			return nil, err
		}
		if au.Time.After(began.Add(time.Second)) { // by then it is read as it comes
			all = append(all, time.Since(au.Time))
		}
	}
	if len(all) == 0 {
		return nil, errors.New("couldn't measure the delay: no picture came")
	}
	return all, nil
}
