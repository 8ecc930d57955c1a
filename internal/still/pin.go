package still

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Pin is which program makes stills, as the logbook has it.
type Pin struct {
	Path    string // without symbolic links
	Version string // the first line it says of itself
	SHA256  string // of the file, in hex
}

// needs are the filters that ffmpeg must have.
var needs = []string{"select", "unsharp", "curves", "crop", "scale"}

var hexSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Open finds ffmpeg at path, or by that name on the PATH, and settles which
// program it is. If sum isn't "", it must be the program with that SHA-256.
func Open(ctx context.Context, path, sum string) (*Maker, error) {
	m := &Maker{turn: make(chan struct{}, atOnce)}
	if err := m.settle(ctx, path, strings.ToLower(sum)); err != nil {
		return nil, fmt.Errorf("couldn't settle which ffmpeg makes stills: %w", err)
	}
	return m, nil
}

func (m *Maker) settle(ctx context.Context, path, sum string) error {
	if sum != "" && !hexSum.MatchString(sum) {
		return errors.New("the SHA-256 it should have isn't 64 hex digits: take it from sha256sum")
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return err
	}
	if found, err = filepath.EvalSymlinks(found); err != nil {
		return err
	}
	if m.pin.Path, err = filepath.Abs(found); err != nil {
		return err
	}
	if m.seen.mark, m.pin.SHA256, err = summed(m.pin.Path); err != nil {
		return err
	}
	if sum != "" && sum != m.pin.SHA256 {
		return fmt.Errorf("%s has SHA-256 %s, and should have %s", m.pin.Path, m.pin.SHA256, sum)
	}
	version, err := m.says(ctx, "-version")
	if err != nil {
		return err
	}
	m.pin.Version = firstLine(version)
	list, err := m.says(ctx, "-filters")
	if err != nil {
		return err
	}
	words := strings.Fields(list)
	for _, filter := range needs {
		if !slices.Contains(words, filter) {
			return fmt.Errorf("%s lacks the filter %s: install an ffmpeg that has it", m.pin.Path, filter)
		}
	}
	return nil
}

// says is what ffmpeg says when asked about itself.
func (m *Maker) says(ctx context.Context, what string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out := clipped{room: 1 << 20}
	cmd := program(ctx, m.pin.Path, "-hide_banner", "-nostdin", what)
	if what == "-version" {
		cmd = program(ctx, m.pin.Path, what)
	}
	cmd.Stdout = &out
	if err := feed(cmd, strings.NewReader("")); err != nil {
		return "", fmt.Errorf("%s %s: %w", m.pin.Path, what, err)
	}
	return out.String(), nil
}

// seen is what the file looked like when it was last read as a whole.
type seen struct {
	mu   sync.Mutex
	mark mark
}

// A mark changes when a file is replaced or written.
type mark struct {
	size  int64
	at    time.Time
	inode uint64
}

func markOf(info fs.FileInfo) mark {
	mk := mark{size: info.Size(), at: info.ModTime()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		mk.inode = st.Ino
	}
	return mk
}

// same fails with [ErrChanged] if ffmpeg is another program by now. It is read
// as a whole only if its mark changed.
func (m *Maker) same() error {
	m.seen.mu.Lock()
	defer m.seen.mu.Unlock()
	info, err := os.Stat(m.pin.Path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	if markOf(info) == m.seen.mark {
		return nil
	}
	mk, sum, err := summed(m.pin.Path)
	if err != nil {
		return err
	}
	if sum != m.pin.SHA256 {
		return ErrChanged
	}
	m.seen.mark = mk
	return nil
}

// summed reads a file as a whole.
func summed(path string) (mark, string, error) {
	f, err := os.Open(path)
	if err != nil {
		return mark{}, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return mark{}, "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return mark{}, "", err
	}
	return markOf(info), hex.EncodeToString(h.Sum(nil)), nil
}

// isBroken reports whether who should have read is gone.
func isBroken(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, fs.ErrClosed) }
