package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/demo"
	"oogmerk/internal/transparency"
)

// How often the program is killed, and the longest it then has lived.
const (
	kills    = 50
	longLife = 4 * time.Second
)

// lossLimit is what a camera may lose at a kill: the fragment in hand (half a
// second) and what was still in the socket (a fifth), with room for a busy
// machine. The median is printed; it is what counts.
const lossLimit = 2 * time.Second

// TestKilled kills the program at fifty random moments of recording, playback
// and sweep. After each, a new one finds everything in order: no fault, no
// acknowledged entry missing, at most the fragment in hand lost.
func TestKilled(t *testing.T) {
	cameras, err := demo.StartCameras(2, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer cameras.Close()
	k := &killing{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(2026, 11)), cameras: []string{cameras.URL(0), cameras.URL(1)}}
	for i := range kills {
		k.round(i)
		if t.Failed() {
			t.Fatalf("in round %d", i)
		}
	}
	slices.Sort(k.losses)
	t.Logf("%d kills; lost per camera: median %v, most %v; %d playbacks, %d moves of the clock", kills,
		k.losses[len(k.losses)/2].Round(time.Millisecond), k.losses[len(k.losses)-1].Round(time.Millisecond), k.playbacks, k.moves)
	if len(k.losses) < kills/2 {
		t.Errorf("only %d times a camera was recording when the program was killed", len(k.losses))
	}
	if k.playbacks == 0 || k.moves == 0 {
		t.Error("the program was never killed during a playback or after a sweep")
	}
}

// A killing is a series of lives of the program on one directory.
type killing struct {
	t       *testing.T
	dir     string
	random  *rand.Rand
	cameras []string

	acknowledged transparency.Checkpoint // the last that a caller was given
	losses       []time.Duration
	playbacks    int
	moves        int
	leaping      bool // the clock was being moved when the program was killed
}

// round starts the program, checks what the last kill left, keeps it busy, and
// kills it at a random moment.
func (k *killing) round(i int) {
	args := []string{"demo", "--data", k.dir, "--listen", "127.0.0.1:0"}
	for _, url := range k.cameras {
		args = append(args, "--camera", url)
	}
	began := time.Now()
	p := start(k.t, args...)
	if i > 0 {
		k.checks(p, i)
		k.remembers(p)
	}
	ctx, stop := context.WithCancel(k.t.Context())
	busy := make(chan struct{})
	go func() {
		defer close(busy)
		k.keepBusy(ctx, p, i)
	}()
	life := time.Duration(k.random.Int64N(int64(longLife)))
	select {
	case <-time.After(life): // the moment of the kill is what this test is about
	case <-k.t.Context().Done():
	}
	p.kill()
	killed := time.Now()
	stop()
	<-busy
	k.measure(began, killed)
}

// checks asks the program what is wrong. Only what the first sweep takes may be
// there for a moment.
func (k *killing) checks(p *process, i int) {
	for deadline := time.Now().Add(30 * time.Second); ; {
		said, err := ask(k.t, "check", "--data", k.dir)
		if err == nil {
			return
		}
		late := strings.Count(said, "is kept past its term")
		if strings.Count(strings.TrimSpace(said), "\n") != late || time.Now().After(deadline) { // the last line counts them
			k.t.Errorf("check after kill %d: %v\n%s\nthe program said:\n%s", i, err, said, p.output())
			return
		}
	}
}

var playing = regexp.MustCompile(`^/terugkijken/[^/]+$`)

// keepBusy does what people do, as fast as they are answered, until the
// program is gone. Errors are expected: it is killed in the middle.
func (k *killing) keepBusy(ctx context.Context, p *process, i int) {
	samira, noor := newClient(p.base), newClient(p.base)
	steps := []func() error{
		func() error {
			return k.did(samira.post("/aanmelden", "naam", "samira", "wachtwoord", "linde-locatie-26"))
		},
		func() error { return k.did(samira.post("/erbij", "naam", "pieter", "wachtwoord", "linde-vervang-26")) },
		func() error { return k.playBack(ctx, samira) },
		func() error { return k.did(noor.post("/aanmelden", "naam", "noor", "wachtwoord", "linde-toezicht-26")) },
	}
	if i%5 == 4 { // a sweep, with everything before it erased
		steps = append([]func() error{steps[0], func() error {
			k.leaping = true
			err := k.did(samira.post("/demo/klok", "uren", "145"))
			if err == nil {
				k.leaping = false
				k.moves++
			}
			return err
		}}, steps...)
	}
	for _, step := range steps {
		if ctx.Err() != nil || step() != nil {
			return
		}
		k.acknowledge(samira)
	}
	for ctx.Err() == nil && k.playBack(ctx, samira) == nil {
		k.acknowledge(samira)
	}
}

func (k *killing) did(_, _ string, err error) error { return err }

var (
	option  = regexp.MustCompile(`<option value="([0-9a-f]{32})"`)
	shownAt = regexp.MustCompile(`class="demo-clock">[^<]*<time datetime="([^"]+)"`)
)

// playBack plays what was recorded in the last minute.
func (k *killing) playBack(ctx context.Context, c *client) error {
	page, _, err := c.get("/terugkijken")
	if err != nil {
		return err
	}
	camera, clock := option.FindStringSubmatch(page), shownAt.FindStringSubmatch(page)
	if camera == nil || clock == nil {
		return fmt.Errorf("the form isn't what it was: %.300s", page)
	}
	now, err := time.Parse(time.RFC3339, clock[1])
	if err != nil {
		return err
	}
	_, at, err := c.post("/terugkijken", "camera", camera[1], "datum", typedDay(now),
		"van", typedTime(now.Add(-time.Minute)), "tot", typedTime(now), "doel", "veiligheid")
	if err != nil || !playing.MatchString(at) {
		return ctx.Err() // nothing recorded yet
	}
	if _, _, err := c.get(at+"/film.mp4", "Range", "bytes=0-400000"); err != nil {
		return err
	}
	k.playbacks++
	_, _, err = c.post(at + "/einde")
	return err
}

// acknowledge remembers the logbook as a caller has seen it.
func (k *killing) acknowledge(c *client) {
	text, _, err := c.get("/logboek/boom/checkpoint")
	if err != nil {
		return
	}
	if key, _, err := c.get("/logboek/boom/key"); err == nil {
		if v, err := transparency.NewVerifier(strings.TrimSpace(key)); err == nil {
			if cp, err := transparency.OpenCheckpoint([]byte(text), v); err == nil {
				k.acknowledged = cp
			}
		}
	}
}

// remembers verifies the whole published logbook, and that it goes on from
// what was acknowledged before the kill.
func (k *killing) remembers(p *process) {
	c := newClient(p.base)
	key, _, err := c.get("/logboek/boom/key")
	if err != nil {
		k.t.Fatal(err)
	}
	v, err := transparency.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		k.t.Fatal(err)
	}
	fetch := func(ctx context.Context, path string) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, "GET", p.base+"/logboek/boom/"+path, nil)
		if err != nil {
			return nil, err
		}
		res, err := c.http.Do(r)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, res.Status)
		}
		return io.ReadAll(res.Body)
	}
	var after *transparency.Checkpoint
	if k.acknowledged.Size > 0 {
		after = &k.acknowledged
	}
	if _, _, err := transparency.VerifyPublished(k.t.Context(), fetch, v, after, func(line string) { k.t.Error(line) }); err != nil {
		k.t.Error(err)
	}
}

// onlyLate reports whether a check found nothing but footage past its term:
// what is true between the leap of a clock and the sweep that follows it. The
// next life begins with that sweep, and is checked after it.
func onlyLate(said string) bool {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "mending:") && !strings.HasSuffix(line, " faults") && !strings.Contains(line, " is kept past its term ") {
			return false
		}
	}
	return true
}

// measure compares the end of what is on disk with the moment of the kill. It
// repairs a copy: the next life must mend the original by itself.
func (k *killing) measure(began, killed time.Time) {
	copied := filepath.Join(k.t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(k.dir)); err != nil {
		k.t.Fatal(err)
	}
	defer os.RemoveAll(copied)
	if said, err := ask(k.t, "check", "--data", copied, "--repair"); err != nil && !(k.leaping && onlyLate(said)) {
		k.t.Errorf("repair after a kill: %v\n%s", err, said)
	}
	k.leaping = false
	d, err := db.Open(k.t.Context(), filepath.Join(copied, "oogmerk.db"))
	if err != nil {
		k.t.Fatal(err)
	}
	defer d.Close()
	clock, err := programTime(k.t.Context(), d)
	if err != nil {
		k.t.Fatal(err)
	}
	ahead := time.Until(clock())
	rows, err := d.QueryContext(k.t.Context(), `SELECT max(from_at), max(to_at) FROM segment GROUP BY camera`)
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var from, to int64
		if err := rows.Scan(&from, &to); err != nil {
			k.t.Fatal(err)
		}
		if db.Time(from).Add(-ahead).Before(began) {
			continue // killed before this camera recorded anything in this life
		}
		loss := killed.Sub(db.Time(to).Add(-ahead))
		k.losses = append(k.losses, loss)
		if loss > lossLimit {
			k.t.Errorf("lost %v of a camera, want at most the fragment in hand", loss)
		}
	}
	if err := rows.Err(); err != nil {
		k.t.Fatal(err)
	}
}
