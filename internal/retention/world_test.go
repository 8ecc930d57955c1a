package retention_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/retention"
	"oogmerk/internal/vault"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// monday is when recording begins.
var monday = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// cameras are in one school.
var cameras = []premises.CameraID{"0a", "0b", "0c"}

// A clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// A world is a school under the example regulation: real database, logbook,
// vault, segments and law.
type world struct {
	*clock
	t         *testing.T
	db        *db.DB
	dir       string // of vault and segments
	key       string // of the logbook
	law       *regulation.Regulation
	gate      *gate.Gate
	book      *logbook.Book
	keys      *vault.Vault
	store     *footage.Store
	incidents *incident.Register
	premises  *premises.Register
	holds     *retention.Holds
	sweeper   *retention.Sweeper
}

const origin = "test.invalid/logbook/1"

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	key, _, err := logbook.NewKey(origin, rand.Reader)
	must(t, err)
	w := open(t, d, t.TempDir(), key, regulationtest.Law(t), monday)
	w.settle()
	return w
}

// open opens what there is in d and dir, under a law.
func open(t *testing.T, d *db.DB, dir, key string, law *regulation.Regulation, at time.Time) *world {
	t.Helper()
	w := &world{clock: &clock{at: at}, t: t, db: d, dir: dir, key: key, law: law}
	var err error
	w.book, err = logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	must(t, err)
	w.gate = gate.New(w.book, d, func(time.Time) *regulation.Regulation { return law }, w.now)
	w.keys, err = vault.Open(dir, rand.Reader)
	must(t, err)
	t.Cleanup(func() { w.keys.Close() })
	blobs, err := blob.Open(filepath.Join(dir, "segments"))
	must(t, err)
	w.store = footage.Open(d, blobs, w.keys, w.now)
	w.incidents = incident.Open(d, w.gate, w.store, w.terms, w.now)
	w.premises = premises.Open(d, w.gate, w.now)
	w.gate.Hear(people.Open(d, w.gate, w.now), w.premises, w.incidents)
	w.holds = retention.OpenHolds(d, w.gate, w.store, w.terms, w.now, rand.Reader)
	w.sweeper = retention.NewSweeper(d, w.gate, w.store, w.terms, w.now)
	return w
}

func (w *world) terms(time.Time) regulation.Terms { return w.law.Terms }

// settle fills the school: a site with a sign, cameras, and two people who
// may place holds, signed in for a year.
func (w *world) settle() {
	w.t.Helper()
	from, until := db.Micros(monday.Add(-time.Hour)), db.Micros(monday.AddDate(1, 0, 0))
	w.exec(`INSERT INTO site (id, name, created_at) VALUES ('school', 'School', $1)`, from)
	w.exec(`INSERT INTO entrance (id, site, name) VALUES ('hek', 'school', 'hek')`)
	w.exec(`INSERT INTO sign (id, site, entrance, evidence, placed_at) VALUES ('bord', 'school', 'hek', 'foto', $1)`, from)
	for _, c := range cameras {
		w.exec(`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
			VALUES ($1, $2, 'school', 'rtsp://192.0.2.1/', '', '', $3, 'hal', 'toets', $4)`, string(c), "Camera "+string(c), true, from)
	}
	for _, p := range []string{"samira", "pieter"} {
		w.exec(`INSERT INTO person (id, login, name, password, confidentiality_at, created_at) VALUES ($1, $1, $1, '', $2, $2)`, p, from)
		w.exec(`INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at)
			VALUES ($1, $1, 'locatiebeheerder', 'school', 'bestuur', 'besluit', $2)`, p, from)
	}
	w.exec(`INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at)
		VALUES ('beheer', 'samira', 'beheerder', NULL, 'bestuur', 'besluit', $1)`, from)
	w.exec(`INSERT INTO seat (id, token_hash, created_at, seen_at) VALUES ('balie', '', $1, $2)`, from, until)
	w.exec(`INSERT INTO sign_in (id, seat, person, place, since_at, until_at) VALUES ('1', 'balie', 'samira', 0, $1, $2)`, from, until)
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.ExecContext(context.Background(), query, args...)
	must(w.t, err)
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	must(w.t, w.db.QueryRowContext(w.t.Context(), query, args...).Scan(&n))
	return n
}

// samira sits alone.
var samira = people.Presence{Seat: "balie", All: []people.Attendance{{Person: people.Person{ID: "samira"}}}}

// frame is how long one dummy fragment lasts: three make a segment.
const frame = 20 * time.Second

// text is what a dummy picture shows, so that it can be told from any other.
func text(camera premises.CameraID, at time.Time) string {
	return fmt.Sprintf("%s at %s", camera, at.Format(time.RFC3339))
}

func fragment(camera premises.CameraID, at time.Time) *media.Fragment {
	nal := append([]byte{0x65}, text(camera, at)...)
	data := append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
	return &media.Fragment{Start: at, Data: data,
		Config:  &media.Config{Codec: media.H264, SPS: []byte{0x67, 0x42, 0, 0x1e}, PPS: []byte{0x68, 0xce}},
		Samples: []media.Sample{{Size: uint32(len(data)), Duration: uint32(frame / time.Second * media.Clock), Key: true}}}
}

// record records all cameras from the clock's time on, and moves the clock.
func (w *world) record(length time.Duration) {
	w.t.Helper()
	ctx := w.t.Context()
	from := w.now()
	to := from.Add(length)
	var writers []*footage.Writer
	var permits []*gate.Permit
	for _, c := range cameras {
		p, err := w.gate.Enter(ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(),
			On: footage.Subject(c, footage.Span{From: from, To: to})})
		must(w.t, err)
		permits, writers = append(permits, p), append(writers, w.store.Record(p, c))
	}
	for at := from; at.Before(to); at = at.Add(frame) {
		w.set(at)
		for i, c := range cameras {
			must(w.t, writers[i].Write(ctx, fragment(c, at)))
		}
	}
	w.set(to)
	for i := range writers {
		must(w.t, writers[i].Close(ctx))
		must(w.t, permits[i].Close(ctx, "gedaan", nil))
	}
	w.commit()
}

// hours records the first ten minutes of each of n hours from monday on.
func (w *world) hours(n int) {
	w.t.Helper()
	for h := range n {
		w.set(monday.Add(time.Duration(h) * time.Hour))
		w.record(10 * time.Minute)
	}
	w.set(monday.Add(time.Duration(n) * time.Hour))
}

// commit lets the store bring its index up to date.
func (w *world) commit() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	cancel()
	must(w.t, w.store.Run(ctx))
}

// report enters an incident.
func (w *world) report() string {
	w.t.Helper()
	i, err := w.incidents.Report(w.t.Context(), samira, incident.Incident{Kind: "diefstal", State: incident.Observed,
		Site: "school", Happened: w.now().Add(-time.Minute), Description: "fiets weg"})
	must(w.t, err)
	return i.ID
}

// hold holds what a camera saw for length from offset after monday.
func (w *world) hold(incident string, camera premises.CameraID, offset, length time.Duration) retention.Hold {
	w.t.Helper()
	h, err := w.holds.Place(w.t.Context(), samira, retention.Hold{Incident: incident, Camera: camera, Reason: "aangifte",
		Span: footage.Span{From: monday.Add(offset), To: monday.Add(offset + length)}})
	must(w.t, err)
	return h
}

// anything is a law of no use but to a thief, who also has the program.
const anything = "# Vrij spel\n\n## Artikel 1 – Alles\n\nIedereen mag terugkijken.\n\n" +
	"```cedar\npermit (principal, action == Action::\"terugkijken\", resource);\n```\n"

// opens tries to open everything the index knows, law or no law, and returns
// the starts of the fragments that open and show what they should.
func (w *world) opens() map[premises.CameraID][]time.Time {
	w.t.Helper()
	law, err := regulation.Parse("vrij.md", []byte(anything))
	must(w.t, err)
	g := gate.New(w.book, w.db, func(time.Time) *regulation.Regulation { return law }, w.now)
	out := map[premises.CameraID][]time.Time{}
	for _, c := range cameras {
		span := footage.Span{From: monday, To: monday.Add(12 * time.Hour)}
		p, err := g.Enter(w.t.Context(), gate.Request{Act: regulation.PlayBack, Who: people.System.Entity(), On: footage.Subject(c, span)})
		must(w.t, err)
		out[c] = w.film(p, c, span)
		must(w.t, p.Close(w.t.Context(), "gedaan", nil))
	}
	return out
}

// film opens all that can be opened. What can't must be erased, and not out of
// reach for another reason: a test that opens nothing shows nothing.
func (w *world) film(p *gate.Permit, c premises.CameraID, span footage.Span) (open []time.Time) {
	w.t.Helper()
	f, err := w.store.Read(w.t.Context(), p, c, span)
	must(w.t, err)
	defer f.Close()
	for _, fault := range f.Faults() {
		if !strings.Contains(fault, "erased") {
			w.t.Errorf("camera %s: %s", c, fault)
		}
	}
	for i, part := range f.Parts() {
		got, err := f.Open(w.t.Context(), i)
		must(w.t, err)
		if want := fragment(c, part.Span.From); string(got.Data) != string(want.Data) {
			w.t.Errorf("camera %s shows %q at %s", c, got.Data, part.Span.From)
		}
		open = append(open, part.Span.From)
	}
	return open
}

// times are the starts of fragments from offset after monday, for length.
func times(offset, length time.Duration) (all []time.Time) {
	for at := offset; at < offset+length; at += frame {
		all = append(all, monday.Add(at))
	}
	return all
}

// copyTree copies files, as a thief or a backup does.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	must(t, filepath.WalkDir(from, func(path string, e os.DirEntry, err error) error {
		rel, relErr := filepath.Rel(from, path)
		if err := errors.Join(err, relErr); err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		return copyFile(path, filepath.Join(to, rel))
	}))
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
