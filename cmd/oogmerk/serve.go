package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"oogmerk/internal/web"
)

// A Config is the file that `oogmerk serve --config` reads: JSON, and a key
// that isn't here is fatal.
type Config struct {
	// Data is the directory of the installation: vault, anchor, signing key,
	// segments and, unless Database says otherwise, the database.
	Data string `json:"data"`
	// Database is a postgres:// address; "" for a SQLite file in Data.
	Database string `json:"database"`
	// Listen is the address to serve the pages on, host:port.
	Listen string `json:"listen"`
	// Certificate and Key are PEM files for TLS.
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
	// Proxied says that something in front of the program does TLS. Without
	// a certificate the program listens on loopback only, unless this is set.
	Proxied bool `json:"proxied"`
	// Reserve is the room on the disk that footage doesn't take, like 20GB: it
	// is for the database and the logbook. "": what all cameras write in ten
	// minutes, but at least 2 GiB and at most a tenth of the disk.
	Reserve string `json:"reserve"`
	// Metrics is the address to serve Prometheus on at /metrics, host:port; ""
	// for nowhere. It asks for no password: let nobody near who needn't be.
	Metrics string `json:"metrics"`
	// FFmpeg is the program that makes stills, and looks for motion where a
	// camera is set to that, /usr/bin/ffmpeg; "" for neither. It decodes what
	// cameras send: keep it up to date.
	FFmpeg string `json:"ffmpeg"`
	// FFmpegSHA256 is the SHA-256 it must have, in hex; "" for any. Which one
	// it is stands in the logbook at every start.
	FFmpegSHA256 string `json:"ffmpeg_sha256"`
}

func runServe(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	path := set.String("config", "", "JSON `file` with the settings below; flags win over it")
	var c Config
	set.StringVar(&c.Data, "data", "", "`directory` of the installation")
	set.StringVar(&c.Database, "db", "", "postgres://… `address`, instead of a SQLite file in the directory")
	set.StringVar(&c.Listen, "listen", "", "`address` to serve the pages on (127.0.0.1:8100)")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	c, err := c.over(*path)
	if err != nil {
		return err
	}
	if err := c.valid(); err != nil {
		return err
	}
	return c.run(ctx, out)
}

// over returns the config in the file at path, with what c sets on top.
func (c Config) over(path string) (Config, error) {
	base := Config{Listen: "127.0.0.1:8100"}
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return base, err
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&base); err != nil {
			return base, fmt.Errorf("couldn't read %s near line %d: %w", path, 1+bytes.Count(text[:dec.InputOffset()], []byte("\n")), err)
		}
		if dec.More() {
			return base, fmt.Errorf("couldn't read %s: something stands after the settings", path)
		}
	}
	for _, o := range []struct{ to, from *string }{{&base.Data, &c.Data}, {&base.Database, &c.Database}, {&base.Listen, &c.Listen}} {
		if *o.from != "" {
			*o.to = *o.from
		}
	}
	return base, nil
}

func (c Config) valid() error {
	if c.Data == "" {
		return errors.New("no data directory: give --data or \"data\" in the config file")
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen %q isn't host:port", c.Listen)
	}
	if _, _, err := net.SplitHostPort(c.Metrics); c.Metrics != "" && err != nil {
		return fmt.Errorf("metrics %q isn't host:port", c.Metrics)
	}
	if _, err := bytesOf(c.Reserve); err != nil {
		return err
	}
	if (c.Certificate == "") != (c.Key == "") {
		return errors.New("certificate and key go together: give both or neither")
	}
	if ip := net.ParseIP(host); c.Certificate == "" && !c.Proxied && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listening on %s without TLS would send passwords in the clear: give certificate and key, or set proxied", c.Listen)
	}
	return nil
}

func (c Config) run(ctx context.Context, out io.Writer) error {
	if err := (place{dir: c.Data}).demandFounded(); err != nil {
		return err
	}
	// What can be wrong with these is worth knowing before anything starts.
	if c.Certificate != "" {
		if _, err := tls.LoadX509KeyPair(c.Certificate, c.Key); err != nil {
			return fmt.Errorf("couldn't use certificate and key: %w", err)
		}
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("couldn't listen on %s: %w", c.Listen, err)
	}
	defer listener.Close()
	figures, err := c.listenMetrics()
	if err != nil {
		return err
	}
	report := func(err error) { fmt.Fprintln(out, time.Now().Format(time.RFC3339), err) }
	p, err := build(ctx, place{c.Data, c.Database}, time.Now, report)
	if err != nil {
		return err
	}
	defer p.close()
	if p.figures = figures; figures != nil {
		fmt.Fprintf(out, "metrics on %s\n", figures.Addr())
	}
	reserve, err := bytesOf(c.Reserve)
	if err != nil {
		return err
	}
	p.footage.KeepFree(reserve)
	if p.board.InForce(time.Now()) == nil {
		return fmt.Errorf("no regulation is in force in %s: begin with oogmerk setup --data %s FILE", c.Data, c.Data)
	}
	if err := p.makeStills(ctx, c.FFmpeg, c.FFmpegSHA256); err != nil {
		return err
	}
	pages, err := web.New(webOptions(p, c.Certificate != "" || c.Proxied, nil))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "serving %s on %s\n", p.board.Organisation(), listener.Addr())
	return serve(ctx, p, pages, func(server *http.Server) error {
		if c.Certificate != "" {
			return server.ServeTLS(listener, c.Certificate, c.Key)
		}
		return server.Serve(listener)
	})
}

func webOptions(p *program, secure bool, demo *web.Demo) web.Options {
	return web.Options{People: p.people, Premises: p.premises, Dossier: p.dossier, Room: p.room, Recorder: p.recorder, Survey: p.survey, Footage: p.footage,
		Holds: p.holds, Sweeper: p.sweeper, Incidents: p.incidents, Board: p.board, Book: p.book, Gate: p.gate, Now: p.now, Reads: p.db,
		Secure: secure, Demo: demo, Report: p.report}
}

// serve runs the program and its pages until ctx ends or either fails.
func serve(ctx context.Context, p *program, pages http.Handler, listen func(*http.Server) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		// Requests end when the program does, so that a picture on a screen
		// doesn't keep it from stopping.
		BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan error, 2)
	go func() { ended <- p.run(ctx) }()
	go func() {
		// Who comes before all is as it should be after a crash, waits a moment.
		select {
		case <-p.recovered:
		case <-ctx.Done():
		}
		ended <- listen(server)
	}()

	var failed error
	running := 2
	select {
	case failed = <-ended:
		running--
	case <-ctx.Done():
	}
	stop()
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		failed = errors.Join(failed, server.Close())
	}
	for ; running > 0; running-- {
		failed = errors.Join(failed, <-ended)
	}
	if errors.Is(failed, http.ErrServerClosed) && onlyClosed(failed) {
		return nil
	}
	return failed
}

// onlyClosed reports whether err says nothing but that the server was closed.
func onlyClosed(err error) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if !onlyClosed(e) {
				return false
			}
		}
		return true
	}
	return errors.Is(err, http.ErrServerClosed)
}
