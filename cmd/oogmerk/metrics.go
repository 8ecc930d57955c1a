package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/metrics"
)

// listenMetrics opens the address for metrics; nil for none.
func (c Config) listenMetrics() (net.Listener, error) {
	if c.Metrics == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", c.Metrics)
	if err != nil {
		return nil, fmt.Errorf("couldn't listen on %s for metrics: %w", c.Metrics, err)
	}
	return listener, nil
}

// serveMetrics answers on the address for metrics until ctx ends, if there is
// one. Metrics that fail keep nothing from recording.
func (p *program) serveMetrics(ctx context.Context) error {
	if p.figures == nil {
		return nil
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10,
		Handler: metrics.Handler(metrics.Sources{Gate: p.gate, Book: p.book, Premises: p.premises, Footage: p.footage, Recorder: p.recorder,
			Sweeper: p.sweeper, Now: p.now, Report: p.report})}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(p.figures); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// units are those of sizes in the config.
var units = []struct {
	name  string
	bytes int64
}{{"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}}

// bytesOf reads a size like 20GB; "" is 0.
func bytesOf(text string) (int64, error) {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.name)
		if n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32); ok && err == nil && n > 0 {
			return n * u.bytes, nil
		}
	}
	if text == "" {
		return 0, nil
	}
	return 0, fmt.Errorf("reserve %q is no size: give a whole number with MB, GB or TB, like 20GB", text)
}
