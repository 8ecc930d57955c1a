package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// executable is the program as people get it, built once for all tests here.
var executable = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "oogmerk-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "oogmerk")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := executable(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// A process is the program, running.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	base string // http://127.0.0.1:port

	mu   sync.Mutex
	said bytes.Buffer
}

var greeted = regexp.MustCompile(`http://[0-9.:]+`)

// start runs the program and waits until it says where it serves.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	path, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: exec.Command(path, args...)}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%v said:\n%s", args, p.output())
		}
	})
	serving := make(chan string, 1)
	go p.listen(out, serving)
	select {
	case p.base = <-serving:
	case <-time.After(30 * time.Second):
	}
	if p.base == "" {
		t.Fatalf("%v doesn't say where it serves, but:\n%s", args, p.output())
	}
	return p
}

// listen keeps what the program says, and picks the address out of it.
func (p *process) listen(out io.Reader, serving chan<- string) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		p.mu.Lock()
		p.said.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		if at := greeted.FindString(lines.Text()); at != "" {
			select {
			case serving <- at:
			default:
			}
		}
	}
	close(serving)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// kill ends the program as a power cut would, as far as it can tell.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
}

// ask runs the program to its end and returns what it said.
func ask(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	return string(out), err
}

// A client is a person at a browser without a screen.
type client struct {
	http *http.Client
	base string
}

func newClient(base string) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // New with no options doesn't fail
	}
	return &client{&http.Client{Jar: jar, Timeout: 20 * time.Second}, base}
}

// post sends a form and returns the page that follows, and its address.
func (c *client) post(path string, form ...string) (page, at string, err error) {
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r, err := http.NewRequest("POST", c.base+path, strings.NewReader(values.Encode()))
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.send(r)
}

func (c *client) get(path string, header ...string) (page, at string, err error) {
	r, err := http.NewRequest("GET", c.base+path, nil)
	if err != nil {
		return "", "", err
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return c.send(r)
}

func (c *client) send(r *http.Request) (page, at string, err error) {
	res, err := c.http.Do(r)
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 400 {
		err = fmt.Errorf("%s %s: %s", r.Method, r.URL.Path, res.Status)
	}
	return string(body), res.Request.URL.Path, err
}
