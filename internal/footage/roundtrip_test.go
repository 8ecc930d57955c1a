package footage

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		film := shoot(noon, 300, 4) // 150 s: three segments
		s.record(film)
		s.same(s.see(noon, noon.Add(150*time.Second)), film)
		rows := s.allRows()
		if len(rows) != 3 {
			t.Errorf("%d segments, want 3", len(rows))
		}
		var bytes int64
		for _, g := range rows {
			if g.State != closed || g.Hour != noonH || g.Span.To.Sub(g.Span.From) > time.Minute {
				t.Errorf("a segment is %+v", g)
			}
			info, err := os.Stat(s.dir + "/" + g.Blob)
			s.must(err)
			if info.Size() != g.Bytes {
				t.Errorf("the row says %d bytes, the file has %d", g.Bytes, info.Size())
			}
			bytes += g.Bytes
		}
		if bytes == 0 {
			t.Error("nothing was kept")
		}
		s.clean()
	})
}

// What is recorded isn't on the disk in the clear.
func TestNoPlaintextOnDisk(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 10, 4)
	secret := []byte("nobody may read this in a file!!")
	for _, f := range film {
		copy(f.Data, secret)
	}
	film[0].Config.SPS = slices.Clone(secret)
	s.record(film)
	for _, path := range s.files() {
		if bytes.Contains(read(t, path), secret[:16]) {
			t.Errorf("%s has plaintext in it", path)
		}
	}
}

// Every segment ends at the hour, and at a cut.
func TestCuts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		start := noon.Add(59*time.Minute + 50*time.Second).Add(200 * time.Millisecond)
		film := shoot(start, 40, 4)
		p := s.permit(regulation.Record, whole(cam))
		w := s.Record(p, cam)
		s.write(w, film[:30])
		s.must(w.Cut(t.Context()))
		s.must(w.Cut(t.Context())) // nothing to cut
		s.write(w, film[30:])
		s.must(w.Close(t.Context()))
		s.must(w.Close(t.Context()))
		if err := w.Write(t.Context(), film[0]); err == nil {
			t.Error("a closed writer wrote")
		}
		rows := s.allRows()
		if len(rows) != 3 {
			t.Fatalf("%d segments, want 3", len(rows))
		}
		for i, hour := range []vault.Hour{noonH, noonH + 1, noonH + 1} {
			if rows[i].Hour != hour {
				t.Errorf("segment %d is in hour %d, want %d", i, rows[i].Hour, hour)
			}
		}
		if rows[0].ID[:32] == rows[1].ID[:32] || rows[1].ID[:32] != rows[2].ID[:32] {
			t.Error("a run is not an hour of a writer")
		}
		// Nothing was lost between the segments, so no key picture is waited for.
		s.same(s.see(start, start.Add(20*time.Second)), film)
		s.clean()
		oldest, err := s.Oldest(t.Context(), s.d)
		s.must(err)
		if len(oldest) != 1 || oldest[cam] != noonH {
			t.Errorf("the oldest footage is of %v, want of %d", oldest, noonH)
		}
	})
}

// The clock leaps days ahead, and back.
func TestClockLeaps(t *testing.T) {
	s := lite(t)
	day := 6 * 24 * time.Hour
	film := slices.Concat(shoot(noon, 8, 4), shoot(noon.Add(day), 8, 4), shoot(noon.Add(time.Hour), 8, 4), shoot(noon.Add(time.Minute), 4, 4), shoot(noon.Add(30*time.Second), 4, 4))
	s.record(film)
	s.clean()
	s.same(s.see(noon.Add(day), noon.Add(day+time.Minute)), film[8:16])
	s.same(s.see(noon.Add(30*time.Second), noon.Add(59*time.Second)), film[28:])
}

func TestReadBeginsAtAKeyPicture(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 100, 10) // a key picture every 5 s
	s.record(film)
	at := func(sec float64) time.Time { return noon.Add(time.Duration(sec * float64(time.Second))) }

	// The permit is for the whole minute: the key picture before may be shown.
	p := s.permit(regulation.PlayBack, during(noon, noon.Add(time.Minute)))
	got, err := s.Read(t.Context(), p, cam, Span{at(7), at(12)})
	s.must(err)
	s.same(got, film[10:24])

	// The permit begins at 7 s: what came before may not.
	s.same(s.see(at(7), at(12)), film[20:24])
	// Exactly at a key picture.
	s.same(s.see(at(10), at(12)), film[20:24])
	// No key picture in what may be seen, and none at all.
	s.same(s.see(at(11), at(14)), nil)
	s.same(s.see(noon.Add(time.Hour), noon.Add(2*time.Hour)), nil)
	// The last fragment ends outside the permit, so it isn't shown.
	s.same(s.see(at(10), at(11.75)), film[20:23])
}

func TestConfigChangesHalfway(t *testing.T) {
	t.Parallel()
	s := lite(t)
	a, b := shoot(noon, 8, 4), shoot(noon.Add(4*time.Second), 8, 4)
	for _, f := range b {
		if f.Key() {
			f.Config = &media.Config{Codec: media.H264, SPS: []byte("other"), PPS: nil}
		}
	}
	s.record(slices.Concat(a, b))
	film := s.see(noon, noon.Add(10*time.Second))
	if got := film.Config(); !bytes.Equal(got.SPS, a[0].Config.SPS) {
		t.Errorf("Config = %q", got.SPS)
	}
	if got := film.ConfigAt(7); !bytes.Equal(got.SPS, a[0].Config.SPS) {
		t.Errorf("ConfigAt(7) = %q", got.SPS)
	}
	if got := film.ConfigAt(9); string(got.SPS) != "other" {
		t.Errorf("ConfigAt(9) = %q", got.SPS)
	}
}

// Who watches can see the segment that is being written.
func TestReadWhileRecording(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		film := shoot(noon, 12, 4)
		w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
		s.write(w, film)
		patient, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for {
			got := s.see(noon, noon.Add(10*time.Second))
			if len(got.Parts()) == len(film) {
				s.same(got, film)
				break
			}
			if patient.Err() != nil {
				t.Fatalf("only %d of %d parts can be seen", len(got.Parts()), len(film))
			}
		}
		s.must(w.Close(t.Context()))
		stop()
		s.must(<-ended)
		s.clean()
	})
}

func TestNoPermitNoFootage(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 8, 4)
	s.record(film)
	span := Span{noon, noon.Add(4 * time.Second)}
	other := premises.CameraID("other")
	ended := s.permit(regulation.PlayBack, Subject(cam, span))
	s.must(ended.Close(t.Context(), "gedaan", nil))
	for name, p := range map[string]*gate.Permit{
		"nil": nil, "zero": {}, "ended": ended,
		"another camera's": s.permit(regulation.PlayBack, Subject(other, span)),
		"another time's":   s.permit(regulation.PlayBack, during(noon.Add(time.Second), span.To)),
		"another act's":    s.permit(regulation.Record, whole(cam)),
	} {
		_, err := s.Read(t.Context(), p, cam, span)
		noPermit(t, "Read with "+name+" permit", err)
	}
	for name, p := range map[string]*gate.Permit{"nil": nil, "zero": {}, "another act's": s.permit(regulation.PlayBack, whole(cam)),
		"another camera's": s.permit(regulation.Record, whole(other))} {
		noPermit(t, "Write with "+name+" permit", s.Record(p, cam).Write(t.Context(), film[0]))
		_, err := s.Erase(t.Context(), p, cam, noonH+1)
		noPermit(t, "Erase with "+name+" permit", err)
		_, err = s.Preserve(t.Context(), nil, p, "i", cam, span)
		noPermit(t, "Preserve with "+name+" permit", err)
		_, err = s.Release(t.Context(), p, "i")
		noPermit(t, "Release with "+name+" permit", err)
	}
	// An erasure takes a permit for the camera, not for some of its time.
	_, err := s.Erase(t.Context(), s.permit(regulation.Erase, Subject(cam, span)), cam, noonH+1)
	noPermit(t, "Erase with a permit for some seconds", err)
	s.same(s.see(span.From, span.To), film)
}

// The permit is asked for again at every fragment.
func TestPermitIsCheckedAtEachOpen(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 8, 4))
	p := s.permit(regulation.PlayBack, during(noon, noon.Add(4*time.Second)))
	film, err := s.Read(t.Context(), p, cam, Span{noon, noon.Add(4 * time.Second)})
	s.must(err)
	if _, err := film.Open(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	s.must(p.Close(t.Context(), "gedaan", nil))
	_, err = film.Open(t.Context(), 0)
	noPermit(t, "Open after the permit ended", err)

	film = s.see(noon, noon.Add(4*time.Second))
	s.must(film.Close())
	if _, err := film.Open(t.Context(), 0); !errors.Is(err, errFilmClosed) {
		t.Errorf("a closed film opened: %v", err)
	}
	for _, i := range []int{-1, 8} {
		if _, err := film.Open(t.Context(), i); err == nil {
			t.Errorf("part %d of 8 opened", i)
		}
	}
}

func TestWriteRefusesNonsense(t *testing.T) {
	s := lite(t)
	w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
	for name, break_ := range map[string]func(*media.Fragment){
		"no pictures":       func(f *media.Fragment) { f.Samples, f.Data = nil, nil },
		"bytes missing":     func(f *media.Fragment) { f.Data = f.Data[1:] },
		"no parameter sets": func(f *media.Fragment) { f.Config = nil },
		"too long":          func(f *media.Fragment) { f.Samples[3].Duration = 61 * media.Clock },
	} {
		f := shoot(noon, 1, 1)[0]
		break_(f)
		if err := w.Write(t.Context(), f); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.must(w.Close(t.Context()))
	bad := premises.CameraID("../../etc")
	w = s.Record(s.permit(regulation.Record, whole(bad)), bad)
	if err := w.Write(t.Context(), shoot(noon, 1, 1)[0]); err == nil {
		t.Error("a camera's id became a path")
	}
	if len(s.files()) != 0 {
		t.Error("something was written")
	}
}

// A disk that is too slow is an error, and what was queued is kept.
func TestBehind(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 3, 1)
	w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
	w.disk = &diskline{store: s.Store, jobs: make(chan job, 2), done: make(chan struct{})} // nobody takes from it
	s.must(w.Write(t.Context(), film[0]))
	if err := w.Write(t.Context(), film[1]); !errors.Is(err, ErrBehind) {
		t.Fatalf("a full queue gave %v", err)
	}
	if err := w.Write(t.Context(), film[2]); !errors.Is(err, ErrBehind) {
		t.Errorf("the Write after that gave %v", err)
	}
	go w.disk.run()
	if err := w.Close(t.Context()); !errors.Is(err, ErrBehind) {
		t.Errorf("Close gave %v", err)
	}
	s.same(s.see(noon, noon.Add(time.Minute)), film[:1])
	s.clean()
}
