package footage

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A camera with long GOPs: the pictures that are held need a key picture of
// the segment before, which may be of the hour before.
func TestHoldBeginsInTheMiddleOfAGOP(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]time.Time{"in an hour": noon, "over the hour": noon.Add(59 * time.Minute)} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *stage) {
				film := shoot(start, 400, 94) // GOPs of 47 s, so the second segment begins in the middle of one
				s.record(film)
				if n := s.hold("a", Span{start.Add(70 * time.Second), start.Add(75 * time.Second)}); n != 2 {
					t.Errorf("%d segments are held, want 2", n)
				}
				loot := s.allRows()
				s.erase(noonH + 2)
				s.clean()
				s.same(s.see(start, start.Add(5*time.Minute)), film[94:150])
				if proof := s.release("a"); proof.Segments != 2 {
					t.Errorf("the proof is %+v", proof)
				}
				s.clean()
				if len(s.files()) != 0 || len(loot) < 4 {
					t.Errorf("of %d segments are left behind: %v", len(loot), s.files())
				}
			})
		})
	}
}

// The same hold, placed before the footage was there: the keys are wrapped
// when the hour is erased.
func TestHoldThatComesFirstBeginsInTheMiddleOfAGOP(t *testing.T) {
	s := lite(t)
	s.hold("a", Span{noon.Add(70 * time.Second), noon.Add(75 * time.Second)})
	film := shoot(noon, 400, 94)
	s.record(film)
	s.erase(noonH + 1)
	s.clean()
	s.same(s.see(noon, noon.Add(5*time.Minute)), film[94:150])
}

// A hold on what is still to come keeps nothing of what is being recorded now.
func TestHoldOnTheFutureKeepsNothingOfNow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
		s.write(w, shoot(noon, 8, 4))
		// The row is there before its file is, and of nothing there is nothing to keep.
		s.eventually("a row that is open, of footage that is safe", func() bool {
			s.must(s.commit(t.Context()))
			rows := s.allRows()
			return len(rows) == 1 && rows[0].State == open && rows[0].Fragments > 0
		})
		if n := s.hold("a", Span{noon.Add(30 * time.Minute), noon.Add(40 * time.Minute)}); n != 0 {
			t.Errorf("%d segments are kept for a hold on what is still to come", n)
		}
		// It may still go on into this one.
		if n := s.hold("b", Span{noon.Add(50 * time.Second), noon.Add(40 * time.Minute)}); n != 1 {
			t.Errorf("%d segments are kept for a hold that begins in the one that is open", n)
		}
		s.must(w.Close(t.Context()))
	})
}

// Who was looking when an hour was erased sees what is held, and no more.
func TestErasedWhileLooking(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 100, 4)
	s.record(film)
	s.hold("a", Span{noon.Add(10 * time.Second), noon.Add(20 * time.Second)})
	seen := s.see(noon, noon.Add(time.Minute))
	s.erase(noonH + 1)
	for i := range seen.Parts() {
		f, err := seen.Open(t.Context(), i)
		if held := i >= 20 && i < 40; held {
			s.must(err)
			s.sameFragment(f, film[i])
		} else if !errors.Is(err, vault.ErrErased) {
			t.Errorf("part %d: %v, want %v", i, err, vault.ErrErased)
		}
	}
}

// A hold is placed at the very moment of the erasure: either all of what it
// says it kept is there, or it says it kept nothing.
func TestHoldRacesErase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		for i := range 8 {
			start := noon.Add(time.Duration(i) * time.Hour)
			film := shoot(start, 300, 4)
			s.record(film)
			incident := fmt.Sprint("incident ", i)
			var both sync.WaitGroup
			var kept int
			both.Go(func() { kept = s.hold(incident, Span{start, start.Add(2 * time.Minute)}) })
			both.Go(func() { s.erase(noonH + vault.Hour(i) + 1) })
			both.Wait()
			seen := s.see(start, start.Add(time.Hour)).Parts()
			if kept > 0 && len(seen) != 240 || kept == 0 && len(seen) != 0 {
				t.Errorf("%d segments were kept, but %d fragments can be seen", kept, len(seen))
			}
			s.clean()
		}
	})
}

// loseVault replaces vault and anchor by new ones.
func (s *stage) loseVault() {
	s.t.Helper()
	s.must(s.vault.Close())
	var err error
	s.vault, err = vault.Open(filepath.Join(s.t.TempDir(), "another"), rand.Reader)
	s.must(err)
	s.reopen()
}

// Vault and anchor were lost, and replaced by new ones: nothing opens any
// more, and what is left of it goes when it is due, holds or not.
func TestEraseAfterTheVaultWasLost(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 200, 4))
	s.hold("a", Span{noon.Add(10 * time.Second), noon.Add(20 * time.Second)})
	s.loseVault()
	if n := s.hold("b", Span{noon, noon.Add(2 * time.Minute)}); n != 0 {
		t.Errorf("%d segments were preserved that nothing opens", n)
	}
	proof, err := s.Erase(t.Context(), s.permit(regulation.Erase, whole(cam)), cam, noonH+1)
	if err == nil || !strings.Contains(err.Error(), vault.ErrUnknown.Error()) {
		t.Errorf("Erase says %v, want that held footage is lost", err)
	}
	if proof.Version == 0 {
		t.Errorf("the proof is %+v", proof)
	}
	s.erase(noonH + 1) // said once is enough
	s.release("a")
	s.release("b")
	if len(s.files()) != 0 {
		t.Errorf("left behind: %v", s.files())
	}
	s.must(s.Recover(t.Context())) // or the hours ahead have keys of the vault that was lost
	s.clean()
}

// What is recorded after the vault was replaced opens with the new one.
func TestRecordAfterTheVaultWasLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.must(s.publishAhead(t.Context()))
		s.loseVault()
		s.must(s.Recover(t.Context()))
		film := shoot(noon, 8, 4)
		s.record(film)
		s.same(s.see(noon, noon.Add(time.Minute)), film)
		s.clean()
	})
}
