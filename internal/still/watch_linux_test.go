package still_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/still"
)

// children are the processes that this one started and that are there yet,
// with how willing they are to wait for others.
func children(t *testing.T) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	must(t, err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it is gone by now
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); len(f) > 16 && f[1] == fmt.Sprint(os.Getpid()) {
			found = append(found, "nice "+f[16])
		}
	}
	return found
}

// A stream that goes on is watched by one process, which lets others go first
// and is gone when nobody wants to know any more.
func TestWatchingEnds(t *testing.T) {
	pictures, _ := sent(t, filepath.Join("..", "media", "testdata", "sub.mp4"))
	m := open(t)
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	n := 0
	err := m.Watch(ctx, still.Stream{Format: still.H264,
		Next: func(ctx context.Context) (time.Time, []byte, error) {
			if n == len(pictures) { // the camera says nothing any more
				<-ctx.Done()
				return time.Time{}, nil, ctx.Err()
			}
			n++
			return time.Unix(1e9, 0).Add(time.Duration(n) * 100 * time.Millisecond), pictures[n-1], nil
		},
		Moves: func(time.Time, bool) {
			if got := fmt.Sprint(children(t)); got != "[nice 19]" {
				t.Errorf("processes %s, want one that is nice", got)
			}
			stop(enough)
		}})
	if !errors.Is(err, enough) {
		t.Errorf("it ended with %v, want %v", err, enough)
	}
	if got := children(t); len(got) > 0 {
		t.Errorf("processes %v are there yet", got)
	}
}
