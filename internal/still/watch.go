package still

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// The kinds of stream that can be watched.
const (
	H264  = "h264"  // start codes before NAL units
	H265  = "hevc"  // the same
	MJPEG = "mjpeg" // one JPEG after the other
)

// A Stream is a camera's pictures, to be watched for motion.
type Stream struct {
	Format string // one of the above

	// Next waits for a picture, as it was sent, and says when that was. The
	// first is one from which decoding can begin. Its parameter sets come before
	// a picture from which that can be done. io.EOF ends the watching well, any
	// other error with that error. The bytes may be used until the next call.
	Next func(ctx context.Context) (at time.Time, picture []byte, err error)

	// Moves is told whether something moves in the second picture that is
	// looked at, and each time that changes: since when something does, or when
	// it was last seen to. It is never called after Watch returned.
	Moves func(at time.Time, on bool)
}

const (
	wide, high = 64, 36           // cells, of which each is as bright as its part of the picture
	inHand     = 32               // pictures that a decoder may keep back; one that lost so many begins anew
	nothing    = 20 * time.Second // without any picture
)

var (
	errHangs  = errors.New("no picture comes any more of what the camera sends, or of what ffmpeg makes of it")
	errFormat = errors.New("this is no kind of stream that can be watched")
	errEnded  = errors.New("ffmpeg ended before the stream did")
)

// Watch has ffmpeg decode a stream for as long as that lasts, and tells when
// something moves in it. It decodes on one thread that lets all others go
// first, and what it makes of a picture is no more than 64 by 36 grey cells. It
// fails when ctx ends, and then ffmpeg is gone; with [ErrChanged]; and when
// ffmpeg can't make anything of the stream.
func (m *Maker) Watch(ctx context.Context, s Stream) error {
	if err := m.watch(ctx, s); err != nil {
		return fmt.Errorf("couldn't watch for motion: %w", err)
	}
	return nil
}

func (m *Maker) watch(ctx context.Context, s Stream) error {
	if !slices.Contains([]string{H264, H265, MJPEG}, s.Format) {
		return errFormat
	}
	if err := m.same(); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	said := tail{room: 4 << 10}
	// Decoding begins with the first picture: nothing is gathered beforehand.
	cmd := program(ctx, m.pin.Path, "-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "pipe,fd", "-threads", "1",
		"-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0", "-f", s.Format, "-i", "pipe:0", "-map", "0:v:0", "-an", "-sn", "-dn",
		"-vf", fmt.Sprintf("scale=%d:%d:flags=area", wide, high), "-pix_fmt", "gray", "-fps_mode", "passthrough", "-threads", "1",
		"-flush_packets", "1", "-f", "rawvideo", "pipe:1")
	cmd.Stderr = &said
	in, out, err := begin(cmd)
	if err != nil {
		return err
	}
	w := &watching{stream: s, stop: stop, due: make(chan time.Time, inHand)}
	var feeding sync.WaitGroup
	feeding.Go(func() { w.feed(ctx, in) })
	w.look(ctx, out)
	if !w.whole.Load() {
		stop(errEnded)
	}
	feeding.Wait()
	err = cmd.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errEnded) {
		return cause
	}
	if err != nil || !w.whole.Load() {
		return fmt.Errorf("%w: %s", errEnded, firstLine(said.String()))
	}
	return nil
}

// begin starts cmd, under limits that are there before it has read anything.
func begin(cmd *exec.Cmd) (in io.WriteCloser, out io.Reader, err error) {
	if in, err = cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	if out, err = cmd.StdoutPipe(); err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	if err := limit(cmd.Process.Pid, true); err != nil {
		_ = cmd.Process.Kill() // the error says enough
		_ = cmd.Wait()
		return nil, nil, err
	}
	return in, out, nil
}

// A watching is ffmpeg at work.
type watching struct {
	stream Stream
	stop   context.CancelCauseFunc
	judge  judge
	due    chan time.Time // when the pictures were sent that didn't come back yet
	whole  atomic.Bool    // all of the stream was fed
}

// feed gives ffmpeg what is sent.
func (w *watching) feed(ctx context.Context, in io.WriteCloser) {
	defer in.Close()
	for {
		at, picture, err := w.stream.Next(ctx)
		if errors.Is(err, io.EOF) {
			w.whole.Store(true)
			return
		}
		if err != nil {
			w.stop(err)
			return
		}
		select {
		case w.due <- at:
		case <-ctx.Done():
			return
		}
		if _, err := in.Write(picture); err != nil {
			return // it is gone, and says why
		}
	}
}

// look reads what ffmpeg makes of it, and tells what moves.
func (w *watching) look(ctx context.Context, out io.Reader) {
	hangs := time.AfterFunc(nothing, func() { w.stop(errHangs) })
	defer hangs.Stop()
	cells := make([]byte, wide*high)
	for {
		if _, err := io.ReadFull(out, cells); err != nil {
			return
		}
		hangs.Reset(nothing)
		select {
		case at := <-w.due:
			if when, on, news := w.judge.see(at, cells); news && ctx.Err() == nil {
				w.stream.Moves(when, on)
			}
		default: // more came back than was given
		}
	}
}

// tail is what a program said, up to a limit; what it says beyond is dropped.
type tail struct {
	bytes.Buffer
	room int
}

func (t *tail) Write(b []byte) (int, error) {
	_, _ = t.Buffer.Write(b[:min(len(b), t.room-t.Len())])
	return len(b), nil
}
