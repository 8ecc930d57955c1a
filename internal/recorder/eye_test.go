package recorder

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/still"
)

// Of a camera whose main stream moves all the time, what is recorded is what
// its lighter stream shows, by the ffmpeg that makes stills.
func TestRecordsWhatMovesInTheLighterStream(t *testing.T) {
	t.Parallel()
	maker, err := still.Open(t.Context(), "ffmpeg", "")
	if err != nil {
		t.Fatal(err)
	}
	s := newSchool(t, "")
	s.sparing(1, 1)
	var running atomic.Int32
	s.recorder.Detect = func(ctx context.Context, stream still.Stream) error {
		running.Add(1)
		defer running.Add(-1)
		return maker.Watch(ctx, stream)
	}
	light := (&studio{codec: media.MJPEG}).start(t) // a square that moves
	large, size := startScene(t)
	id := s.place("c1", large.url(), "", "")
	s.exec(`UPDATE camera SET sub_url = $1, senses = $2`, light.url(), premises.ByFFmpeg)
	s.start()
	s.eventually("a detector", func() bool { return s.recorder.camera(id) != nil && running.Load() == 1 && s.hears(id) })
	s.state(id, Recording)
	s.eventually("two seconds on disk", func() bool { return s.recorded(id) > 2*time.Second })
	if size.Load() != 300 {
		t.Error("the main stream moves, too")
	}
	if list := s.recorder.Notices(); len(list) > 0 {
		t.Errorf("notices %+v, want none", list)
	}
	// Who may not record doesn't look either, nor has the stream.
	s.assess(id, "")
	s.state(id, Forbidden)
	s.eventually("nobody who looks", func() bool { return running.Load() == 0 && light.visitors() == 0 && !s.hears(id) })
	s.end()
	s.allSaid(id)
}

// What a detector says alone decides, and what it is given can be decoded.
func TestADetectorDecides(t *testing.T) {
	t.Parallel()
	for _, codec := range []media.Codec{media.H264, media.H265} {
		t.Run(string(codec), func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			s.sparing(1, 1)
			moves := make(chan bool, 2)
			began := make(chan string, 100)
			var ended atomic.Int32
			s.recorder.Detect = func(ctx context.Context, stream still.Stream) error {
				at, first, err := stream.Next(ctx)
				if err != nil {
					return err
				}
				defer ended.Add(1)
				stream.Moves(at, false)
				began <- stream.Format + " " + string(first[:4])
				for {
					select {
					case on := <-moves:
						stream.Moves(s.now(), on)
					case <-ctx.Done():
						return ctx.Err()
					}
				}
			}
			film, light := (&studio{codec: media.H264}).start(t), (&studio{codec: codec}).start(t)
			id := s.place("c1", film.url(), "", "")
			s.exec(`UPDATE camera SET sub_url = $1, senses = $2`, light.url(), premises.ByFFmpeg)
			s.start()
			want := map[media.Codec]string{media.H264: still.H264, media.H265: still.H265}[codec] + " \x00\x00\x00\x01"
			s.eventually("a detector", func() bool { return len(began) > 0 })
			if got := <-began; got != want {
				t.Errorf("the detector gets %q, want %q", got, want)
			}
			s.state(id, Waiting)
			held := s.recorded(id)
			moves <- true
			s.state(id, Recording)
			s.eventually("two seconds more", func() bool { return s.recorded(id) > held+2*time.Second })
			moves <- false
			s.state(id, Waiting)
			s.end()
			if ended.Load() != int32(len(began))+1 {
				t.Error("somebody looks after the recorder stopped")
			}
		})
	}
}

// A camera that can't be looked at is judged by its pictures, and it is said.
func TestWithoutADetectorThePicturesTell(t *testing.T) {
	t.Parallel()
	broken := errors.New("ffmpeg fell over")
	fails := func(ctx context.Context, stream still.Stream) error {
		at, _, err := stream.Next(ctx)
		if err != nil {
			return err
		}
		stream.Moves(at, true)
		return broken
	}
	for name, c := range map[string]struct {
		detect func(context.Context, still.Stream) error
		light  bool
		want   string
	}{
		"none is configured": {nil, true, errNoDetector.Error()},
		"no lighter stream":  {fails, false, errNoLight.Error()},
		"it fails":           {fails, true, broken.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			s.recorder.Detect = c.detect
			light := (&studio{codec: media.H264}).start(t)
			id := s.place("c1", (&studio{codec: media.H264}).start(t).url(), "", "")
			s.exec(`UPDATE camera SET senses = $1`, premises.ByFFmpeg)
			if c.light {
				s.exec(`UPDATE camera SET sub_url = $1`, light.url())
			}
			s.start()
			if n := s.noticed(id, NoticeEvents); !strings.Contains(n.Detail, c.want) || n.Since.IsZero() {
				t.Errorf("notice %+v, want %q", n, c.want)
			}
			s.eventually("a line about it", func() bool {
				status := s.recorder.Status(id)
				return status.State == Recording && strings.Contains(status.Detail, "lichte stroom wordt niet bekeken") && !s.hears(id)
			})
		})
	}
}
