package footage

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

const other = premises.CameraID("1f1e1d1c1b1a19181716151413121110")

// more has another camera record a minute at noon, and returns a due of both.
func (s *stage) more() []Due {
	s.t.Helper()
	s.exec(`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
		VALUES ($1, 'Gang', 's', '', '', '', $2, '', '', 0)`, other, true)
	w := s.Record(s.permit(regulation.Record, whole(other)), other)
	s.write(w, shoot(noon, 130, 4))
	s.must(w.Close(s.t.Context()))
	var due []Due
	for _, c := range []premises.CameraID{other, cam} {
		due = append(due, Due{s.permit(regulation.Erase, whole(c)), c, 0, noonH + 1})
	}
	return due
}

// left is how many segments there are of a camera, and of how many of its hours
// the vault has the key.
func (s *stage) left(camera premises.CameraID) (segments int, key bool) {
	s.t.Helper()
	s.must(s.d.QueryRow(`SELECT count(*) FROM segment WHERE camera = $1`, camera).Scan(&segments))
	return segments, !s.vault.Erased(string(camera), noonH)
}

// What goes wrong with one camera, in the transaction that it shares with
// others, is its own trouble alone, and leaves its footage as it was.
func TestEraseAllSparesNobodyForAnother(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 130, 4))
	due := s.more()
	s.exec(`CREATE TRIGGER stuck BEFORE UPDATE ON segment WHEN NEW.camera = '` + string(other) + `' BEGIN SELECT RAISE(ABORT, 'stuck'); END`)
	done := s.EraseAll(t.Context(), due)
	if err := done[0].Err; err == nil || !strings.Contains(err.Error(), "stuck") || !strings.Contains(err.Error(), string(other)) {
		t.Errorf("of the camera that is stuck EraseAll says %v", err)
	}
	if p := done[1]; p.Err != nil || p.Camera != cam || p.Segments != 2 || p.Hours != 1 || p.Version == 0 {
		t.Errorf("of the other it says %+v", p)
	}
	if n, key := s.left(cam); n != 0 || key {
		t.Errorf("%d segments are left that should be gone, and it is %v that their key is", n, key)
	}
	if n, key := s.left(other); n != 2 || !key {
		t.Errorf("%d segments are left of 2 that can't go, and it is %v that their key is", n, key)
	}
	s.exec(`DROP TRIGGER stuck`)
	s.clean()
	for i, again := range s.EraseAll(t.Context(), due) {
		if again.Err != nil || again.Segments != 2*(1-i) {
			t.Errorf("the second time: %+v", again)
		}
	}
	s.clean()
}

// A permit for one camera erases no other, also not in its company.
func TestEraseAllAsksEachPermit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.record(shoot(noon, 130, 4))
		due := s.more()
		due[0].Permit = due[1].Permit
		done := s.EraseAll(t.Context(), due)
		noPermit(t, "erasing a camera by the permit of another", done[0].Err)
		if n, key := s.left(other); n != 2 || !key || done[0].Segments != 0 {
			t.Errorf("%d segments of 2 are left", n)
		}
		if n, key := s.left(cam); n != 0 || key || done[1].Err != nil {
			t.Errorf("%d segments are left that could go: %v", n, done[1].Err)
		}
		s.clean()
	})
}

// More hours than are taken at once, with a hold that needs the end of one
// batch to be seen and lies in the next, and was there before the footage.
func TestEraseInBatches(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		first := noonH - 100
		for h := range vault.Hour(100) {
			if h != batchHours && h != batchHours-1 {
				s.record(shoot((first + h).Start(), 1, 1))
			}
		}
		edge := (first + batchHours).Start()
		s.hold("a", Span{edge.Add(time.Second), edge.Add(5 * time.Second)})
		film := shoot(edge.Add(-20*time.Second), 80, 94) // one key picture, before the edge
		s.record(film)
		proof := s.erase(noonH)
		if proof.Hours != 98 || proof.Segments != 98 {
			t.Errorf("the proof is %+v", proof)
		}
		s.clean()
		s.same(s.see(edge.Add(-time.Minute), edge.Add(time.Minute)), film[:50])
		var done, version int
		s.must(s.d.QueryRow(`SELECT count(*), count(DISTINCT vault_version) FROM erasure WHERE state = 'done'`).Scan(&done, &version))
		if done != 100 || version != 1 {
			t.Errorf("%d hours are erased, in %d versions of the vault", done, version)
		}
		s.release("a")
		s.clean()
		if len(s.files()) != 0 {
			t.Errorf("left behind: %v", s.files())
		}
	})
}

// What can't be gone on with is left alone, and doesn't stand in the way of
// what comes with it.
func TestStoppedErasuresAreLeftAlone(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 4, 4))
	for _, do := range []func(context.Context, []part){s.intend, s.finish} {
		stopped, goes := newErasure(extent{"elsewhere", 0, noonH + 1}), newErasure(extent{cam, 0, noonH + 1})
		stopped.stop(errors.New("the disk is away"))
		do(t.Context(), []part{{of: stopped, extent: stopped.extent}, {of: goes, extent: goes.extent}})
		if len(stopped.failed) != 1 || goes.stopped || len(goes.failed) > 0 {
			t.Errorf("%v and %v went wrong", stopped.failed, goes.failed)
		}
	}
}

// A hold that is placed while a long sweep is busy keeps what it says it does: of
// an hour that the sweep hasn't come to all of it, of one that it has nothing.
func TestHoldWhileSweeping(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		due := s.more()
		first := noonH - 40 // so that there are more hours of two cameras than are taken at once
		for h := first; h < noonH; h++ {
			s.record(shoot(h.Start(), 4, 4))
		}
		var all []*erasure
		for _, d := range due {
			all = append(all, newErasure(extent{d.Camera, d.From, d.Before}))
		}
		w := s.Record(s.permit(regulation.Record, whole(other)), other)
		for h := first; h < noonH; h++ {
			s.write(w, shoot(h.Start(), 4, 4))
		}
		s.must(w.Close(t.Context()))
		s.must(s.commit(t.Context()))
		batches, kept, late := 0, 0, 0
		s.inBatches(t.Context(), all, freshHours, func(ctx context.Context, parts []part) {
			if batches++; batches == 2 {
				kept = s.hold("a", Span{(noonH - 1).Start(), (noonH - 1).Start().Add(time.Minute)})
				late = s.hold("b", Span{first.Start(), first.Start().Add(time.Minute)})
			}
			s.intend(ctx, parts)
		})
		if batches < 2 || kept != 1 || late != 0 {
			t.Errorf("in %d batches, %d segments are kept that could be, and %d that couldn't", batches, kept, late)
		}
		s.destroy(t.Context(), all)
		s.inBatches(t.Context(), all, intendedHours, s.finish)
		if p, q := all[0].proof, all[1].proof; p.Segments != 42 || q.Segments != 39 || len(all[0].failed)+len(all[1].failed) > 0 {
			t.Errorf("the proofs are %+v and %+v, and %v and %v went wrong", p, q, all[0].failed, all[1].failed)
		}
		s.clean()
		s.same(s.see(first.Start(), noon.Add(time.Hour)), shoot((noonH-1).Start(), 4, 4))
		s.release("a")
		s.clean()
		if len(s.files()) != 0 {
			t.Errorf("left behind: %v", s.files())
		}
	})
}

// What was marked while files were being removed keeps its row, because it has
// its file, and doesn't keep others from going.
func TestMarkedWhileRemoving(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.record(shoot(noon, 130, 4))
		var all []*erasure
		for _, d := range s.more() {
			all = append(all, newErasure(extent{d.Camera, d.From, d.Before}))
		}
		s.inBatches(t.Context(), all, freshHours, s.intend)
		s.destroy(t.Context(), all)
		parts := []part{{of: all[0], extent: all[0].extent}, {of: all[1], extent: all[1].extent}}
		s.findMarked(t.Context(), parts)
		for i := range parts {
			var err error
			parts[i].gone, err = s.removeBlobs(parts[i].marked)
			s.must(err)
		}
		s.exec(`INSERT INTO segment (id, camera, hour, from_at, to_at, bytes, fragments, state, blob)
			VALUES ('late', $1, $2, $3, $3, 1, 1, 'erasing', 'late')`, other, noonH, noon.UnixMicro())
		s.together(t.Context(), parts, "write down what was erased of", s.writeDone)
		for i, want := range []struct {
			camera premises.CameraID
			left   int
			state  string
		}{{other, 1, "intended"}, {cam, 0, "done"}} {
			n, _ := s.left(want.camera)
			var state string
			s.must(s.d.QueryRow(`SELECT state FROM erasure WHERE camera = $1 AND hour = $2`, want.camera, noonH).Scan(&state))
			if n != want.left || state != want.state || len(all[i].failed) > 0 {
				t.Errorf("camera %d has %d segments left, its erasure is %s, and %v went wrong", i, n, state, all[i].failed)
			}
		}
		s.must(s.Recover(t.Context()))
		s.clean()
	})
}
