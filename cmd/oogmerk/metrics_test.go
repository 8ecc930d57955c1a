package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A shared buffer is written by the program while a test reads it.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// await waits for something the program says, and returns what is in it.
func (s *shared) await(t *testing.T, pattern string) string {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(s.String()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("it never said %s, but:\n%s", pattern, s.String())
	return ""
}

var (
	sampleLine = regexp.MustCompile(`^([a-z_:][a-z0-9_:]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+)\})? (\S+)$`)
	labelPair  = regexp.MustCompile(`([a-z_]+)="((?:[^"\\\n]|\\.)*)"`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary)$`)
)

// readMetrics reads the text format of Prometheus, strictly: every line is one
// of three, every sample follows the type of its family, none is there twice.
func readMetrics(t *testing.T, text string) map[string]float64 {
	t.Helper()
	samples, types := map[string]float64{}, map[string]string{}
	family, helped := "", ""
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			helped, _, _ = strings.Cut(rest, " ")
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			if family = m[1]; types[family] != "" || family != helped {
				t.Errorf("family %s is there twice, or without help", family)
			}
			types[family] = m[2]
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("not a line of metrics: %q", line)
			continue
		}
		suffix, of := strings.CutPrefix(m[1], family)
		many := types[family] == "histogram" || types[family] == "summary"
		if !of || suffix != "" && !(many && slices.Contains([]string{"_bucket", "_sum", "_count"}, suffix)) {
			t.Errorf("%s stands under family %s", m[1], family)
		}
		if types[family] == "counter" && strings.HasPrefix(family, "oogmerk_") && !strings.HasSuffix(family, "_total") {
			t.Errorf("counter %s doesn't end with _total", family)
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if _, twice := samples[m[1]+"{"+m[2]+"}"]; err != nil || twice {
			t.Errorf("%q is there twice, or is no number: %v", line, err)
		}
		samples[m[1]+"{"+m[2]+"}"] = value
	}
	return samples
}

// labelsOf are the values of one label in all samples.
func labelsOf(samples map[string]float64, label string) map[string]bool {
	out := map[string]bool{}
	for name := range samples {
		for _, m := range labelPair.FindAllStringSubmatch(name, -1) {
			if m[1] == label {
				out[m[2]] = true
			}
		}
	}
	return out
}

// fetch reads what is at an address.
func fetch(t *testing.T, url string) (string, *http.Response) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), res
}

// Metrics are on an address of their own, if one is given; they can be read by
// a machine, and tell of nobody.
func TestMetrics(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var names []string
	setup := school(t, func(s *Setup) {
		for _, p := range s.People {
			names = append(names, p.Login, p.Name)
		}
		for _, c := range s.Cameras {
			names = append(names, c.Name)
		}
		for _, p := range s.Sites {
			names = append(names, p.Name)
		}
		names = append(names, s.Organisation, "rtsp:")
	})
	if out, code := said(t, "setup", "--data", dir, setup); code != 0 {
		t.Fatal(out)
	}
	config, err := json.Marshal(map[string]any{"data": dir, "listen": "127.0.0.1:0", "metrics": "127.0.0.1:0", "reserve": "7MB"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var out shared
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "--config", written(t, string(config))}, &out, &out) }()
	at := "http://" + out.await(t, `metrics on (127\.0\.0\.1:\d+)\n`)
	pages := "http://" + out.await(t, `serving .* on (127\.0\.0\.1:\d+)\n`)

	var samples map[string]float64
	var text string
	for until := time.Now().Add(30 * time.Second); samples["oogmerk_sweeps_total{}"] == 0 && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		text, _ = fetch(t, at+"/metrics")
		samples = readMetrics(t, text)
	}
	for name, least := range map[string]float64{"oogmerk_sweeps_total{}": 1, "oogmerk_logbook_entries{}": 10, "oogmerk_store_free_bytes{}": 1, "oogmerk_store_size_bytes{}": 1,
		"oogmerk_store_reserve_bytes{}": 7e6, "oogmerk_store_queue_length{}": 1, "oogmerk_clock_trusted{}": 1, "oogmerk_sweep_last_timestamp_seconds{}": 1.7e9,
		"oogmerk_live_viewers{}": 0, "oogmerk_playbacks{}": 0, "oogmerk_store_sync_seconds_count{}": 0, `oogmerk_store_sync_seconds_bucket{le="+Inf"}`: 0,
		"oogmerk_store_errors_total{}": 0, "oogmerk_erased_segments_total{}": 0, "oogmerk_sweep_failing{}": 0, "go_goroutines{}": 1, "process_resident_memory_bytes{}": 1} {
		if value, ok := samples[name]; !ok || value < least {
			t.Errorf("%s is %v (%v), want at least %v", name, value, ok, least)
		}
	}
	cameras := labelsOf(samples, "camera")
	if len(cameras) == 0 {
		t.Error("nothing is said of any camera")
	}
	for id := range cameras {
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) || samples[`oogmerk_camera_recorded_bytes_total{camera="`+id+`"}`] != 0 {
			t.Errorf("camera %q", id)
		}
	}
	if all := labelsOf(samples, "result"); !all["toegestaan"] && !all["geweigerd"] {
		t.Errorf("rulings came to %v", slices.Sorted(maps.Keys(all)))
	}
	for _, name := range names {
		if name != "" && strings.Contains(text, name) {
			t.Errorf("metrics tell of %s", name)
		}
	}
	if _, res := fetch(t, pages+"/metrics"); res.StatusCode != http.StatusNotFound && res.Request.URL.Path == "/metrics" {
		t.Errorf("the pages answer /metrics with %s", res.Status)
	}
	if _, res := fetch(t, at+"/"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the address for metrics answers / with %s", res.Status)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("it ends with %d:\n%s", code, out.String())
	}
	if strings.Contains(out.String(), "couldn't") {
		t.Errorf("it said:\n%s", out.String())
	}
}

func TestMetricsAndReserveInConfig(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if out, code := said(t, "setup", "--data", dir, school(t, func(*Setup) {})); code != 0 {
		t.Fatal(out)
	}
	with := func(more string) string { return written(t, `{"data": "`+dir+`", "listen": "127.0.0.1:0", `+more+`}`) }
	refused(t, "isn't host:port", "serve", "--config", with(`"metrics": "9091"`))
	refused(t, "for metrics", "serve", "--config", with(`"metrics": "192.0.2.1:9091"`))
	for _, text := range []string{"20", "GB", "-1GB", "0GB", "1.5GB", "5 PB", "99999999999TB", "1e3MB"} {
		refused(t, "is no size", "serve", "--config", with(`"reserve": "`+text+`"`))
	}
	for text, want := range map[string]int64{"": 0, "7MB": 7e6, "20GB": 20e9, "20 GB": 20e9, "1TB": 1e12} {
		if n, err := bytesOf(text); err != nil || n != want {
			t.Errorf("%q is %d, %v", text, n, err)
		}
	}
}
