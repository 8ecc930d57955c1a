package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
)

// said runs a command in this process and returns what it said.
func said(t *testing.T, args ...string) (string, int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var out bytes.Buffer
	code := run(ctx, args, &out, &out)
	return out.String(), code
}

// refused sees to it that a command refuses in one line that has words.
func refused(t *testing.T, words string, args ...string) {
	t.Helper()
	out, code := said(t, args...)
	if code != 1 || strings.Count(out, "\n") != 1 || !strings.Contains(out, words) {
		t.Errorf("%v: exit code %d, said %q, want one line about %q", args, code, out, words)
	}
}

// school writes the demo's school as a setup, changed.
func school(t *testing.T, change func(*Setup)) string {
	t.Helper()
	c, err := castFor(defaultRegulation)
	if err != nil {
		t.Fatal(err)
	}
	c.hang([]string{"rtsp://127.0.0.1:1/x"})
	c.begin(calendar.DateOf(time.Now()))
	change(&c.Setup)
	text, err := json.Marshal(c.Setup)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, string(text))
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "setup.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A description with a mistake in it leaves nothing behind, so that the next
// try can be made in the same place.
func TestSetupIsAllOrNothing(t *testing.T) {
	for words, change := range map[string]func(*Setup){
		"12 tot":          func(s *Setup) { s.People[3].Password = "kort" },
		`"niemand"`:       func(s *Setup) { s.People[3].By = "niemand" },
		`"elders"`:        func(s *Setup) { s.Cameras[0].Site = "elders" },
		"placed by":       func(s *Setup) { s.PlacedBy = "" },
		"bestaatniet.md":  func(s *Setup) { s.Regulation = "bestaatniet.md" },
		"al van iemand":   func(s *Setup) { s.People[3].Login = "hans" },
		"3.1, 3.3":        func(s *Setup) { s.People[0].Appointments[0].Role = "beheerder" },
		"forbidden by":    func(s *Setup) { s.People[4].Appointments[0].Role = "locatiebeheer" },
		"key of their":    func(s *Setup) { s.People[4].Key = "hans" },
		"key of its":      func(s *Setup) { s.Sites = append(s.Sites, s.Sites[0]) },
		"to the board":    func(s *Setup) { s.People[0].Appointments = nil },
		"no organisation": func(s *Setup) { s.Organisation = " " },
		"no decision":     func(s *Setup) { s.Decision = "" },
	} {
		dir := filepath.Join(t.TempDir(), "data")
		refused(t, words, "setup", "--data", dir, school(t, change))
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was left behind: %v", words, err)
		}
	}
	whole := school(t, func(*Setup) {})
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "stands after", "setup", "--data", t.TempDir(), written(t, string(text)+"{}"))
	refused(t, "unknown field", "setup", "--data", t.TempDir(), written(t, `{"organisaton": "x"}`))
	refused(t, "no data directory", "setup", whole)

	disk := t.TempDir() // there already, as a disk of its own is
	if out, code := said(t, "setup", "--data", disk, whole); code != 0 {
		t.Fatalf("setup: %s", out)
	}
	refused(t, "isn't empty", "setup", "--data", disk, whole)
	if out, code := said(t, "check", "--data", disk); code != 0 {
		t.Errorf("check: %s", out)
	}
}

func TestServeRefuses(t *testing.T) {
	dir := t.TempDir()
	if out, code := said(t, "setup", "--data", dir, school(t, func(*Setup) {})); code != 0 {
		t.Fatalf("setup: %s", out)
	}
	nowhere := filepath.Join(t.TempDir(), "typo")
	refused(t, "nothing was founded", "serve", "--data", nowhere)
	refused(t, "nothing was founded", "check", "--data", nowhere)
	refused(t, "nothing was founded", "logbook", "--data", nowhere, "key")
	if _, err := os.Stat(nowhere); !errors.Is(err, os.ErrNotExist) {
		t.Error("serving nowhere made a directory")
	}
	for _, public := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "school.example:443"} {
		refused(t, "without TLS", "serve", "--data", dir, "--listen", public)
	}
	refused(t, "host:port", "serve", "--data", dir, "--listen", "8100")
	refused(t, "unknown field", "serve", "--config", written(t, `{"data": "x", "lisen": "127.0.0.1:0"}`))
	refused(t, "stands after", "serve", "--config", written(t, `{"data": "x"} true`))
	refused(t, "both or neither", "serve", "--config", written(t, `{"data": "x", "key": "k.pem"}`))
	refused(t, "certificate", "serve", "--data", dir, "--config", written(t, `{"listen": "127.0.0.1:0", "certificate": "no.pem", "key": "no.pem"}`))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	refused(t, "in use", "serve", "--data", dir, "--listen", taken.Addr().String())

	for _, file := range secrets {
		path := filepath.Join(dir, file)
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		refused(t, "chmod 600 "+path, "serve", "--data", dir, "--listen", "127.0.0.1:0")
		if out, code := said(t, "check", "--data", dir); code != 1 || !strings.Contains(out, "chmod 600 "+path) {
			t.Errorf("check of a %s that others can read: %d, %s", file, code, out)
		}
		if out, code := said(t, "check", "--repair", "--data", dir); code != 0 {
			t.Errorf("repair of a %s that others can read: %d, %s", file, code, out)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("after the repair: %v, %v", info.Mode(), err)
		}
	}
	if err := os.Rename(filepath.Join(dir, "oogmerk.db"), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	refused(t, "database is gone", "check", "--data", dir)
	refused(t, "database is gone", "serve", "--data", dir, "--listen", "127.0.0.1:0")
}

// A second server on the same directory, or a repair beside it, refuses in
// one line and changes nothing.
func TestTwoServers(t *testing.T) {
	dir := t.TempDir()
	p := start(t, "demo", "--data", dir, "--cameras", "1", "--listen", "127.0.0.1:0")
	for _, args := range [][]string{{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, {"demo", "--data", dir, "--listen", "127.0.0.1:0"},
		{"check", "--repair", "--data", dir}} {
		out, err := ask(t, args...)
		if err == nil || strings.Count(out, "\n") != 1 || !strings.Contains(out, "another process") {
			t.Errorf("%v beside a server: %v, %q", args, err, out)
		}
	}
	if page, _, err := newClient(p.base).get("/aanmelden"); err != nil || !strings.Contains(page, "wachtwoord") {
		t.Errorf("the first no longer answers: %v", err)
	}
}

// What gives up while the database is away, goes on when it is back.
func TestAgain(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	times, told := 0, 0
	away := errors.New("the database is away")
	err := again(ctx, func(context.Context) error {
		if times++; times < 3 {
			return away
		}
		stop()
		return nil
	}, func(err error) {
		if told++; !errors.Is(err, away) {
			t.Error(err)
		}
	})
	if err != nil || times != 3 || told != 2 {
		t.Errorf("ran %d times, told of %d failures, ended with %v", times, told, err)
	}
}
