package footage

import (
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A regulation under which the system may do all that touches footage.
const law = "# Proefreglement\n\n## Artikel 1\n\nHet systeem mag alles met beeld.\n\n```cedar\n" +
	`permit (principal in Rol::"systeem", action == Action::"opnemen", resource);
permit (principal in Rol::"systeem", action == Action::"terugkijken", resource);
permit (principal in Rol::"systeem", action == Action::"vasthouden", resource);
permit (principal in Rol::"systeem", action == Action::"wissen", resource);
permit (principal in Rol::"systeem", action == Action::"afhandelen", resource);
` + "```\n"

const cam = premises.CameraID("0f0e0d0c0b0a09080706050403020100")

var (
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	noonH   = vault.HourOf(noon)
	someone = regulation.NewEntity(regulation.Person, "systeem")
)

// A crowd says that the system is the system.
type crowd struct{}

func (crowd) Testify(ctx context.Context, q db.Querier, r gate.Request, at time.Time, t *gate.Testimony) error {
	t.Facts[someone] = regulation.NewFact(someone, []regulation.Entity{regulation.NewEntity(regulation.Role, "systeem")}, regulation.Context{})
	return nil
}

// A stage is a store with everything real around it.
type stage struct {
	*Store
	t     testing.TB
	d     *db.DB
	dir   string // blobs
	book  *logbook.Book
	gate  *gate.Gate
	vault *vault.Vault

	mu sync.Mutex
	at time.Time
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *stage) setClock(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = at
}

func newStage(t testing.TB, d *db.DB) *stage {
	t.Helper()
	return newStageIn(t, d, filepath.Join(t.TempDir(), "footage"))
}

func newStageIn(t testing.TB, d *db.DB, dir string) *stage {
	t.Helper()
	s := &stage{t: t, d: d, dir: dir, at: noon}
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	s.must(err)
	s.book, err = logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	s.must(err)
	reg, err := regulation.Parse("proef.md", []byte(law))
	s.must(err)
	s.gate = gate.New(s.book, d, func(time.Time) *regulation.Regulation { return reg }, s.clock)
	s.gate.Hear(crowd{})
	s.vault, err = vault.Open(filepath.Join(t.TempDir(), "vault"), rand.Reader)
	s.must(err)
	t.Cleanup(func() { s.must(s.vault.Close()) })
	s.exec(`INSERT INTO site (id, name, created_at) VALUES ('s', 'School', 0)`)
	s.exec(`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
		VALUES ($1, 'Hal', 's', '', '', '', $2, '', '', 0)`, cam, true)
	s.reopen()
	return s
}

// reopen is what a restart does.
func (s *stage) reopen() {
	s.t.Helper()
	blobs, err := blob.Open(s.dir)
	s.must(err)
	s.Store = Open(s.d, blobs, s.vault, s.clock)
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// permit asks the gate.
func (s *stage) permit(act regulation.Act, on gate.Subject) *gate.Permit {
	s.t.Helper()
	p, err := s.gate.Enter(context.Background(), gate.Request{Act: act, Who: someone, On: on})
	s.must(err)
	return p
}

func whole(camera premises.CameraID) gate.Subject { return gate.Subject{Entity: camera.Entity()} }

func during(from, to time.Time) gate.Subject { return Subject(cam, Span{from, to}) }

// shoot makes n fragments of half a second from start on, with a key picture
// in every gop-th. The same arguments make the same pictures.
func shoot(start time.Time, n, gop int) []*media.Fragment {
	r := mathrand.New(mathrand.NewPCG(uint64(start.Unix()), uint64(n)))
	out := make([]*media.Fragment, n)
	for i := range out {
		f := &media.Fragment{Start: start.Add(time.Duration(i) * 500 * time.Millisecond)}
		for j := range 12 {
			size := 20 + r.IntN(400)
			ticks := uint32(3750)
			f.Samples = append(f.Samples, media.Sample{Size: uint32(size), Duration: ticks, CTS: int32(j%3-1) * 3750})
			for range size {
				f.Data = append(f.Data, byte(r.Uint32()))
			}
		}
		if i%gop == 0 {
			f.Samples[0].Key = true
			f.Config = &media.Config{Codec: media.H264, SPS: []byte{0x67, 0x64, 0, byte(start.Minute())}, PPS: []byte{0x68, 0xee}}
		}
		out[i] = f
	}
	return out
}

func (s *stage) write(w *Writer, film []*media.Fragment) {
	s.t.Helper()
	for _, f := range film {
		s.paced(w, f)
	}
}

// paced writes f once there is room for it: no camera is as fast as a test.
func (s *stage) paced(w *Writer, f *media.Fragment) {
	s.t.Helper()
	for w.disk != nil && len(w.disk.jobs) > queueLength-2 {
		<-time.After(100 * time.Microsecond)
	}
	s.must(w.Write(context.Background(), f))
}

// record records film in one go.
func (s *stage) record(film []*media.Fragment) {
	s.t.Helper()
	p := s.permit(regulation.Record, whole(cam))
	w := s.Record(p, cam)
	s.write(w, film)
	s.must(w.Close(context.Background()))
	s.must(p.Close(context.Background(), "gedaan", nil))
}

// see reads span with a permit for exactly that.
func (s *stage) see(from, to time.Time) *Film {
	s.t.Helper()
	f, err := s.Read(context.Background(), s.permit(regulation.PlayBack, during(from, to)), cam, Span{from, to})
	s.must(err)
	return f
}

// same checks that film shows exactly want.
func (s *stage) same(film *Film, want []*media.Fragment) {
	s.t.Helper()
	parts := film.Parts()
	if len(parts) != len(want) {
		s.t.Fatalf("the film has %d parts, want %d; faults %q", len(parts), len(want), film.Faults())
	}
	for i := range parts {
		got, err := film.Open(context.Background(), i)
		s.must(err)
		s.sameFragment(got, want[i])
	}
}

func (s *stage) sameFragment(got, want *media.Fragment) {
	s.t.Helper()
	ok := got.Start.Equal(want.Start.Truncate(time.Microsecond)) && len(got.Samples) == len(want.Samples) && string(got.Data) == string(want.Data)
	for i := range want.Samples {
		ok = ok && got.Samples[i] == want.Samples[i]
	}
	if want.Key() {
		ok = ok && sameConfig(got.Config, want.Config)
	}
	if !ok {
		s.t.Errorf("the fragment of %s isn't what was recorded", want.Start)
	}
}

// check returns what Check has to say.
func (s *stage) check(repair bool) []string {
	s.t.Helper()
	var lines []string
	s.must(s.Check(context.Background(), repair, func(line string) { lines = append(lines, line) }))
	return lines
}

func (s *stage) clean() {
	s.t.Helper()
	for _, line := range s.check(false) {
		s.t.Errorf("check: %s", line)
	}
}

func (s *stage) allRows() []Segment {
	s.t.Helper()
	rows, err := segments(context.Background(), s.d, `SELECT `+segmentColumns+` FROM segment ORDER BY camera, from_at, id`)
	s.must(err)
	return rows
}

// files returns the paths of all segment files.
func (s *stage) files() []string {
	s.t.Helper()
	var out []string
	for name, err := range s.blobs.Walk("") {
		s.must(err)
		out = append(out, filepath.Join(s.dir, filepath.FromSlash(name)))
	}
	return out
}

func (s *stage) exec(query string, args ...any) {
	s.t.Helper()
	_, err := s.d.ExecContext(context.Background(), query, args...)
	s.must(err)
}

// eventually waits until ok, at most ten seconds.
func (s *stage) eventually(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("after 10 s still not: %s", what)
		}
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// each runs a test on both engines.
func each(t *testing.T, run func(t *testing.T, s *stage)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, newStage(t, d)) })
}

// lite gives a stage on SQLite, for what has nothing to do with SQL.
func lite(t testing.TB) *stage {
	t.Helper()
	return newStage(t, dbtest.SQLite(t))
}

func noPermit(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("%s gave %v, want ErrNoPermit", what, err)
	}
}
