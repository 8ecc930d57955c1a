package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/demo"
	"oogmerk/internal/gate"
	"oogmerk/internal/web"
)

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
	set.StringVar(&c.regulation, "regulation", "", "the regulation that runs: a `file`, or one that comes with the program ("+defaultRegulation+")")
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

// run starts the organisation and serves it until ctx ends.
func (c demoChoice) run(ctx context.Context, out io.Writer) error {
	// The address first: that it is taken is worth knowing before anything else.
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return fmt.Errorf("couldn't listen on %s: %w; choose another with --listen", c.listen, err)
	}
	defer listener.Close()
	clock := &demoClock{}
	cameras, err := c.sources(clock)
	if err != nil {
		return err
	}
	defer cameras.Close()

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
	players, err := c.players(ctx, p)
	if err != nil {
		return err
	}
	c.hang(p, &players, cameras)
	codes, err := c.seed(ctx, p, &players)
	if err != nil {
		return err
	}
	if path, err := exec.LookPath("ffmpeg"); err == nil {
		if err := p.makeStills(ctx, path, ""); err != nil {
			return err
		}
	}
	pages, err := web.New(webOptions(p, false, c.forWeb(players.Setup, clock)))
	if err != nil {
		return err
	}
	c.greet(out, listener.Addr(), players, codes)
	return serve(ctx, p, pages, func(server *http.Server) error { return server.Serve(listener) })
}

// players are those of the regulation to play under. A directory that was kept
// goes on with the one it was founded with.
func (c demoChoice) players(ctx context.Context, p *program) (cast, error) {
	versions := p.board.Versions()
	if len(versions) == 0 {
		return castFor(cmp.Or(c.regulation, defaultRegulation))
	}
	began := versions[0].Law.File
	if c.regulation != "" && filepath.Base(c.regulation) != began {
		return cast{}, fmt.Errorf("%s began with %s: leave --regulation out, or give another --data", c.dir, began)
	}
	text, err := p.board.Document(ctx, versions[0].ID)
	if err != nil {
		return cast{}, err
	}
	return castOf(began, text)
}

// sources turns the demo's own cameras on, and one more, which is there to be
// found. There are none if others are to be recorded.
func (c demoChoice) sources(clock *demoClock) (*demo.Cameras, error) {
	if len(c.own) > 0 {
		return &demo.Cameras{}, nil
	}
	clips, err := demo.Clips()
	if err != nil {
		return nil, err
	}
	light, err := demo.LightClips()
	if err != nil {
		return nil, err
	}
	cameras, err := demo.Start(demo.Options{Clips: clips, Light: light, Count: c.cameras + 1, Listen: "127.0.0.1:0", ONVIF: clock.now})
	if err != nil {
		return nil, err
	}
	cameras.GoBy(clock.ahead)
	return cameras, nil
}

// hang tells the cast where its cameras are, and the program where others can
// be found.
func (c demoChoice) hang(p *program, players *cast, cameras *demo.Cameras) {
	if len(c.own) > 0 {
		players.hang(c.own)
		return
	}
	var urls []string
	for i := range c.cameras {
		urls = append(urls, cameras.URL(i))
	}
	players.hang(urls)
	players.speak(cameras)
	p.survey.Single = []netip.AddrPort{cameras.Probe()}
}

// seed founds the organisation, or, in a directory kept from before, tells
// its cameras where they are now. It returns the codes of new workstations.
func (c demoChoice) seed(ctx context.Context, p *program, players *cast) ([]stationCode, error) {
	if len(p.board.Versions()) == 0 {
		players.begin(calendar.DateOf(p.now()))
		return found(ctx, p, players.Setup)
	}
	known, err := p.premises.Cameras(ctx)
	if err != nil {
		return nil, err
	}
	technician, err := p.people.ByLogin(ctx, players.login(players.PlacedBy))
	if err != nil {
		return nil, err
	}
	at := map[string]SetupCamera{} // where a camera is now, by its name
	for _, camera := range players.Cameras {
		at[camera.Name] = camera
	}
	for _, camera := range known {
		now, ok := at[camera.Name]
		if !ok {
			continue // this run has fewer cameras than the one that founded the organisation
		}
		camera.URL, camera.Sub, camera.Device, camera.Profile, camera.Steers = now.URL, now.Sub, now.Device, now.Profile, now.Steers
		if err := p.premises.ChangeCamera(ctx, gate.Request{Who: technician.ID.Entity()}, camera); err != nil {
			return nil, fmt.Errorf("couldn't move camera %s to its new address: %w", camera.Name, err)
		}
	}
	return nil, nil
}

func (c demoChoice) forWeb(s Setup, clock *demoClock) *web.Demo {
	d := &web.Demo{Offset: clock.ahead, Move: clock.move}
	for _, p := range s.People {
		d.People = append(d.People, web.DemoPerson{Name: p.Name, Role: p.Title, Login: p.Login, Password: p.Password})
	}
	return d
}

// greet says where to look, who can sign in, and what to try.
func (c demoChoice) greet(out io.Writer, at net.Addr, players cast, codes []stationCode) {
	fmt.Fprintf(out, "\n  %s, with %d cameras and %s\n\n  http://%s\n\n", players.Organisation, len(players.Cameras), players.law.File, at)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range players.People {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", p.Login, p.Password, p.Title, p.Name)
	}
	table.Flush()
	if len(codes) > 0 {
		fmt.Fprint(out, "\n  To make your browser a workstation, enter its code at /werkplek:\n")
	}
	for _, code := range codes {
		fmt.Fprintf(out, "  %s  %s\n", code.code, code.name)
	}
	fmt.Fprint(out, "\n  Try this:\n")
	for line := range strings.Lines(players.try) {
		fmt.Fprint(out, "   ", line)
	}
	fmt.Fprint(out, "\n  Stop with Ctrl-C.\n\n")
}
