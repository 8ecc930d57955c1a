// Package still makes a picture one can look at out of a moment of footage:
// how does a frame become an image without ever being a file?
//
// Decoding is somebody else's work: an ffmpeg that this machine has, fed over
// a pipe and read over another. What it may be asked is a closed list, and
// which program it is, is settled when the recorder starts. The same program
// can say of a stream whether something moves in it.
package still

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// The ways in which a still can be shown otherwise than it was recorded, in
// the words of regulations. "" is as it was recorded.
const (
	Sharpen  = "verscherpen"
	Brighten = "verlichten"
	Enlarge  = "vergroten"
)

// Filters are all there are.
func Filters() []string { return []string{Sharpen, Brighten, Enlarge} }

// Places are the parts of a picture that can be enlarged, each a quarter of it.
func Places() []string {
	return []string{"midden", "linksboven", "boven", "rechtsboven", "links", "rechts", "linksonder", "onder", "rechtsonder"}
}

const (
	maxFootage = 64 << 20         // bytes of one stretch that ffmpeg is given
	maxImage   = 64 << 20         // bytes it may answer
	patience   = 20 * time.Second // for one still
	atOnce     = 2                // more than this many wait
)

// A Job is one still to make.
type Job struct {
	// Footage is an MP4 that begins with a key picture, tables first. It is
	// never written anywhere but in the pipe.
	Footage io.Reader
	At      time.Duration // from its beginning to when the picture is shown
	Filter  string        // "" or one of [Filters]
	Place   string        // one of [Places], for [Enlarge]
}

var (
	// ErrChanged is returned when ffmpeg is no longer the program that was
	// there when the recorder started.
	ErrChanged = errors.New("ffmpeg is not the program that it was when the recorder started: start the recorder again")
	// ErrNoPicture is returned when there is nothing at the moment asked for
	// that could be decoded.
	ErrNoPicture = errors.New("there is no picture that can be decoded at that moment")
	errUnknown   = errors.New("this is no filter, or no place in a picture")
)

// A Maker makes stills, at most two at a time.
type Maker struct {
	pin  Pin
	turn chan struct{}
	seen seen
}

// Pin returns which program makes them.
func (m *Maker) Pin() Pin { return m.pin }

// Make returns a PNG of a moment. It fails when ctx ends, with [ErrChanged],
// with [ErrNoPicture], or with what ffmpeg says.
func (m *Maker) Make(ctx context.Context, j Job) ([]byte, error) {
	chain, err := j.chain()
	if err != nil {
		return nil, fmt.Errorf("couldn't make a still: %w", err)
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("couldn't make a still: %w", context.Cause(ctx))
	}
	if err := m.same(); err != nil {
		return nil, fmt.Errorf("couldn't make a still: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	image, err := m.run(ctx, chain, io.LimitReader(j.Footage, maxFootage))
	if err != nil {
		return nil, fmt.Errorf("couldn't make a still: %w", err)
	}
	return image, nil
}

// chain is the filters of ffmpeg for j: nothing of it is anybody's own words.
func (j Job) chain() (string, error) {
	if j.At < 0 {
		return "", ErrNoPicture
	}
	// A hair before the picture is shown: its time is a fraction that was
	// rounded, and the next picture is a millisecond away at least.
	at := strconv.FormatFloat(max(0, (j.At-500*time.Microsecond).Seconds()), 'f', 6, 64)
	chain := `select=gte(t\,` + at + `)`
	switch j.Filter {
	case "":
		return chain, nil
	case Sharpen:
		return chain + ",unsharp=5:5:1.0:5:5:0.0", nil
	case Brighten:
		return chain + ",curves=all=0/0 0.25/0.45 0.6/0.82 1/1", nil
	case Enlarge:
		x, y, ok := corner(j.Place)
		if ok {
			return chain + ",crop=iw/2:ih/2:" + x + ":" + y + ",scale=iw*2:ih*2:flags=lanczos", nil
		}
	}
	return "", errUnknown
}

// corner is where the part of a picture begins that a place names.
func corner(place string) (x, y string, ok bool) {
	for i, p := range Places() {
		if p != place {
			continue
		}
		x, y = "(iw-ow)/2", "(ih-oh)/2"
		if i > 0 && strings.HasPrefix(p, "links") {
			x = "0"
		} else if strings.HasPrefix(p, "rechts") {
			x = "iw-ow"
		}
		if strings.HasSuffix(p, "boven") {
			y = "0"
		} else if strings.HasSuffix(p, "onder") {
			y = "ih-oh"
		}
		return x, y, true
	}
	return "", "", false
}

// run feeds footage to ffmpeg and reads a PNG from it. It decodes on one
// thread, opens nothing but its pipes, and is told nothing about this machine.
func (m *Maker) run(ctx context.Context, chain string, footage io.Reader) ([]byte, error) {
	var said, image clipped
	said.room, image.room = 4<<10, maxImage
	cmd := program(ctx, m.pin.Path, "-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "pipe,fd", "-threads", "1",
		"-f", "mp4", "-i", "pipe:0", "-map", "0:v:0", "-an", "-sn", "-dn", "-vf", chain, "-frames:v", "1",
		"-f", "image2pipe", "-c:v", "png", "-threads", "1", "-bitexact", "pipe:1")
	cmd.Stdout, cmd.Stderr = &image, &said
	if err := feed(cmd, footage); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("ffmpeg: %w: %s", err, firstLine(said.String()))
	}
	if image.Len() == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoPicture, firstLine(said.String()))
	}
	if _, err := png.DecodeConfig(bytes.NewReader(image.Bytes())); err != nil {
		return nil, fmt.Errorf("what ffmpeg made is no PNG: %w", err)
	}
	return image.Bytes(), nil
}

// program is a command that knows nothing of where we are, and is killed when
// ctx ends.
func program(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = []string{"LC_ALL=C"}, "/", time.Second
	return cmd
}

// feed runs cmd with input, under limits that are there before it has read
// any of it.
func feed(cmd *exec.Cmd, input io.Reader) error {
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	failed := limit(cmd.Process.Pid, false)
	if failed != nil {
		_ = cmd.Process.Kill() // Wait says how it went
	} else {
		// It may stop reading when it has its picture: that is no fault.
		_, err := io.Copy(pipe, input)
		if err != nil && !isBroken(err) {
			failed = fmt.Errorf("couldn't read the footage: %w", err)
			_ = cmd.Process.Kill()
		}
	}
	_ = pipe.Close()
	return errors.Join(failed, cmd.Wait())
}

// clipped is what a program said, up to a limit.
type clipped struct {
	bytes.Buffer
	room int
}

var errTooMuch = errors.New("ffmpeg says more than there is room for")

func (c *clipped) Write(b []byte) (int, error) {
	if c.Len()+len(b) > c.room {
		return 0, errTooMuch
	}
	return c.Buffer.Write(b)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
