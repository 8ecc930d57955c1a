package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/viewing"
)

// A countResult is what bench count prints of a clip.
type countResult struct {
	Clip    string  `json:"clip"`
	Codec   string  `json:"codec"`
	Seconds float64 `json:"seconds"` // that were recorded
	Sent    int     `json:"sent"`    // pictures
	Packets int     `json:"packets"` // that ffprobe finds in the movie
	Frames  int     `json:"frames"`  // that it decodes
	OffMS   float64 `json:"off_ms"`  // the most that a picture is shown too early or too late, or the movie too long or too short
}

const (
	countOff  = 40 * time.Millisecond // that a picture may be off
	countTurn = 12 * time.Second      // is recorded at once: what a writer has in hand is bounded
)

// benchCount records clips, over and over for so many simulated minutes, and
// has ffprobe count and decode what a playback gives: each picture must be
// there, once, when it was taken. The movie goes through a pipe, and is on no
// disk.
func benchCount(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench count", flag.ContinueOnError)
	minutes := set.Int("minutes", 60, "how long each clip is recorded, in simulated time")
	var clips []string
	set.Func("clip", "`file` with H.264, H.265 or MJPEG in MP4; may be given again", func(path string) error {
		clips = append(clips, path)
		return nil
	})
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if *minutes < 1 || *minutes > 119 || len(clips) == 0 {
		return errors.New("choose 1 to 119 minutes, and at least one --clip")
	}
	dir, err := os.MkdirTemp("", "oogmerk-bench-")
	if err != nil {
		return err
	}
	err = countAll(ctx, dir, clips, time.Duration(*minutes)*time.Minute, json.NewEncoder(out))
	return errors.Join(err, os.RemoveAll(dir))
}

// countAll records each clip with a camera of its own, all at the same
// simulated time, and then plays each of them back.
func countAll(ctx context.Context, dir string, paths []string, length time.Duration, out *json.Encoder) (err error) {
	var clips []media.Clip
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		clip, err := media.ReadClip(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		clips = append(clips, clip)
	}
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	urls := slices.Repeat([]string{"rtsp://127.0.0.1:9/"}, len(clips))
	p, err := benchProgramAt(ctx, place{dir: filepath.Join(dir, "data")}, now, urls, func(error) {})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return err
	}
	begin := now().Add(time.Minute).Truncate(time.Second)
	sent := make([][]time.Duration, len(clips))
	for i, c := range cameras {
		if sent[i], err = p.playOver(ctx, c.ID, clips[i], begin, length); err != nil {
			return fmt.Errorf("%s: %w", paths[i], err)
		}
	}
	ahead.Add(int64(length + 2*time.Minute))
	for i, c := range cameras {
		r := countResult{Clip: filepath.Base(paths[i]), Codec: string(clips[i].Config.Codec), Sent: len(sent[i])}
		if err := p.countMovie(ctx, c.ID, footage.Span{From: begin, To: begin.Add(length)}, sent[i], &r); err != nil {
			return fmt.Errorf("%s: %w", paths[i], err)
		}
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// playOver has a camera see clip over and over, and returns when each picture
// is to be shown, since begin, in that order; the last is the end.
func (p *program) playOver(ctx context.Context, camera premises.CameraID, clip media.Clip, begin time.Time, length time.Duration) (shown []time.Duration, err error) {
	ticks := clip.Ticks()
	var turn []media.AccessUnit
	end := uint64(0) // ticks
	for ; media.Duration(end+ticks) <= length; end += ticks {
		for _, au := range clip.Pictures {
			au.DTS += end
			au.Time = begin.Add(media.Duration(au.DTS))
			turn = append(turn, au)
			shown = append(shown, media.Duration(uint64(int64(au.DTS)+int64(au.CTS))))
		}
		if media.Duration(end+ticks)+media.Duration(ticks) <= length && turn[len(turn)-1].Time.Sub(turn[0].Time) < countTurn {
			continue
		}
		if err := p.recorder.Play(ctx, camera, turn); err != nil {
			return nil, err
		}
		turn = turn[:0]
	}
	slices.Sort(shown)
	return append(shown, media.Duration(end)), nil
}

// countMovie plays span back and compares what ffprobe sees with what was sent.
func (p *program) countMovie(ctx context.Context, camera premises.CameraID, span footage.Span, sent []time.Duration, r *countResult) (err error) {
	if err := p.noGaps(ctx, camera, footage.Span{From: span.From, To: span.From.Add(sent[len(sent)-1])}); err != nil {
		return err
	}
	token, err := p.people.SignIn(ctx, "", "meter", "wie-meet-weet-veel")
	if err != nil {
		return err
	}
	who, err := p.people.Present(ctx, token)
	if err != nil {
		return err
	}
	playback, err := p.room.PlayBack(ctx, who, viewing.Wish{Camera: camera, Span: span, Purpose: benchPurpose})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, playback.End(ctx)) }()
	movie, err := playback.Movie(ctx)
	if err != nil {
		return err
	}
	seen, err := probe(ctx, movie)
	if err != nil {
		return err
	}
	return seen.compare(sent, r)
}

// noGaps fails if there is a gap in span of more than what is lost in turning
// ticks to microseconds.
func (p *program) noGaps(ctx context.Context, camera premises.CameraID, span footage.Span) error {
	gaps, err := p.footage.Gaps(ctx, p.db, camera, span)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		from, to := g.Span.From, g.Span.To
		if from.Before(span.From) {
			from = span.From
		}
		if to.IsZero() || to.After(span.To) {
			to = span.To
		}
		if to.Sub(from) > time.Millisecond {
			return fmt.Errorf("nothing was recorded from %s to %s: %s", from, to, g.Cause)
		}
	}
	return nil
}

// A probed is what ffprobe sees in a movie: when each packet is to be decoded
// and each picture to be shown, in their order, and when it ends.
type probed struct{ decoded, shown []time.Duration }

// probe gives a movie to ffprobe, which decodes all of it.
func probe(ctx context.Context, movie io.Reader) (seen probed, err error) {
	cmd := exec.CommandContext(ctx, "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_packets", "-show_frames",
		"-show_entries", "packet=dts_time,duration_time:frame=pts_time", "-of", "compact", "-i", "pipe:0")
	cmd.Stdin = movie
	var said bytes.Buffer
	cmd.Stderr = &said
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return seen, err
	}
	if err := cmd.Start(); err != nil {
		return seen, fmt.Errorf("couldn't run ffprobe, which comes with ffmpeg: %w", err)
	}
	var end time.Duration
	for scan := bufio.NewScanner(lines); scan.Scan(); {
		switch kind, rest, _ := strings.Cut(scan.Text(), "|"); kind {
		case "packet":
			at, long := timeIn(rest, "dts_time"), timeIn(rest, "duration_time")
			seen.decoded, end = append(seen.decoded, at), at+long
		case "frame":
			seen.shown = append(seen.shown, timeIn(rest, "pts_time"))
		}
	}
	if err := cmd.Wait(); err != nil || said.Len() > 0 {
		return seen, fmt.Errorf("ffprobe can't decode all (%v): %.500s", err, said.String())
	}
	seen.decoded = append(seen.decoded, end)
	return seen, nil
}

// timeIn is a time of a line that ffprobe prints; what it doesn't say is never.
func timeIn(line, name string) time.Duration {
	for field := range strings.SplitSeq(line, "|") {
		if key, value, _ := strings.Cut(field, "="); key == name {
			if s, err := strconv.ParseFloat(value, 64); err == nil {
				return time.Duration(s * float64(time.Second))
			}
		}
	}
	return -1 << 62
}

// compare fills r in, and fails if a picture is missing, doubled, out of order
// or shown at another moment than it was taken.
func (seen probed) compare(sent []time.Duration, r *countResult) error {
	n := len(sent) - 1
	length, took := sent[n], seen.decoded[len(seen.decoded)-1]-seen.decoded[0]
	r.Sent, r.Packets, r.Frames, r.Seconds = n, len(seen.decoded)-1, len(seen.shown), round(length.Seconds(), 3)
	if r.Packets != n || r.Frames != n {
		return fmt.Errorf("%d pictures were sent, ffprobe finds %d and decodes %d", n, r.Packets, r.Frames)
	}
	off := (took - length).Abs()
	for i := range n {
		off = max(off, ((seen.shown[i] - seen.shown[0]) - (sent[i] - sent[0])).Abs())
		if seen.decoded[i+1] <= seen.decoded[i] || i > 0 && seen.shown[i] <= seen.shown[i-1] {
			return fmt.Errorf("the times don't rise at picture %d", i)
		}
	}
	if r.OffMS = round(float64(off)/float64(time.Millisecond), 2); off > countOff {
		return fmt.Errorf("a picture, or the end, is %v off", off)
	}
	return nil
}
