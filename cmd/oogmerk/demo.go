package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/gate"
	"oogmerk/internal/web"
)

//go:embed demo.json
var demoSetup []byte

// What the demo's cameras look at; more than four are numbered on.
var demoViews = []struct{ name, aim string }{
	{"Hoofdingang", "wie het gebouw in- en uitgaat"},
	{"Fietsenstalling", "diefstal en vernieling van fietsen"},
	{"Kantine", "veiligheid in de pauzes"},
	{"Parkeerplaats", "schade aan auto's en het hek"},
}

// A demoChoice is what the flags of the demo say.
type demoChoice struct {
	place
	regulation, listen string
	cameras            int
	own                []string // addresses of cameras to record instead
}

func runDemo(ctx context.Context, args []string, out io.Writer) error {
	var c demoChoice
	set := flag.NewFlagSet("demo", flag.ContinueOnError)
	set.StringVar(&c.dir, "data", "", "`directory` to keep; without it, a temporary one")
	set.StringVar(&c.dsn, "db", "", "postgres://… `address`, instead of a SQLite file in the directory")
	set.StringVar(&c.regulation, "regulation", "clusius.md", "the regulation that runs: a `file`, or one that comes with the program")
	set.IntVar(&c.cameras, "cameras", 4, "how many cameras")
	set.Func("camera", "record the camera at this rtsp:// `address` instead of the demo's own; may be given again", func(url string) error {
		c.own = append(c.own, url)
		return nil
	})
	set.StringVar(&c.listen, "listen", "127.0.0.1:8100", "`address` to serve the pages on")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if c.cameras < 1 || c.cameras > 256 {
		return fmt.Errorf("%d cameras: choose 1 to 256", c.cameras)
	}
	if c.dir != "" {
		return c.run(ctx, out)
	}
	dir, err := os.MkdirTemp("", "oogmerk-demo-")
	if err != nil {
		return err
	}
	c.dir = dir
	return errors.Join(c.run(ctx, out), os.RemoveAll(dir))
}

// run starts the school and serves it until ctx ends.
func (c demoChoice) run(ctx context.Context, out io.Writer) error {
	// The address first: that it is taken is worth knowing before anything else.
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return fmt.Errorf("couldn't listen on %s: %w; choose another with --listen", c.listen, err)
	}
	defer listener.Close()
	urls, stop, err := c.sources()
	if err != nil {
		return err
	}
	defer stop()

	clock := &demoClock{}
	report := func(err error) { fmt.Fprintln(out, time.Now().Format("15:04:05"), err) }
	p, err := build(ctx, c.place, clock.now, report)
	if err != nil {
		return err
	}
	defer p.close()
	clock.program = p
	if err := clock.load(ctx); err != nil {
		return err
	}
	s, err := readSetup("demo.json", demoSetup)
	if err != nil {
		return err
	}
	s.Regulation = c.regulation
	if err := c.seed(ctx, p, s, urls); err != nil {
		return err
	}
	pages, err := web.New(webOptions(p, false, c.forWeb(s, clock)))
	if err != nil {
		return err
	}
	c.greet(out, listener.Addr(), s)
	return serve(ctx, p, pages, func(server *http.Server) error { return server.Serve(listener) })
}

// sources returns where the cameras are, and how to stop those that the demo
// started itself.
func (c demoChoice) sources() (urls []string, stop func(), err error) {
	if len(c.own) > 0 {
		return c.own, func() {}, nil
	}
	cameras, err := demo.StartCameras(c.cameras, "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	for i := range c.cameras {
		urls = append(urls, cameras.URL(i))
	}
	return urls, cameras.Close, nil
}

// seed founds the school, or, in a directory kept from before, tells its
// cameras where they are now.
func (c demoChoice) seed(ctx context.Context, p *program, s Setup, urls []string) error {
	known, err := p.premises.Cameras(ctx)
	if err != nil {
		return err
	}
	if p.board.InForce(p.now()) == nil {
		for i, url := range urls {
			s.Cameras = append(s.Cameras, SetupCamera{Name: demoName(i), Site: s.Sites[0].Key, URL: url, Visible: true,
				Aim: demoViews[i%len(demoViews)].aim, Assessment: "privacytoets van 5 november 2026"})
		}
		return found(ctx, p, s)
	}
	technician, err := p.people.ByLogin(ctx, "joost")
	if err != nil {
		return err
	}
	at := map[string]string{} // where a camera is now, by its name
	for i, url := range urls {
		at[demoName(i)] = url
	}
	for _, camera := range known {
		url, ok := at[camera.Name]
		if !ok {
			continue // this run has fewer cameras than the one that founded the school
		}
		camera.URL = url
		if err := p.premises.ChangeCamera(ctx, gate.Request{Who: technician.ID.Entity()}, camera); err != nil {
			return fmt.Errorf("couldn't move camera %s to its new address: %w", camera.Name, err)
		}
	}
	return nil
}

func demoName(i int) string {
	name := demoViews[i%len(demoViews)].name
	if i >= len(demoViews) {
		name = fmt.Sprintf("%s %d", name, 1+i/len(demoViews))
	}
	return name
}

func (c demoChoice) forWeb(s Setup, clock *demoClock) *web.Demo {
	d := &web.Demo{Offset: clock.ahead, Move: clock.move}
	for _, p := range s.People {
		d.People = append(d.People, web.DemoPerson{Name: p.Name, Role: p.Title, Login: p.Login, Password: p.Password})
	}
	return d
}

// greet says where to look, who can sign in, and what to try.
func (c demoChoice) greet(out io.Writer, at net.Addr, s Setup) {
	fmt.Fprintf(out, "\n  %s, with %d cameras and %s\n\n  http://%s\n\n", s.Organisation, c.cameras, c.regulation, at)
	for _, p := range s.People {
		fmt.Fprintf(out, "  %-9s %-19s %-46s %s\n", p.Login, p.Password, p.Title, p.Name)
	}
	fmt.Fprint(out, `
  Try this:
   1. Sign in as samira and watch live.
   2. Play back alone (Terugkijken): refused, with the article that forbids it.
   3. Let pieter sign in at the same screen (Collega erbij), and play back together.
   4. Report an incident and hold a few minutes of footage for it.
   5. Read the logbook as noor: who saw what, when, why, for how long; and what was refused.
   6. Move the clock six days and an hour: the footage is gone for good, the held part still plays.

  Stop with Ctrl-C.

`)
}
