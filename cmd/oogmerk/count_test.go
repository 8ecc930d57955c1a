package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// countMinutes is how much of each kind of clip is counted; an hour is
// `oogmerk bench count`.
const countMinutes = "10"

// TestEveryPictureIsPlayedBack records every kind of video there is a clip of,
// and has ffprobe count what a playback gives. It decodes all of it.
func TestEveryPictureIsPlayedBack(t *testing.T) {
	t.Parallel()
	clips, err := filepath.Glob("../../internal/media/testdata/*.mp4")
	if err != nil || len(clips) < 8 {
		t.Fatalf("there are %d clips: %v", len(clips), err)
	}
	args := []string{"bench", "count", "--minutes", countMinutes}
	for _, clip := range clips {
		args = append(args, "--clip", clip)
	}
	var said strings.Builder
	code := run(t.Context(), args, &said, &said)
	out := said.String()
	if code != 0 {
		t.Fatal(out)
	}
	codecs := map[string]bool{}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		var r countResult
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		codecs[r.Codec] = true
		if r.Sent < 9*60*10 || r.Packets != r.Sent || r.Frames != r.Sent || r.Seconds < 9.5*60 || r.OffMS > 40 {
			t.Errorf("%+v", r)
		}
	}
	if len(lines) != len(clips) || !codecs["h264"] || !codecs["h265"] || !codecs["mjpeg"] {
		t.Errorf("%d clips were counted, not %d, of %v", len(lines), len(clips), codecs)
	}
}

// What is wrong in a movie is seen.
func TestCountSeesWhatIsWrong(t *testing.T) {
	const step = 40e6
	sent := []int64{0, 1, 2, 3, 4, 5}
	for name, c := range map[string]struct {
		decoded, shown []int64
		wrong          string
	}{
		"nothing":       {[]int64{0, 1, 2, 3, 4, 5}, []int64{0, 1, 2, 3, 4}, ""},
		"a missing one": {[]int64{0, 1, 2, 3, 5}, []int64{0, 1, 2, 3}, "were sent"},
		"a doubled one": {[]int64{0, 1, 2, 3, 4, 5, 6}, []int64{0, 1, 2, 3, 4, 5}, "were sent"},
		"not decoded":   {[]int64{0, 1, 2, 3, 4, 5}, []int64{0, 1, 2, 4}, "were sent"},
		"out of order":  {[]int64{0, 2, 1, 3, 4, 5}, []int64{0, 1, 2, 3, 4}, "don't rise"},
		"twice at once": {[]int64{0, 1, 2, 3, 4, 5}, []int64{0, 1, 1, 3, 4}, "don't rise"},
		"too late":      {[]int64{0, 1, 2, 3, 4, 5}, []int64{0, 1, 2, 5, 6}, "off"},
		"too long":      {[]int64{0, 1, 2, 3, 4, 7}, []int64{0, 1, 2, 3, 4}, "off"},
	} {
		var r countResult
		err := probed{times(c.decoded, step), times(c.shown, step)}.compare(times(sent, step), &r)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func times(numbers []int64, step float64) (out []time.Duration) {
	for _, n := range numbers {
		out = append(out, time.Duration(float64(n)*step))
	}
	return out
}
