package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
)

const (
	keyShare    = 8 // a key picture has the bytes of so many others
	benchLaps   = 5 // the clip is played so often before the numbers begin anew
	sourceReady = "ready"
)

// A sourceProcess plays cameras apart from who is measured.
type sourceProcess struct {
	cmd  *exec.Cmd
	in   io.Closer // it ends when this closes
	urls []string
}

// startSource starts this program again, as so many cameras.
func startSource(b benchSetting) (*sourceProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &sourceProcess{cmd: exec.Command(self, "bench", "source", "--cameras", strconv.Itoa(b.cameras), "--codec", b.codec,
		"--mbit", strconv.FormatFloat(b.mbit, 'f', -1, 64), "--pin="+strconv.FormatBool(b.pin), "--film", b.film, "--stamp="+strconv.FormatBool(b.stamp))}
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	said, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start the cameras: %w", err)
	}
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if lines.Text() == sourceReady {
			return s, nil
		}
		s.urls = append(s.urls, lines.Text())
	}
	return nil, errors.Join(errors.New("couldn't start the cameras: their process ended"), s.stop())
}

// stop ends the process, and waits for it. One that doesn't listen is killed.
func (s *sourceProcess) stop() error {
	timer := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() }) // Wait says how it went
	defer timer.Stop()
	return errors.Join(s.in.Close(), s.cmd.Wait())
}

// benchSource plays cameras until its standard input ends.
func benchSource(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench source", flag.ContinueOnError)
	n := set.Int("cameras", 8, "how many cameras")
	codec := set.String("codec", string(media.H264), "what they send: h264 or h265")
	file := set.String("film", "", "a clip in an MP4 `file`, instead of the program's own")
	mbit := set.Float64("mbit", 4, "Mbit/s that each sends")
	pin := set.Bool("pin", false, "keep to all cores but the first")
	stamps := set.Bool("stamp", false, "have each picture say when it was sent")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if *pin {
		if err := pinTo(otherCores); err != nil {
			return err
		}
	}
	film, err := benchFilm(*codec, *file)
	if err != nil {
		return err
	}
	film = numbered(film, *mbit)
	if *stamps {
		film = stamped(film)
	}
	stage, err := newBenchStage(film, *n)
	if err != nil {
		return err
	}
	stage.stamps = *stamps
	for i := range *n {
		fmt.Fprintln(out, stage.url(i))
	}
	fmt.Fprintln(out, sourceReady)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, nobody needs us any more
		stage.listener.Close()
	}()
	return stage.run(ctx)
}

// fillers are how a NAL unit begins that decoders pass over.
var fillers = map[media.Codec][]byte{media.H264: {12}, media.H265: {38 << 1, 1}}

// benchFilm is what the cameras show, before there is a number in each picture:
// the program's own, or what is in a file.
func benchFilm(codec, file string) (media.Clip, error) {
	if file != "" {
		return benchFile(codec, file)
	}
	if codec != string(media.H264) {
		return media.Clip{}, fmt.Errorf("the program has no film of its own in %q: give one with --film", codec)
	}
	clips, err := demo.Clips()
	if err != nil {
		return media.Clip{}, err
	}
	return clips[0], nil
}

func benchFile(codec, file string) (clip media.Clip, err error) {
	f, err := os.Open(file)
	if err != nil {
		return clip, err
	}
	defer f.Close()
	if clip, err = media.ReadClip(f); err != nil {
		return clip, fmt.Errorf("couldn't read %s: %w", file, err)
	}
	if string(clip.Config.Codec) != codec || fillers[clip.Config.Codec] == nil {
		return clip, fmt.Errorf("%s is in %q, and what is to be recorded in %q: both must be h264, or h265", file, clip.Config.Codec, codec)
	}
	return clip, nil
}

// numbered is clip a few times over, with in each picture its number and as
// much filling as makes it mbit.
func numbered(clip media.Clip, mbit float64) media.Clip {
	keys := 0
	for _, p := range clip.Pictures {
		if p.Key {
			keys++
		}
	}
	total := mbit * 1e6 / 8 * media.Duration(clip.Ticks()).Seconds()
	usual := int(total / float64(len(clip.Pictures)+(keyShare-1)*keys))
	ticks := clip.Ticks()
	out := media.Clip{Config: clip.Config, Sound: clip.Sound}
	for lap := range benchLaps {
		for _, p := range clip.Pictures {
			p.DTS += uint64(lap) * ticks
			want := usual
			if p.Key {
				want *= keyShare
			}
			p.Data = fill(clip.Config.Codec, p.Data, len(out.Pictures), want)
			out.Pictures = append(out.Pictures, p)
		}
	}
	return out
}

// fill adds a NAL unit with a number to a picture, and filling up to a size.
func fill(codec media.Codec, data []byte, number, size int) []byte {
	nal := bytes.Clone(fillers[codec])
	for shift := 21; shift >= 0; shift -= 7 {
		nal = append(nal, 0x80|byte(number>>shift)) // never zero: that would look like a start code
	}
	if n := size - len(data) - 4 - len(nal) - 1; n > 0 {
		nal = append(nal, bytes.Repeat([]byte{0xff}, n)...)
	}
	nal = append(nal, 0x80)
	out := bytes.Clone(data)
	out = append(out, byte(len(nal)>>24), byte(len(nal)>>16), byte(len(nal)>>8), byte(len(nal)))
	return append(out, nal...)
}
