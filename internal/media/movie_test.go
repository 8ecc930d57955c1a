package media

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// partsOf cuts a clip into parts of n pictures.
func partsOf(clip *Clip, n int) (parts []MoviePart, data [][]byte) {
	for i, au := range clip.Pictures {
		if i%n == 0 {
			parts, data = append(parts, MoviePart{}), append(data, nil)
		}
		last := len(parts) - 1
		parts[last].Samples = append(parts[last].Samples, Sample{uint32(len(au.Data)), au.Duration, au.CTS, au.Key})
		data[last] = append(data[last], au.Data...)
	}
	return parts, data
}

func TestMovieReads(t *testing.T) {
	clip := readClip(t, "bframes")
	parts, data := partsOf(&clip, 7)
	parts = append(parts, MoviePart{}) // nothing in it, does no harm
	opened := 0
	m, err := NewMovie(clip.Config, parts, func(_ context.Context, i int) ([]byte, error) {
		opened++
		return data[i], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := append(bytes.Clone(m.Head()), bytes.Join(data, nil)...)
	if m.Size() != int64(len(want)) {
		t.Fatalf("size %d, want %d", m.Size(), len(want))
	}
	if err := iotest.TestReader(m.Reader(t.Context()), want); err != nil {
		t.Error(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	r := m.Reader(t.Context())
	for range 200 {
		from := random.Int64N(m.Size())
		b := make([]byte, min(random.Int64N(5000), m.Size()-from))
		if _, err := r.Seek(from, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, b); err != nil || !bytes.Equal(b, want[from:from+int64(len(b))]) {
			t.Fatalf("wrong bytes at %d (%v)", from, err)
		}
	}
	opened = 0
	if _, err := io.Copy(io.Discard, m.Reader(t.Context())); err != nil || opened != len(data) {
		t.Errorf("%d parts opened, want each of %d once (%v)", opened, len(data), err)
	}
}

func TestMoviePlaces(t *testing.T) {
	clip := readClip(t, "plain")
	parts, data := partsOf(&clip, 25)
	m := movieFrom(t, clip.Config, parts)
	head := int64(len(m.Head()))
	for offset, want := range map[int64]int{
		0: -1, head - 1: -1, head: 0, head + int64(len(data[0])) - 1: 0,
		head + int64(len(data[0])): 1, m.Size() - 1: 3, m.Size(): -1,
	} {
		if got := m.PartAt(offset); got != want {
			t.Errorf("byte %d is of part %d, want %d", offset, got, want)
		}
	}
	for i := range parts {
		if got := m.Start(i); got != time.Duration(i)*time.Second {
			t.Errorf("part %d begins at %v", i, got)
		}
	}
	if m.Length() != 4*time.Second {
		t.Errorf("it lasts %v", m.Length())
	}
}

func movieFrom(t *testing.T, c Config, parts []MoviePart) *Movie {
	t.Helper()
	m, err := NewMovie(c, parts, func(context.Context, int) ([]byte, error) { return nil, errors.New("no disk") })
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLongMovie makes a movie of more than 4 GiB that lasts longer than 32
// bits of ticks can say.
func TestLongMovie(t *testing.T) {
	clip := readClip(t, "plain")
	for _, test := range []struct {
		parts uint64
		table string
	}{{100, "stco"}, {40_000, "co64"}} {
		var parts []MoviePart
		for range test.parts {
			parts = append(parts, MoviePart{[]Sample{{Size: 200_000, Duration: 2 * Clock, Key: true}}})
		}
		m := movieFrom(t, clip.Config, parts)
		if !bytes.Contains(m.Head(), []byte(test.table)) {
			t.Errorf("%d parts have no %s", test.parts, test.table)
		}
		if want := int64(len(m.Head())) + int64(test.parts)*200_000; m.Size() != want {
			t.Errorf("size %d, want %d", m.Size(), want)
		}
		path := save(t, "head.mp4", bytes.NewReader(m.Head()))
		p := probeFile(t, path)
		if got := p.length(t); got != m.Length() || test.parts > 1000 && m.Size() <= math.MaxUint32 {
			t.Errorf("it lasts %v, want %v", got, m.Length())
		}
	}
}

func TestMovieRefuses(t *testing.T) {
	clip := readClip(t, "plain")
	parts, _ := partsOf(&clip, 30)
	if _, err := NewMovie(clip.Config, parts[1:], nil); err == nil || !strings.Contains(err.Error(), "key picture") {
		t.Errorf("a movie began without a key picture: %v", err)
	}
	if _, err := NewMovie(clip.Config, nil, nil); err == nil {
		t.Error("a movie without pictures")
	}
	if _, err := NewMovie(Config{}, parts, nil); err == nil {
		t.Error("a movie without parameter sets")
	}
	r := movieFrom(t, clip.Config, parts).Reader(t.Context())
	if _, err := io.Copy(io.Discard, r); err == nil || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("reading gave %v", err)
	}
	m, err := NewMovie(clip.Config, parts, func(context.Context, int) ([]byte, error) { return []byte{1}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, m.Reader(t.Context())); err == nil || !strings.Contains(err.Error(), "index says") {
		t.Errorf("reading gave %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := io.Copy(io.Discard, m.Reader(ctx)); !errors.Is(err, context.Canceled) {
		t.Errorf("reading gave %v", err)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("seeked before the beginning")
	}
}

// TestSegments puts the pieces that browsers get one after the other.
func TestSegments(t *testing.T) {
	for _, name := range clips {
		clip := readClip(t, name)
		file, err := InitSegment(clip.Config)
		if err != nil {
			t.Fatal(err)
		}
		for i := range clip.Pictures {
			au := &clip.Pictures[i]
			file = append(AppendFrameHead(file, uint32(i+1), au, au.Duration), au.Data...)
		}
		path := save(t, name+"-live.mp4", bytes.NewReader(file))
		p := probeFile(t, path)
		if len(p.Packets) != len(clip.Pictures) {
			t.Fatalf("%s: %d pictures, want %d", name, len(p.Packets), len(clip.Pictures))
		}
		for i, got := range p.Packets {
			want := clip.Pictures[i]
			if got.PTS-p.Packets[0].PTS != int64(want.DTS)+int64(want.CTS-clip.Pictures[0].CTS) || (got.Flags[0] == 'K') != want.Key {
				t.Errorf("%s: picture %d: %+v, want %+v", name, i, got, want)
			}
		}
		if got := len(decoded(t, path)); got != len(clip.Pictures) {
			t.Errorf("%s: %d pictures decoded, want %d", name, got, len(clip.Pictures))
		}
	}
}

func TestConfig(t *testing.T) {
	for _, test := range []struct {
		clip, codec   string
		width, height int
	}{
		{"plain", "avc1.64000c", 320, 180},
		{"slices", "avc1.64000c", 320, 240},
		{"vfr", "avc1.64000d", 318, 178},
	} {
		clip := readClip(t, test.clip)
		w, h, err := clip.Config.Size()
		if w != test.width || h != test.height || err != nil {
			t.Errorf("%s: %d by %d (%v)", test.clip, w, h, err)
		}
		if got := clip.Config.String(); got != test.codec {
			t.Errorf("%s: codec %s, want %s", test.clip, got, test.codec)
		}
	}
	if _, _, err := (Config{}).Size(); err == nil || (Config{}).String() != "" {
		t.Error("no parameter sets, but a size or a codec")
	}
}

func TestReadClip(t *testing.T) {
	clip := readClip(t, "plain")
	if len(clip.Pictures) != 100 || clip.Ticks() != 4*Clock || !clip.Pictures[0].Key || !clip.Pictures[25].Key || clip.Pictures[1].Key {
		t.Errorf("%d pictures, %d ticks", len(clip.Pictures), clip.Ticks())
	}
	if s := clip.Sound; s == nil || s.Rate != 16000 || s.Channels != 1 || len(s.Config) < 2 || len(s.Frames) < 60 || s.Frames[5].Duration != 1024 {
		t.Errorf("sound of %d Hz, %d channels, config %x, %d frames", s.Rate, s.Channels, s.Config, len(s.Frames))
	}
	if clip := readClip(t, "slices"); clip.Sound != nil {
		t.Error("sound in a clip without")
	}
	for name, b := range map[string]string{"empty": "", "text": "no film at all, just some words"} {
		if _, err := ReadClip(strings.NewReader(b)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestMovieThatEndsEarly ends movies before pictures that others waited for:
// those others are shown all the same.
func TestMovieThatEndsEarly(t *testing.T) {
	for _, name := range []string{"bframes", "h265"} {
		whole := readClip(t, name)
		for _, n := range []int{2, 6, 7, 8} {
			clip := whole
			clip.Pictures = whole.Pictures[:n]
			parts, data := partsOf(&clip, 4)
			m, err := NewMovie(clip.Config, parts, func(_ context.Context, i int) ([]byte, error) { return data[i], nil })
			if err != nil {
				t.Fatal(err)
			}
			if got := len(decoded(t, save(t, "early.mp4", m.Reader(t.Context())))); got != n {
				t.Errorf("%s: %d pictures decoded, want %d", name, got, n)
			}
		}
	}
}
