package viewing_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/still"
	"oogmerk/internal/viewing"
)

// mayStill lets who plays back have stills, and steer.
const mayStill = `
## Artikel 11 – Stilzetten en bedienen

` + "```cedar" + `
permit (principal, action in [Action::"stilzetten", Action::"bedienen"], resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
` + "```\n"

// also adds to the law of the school that one may look alone, and texts.
func (s *school) also(texts ...string) {
	s.t.Helper()
	text := bytes.Replace(regulationtest.Document(), []byte("context.aanwezigen >= 2"), []byte("context.aanwezigen >= 1"), 1)
	for _, more := range texts {
		text = append(text, more...)
	}
	law, err := regulation.Parse("alleen.md", text)
	must(s.t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.law = law
}

// A still is of the moment asked for, has a line of its own with camera and
// moment, and leaves no file.
func TestStill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		s, camera, p := lonesome(t, d)
		at := ten.Add(-5*time.Minute + 1500*time.Millisecond)
		var refusal *gate.Refusal
		var invalid viewing.Invalid
		if _, err := p.Still(t.Context(), s.who(), at, viewing.Look{}); !errors.As(err, &invalid) {
			t.Errorf("without ffmpeg: %v", err)
		}
		maker, err := still.Open(t.Context(), "ffmpeg", "")
		must(t, err)
		s.room.Develop = maker.Make
		if _, err := p.Still(t.Context(), s.who(), at, viewing.Look{}); !errors.As(err, &refusal) || refusal.Request.Act != regulation.Still {
			t.Errorf("without a word about stills: %v", err)
		}

		s.also(alone, mayStill)
		picture, err := p.Still(t.Context(), s.who(), at, viewing.Look{})
		must(t, err)
		w, h, err := s.clip().Config.Size()
		must(t, err)
		shown, err := png.DecodeConfig(bytes.NewReader(picture.PNG))
		must(t, err)
		if shown.Width != w || shown.Height != h || picture.At.After(at) || at.Sub(picture.At) > 200*time.Millisecond {
			t.Errorf("it is %dx%d of %v, want %dx%d of %v", shown.Width, shown.Height, picture.At, w, h, at)
		}
		result, said := s.outcome(regulation.Still)
		moment, err := time.Parse(time.RFC3339Nano, said["moment"].(string))
		must(t, err)
		if result != "gedaan" || moment.Sub(picture.At).Abs() > time.Millisecond {
			t.Errorf("the logbook says %s %v, the moment is %v", result, said, picture.At)
		}
		if lines := s.lines(regulation.Still); len(lines) == 0 || lines[0].Object != camera.Entity().String() {
			t.Errorf("the line is about %v", lines)
		}

		sharper, err := p.Still(t.Context(), s.who(), at, viewing.Look{Filter: viewing.Sharpen})
		must(t, err)
		if bytes.Equal(sharper.PNG, picture.PNG) {
			t.Error("sharper is the same")
		}
		if result, said := s.outcome(regulation.Process); result != "gedaan" || said["filter"] != viewing.Sharpen || said["moment"] == nil {
			t.Errorf("the logbook says %s %v", result, said)
		}
		left, err := os.ReadDir(dir)
		must(t, err)
		if len(left) > 0 {
			t.Errorf("stills left %v", left)
		}
	})
}

// What the law doesn't let be done to a picture isn't done, and no picture is
// made where there is none to have.
func TestStillRefused(t *testing.T) {
	s, _, p := lonesome(t, dbtest.SQLite(t))
	s.also(alone, mayStill)
	made := 0
	s.room.Develop = func(_ context.Context, j still.Job) ([]byte, error) {
		made++
		return []byte{1}, nil
	}
	at := ten.Add(-5*time.Minute + time.Second)
	var refusal *gate.Refusal
	before := len(s.lines(regulation.Still))
	if _, err := p.Still(t.Context(), s.who(), at, viewing.Look{Filter: viewing.Brighten}); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Alleen verscherpen" {
		t.Errorf("brightened: %v", err)
	}
	if n := len(s.lines(regulation.Still)); n != before {
		t.Errorf("a still that was refused is %d lines as a still", n-before)
	}
	var invalid viewing.Invalid
	for what, try := range map[string]func() error{
		"before what was asked for": func() error { return s.still(p, p.Wish.Span.From.Add(-time.Second), viewing.Look{}) },
		"after what was asked for":  func() error { return s.still(p, p.Wish.Span.To, viewing.Look{}) },
		"in a gap":                  func() error { return s.still(p, ten.Add(-4*time.Minute), viewing.Look{}) },
		"with any other filter":     func() error { return s.still(p, at, viewing.Look{Filter: "weghalen"}) },
		"a part there isn't":        func() error { return s.still(p, at, viewing.Look{Filter: viewing.Enlarge, Place: "iw/3"}) },
	} {
		if err := try(); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	elsewhere := s.who()
	elsewhere.Seat = "elders"
	if _, err := p.Still(t.Context(), elsewhere, at, viewing.Look{}); !errors.As(err, &invalid) {
		t.Errorf("at another screen: %v", err)
	}
	must(t, p.End(t.Context()))
	if err := s.still(p, at, viewing.Look{}); !errors.Is(err, viewing.ErrOver) {
		t.Errorf("after the end: %v", err)
	}
	if made != 0 {
		t.Errorf("%d stills were made", made)
	}
}

// A still of a playback that ends meanwhile is nobody's any more.
func TestStillEndsWithThePlayback(t *testing.T) {
	s, _, p := lonesome(t, dbtest.SQLite(t))
	s.also(alone, mayStill)
	s.room.Develop = func(ctx context.Context, j still.Job) ([]byte, error) {
		must(t, p.End(t.Context()))
		<-ctx.Done()
		return []byte{1}, nil
	}
	if err := s.still(p, ten.Add(-5*time.Minute+time.Second), viewing.Look{}); !errors.Is(err, viewing.ErrOver) {
		t.Errorf("it is there: %v", err)
	}
	if result, _ := s.outcome(regulation.Still); result != "mislukt" {
		t.Errorf("the logbook says %s", result)
	}
}

func (s *school) still(p *viewing.Playback, at time.Time, look viewing.Look) error {
	_, err := p.Still(s.t.Context(), s.who(), at, look)
	return err
}
