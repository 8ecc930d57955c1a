package still_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"oogmerk/internal/media"
	"oogmerk/internal/still"
)

// The picture is the one that is on at the moment asked for, also where
// pictures are sent in another order than they are shown in, or at odd times.
func TestRightPicture(t *testing.T) {
	m := open(t)
	for _, name := range []string{"bframes.mp4", "vfr.mp4", "h265.mp4", "mjpeg.mp4", "refresh.mp4"} {
		t.Run(name, func(t *testing.T) {
			_, clip := footage(t, name)
			var shown []int64 // when each picture is, in order
			for _, au := range clip.Pictures {
				shown = append(shown, int64(au.DTS)+int64(au.CTS)-int64(clip.Pictures[0].DTS)-int64(clip.Pictures[0].CTS))
			}
			slices.Sort(shown)
			for _, n := range []int{1, 6, len(shown) - 2} {
				reader, _ := footage(t, name)
				got, err := m.Make(t.Context(), still.Job{Footage: reader, At: media.Duration(uint64(shown[n]))})
				must(t, err)
				want, err := exec.CommandContext(t.Context(), "ffmpeg", "-loglevel", "error", "-threads", "1", "-i", filepath.Join("..", "media", "testdata", name),
					"-vf", fmt.Sprintf(`select=eq(n\,%d)`, n), "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-bitexact", "-").Output()
				must(t, err)
				if !bytes.Equal(pixels(t, got), pixels(t, want)) {
					t.Errorf("the picture at %v isn't number %d", media.Duration(uint64(shown[n])), n)
				}
			}
		})
	}
}

func pixels(t *testing.T, b []byte) []byte {
	t.Helper()
	img := decoded(t, b)
	var out []byte
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			out = append(out, byte(r>>8), byte(g>>8), byte(bl>>8))
		}
	}
	return out
}
