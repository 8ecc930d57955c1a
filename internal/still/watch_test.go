package still_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/still"
)

// sent are the pictures of a clip as a camera sends them, and how long after
// the first.
func sent(t *testing.T, path string) (pictures [][]byte, at []time.Duration) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	clip, err := media.ReadClip(bytes.NewReader(data))
	must(t, err)
	for _, au := range clip.Pictures {
		var b []byte
		if clip.Config.Codec == media.MJPEG {
			b = bytes.Clone(au.Data)
		} else {
			if au.Key {
				for _, set := range clip.Config.Sets() {
					b = append(append(b, 0, 0, 0, 1), set...)
				}
			}
			media.NALs(au.Data, func(nal []byte) { b = append(append(b, 0, 0, 0, 1), nal...) })
		}
		pictures, at = append(pictures, b), append(at, media.Duration(au.DTS-clip.Pictures[0].DTS))
	}
	return pictures, at
}

// watched is what is told of these pictures: "nothing 0.2, moves 8.0".
func watched(t *testing.T, format string, pictures [][]byte, at []time.Duration) string {
	t.Helper()
	began := time.Unix(1e9, 0)
	var told []string
	n := 0
	must(t, open(t).Watch(t.Context(), still.Stream{Format: format,
		Next: func(context.Context) (time.Time, []byte, error) {
			if n == len(pictures) {
				return time.Time{}, nil, io.EOF
			}
			n++
			return began.Add(at[n-1]), pictures[n-1], nil
		},
		Moves: func(at time.Time, on bool) {
			what := "nothing"
			if on {
				what = "moves"
			}
			told = append(told, fmt.Sprintf("%s %.1f", what, at.Sub(began).Seconds()))
		}}))
	return strings.Join(told, ", ")
}

func TestTellsWhatMoves(t *testing.T) {
	data, demo := filepath.Join("..", "media", "testdata"), filepath.Join("..", "demo", "clips")
	// In bitrate.mp4 there is noise, and something moves from 8 to 12 s.
	for _, c := range []struct{ path, format, want string }{
		{filepath.Join(data, "bitrate.mp4"), still.H264, `nothing 0\.2, moves 8\.[0-2], nothing 12\.[0-8]`},
		{filepath.Join(data, "sub.mp4"), still.H264, `moves 0\.2`},
		{filepath.Join(data, "h265.mp4"), still.H265, `moves 0\.2`},
		{filepath.Join(data, "mjpeg.mp4"), still.MJPEG, `moves 0\.2`},
		{filepath.Join(demo, "hoofdingang-licht.mp4"), still.H264, `moves 0\.2`},
		{filepath.Join(demo, "parkeerplaats-licht.mp4"), still.H264, `moves 0\.2`},
	} {
		pictures, at := sent(t, c.path)
		if got := watched(t, c.format, pictures, at); !regexp.MustCompile("^" + c.want + "$").MatchString(got) {
			t.Errorf("%s: told %q, want %q", c.path, got, c.want)
		}
	}
}

// What can't be watched is said to be so, whoever's fault it is.
func TestCantWatch(t *testing.T) {
	pictures, _ := sent(t, filepath.Join("..", "media", "testdata", "sub.mp4"))
	broken := errors.New("the camera is gone")
	link, file := copied(t)
	other, err := still.Open(t.Context(), link, "")
	must(t, err)
	must(t, os.Truncate(file, 1000))
	for _, c := range []struct {
		name, format string
		maker        *still.Maker
		picture      []byte
		after        error // what comes after it
		want         string
	}{
		{"another kind", "rtsp", open(t), pictures[0], io.EOF, "no kind of stream"},
		{"another program", still.H264, other, pictures[0], io.EOF, "not the program"},
		{"a stream that ends", still.H264, open(t), pictures[0], broken, broken.Error()},
		{"nonsense", still.H264, open(t), bytes.Repeat([]byte("nonsense"), 1000), io.EOF, "ffmpeg ended"},
	} {
		given := false
		err := c.maker.Watch(t.Context(), still.Stream{Format: c.format,
			Next: func(context.Context) (time.Time, []byte, error) {
				if given {
					return time.Time{}, nil, c.after
				}
				given = true
				return time.Unix(1e9, 0), c.picture, nil
			},
			Moves: func(time.Time, bool) { t.Errorf("%s: motion is told", c.name) }})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
