package recorder

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

// glance returns a feed of the lighter stream.
func (s *school) glance(id premises.CameraID) *Feed {
	s.t.Helper()
	f, err := s.recorder.LiveLight(context.Background(), s.watch(id), id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(f.Close)
	return f
}

// sees is the codec of the next key picture, or why there is none.
func sees(t *testing.T, f *Feed) (media.Codec, error) {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), 30*time.Second)
	defer done()
	for {
		au, err := f.Next(ctx)
		if err != nil || au.Key && au.Config != nil {
			return codecOf(au), err
		}
	}
}

func codecOf(au media.AccessUnit) media.Codec {
	if au.Config == nil {
		return ""
	}
	return au.Config.Codec
}

func TestLighterStreamIsThereForWhoWatchesIt(t *testing.T) {
	t.Parallel()
	large, small := (&studio{codec: media.H265}).start(t), (&studio{codec: media.H264}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", large.url(), "", "")
	s.exec(`UPDATE camera SET sub_url = $1`, small.url())
	s.start()
	s.eventually("a second on disk", func() bool { return s.recorded(id) > time.Second })
	if small.visitors() != 0 {
		t.Error("there is a connection for the lighter stream, though nobody watches")
	}
	one, two := s.glance(id), s.glance(id)
	for _, f := range []*Feed{one, two} {
		if codec, err := sees(t, f); codec != media.H264 || err != nil {
			t.Errorf("who watches sees %q, %v; want the lighter stream", codec, err)
		}
	}
	if got := small.asked(); !slices.Equal(got, []string{"TCP 0"}) {
		t.Errorf("the lighter stream was asked for %q, want its video alone, once", got)
	}
	full, err := s.recorder.Live(t.Context(), s.watch(id), id)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if codec, err := sees(t, full); codec != media.H265 || err != nil {
		t.Errorf("who watches the main stream sees %q, %v", codec, err)
	}
	one.Close()
	two.Close()
	s.eventually("no connection for what nobody watches", func() bool { return small.visitors() == 0 })
	if codec, err := sees(t, s.glance(id)); codec != media.H264 || err != nil {
		t.Errorf("who watches again sees %q, %v", codec, err)
	}
	s.end()
	if got := s.causes(id); got != "gestopt…" || small.visitors() != 0 {
		t.Errorf("gaps %q, and %d connections of a recorder that stopped", got, small.visitors())
	}
}

func TestLighterStreamIsNeverRecorded(t *testing.T) {
	t.Parallel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	small := (&studio{codec: media.H264}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", "rtsp://"+nobody.Addr().String()+"/stream", "", "")
	s.exec(`UPDATE camera SET sub_url = $1`, small.url())
	s.start()
	s.state(id, Unreachable)
	f := s.glance(id)
	for range 60 {
		if _, err := f.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.end()
	if d := s.recorded(id); d > 0 {
		t.Errorf("%v of the lighter stream was recorded", d)
	}
	if _, err := f.Next(t.Context()); !errors.Is(err, ErrStopped) && err != nil {
		t.Errorf("after the recorder stopped: %v", err)
	}
}

func TestWithoutItsLighterStreamThereIsTheOther(t *testing.T) {
	t.Parallel()
	large := (&studio{codec: media.H265}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", large.url(), "", "")
	s.start()
	s.state(id, Recording)
	if codec, err := sees(t, s.glance(id)); codec != media.H265 || err != nil {
		t.Errorf("who watches a camera without a lighter stream sees %q, %v", codec, err)
	}
	s.exec(`UPDATE camera SET sub_url = 'rtsp://127.0.0.1:1/stream'`)
	s.recorder.Ask()
	s.eventually("the register", func() bool { return s.recorder.camera(id).current().Sub != "" })
	if _, err := sees(t, s.glance(id)); !errors.Is(err, ErrStopped) {
		t.Errorf("a lighter stream that can't be had: %v, want %v", err, ErrStopped)
	}
	if codec, err := sees(t, s.glance(id)); codec != media.H265 || err != nil {
		t.Errorf("who watches again sees %q, %v; want the main stream", codec, err)
	}
	list := s.recorder.Notices()
	if len(list) != 1 || list[0].Kind != NoticeLight || list[0].Camera != id || list[0].Since.IsZero() || list[0].Detail == "" {
		t.Errorf("notices %+v, want that the lighter stream can't be had", list)
	}
}

func TestLighterStreamTakesAPermit(t *testing.T) {
	t.Parallel()
	small := (&studio{codec: media.H264}).start(t)
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.exec(`UPDATE camera SET sub_url = $1`, small.url())
	s.start()
	s.state(id, Recording)
	for name, p := range map[string]*gate.Permit{"no permit": nil, "the zero permit": {}} {
		if _, err := s.recorder.LiveLight(t.Context(), p, id); !errors.Is(err, gate.ErrNoPermit) {
			t.Errorf("with %s: %v", name, err)
		}
	}
	if small.connections() > 0 {
		t.Error("there was a connection for who may not watch")
	}
	p := s.watch(id)
	f, err := s.recorder.LiveLight(t.Context(), p, id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := sees(t, f); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context(), "gedaan", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Next(t.Context()); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("after the permit ended: %v", err)
	}
}
