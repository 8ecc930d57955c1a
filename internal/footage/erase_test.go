package footage

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// hold places a hold for an incident and preserves what it is on.
func (s *stage) hold(incident string, span Span) int {
	s.t.Helper()
	ctx := context.Background()
	s.exec(`INSERT INTO incident (id, number, kind, state, site, happened_at, reported_at, reported_by, description)
		VALUES ($1, $1, 'diefstal', 'waargenomen', 's', 0, 0, 'p', '') ON CONFLICT (id) DO NOTHING`, incident)
	n := 0
	s.must(s.gate.Pass(ctx, gate.Request{Act: regulation.Hold, Who: someone, On: Subject(cam, span)},
		func(ctx context.Context, tx *logbook.Tx, p *gate.Permit) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO hold (id, incident, camera, from_at, to_at, reason, placed_at, placed_by)
				VALUES ($1, $2, $3, $4, $5, 'aangifte', 0, 'p')`, rand.Text(), incident, cam, span.From.UnixMicro(), span.To.UnixMicro())
			if err != nil {
				return err
			}
			n, err = s.Preserve(ctx, tx, p, incident, cam, span)
			return err
		}))
	return n
}

func (s *stage) erase(before vault.Hour) Proof {
	s.t.Helper()
	proof, err := s.Erase(context.Background(), s.permit(regulation.Erase, whole(cam)), cam, before)
	s.must(err)
	return proof
}

func (s *stage) release(incident string) Proof {
	s.t.Helper()
	proof, err := s.Release(context.Background(), s.permit(regulation.Settle,
		gate.Subject{Entity: regulation.NewEntity(regulation.Incident, incident)}), incident)
	s.must(err)
	return proof
}

// An hour is erased, the next stays.
func TestErase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		old, young := shoot(noon, 200, 4), shoot(noon.Add(time.Hour), 8, 4)
		s.record(old)
		s.record(young)
		stolen := s.steal()
		film := s.see(noon, noon.Add(time.Minute))
		proof := s.erase(noonH + 1)
		if proof.Segments != 2 || proof.Hours != 1 || proof.Bytes == 0 || proof.Version == 0 {
			t.Errorf("the proof is %+v", proof)
		}
		s.clean()
		s.same(s.see(noon, noon.Add(time.Hour)), nil)
		s.same(s.see(noon.Add(time.Hour), noon.Add(2*time.Hour)), young)
		if n := len(s.files()); n != 1 {
			t.Errorf("%d files are left, want 1", n)
		}
		if _, err := film.Open(t.Context(), 0); !errors.Is(err, vault.ErrErased) {
			t.Errorf("an open film still shows what was erased: %v", err)
		}
		// Nothing can be recorded in that hour any more.
		w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
		if err := w.Write(t.Context(), old[0]); !errors.Is(err, vault.ErrErased) {
			t.Errorf("recording in an erased hour gave %v", err)
		}
		// Again: nothing to do, nothing wrong.
		if again := s.erase(noonH + 1); again.Segments != 0 || again.Version != proof.Version {
			t.Errorf("the second proof is %+v", again)
		}
		var state string
		var version uint64
		var segments int
		s.must(s.d.QueryRow(`SELECT state, vault_version, segments FROM erasure WHERE camera = $1 AND hour = $2`, cam, noonH).Scan(&state, &version, &segments))
		if state != "done" || version != proof.Version || segments != 2 {
			t.Errorf("the erasure is %s, version %d, %d segments", state, version, segments)
		}
		s.opensNothing(stolen, 0)
	})
}

// steal copies all files, as a burglar would.
func (s *stage) steal() map[string][]byte {
	s.t.Helper()
	loot := map[string][]byte{}
	for _, path := range s.files() {
		loot[path] = read(s.t, path)
	}
	return loot
}

// opensNothing puts stolen files and an index back and tries to look; the
// current vault may open what is still held or young: want fragments.
func (s *stage) opensNothing(loot map[string][]byte, want int) {
	s.t.Helper()
	got := 0
	k := s.keyring(s.d)
	for _, b := range loot {
		found, err := scanFile(strings.NewReader(string(b)), int64(len(b)))
		s.must(err)
		if found.header.hour != noonH {
			continue
		}
		key, err := k.key(context.Background(), found.header)
		if errors.Is(err, vault.ErrErased) {
			continue
		}
		s.must(err)
		seals, err := newSealer(key, found.sum)
		s.must(err)
		for i := range found.entries {
			if _, err := openEntry(strings.NewReader(string(b)), &found.entries[i], seals); err == nil {
				got++
			}
		}
	}
	if got != want {
		s.t.Errorf("a thief opens %d fragments, want %d", got, want)
	}
}

// What is held outlives its hour, until the last incident lets go.
func TestPreserveEraseRelease(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		film := shoot(noon, 480, 4) // four segments of a minute
		s.record(film)
		minute := func(m float64) time.Time { return noon.Add(time.Duration(m * float64(time.Minute))) }
		if n := s.hold("a", Span{minute(1.2), minute(1.8)}); n != 1 {
			t.Errorf("a holds %d segments, want 1", n)
		}
		if n := s.hold("b", Span{minute(1.2), minute(2.5)}); n != 2 {
			t.Errorf("b holds %d segments, want 2", n)
		}
		if n := s.hold("a", Span{minute(1.2), minute(1.8)}); n != 1 {
			t.Errorf("a holds %d segments the second time, want 1", n)
		}
		rows := s.allRows()
		loot := s.steal()
		s.clean()
		if proof := s.erase(noonH + 1); proof.Segments != len(rows)-2 || proof.Hours != 1 {
			t.Errorf("the proof is %+v", proof)
		}
		s.clean()
		oldest, err := s.Oldest(t.Context(), s.d)
		s.must(err)
		if len(oldest) != 0 {
			t.Errorf("the sweep has to judge %v, though all that is left is held", oldest)
		}
		s.opensNothing(loot, rows[1].Fragments+rows[2].Fragments)
		// Keys are kept for whole segments; seen is only what is held.
		part := func(from, to float64) []*media.Fragment { return film[int(from*120):int(to*120)] }
		s.same(s.see(noon, noon.Add(time.Hour)), part(1.2, 2.5))

		// A third incident can take over what only others' keys open.
		if n := s.hold("c", Span{minute(2.2), minute(2.3)}); n != 1 {
			t.Errorf("c holds %d segments, want 1", n)
		}
		if proof := s.release("b"); proof.Segments != 0 {
			t.Errorf("b's release: %+v", proof)
		}
		s.clean()
		s.same(s.see(noon, noon.Add(time.Hour)), append(slices.Clone(part(1.2, 1.8)), part(2.2, 2.3)...))
		if proof := s.release("a"); proof.Segments != 1 || proof.Hours != 1 || proof.Bytes != rows[1].Bytes {
			t.Errorf("a's release: %+v", proof)
		}
		s.clean()
		s.same(s.see(noon, noon.Add(time.Hour)), part(2.2, 2.3))
		s.release("c")
		s.release("c") // nothing to do
		s.clean()
		s.same(s.see(noon, noon.Add(time.Hour)), nil)
		s.opensNothing(loot, 0)
		if files := s.files(); len(files) != 0 {
			t.Errorf("left behind: %v", files)
		}
		var n int
		s.must(s.d.QueryRow(`SELECT segments FROM erasure WHERE camera = $1 AND hour = $2`, cam, noonH).Scan(&n))
		if n != len(rows) {
			t.Errorf("the erasure counts %d segments, want %d", n, len(rows))
		}
	})
}

// What is released while its hour lives stays as long as any other footage.
func TestReleaseInALivingHour(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 20, 4)
	s.record(film)
	s.hold("a", Span{noon, noon.Add(time.Minute)})
	if proof := s.release("a"); proof.Segments != 0 {
		t.Errorf("released: %+v", proof)
	}
	s.same(s.see(noon, noon.Add(time.Minute)), film)
	s.clean()
	if proof := s.erase(noonH + 1); proof.Segments != 1 {
		t.Errorf("erased: %+v", proof)
	}
	s.clean()
}

// A hold that was placed before there was anything to hold.
func TestHoldBeforeFootage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		if n := s.hold("a", Span{noon, noon.Add(time.Minute)}); n != 0 {
			t.Errorf("a holds %d segments of nothing", n)
		}
		film := shoot(noon, 20, 4)
		s.record(film)
		s.erase(noonH + 1)
		s.clean()
		s.same(s.see(noon, noon.Add(time.Minute)), film)
	})
}

// The power goes after each step of an erasure.
func TestEraseResumes(t *testing.T) {
	t.Parallel()
	steps := []func(s *stage) error{
		func(s *stage) error {
			e := newErasure(extent{cam, 0, noonH + 1})
			e.seq = 7
			s.inBatches(context.Background(), []*erasure{e}, freshHours, s.intend)
			return errors.Join(e.failed...)
		},
		func(s *stage) error {
			_, err := s.keys.Destroy(context.Background(), string(cam), noonH+1)
			return err
		},
		func(s *stage) error { // half of the blobs
			return s.blobs.Remove(s.allRows()[0].Blob)
		},
		func(s *stage) error {
			marked, err := s.marked(context.Background(), group{0, noonH + 1, []*part{{extent: extent{cam, 0, noonH + 1}}}})
			s.must(err)
			_, err = s.removeBlobs(marked)
			return err
		},
	}
	resume := map[string]func(s *stage){
		"recover": func(s *stage) { s.reopen(); s.must(s.Recover(context.Background())) },
		"again":   func(s *stage) { s.erase(noonH + 1) },
	}
	for name, finish := range resume {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, fresh *stage) {
				for stop := range len(steps) {
					s := fresh
					if stop > 0 {
						s = lite(t) // one engine is enough for the later ones
					}
					s.record(shoot(noon, 480, 4))
					s.hold("a", Span{noon.Add(70 * time.Second), noon.Add(80 * time.Second)})
					rows, loot := s.allRows(), s.steal()
					for _, step := range steps[:stop+1] {
						s.must(step(s))
					}
					finish(s)
					s.clean()
					s.opensNothing(loot, rows[1].Fragments)
					if n := len(s.files()); n != 1 {
						t.Errorf("stopped after step %d: %d files, want 1", stop, n)
					}
					var state string
					var n int
					s.must(s.d.QueryRow(`SELECT state, segments FROM erasure WHERE camera = $1 AND hour = $2`, cam, noonH).Scan(&state, &n))
					if state != "done" || n != len(rows)-1 {
						t.Errorf("stopped after step %d: %s, %d segments", stop, state, n)
					}
				}
			})
		})
	}
}

// The power goes after each step of a release.
func TestReleaseResumes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	steps := []func(s *stage) error{
		func(s *stage) error { return s.letGo(ctx, "a") },
		func(s *stage) error { return s.keys.Forget("a") },
		func(s *stage) error { return s.blobs.Remove(s.allRows()[0].Blob) },
	}
	for stop := range len(steps) {
		for _, again := range []bool{false, true} {
			s := lite(t)
			s.record(shoot(noon, 20, 4))
			s.hold("a", Span{noon, noon.Add(time.Minute)})
			s.erase(noonH + 1)
			for _, step := range steps[:stop+1] {
				s.must(step(s))
			}
			if again {
				s.release("a")
			} else {
				s.reopen()
				s.must(s.Recover(ctx))
			}
			s.clean()
			if len(s.files()) != 0 || len(s.allRows()) != 0 {
				t.Errorf("stopped after step %d: something is left", stop)
			}
			left, err := exists(ctx, s.d, `SELECT 1 FROM held_key`)
			s.must(err)
			if left {
				t.Errorf("stopped after step %d: a wrapped key is left", stop)
			}
		}
	}
}

// An hour is erased while it is still being written.
func TestEraseWhileRecording(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		film := shoot(noon, 20, 4)
		w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
		s.write(w, film[:10])
		s.erase(noonH + 1) // the clock leapt
		s.write(w, film[10:])
		s.write(w, shoot(noon.Add(6*24*time.Hour), 8, 4))
		s.must(w.Close(t.Context()))
		s.clean()
		if n := len(s.files()); n != 1 {
			t.Errorf("%d files, want 1", n)
		}
	})
}

// A held segment of which nothing can be kept is reported, and doesn't keep
// the rest from being erased.
func TestEraseWithADamagedHeldSegment(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 300, 4))
	span := Span{noon.Add(70 * time.Second), noon.Add(80 * time.Second)}
	g := s.allRows()[1]
	path := filepath.Join(s.dir, g.Blob)
	b := read(t, path)
	b[200] ^= 1
	s.must(os.WriteFile(path, b, 0o600))
	if n := s.hold("a", span); n != 0 {
		t.Errorf("%d segments were preserved, want none", n)
	}
	proof, err := s.Erase(t.Context(), s.permit(regulation.Erase, whole(cam)), cam, noonH+1)
	if err == nil || !strings.Contains(err.Error(), string(g.ID)) {
		t.Errorf("Erase says %v", err)
	}
	if proof.Segments != 2 {
		t.Errorf("the proof is %+v", proof)
	}
	s.erase(noonH + 1) // said once is enough
	s.release("a")
	s.clean()
	if len(s.files()) != 0 {
		t.Error("the damaged segment is left behind")
	}
}

// A blob that can't be removed is a failure that is reported, and finished later.
func TestEraseReportsWhatWouldNotGo(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 8, 4))
	path := s.files()[0]
	s.must(os.Remove(path))
	s.must(os.MkdirAll(filepath.Join(path, "in the way"), 0o700)) // Remove fails on this, even for root
	_, err := s.Erase(t.Context(), s.permit(regulation.Erase, whole(cam)), cam, noonH+1)
	if err == nil {
		t.Fatal("Erase says nothing of a blob that it couldn't remove")
	}
	oldest, err := s.Oldest(t.Context(), s.d)
	s.must(err)
	if oldest[cam] != noonH {
		t.Errorf("the sweep doesn't come back to it: %v", oldest)
	}
	s.must(os.RemoveAll(path))
	if proof := s.erase(noonH + 1); proof.Segments != 1 {
		t.Errorf("the proof is %+v", proof)
	}
	s.clean()
}
