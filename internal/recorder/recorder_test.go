package recorder

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/vault"
)

// Nearly all that these tests do is wait, so more of them run than there are
// processors.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// A school is everything the recorder needs, for real, with one site that has
// a sign.
type school struct {
	t        *testing.T
	db       *db.DB
	book     *logbook.Book
	gate     *gate.Gate
	premises *premises.Register
	store    *footage.Store
	recorder *Recorder

	law    atomic.Pointer[regulation.Regulation]
	offset atomic.Int64 // of the clock
	end    func()       // stops what run started
	mu     sync.Mutex
	faults []string
}

func (s *school) now() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }

func (s *school) inForce(time.Time) *regulation.Regulation { return s.law.Load() }

// adopt has the example regulation say this, too.
func (s *school) adopt(more string) {
	s.t.Helper()
	law, err := regulation.Parse("meer.md", append(regulationtest.Document(), more...))
	if err != nil {
		s.t.Fatal(err)
	}
	s.law.Store(law)
}

// newSchool keeps its segments in dir, if that isn't "".
func newSchool(t *testing.T, dir string) *school {
	t.Helper()
	s := &school{t: t}
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	if dir == "" {
		dir = filepath.Join(home, "segments")
	}
	s.db, err = db.Open(t.Context(), filepath.Join(home, "oogmerk.db"))
	must()
	t.Cleanup(func() { s.db.Close() })
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must()
	s.book, err = logbook.Open(s.db, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must()
	s.law.Store(regulationtest.Law(t))
	s.gate = gate.New(s.book, s.db, s.inForce, s.now)
	s.premises = premises.Open(s.db, s.gate, s.now)
	s.gate.Hear(people.Open(s.db, s.gate, s.now), s.premises)
	keys, err := vault.Open(home, rand.Reader)
	must()
	t.Cleanup(func() { keys.Close() })
	blobs, err := blob.Open(dir)
	must()
	s.store = footage.Open(s.db, blobs, keys, s.now)
	s.exec(`INSERT INTO site (id, name, created_at) VALUES ('s', 'Hoofdgebouw', 0)`)
	s.exec(`INSERT INTO entrance (id, site, name) VALUES ('i', 's', 'hoofdingang')`)
	s.exec(`INSERT INTO sign (id, site, entrance, evidence, placed_at) VALUES ('b', 's', 'hoofdingang', 'foto 1', 0)`)
	s.hire()
	return s
}

// hire makes a recorder.
func (s *school) hire() {
	s.recorder = New(s.gate, s.store, s.premises, s.now)
	s.recorder.Jitter, s.recorder.InForce = func() float64 { return 0 }, s.inForce
	s.recorder.Report = func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = append(s.faults, err.Error())
	}
}

func (s *school) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.ExecContext(context.Background(), query, args...); err != nil {
		s.t.Fatal(err)
	}
}

// place adds a camera with a privacy assessment.
func (s *school) place(id, url, username, password string) premises.CameraID {
	s.t.Helper()
	s.exec(`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
		VALUES ($1, $1, 's', $2, $3, $4, true, 'de deur', 'toets 1', $5)`, id, url, username, password, db.Micros(s.now()))
	return premises.CameraID(id)
}

// start lets the store and the recorder run, until stop or the test's end.
func (s *school) start() {
	s.t.Helper()
	storing, endStoring := context.WithCancel(context.Background())
	recording, endRecording := context.WithCancel(context.Background())
	var store, record sync.WaitGroup
	if err := s.store.Recover(storing); err != nil {
		s.t.Fatal(err)
	}
	store.Go(func() {
		if err := s.store.Run(storing); err != nil {
			s.t.Error(err)
		}
	})
	record.Go(func() {
		if err := s.recorder.Run(recording); err != nil {
			s.t.Error(err)
		}
	})
	s.end = sync.OnceFunc(func() {
		endRecording()
		record.Wait()
		endStoring()
		store.Wait()
	})
	s.t.Cleanup(s.end)
}

// eventually waits until ok, at most half a minute: the machine may be busy.
func (s *school) eventually(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("after 30 s still not: %s\n%s", what, s.story())
		}
	}
}

// state waits until camera is in a state.
func (s *school) state(id premises.CameraID, state string) Status {
	s.t.Helper()
	var got Status
	s.eventually("camera "+string(id)+" "+state, func() bool {
		got = s.recorder.Status(id)
		return got.State == state
	})
	return got
}

var always = footage.Span{From: time.Unix(0, 0), To: time.Unix(1<<33, 0)}

func (s *school) segments(id premises.CameraID) []footage.Segment {
	s.t.Helper()
	list, err := s.store.Segments(context.Background(), s.db, id, always)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (s *school) gaps(id premises.CameraID) []footage.Gap {
	s.t.Helper()
	list, err := s.store.Gaps(context.Background(), s.db, id, always)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// recorded is how long the footage of camera lasts, and checks that none of
// it overlaps.
func (s *school) recorded(id premises.CameraID) time.Duration {
	s.t.Helper()
	var sum time.Duration
	var last footage.Segment
	for _, g := range s.segments(id) {
		if g.Span.From.Before(last.Span.To) {
			s.t.Errorf("segment %s (%v) overlaps %s (%v)", g.ID, g.Span, last.ID, last.Span)
		}
		sum += g.Span.To.Sub(g.Span.From)
		last = g
	}
	return sum
}

// causes are the causes of camera's gaps, in order; one that lasts has "…".
func (s *school) causes(id premises.CameraID) string {
	s.t.Helper()
	var out []string
	for _, g := range s.gaps(id) {
		if g.Span.To.IsZero() {
			g.Cause += "…"
		}
		out = append(out, g.Cause)
	}
	return strings.Join(out, ", ")
}

// story is what happened, for who reads a failed test.
func (s *school) story() string {
	var b strings.Builder
	cameras, _ := s.premises.Cameras(context.Background())
	for _, c := range cameras {
		fmt.Fprintf(&b, "camera %s: %+v\n", c.ID, s.recorder.Status(c.ID))
		for _, g := range s.gaps(c.ID) {
			fmt.Fprintf(&b, "  gap %s %s %s: %s\n", g.Span.From.Format("05.000"), g.Span.To.Format("05.000"), g.Cause, g.Detail)
		}
		for _, g := range s.segments(c.ID) {
			fmt.Fprintf(&b, "  segment %s %s %s\n", g.Span.From.Format("05.000"), g.Span.To.Format("05.000"), g.State)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(&b, "faults: %q", s.faults)
	return b.String()
}

// entries are the logbook's lines about camera, oldest first: "besluit toegestaan".
func (s *school) entries(id premises.CameraID) string {
	s.t.Helper()
	all, err := s.book.Records(context.Background(), -1, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Object == id.Entity().String() {
			out = append(out, all[i].Kind+" "+all[i].Result)
		}
	}
	return strings.Join(out, ", ")
}

func TestRecordsVideoAlone(t *testing.T) {
	t.Parallel()
	for _, ordinary := range []bool{false, true} {
		t.Run(fmt.Sprintf("ordinary=%v", ordinary), func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, "")
			raw := startRaw(t)
			id := s.place("c1", raw.url(), "", "")
			s.recorder.ordinary = ordinary
			s.start()
			status := s.state(id, Recording)
			if status.Width != 640 || status.Height != 360 || status.Codec != "avc1.640016" {
				t.Errorf("status %+v, want 640×360 avc1.640016", status)
			}
			s.eventually("two seconds on disk", func() bool { return s.recorded(id) > 2*time.Second })
			s.end()
			if setups := raw.asked("SETUP"); len(setups) != 1 || !strings.HasSuffix(setups[0], "/video") {
				t.Errorf("the camera was asked for %q, want its video alone", setups)
			}
			if got := s.entries(id); got != "besluit toegestaan, uitkomst gedaan" {
				t.Errorf("the logbook says %q", got)
			}
			if got := s.causes(id); got != "gestopt…" {
				t.Errorf("gaps %q, want gestopt alone", got)
			}
			if s.recorder.Status(id).State != Stopped {
				t.Errorf("status %+v, want stopped", s.recorder.Status(id))
			}
			if len(s.faults) > 0 {
				t.Errorf("faults: %q", s.faults)
			}
		})
	}
}
