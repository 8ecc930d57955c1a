package still_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/still"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) *still.Maker {
	t.Helper()
	m, err := still.Open(t.Context(), "ffmpeg", "")
	must(t, err)
	return m
}

// footage is a clip as a film would have it: an MP4, tables first.
func footage(t *testing.T, name string) (io.Reader, media.Clip) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "media", "testdata", name))
	must(t, err)
	clip, err := media.ReadClip(bytes.NewReader(data))
	must(t, err)
	var part media.MoviePart
	var all []byte
	for _, au := range clip.Pictures {
		part.Samples = append(part.Samples, media.Sample{Size: uint32(len(au.Data)), Duration: au.Duration, CTS: au.CTS, Key: au.Key})
		all = append(all, au.Data...)
	}
	movie, err := media.NewMovie(*clip.Pictures[0].Config, []media.MoviePart{part}, func(context.Context, int) ([]byte, error) { return all, nil })
	must(t, err)
	return movie.Reader(t.Context()), clip
}

func decoded(t *testing.T, b []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	must(t, err)
	return img
}

// Every kind of stream a camera sends gives a picture of its own size at any
// moment, the same one each time, and leaves no file.
func TestEveryKind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	m := open(t)
	for _, name := range []string{"plain.mp4", "bframes.mp4", "slices.mp4", "refresh.mp4", "vfr.mp4", "h265.mp4", "mjpeg.mp4"} {
		t.Run(name, func(t *testing.T) {
			var last []byte
			for _, part := range []int{0, 2} { // of three: the first picture, and one near the end
				reader, clip := footage(t, name)
				at := media.Duration(clip.Ticks()) * time.Duration(part) / 3
				one, err := m.Make(t.Context(), still.Job{Footage: reader, At: at})
				must(t, err)
				w, h, err := clip.Pictures[0].Config.Size()
				must(t, err)
				if got := decoded(t, one).Bounds().Size(); got != image.Pt(w, h) {
					t.Errorf("at %v the picture is %v, not %dx%d", at, got, w, h)
				}
				again, _ := footage(t, name)
				two, err := m.Make(t.Context(), still.Job{Footage: again, At: at})
				must(t, err)
				if !bytes.Equal(one, two) {
					t.Errorf("at %v it isn't the same picture twice", at)
				}
				if bytes.Equal(one, last) {
					t.Error("two moments show the same")
				}
				last = one
			}
		})
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("a still left %v", left)
	}
}

// A filter changes the picture, and not its size; each place is another part.
func TestFilters(t *testing.T) {
	m := open(t)
	take := func(filter, place string) []byte {
		t.Helper()
		reader, _ := footage(t, "plain.mp4")
		b, err := m.Make(t.Context(), still.Job{Footage: reader, At: time.Second, Filter: filter, Place: place})
		must(t, err)
		return b
	}
	plain := take("", "")
	seen := map[string]string{string(plain): "as recorded"}
	note := func(what string, b []byte) {
		if other := seen[string(b)]; other != "" {
			t.Errorf("%s is the same as %s", what, other)
		}
		seen[string(b)] = what
		if a, b := decoded(t, plain).Bounds(), decoded(t, b).Bounds(); a != b {
			t.Errorf("%s is %v, the recording %v", what, b, a)
		}
	}
	note("sharper", take(still.Sharpen, ""))
	brighter := take(still.Brighten, "")
	note("brighter", brighter)
	if light(decoded(t, brighter)) <= light(decoded(t, plain)) {
		t.Error("brighter is darker")
	}
	for _, place := range still.Places() {
		note(place, take(still.Enlarge, place))
	}
}

// light is how bright a picture is, all together.
func light(img image.Image) (sum uint64) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			sum += uint64(r) + uint64(g) + uint64(bl)
		}
	}
	return sum
}

// Nobody can ask ffmpeg for anything else.
func TestNothingElse(t *testing.T) {
	m := open(t)
	for _, j := range []still.Job{{Filter: "movie=/etc/passwd"}, {Filter: still.Enlarge}, {Filter: still.Enlarge, Place: "iw/2"}, {At: -1}} {
		j.Footage = strings.NewReader("")
		if _, err := m.Make(t.Context(), j); err == nil {
			t.Errorf("%+v was made", j)
		}
	}
	// Nor is footage that says so a way to other files.
	for _, text := range []string{"", "file:/etc/passwd", "#EXTM3U\nfile:/etc/passwd\n", "ffconcat version 1.0\nfile /etc/passwd\n"} {
		if _, err := m.Make(t.Context(), still.Job{Footage: strings.NewReader(text)}); err == nil {
			t.Errorf("%q is a picture", text)
		}
	}
	reader, clip := footage(t, "plain.mp4")
	if _, err := m.Make(t.Context(), still.Job{Footage: reader, At: media.Duration(clip.Ticks()) + time.Second}); !errors.Is(err, still.ErrNoPicture) {
		t.Errorf("after the end there is a picture: %v", err)
	}
}

// More than two at once wait; who goes away while waiting or working is let go.
func TestTurnsAndPatience(t *testing.T) {
	m := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	begun := make(chan struct{}, 3)
	var busy sync.WaitGroup
	for range 2 {
		busy.Go(func() {
			if _, err := m.Make(ctx, still.Job{Footage: &endless{begun: begun, until: ctx.Done()}}); err == nil {
				t.Error("footage without end is a picture")
			}
		})
	}
	<-begun
	<-begun
	third, give := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer give()
	reader, _ := footage(t, "plain.mp4")
	if _, err := m.Make(third, still.Job{Footage: reader}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third went ahead: %v", err)
	}
	cancel()
	busy.Wait()
	if _, err := m.Make(t.Context(), still.Job{Footage: reader}); err != nil {
		t.Errorf("afterwards no still can be made: %v", err)
	}
}

// endless is footage of which no more comes.
type endless struct {
	begun chan<- struct{}
	until <-chan struct{}
	told  bool
}

func (e *endless) Read([]byte) (int, error) {
	if !e.told {
		e.told = true
		e.begun <- struct{}{}
	}
	<-e.until
	return 0, io.ErrUnexpectedEOF
}
