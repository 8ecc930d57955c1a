package footage

import (
	"context"
	"os"
	"testing"
	"time"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/regulation"
)

// What is written gets to the disk soon, and only then into the index, whether
// the file system is synced as a whole or each file by itself.
func TestWhatIsWrittenIsSyncedSoon(t *testing.T) {
	t.Parallel()
	for name, parent := range map[string]string{"whole": "", "file by file": "/dev/shm"} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp(parent, "oogmerk-test-")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			s := newStageIn(t, dbtest.SQLite(t), dir)
			w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
			film := shoot(noon, 8, 4)
			for i, f := range film {
				s.must(w.Write(context.Background(), f))
				s.eventually("the fragment to be synced", func() bool {
					s.index.mu.Lock()
					defer s.index.mu.Unlock()
					for _, l := range s.index.pending {
						if l.Fragments == i+1 && w.disk.survives().Bytes == l.Bytes {
							return true
						}
					}
					return false
				})
			}
			s.must(w.Close(context.Background()))
			s.clean()
		})
	}
}

// A file system that takes long to sync as a whole isn't for a while.
func TestSyncTogetherGivesWay(t *testing.T) {
	t.Parallel()
	s := lite(t)
	d := &diskline{store: s.Store, hurry: make(chan struct{}, 1)}
	row := Segment{ID: "x", Bytes: 5}
	for _, step := range []struct {
		slow     time.Duration // before now; 0: never
		together bool
		want     int
	}{
		{0, true, 1},
		{0, false, 0},
		{slowPause - time.Second, true, 0},
		{slowPause, true, 1},
		{-time.Hour, true, 1}, // the clock was put back
	} {
		s.syncs.slow = time.Time{}
		if step.slow != 0 {
			s.syncs.slow = noon.Add(-step.slow)
		}
		s.syncs.want(d, row, step.together)
		if got := s.syncs.take(noon); len(got) != step.want {
			t.Errorf("%+v: %d are synced together", step, len(got))
		}
		select {
		case <-d.hurry:
			if step.want > 0 {
				t.Errorf("%+v: it is synced by itself too", step)
			}
		default:
			if step.want == 0 {
				t.Errorf("%+v: it isn't synced at all", step)
			}
		}
	}
}

// What was synced together doesn't speak of a file that was closed meanwhile.
func TestSyncedTooLateToTell(t *testing.T) {
	t.Parallel()
	s := lite(t)
	d := &diskline{store: s.Store}
	d.keep(Segment{ID: "a", Bytes: 1})
	d.kept(Segment{ID: "a", Bytes: 2})
	if l := s.index.take(); len(l) != 1 || d.survives().Bytes != 2 {
		t.Errorf("the index heard %v", l)
	}
	d.kept(Segment{ID: "a", Bytes: 1})
	d.keep(Segment{})
	d.kept(Segment{ID: "a", Bytes: 3})
	d.keep(Segment{ID: "b", Bytes: 1})
	d.kept(Segment{ID: "a", Bytes: 4})
	if l := s.index.take(); len(l) != 0 || d.survives().Bytes != 1 {
		t.Errorf("the index heard %v of what is over", l)
	}
}
