package still_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/still"
)

// copied puts the real ffmpeg where a test may change it, behind a link.
func copied(t *testing.T) (link, file string) {
	t.Helper()
	real, err := exec.LookPath("ffmpeg")
	must(t, err)
	from, err := os.Open(real)
	must(t, err)
	defer from.Close()
	dir := t.TempDir()
	file, link = filepath.Join(dir, "ffmpeg-5"), filepath.Join(dir, "ffmpeg")
	to, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(to, from)
	must(t, errors.Join(err, to.Close(), os.Symlink(file, link)))
	return link, file
}

func TestPin(t *testing.T) {
	link, file := copied(t)
	m, err := still.Open(t.Context(), link, "")
	must(t, err)
	pin := m.Pin()
	if pin.Path != file || !strings.HasPrefix(pin.Version, "ffmpeg version ") || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(pin.SHA256) {
		t.Errorf("the pin is %+v", pin)
	}
	if _, err := still.Open(t.Context(), link, strings.ToUpper(pin.SHA256)); err != nil {
		t.Errorf("the program it should be isn't: %v", err)
	}
	for _, sum := range []string{strings.Repeat("0", 64), "abc"} {
		if _, err := still.Open(t.Context(), link, sum); err == nil {
			t.Errorf("it was opened as %s", sum)
		}
	}
	if _, err := still.Open(t.Context(), filepath.Join(t.TempDir(), "ffmpeg"), ""); err == nil {
		t.Error("a program that isn't there was opened")
	}
	other, err := exec.LookPath("true")
	must(t, err)
	if _, err := still.Open(t.Context(), other, ""); err == nil {
		t.Error("a program that has no filters was opened")
	}

	make := func() error {
		reader, _ := footage(t, "sub.mp4")
		_, err := m.Make(t.Context(), still.Job{Footage: reader})
		return err
	}
	must(t, make())
	// The same bytes at another time are the same program.
	must(t, os.Chtimes(file, time.Unix(1, 0), time.Unix(1, 0)))
	must(t, make())
	// Others aren't.
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("x")
	must(t, errors.Join(err, f.Close()))
	if err := make(); !errors.Is(err, still.ErrChanged) {
		t.Errorf("another ffmpeg made a still: %v", err)
	}
	must(t, os.Remove(file))
	if err := make(); !errors.Is(err, still.ErrChanged) {
		t.Errorf("no ffmpeg made a still: %v", err)
	}
}
