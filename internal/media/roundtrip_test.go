package media

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph265"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"
)

var clips = []string{"plain", "bframes", "slices", "refresh", "vfr", "sub", "h265", "mjpeg"}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func readClip(t testing.TB, name string) Clip {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	clip, err := ReadClip(f)
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

// A sentPacket is an RTP packet and when it is sent.
type sentPacket struct {
	data []byte
	at   time.Time
}

// encoder packs pictures by code that isn't ours.
func encoder(t testing.TB, codec Codec) func(data []byte) ([]*rtp.Packet, error) {
	t.Helper()
	size, sequence := 1200, uint16(65500)
	nals := func(data []byte) (nals [][]byte) {
		NALs(data, func(nal []byte) { nals = append(nals, nal) })
		return nals
	}
	var err error
	var pack func(data []byte) ([]*rtp.Packet, error)
	switch codec {
	case H264:
		e := &rtph264.Encoder{PayloadType: 96, PacketizationMode: 1, PayloadMaxSize: size, InitialSequenceNumber: &sequence}
		err, pack = e.Init(), func(data []byte) ([]*rtp.Packet, error) { return e.Encode(nals(data)) }
	case H265:
		e := &rtph265.Encoder{PayloadType: 96, PayloadMaxSize: size, InitialSequenceNumber: &sequence}
		err, pack = e.Init(), func(data []byte) ([]*rtp.Packet, error) { return e.Encode(nals(data)) }
	case MJPEG:
		e := &rtpmjpeg.Encoder{PayloadMaxSize: size, InitialSequenceNumber: &sequence}
		err, pack = e.Init(), e.Encode
	}
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// packetize has clip packed from timestamp first on.
func packetize(t testing.TB, clip *Clip, first uint32) []sentPacket {
	t.Helper()
	pack := encoder(t, clip.Config.Codec)
	var sent []sentPacket
	for _, au := range clip.Pictures {
		packets, err := pack(au.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packets {
			p.PayloadType = 96
			p.Timestamp = first + uint32(int64(au.DTS)+int64(au.CTS))
			data, err := p.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, sentPacket{data, noon.Add(Duration(au.DTS))})
		}
	}
	return sent
}

// keep copies what an emit gets.
func keep(units *[]AccessUnit) func(*AccessUnit) error {
	return func(au *AccessUnit) error {
		c := *au
		c.Data = bytes.Clone(au.Data)
		*units = append(*units, c)
		return nil
	}
}

func keepFragments(fragments *[]Fragment) func(*Fragment) error {
	return func(f *Fragment) error {
		c := *f
		c.Samples, c.Data = slices.Clone(f.Samples), bytes.Clone(f.Data)
		*fragments = append(*fragments, c)
		return nil
	}
}

func movieOf(t *testing.T, c Config, fragments []Fragment) *Movie {
	t.Helper()
	var parts []MoviePart
	for _, f := range fragments {
		parts = append(parts, MoviePart{f.Samples})
	}
	m, err := NewMovie(c, parts, func(_ context.Context, i int) ([]byte, error) { return fragments[i].Data, nil })
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func save(t *testing.T, name string, r io.Reader) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, r); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("this test needs %s: install the package ffmpeg", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, stderr.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("%s complains about %s: %s", name, args[len(args)-1], stderr.String())
	}
	return out
}

// decoded is the hash of every picture a foreign decoder makes of a file.
func decoded(t *testing.T, path string) []string {
	t.Helper()
	out := run(t, "ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:v", "-vsync", "0", "-f", "framemd5", "-")
	var hashes []string
	for line := range strings.Lines(string(out)) {
		if columns := strings.Split(line, ","); !strings.HasPrefix(line, "#") {
			hashes = append(hashes, strings.TrimSpace(columns[len(columns)-1]))
		}
	}
	return hashes
}

// A probe is what ffprobe reads in a file's first video track.
type probe struct {
	Packets []struct {
		PTS      int64 `json:"pts"`
		DTS      int64 `json:"dts"`
		Duration int64 `json:"duration"`
		Flags    string
	}
	Streams []struct {
		Width, Height int
		Profile       string
	}
	Format struct {
		Duration string
		Streams  int `json:"nb_streams"`
	}
}

func (p *probe) length(t *testing.T) time.Duration {
	t.Helper()
	seconds, err := strconv.ParseFloat(p.Format.Duration, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(seconds * float64(time.Second))
}

func probeFile(t *testing.T, path string) probe {
	t.Helper()
	out := run(t, "ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json", "-show_packets", "-show_streams", "-show_format", path)
	var p probe
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRoundTrip sends clips through all of it: packets, pictures, fragments
// and a movie, and has others decode what comes out.
func TestRoundTrip(t *testing.T) {
	for _, name := range clips {
		t.Run(name, func(t *testing.T) {
			clip := readClip(t, name)
			var units []AccessUnit
			var fragments []Fragment
			fragmenter := NewFragmenter(500*time.Millisecond, keepFragments(&fragments))
			d := NewDepacketizer(clip.Config.Codec, 96, &clip.Config, func(au *AccessUnit) error {
				if err := keep(&units)(au); err != nil {
					return err
				}
				return fragmenter.Push(au)
			})
			for _, p := range packetize(t, &clip, 1<<32-100_000) { // wraps after a second
				if err := d.Push(p.data, p.at); err != nil {
					t.Fatal(err)
				}
			}
			if err := fragmenter.Flush(); err != nil {
				t.Fatal(err)
			}
			if d.Lost() != 0 || d.Bad() != 0 {
				t.Errorf("%d packets lost, %d bad", d.Lost(), d.Bad())
			}
			checkUnits(t, &clip, units)
			checkFragments(t, units, fragments)
			m := movieOf(t, clip.Config, fragments)
			checkMovie(t, name, m, &clip)
		})
	}
}

func checkUnits(t *testing.T, clip *Clip, units []AccessUnit) {
	t.Helper()
	if len(units) != len(clip.Pictures) {
		t.Fatalf("%d pictures, want %d", len(units), len(clip.Pictures))
	}
	shift := int64(clip.Pictures[0].CTS) - int64(units[0].CTS)
	for i, u := range units {
		want := clip.Pictures[i]
		if !bytes.Equal(u.Data, want.Data) && clip.Config.Codec != MJPEG { // of which headers aren't sent
			t.Fatalf("picture %d has other bytes than were sent", i)
		}
		if got := int64(u.DTS) + int64(u.CTS); got != int64(want.DTS)+int64(want.CTS)-shift {
			t.Errorf("picture %d is shown at %d, want %d", i, got, int64(want.DTS)+int64(want.CTS)-shift)
		}
		if u.CTS < 0 || want.CTS == 0 && u.CTS != 0 {
			t.Errorf("picture %d: CTS %d, in the clip %d", i, u.CTS, want.CTS)
		}
		if i > 0 && (u.DTS <= units[i-1].DTS || !u.Time.After(units[i-1].Time)) {
			t.Errorf("picture %d doesn't come after the one before it", i)
		}
		if want.Key && !u.Key || u.Key && u.Config == nil || !u.Key && u.Config != nil {
			t.Errorf("picture %d: key %v, config %v", i, u.Key, u.Config)
		}
		if off := u.Time.Sub(noon.Add(Duration(want.DTS))).Abs(); off > 40*time.Millisecond || u.Jump || u.Lost {
			t.Errorf("picture %d: %v off, jump %v, lost %v", i, off, u.Jump, u.Lost)
		}
	}
}

func checkFragments(t *testing.T, units []AccessUnit, fragments []Fragment) {
	t.Helper()
	var n int
	for i, f := range fragments {
		for k, s := range f.Samples {
			if units[n].Key && k > 0 {
				t.Errorf("key picture %d isn't the first of its fragment", n)
			}
			if s.Key != units[n].Key || s.CTS != units[n].CTS || int(s.Size) != len(units[n].Data) {
				t.Errorf("sample %d isn't picture %d", k, n)
			}
			n++
		}
		if last := f.Samples[len(f.Samples)-1].Duration; Duration(f.Ticks()-uint64(last)) > 500*time.Millisecond {
			t.Errorf("fragment %d lasts %v", i, f.Length())
		}
		if i > 0 {
			before := fragments[i-1]
			if hole := f.Start.Sub(before.Start.Add(before.Length())).Abs(); hole > 10*time.Millisecond {
				t.Errorf("%v between fragments %d and %d", hole, i-1, i)
			}
		}
	}
	if n != len(units) {
		t.Errorf("%d pictures in fragments, want %d", n, len(units))
	}
}

func checkMovie(t *testing.T, name string, m *Movie, clip *Clip) {
	t.Helper()
	source := filepath.Join("testdata", name+".mp4")
	path := save(t, "movie.mp4", m.Reader(t.Context()))
	got := probeFile(t, path)
	if len(got.Packets) != len(clip.Pictures) {
		t.Errorf("%d pictures in the movie, want %d", len(got.Packets), len(clip.Pictures))
	}
	first := clip.Pictures[0]
	for i := range min(len(got.Packets), len(clip.Pictures)) {
		if i > 0 && got.Packets[i].DTS <= got.Packets[i-1].DTS {
			t.Errorf("picture %d isn't decoded after the one before it", i)
		}
		want := clip.Pictures[i]
		at := int64(want.DTS) + int64(want.CTS) - int64(first.DTS) - int64(first.CTS)
		if shown := got.Packets[i].PTS - got.Packets[0].PTS; shown < at-1 || shown > at+1 {
			t.Errorf("picture %d is shown at %d, want %d", i, shown, at)
		}
	}
	if got.Format.Streams != 1 {
		t.Errorf("%d tracks in the movie", got.Format.Streams)
	}
	for _, length := range []time.Duration{got.length(t), m.Length()} {
		if off := (length - Duration(clip.Ticks())).Abs(); off > 40*time.Millisecond {
			t.Errorf("the movie lasts %v, want %v", length, Duration(clip.Ticks()))
		}
	}
	if a, b := decoded(t, path), decoded(t, source); !slices.Equal(a, b) {
		t.Errorf("%d pictures decoded, want %d, or they aren't the same", len(a), len(b))
	}
}
