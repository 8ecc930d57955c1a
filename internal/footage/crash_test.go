package footage

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
)

// crashed makes what a power cut leaves: a store in which film was being
// recorded, the file cut off after size bytes (< 0: all of them).
func (s *stage) crashed(film []*media.Fragment, size int64) (path string) {
	s.t.Helper()
	s.record(film)
	path = s.files()[0]
	row := s.allRows()[0]
	b := read(s.t, path)
	if size < 0 || size > int64(len(b)) {
		size = int64(len(b))
	}
	s.must(os.WriteFile(path, b[:size], 0o600))
	// What the index knew was the first second at most.
	s.exec(`UPDATE segment SET state = 'open', hash = NULL, bytes = 0, fragments = 0, to_at = from_at WHERE id = $1`, row.ID)
	return path
}

// Wherever the power goes, all that was whole is there after it.
func TestRecoverAfterACut(t *testing.T) {
	t.Parallel()
	film := shoot(noon, 12, 3)
	probe := lite(t)
	probe.record(film)
	all := read(t, probe.files()[0])
	whole, err := scanFile(strings.NewReader(string(all)), int64(len(all)))
	probe.must(err)

	sizes := []int64{0, 1, 100, blob.Block - 1, blob.Block, blob.Block + 10, int64(len(all)) - 1, int64(len(all))}
	for _, e := range whole.entries {
		sizes = append(sizes, e.offset+63, e.offset+64, e.offset+64+int64(e.length)-1, e.offset+64+int64(e.length))
	}
	r := mathrand.New(mathrand.NewPCG(1, 2))
	for range 10 {
		sizes = append(sizes, r.Int64N(int64(len(all))))
	}
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			s := lite(t)
			s.crashed(film, size)
			want := 0
			for _, e := range whole.entries {
				if e.offset+e.size() <= size {
					want++
				}
			}
			s.setClock(noon.Add(time.Minute))
			s.reopen()
			s.must(s.Recover(t.Context()))
			s.clean()
			if rows := s.allRows(); want == 0 && (len(rows) != 0 || len(s.files()) != 0) {
				t.Errorf("nothing was kept, but there are %d rows and files %v", len(rows), s.files())
			}
			s.same(s.see(noon, noon.Add(6*time.Second)), film[:want])
			gaps, err := s.Gaps(t.Context(), s.d, cam, Span{noon, noon.Add(time.Hour)})
			s.must(err)
			if want == 0 { // the camera is as good as new
				if len(gaps) != 0 {
					t.Errorf("gaps: %+v, want none", gaps)
				}
				return
			}
			end := noon.Add(time.Duration(want) * 500 * time.Millisecond)
			if len(gaps) != 1 || gaps[0].Cause != "herstart" || !gaps[0].Span.From.Equal(end) || !gaps[0].Span.To.IsZero() {
				t.Errorf("gaps: %+v, want one from %s", gaps, end)
			}
		})
	}
}

// The power went when the last segment was closed and the next not begun, and
// when a gap had ended: what nobody wrote down was a restart.
func TestRecoverLeavesNothingUnsaid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.record(shoot(noon, 8, 4))
		at := func(sec int) time.Time { return noon.Add(time.Duration(sec) * time.Second) }
		s.setClock(at(60))
		s.must(s.Recover(t.Context()))
		s.must(s.OpenGap(t.Context(), cam, at(60), "onbereikbaar", "")) // which ends the other
		s.must(s.EndGap(t.Context(), cam, at(90)))
		s.setClock(at(120))
		s.must(s.Recover(t.Context()))
		s.setClock(at(130))
		s.must(s.Recover(t.Context())) // the next start, before it could record
		s.must(s.EndGap(t.Context(), cam, at(140)))
		gaps, err := s.Gaps(t.Context(), s.d, cam, Span{noon, at(300)})
		s.must(err)
		var got []string
		for _, g := range gaps {
			got = append(got, fmt.Sprint(g.Cause, g.Span.From.Sub(noon).Seconds(), "-", g.Span.To.Sub(noon).Seconds()))
		}
		if want := "herstart4-60 onbereikbaar60-90 herstart90-140"; strings.Join(got, " ") != want {
			t.Errorf("gaps %q, want %q", got, want)
		}
	})
}

// A tail of zeros is what some file systems leave.
func TestRecoverZeroTail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		film := shoot(noon, 12, 3)
		path := s.crashed(film, -1)
		b := read(t, path)
		found, err := scanFile(strings.NewReader(string(b)), int64(len(b)))
		s.must(err)
		clear(b[found.entries[10].offset:])
		s.must(os.WriteFile(path, b, 0o600))
		s.setClock(noon.Add(time.Minute))
		s.must(s.Recover(t.Context()))
		s.clean()
		s.same(s.see(noon, noon.Add(6*time.Second)), film[:10])
	})
}

// A bad block in the middle takes with it what is in it, and no more.
func TestRecoverKeepsWhatFollowsABadBlock(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 12, 3)
	path := s.crashed(film, -1)
	b := read(t, path)
	found, err := scanFile(strings.NewReader(string(b)), int64(len(b)))
	s.must(err)
	clear(b[found.entries[4].offset : found.entries[4].offset+blob.Block])
	s.must(os.WriteFile(path, b[:found.tableAt], 0o600))
	s.must(s.Recover(t.Context()))
	// Fragment 4 is gone, 5 needs it, 6 is a key picture.
	got := s.see(noon, noon.Add(6*time.Second))
	s.same(got, append(append([]*media.Fragment{}, film[:4]...), film[6:]...))
	if len(got.Faults()) == 0 {
		t.Error("the film doesn't say that something is missing")
	}
}

// The index has no row yet for what was begun in its last second.
func TestRecoverFilesWithoutRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		film := shoot(noon, 200, 3)
		s.record(film)
		before := s.allRows()
		s.exec(`DELETE FROM segment WHERE from_at > $1`, noon.UnixMicro())
		// And one of which not even the header was written.
		empty := filepath.Join(s.dir, string(cam), noon.Format("2006-01-02T15Z"), strings.Repeat("ab", 16)+"-0000.seg")
		s.must(os.WriteFile(empty, make([]byte, 100), 0o600))
		s.reopen()
		s.must(s.Recover(t.Context()))
		s.sameRows(before)
		s.clean()
	})
}

func (s *stage) sameRows(want []Segment) {
	s.t.Helper()
	got := s.allRows()
	if len(got) != len(want) {
		s.t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			s.t.Errorf("row\n%+v\nwant\n%+v", got[i], want[i])
		}
	}
}

// The index is lost as a whole, and made again from the files.
func TestRepair(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.record(shoot(noon, 200, 3))
		s.record(shoot(noon.Add(2*time.Hour), 20, 3))
		before := s.allRows()
		s.exec(`DELETE FROM segment`)
		if len(s.check(false)) == 0 {
			t.Error("check finds nothing wrong with an empty index")
		}
		s.check(true)
		s.sameRows(before)
		s.clean()

		s.exec(`UPDATE segment SET fragments = 1, bytes = 5, hash = $1 WHERE id = $2`, make([]byte, 32), before[0].ID)
		if lines := s.check(true); len(lines) == 0 {
			t.Error("check finds nothing wrong with a wrong row")
		}
		s.sameRows(before)
		s.clean()

		// A file is gone: repaired, that is a gap with a cause.
		s.must(os.Remove(filepath.Join(s.dir, before[2].Blob)))
		if lines := s.check(true); len(lines) == 0 {
			t.Error("check doesn't miss a file")
		}
		s.clean()
		gaps, err := s.Gaps(t.Context(), s.d, cam, before[2].Span)
		s.must(err)
		if len(gaps) != 1 || gaps[0].Cause != "schijffout" {
			t.Errorf("gaps: %+v", gaps)
		}
	})
}

// A segment that goes missing from the middle is noticed, row and all.
func TestCheckMissesASegment(t *testing.T) {
	s := lite(t)
	s.record(shoot(noon, 300, 3))
	g := s.allRows()[1]
	s.must(os.Remove(filepath.Join(s.dir, g.Blob)))
	s.exec(`DELETE FROM segment WHERE id = $1`, g.ID)
	if lines := s.check(false); len(lines) != 1 || !strings.Contains(lines[0], string(g.ID)) {
		t.Errorf("check says %q", lines)
	}
}

// A segment that hangs open is noticed.
func TestCheckOpenTooLong(t *testing.T) {
	s := lite(t)
	s.crashed(shoot(noon, 10, 3), -1)
	s.setClock(noon.Add(time.Hour))
	if lines := s.check(false); len(lines) == 0 || !strings.Contains(lines[0], "still open") {
		t.Errorf("check says %q", lines)
	}
}

// A live store is clean at every moment.
func TestCheckWhileRecording(t *testing.T) {
	s := lite(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
	for i, f := range shoot(noon, 200, 3) {
		s.setClock(f.Start)
		s.paced(w, f)
		if i%20 == 0 {
			s.clean()
		}
	}
	s.must(w.Close(ctx))
	s.clean()
	stop()
	s.must(<-ended)
}

// One flipped bit, anywhere: Check says so, and no wrong picture comes out.
func TestFlippedBit(t *testing.T) {
	t.Parallel()
	s := lite(t)
	film := shoot(noon, 12, 3)
	s.record(film)
	path, rows := s.files()[0], s.allRows()
	good := read(t, path)
	found, err := scanFile(strings.NewReader(string(good)), int64(len(good)))
	s.must(err)
	at := []int{0, 8, 10, 12, 50, 52, 60, 80, 144, 200, 1313, 1314, 3000, 4091, 4095, len(good) - 1, len(good) - 9, len(good) - 17}
	for _, from := range []int64{found.entries[0].offset, found.entries[5].offset, found.tableAt} {
		for _, d := range []int64{0, 5, 9, 13, 20, 30, 35, 40, 61, 64, 70} {
			at = append(at, int(from+d))
		}
	}
	e := found.entries[11]
	at = append(at, int(e.offset+64+int64(e.length)-1), int(e.offset+64+int64(e.length)), int(found.tableAt)-1)
	r := mathrand.New(mathrand.NewPCG(3, 4))
	for range 60 {
		at = append(at, r.IntN(len(good)))
	}
	for _, i := range at {
		bad := []byte(string(good))
		bad[i] ^= 1 << r.IntN(8)
		s.must(os.WriteFile(path, bad, 0o600))
		if len(s.check(false)) == 0 {
			t.Errorf("check doesn't see a flipped bit in byte %d", i)
		}
		s.check(true) // and repair must not make the index believe it
		s.sameRows(rows)
		s.onlyTrue(film, i)
	}
	s.must(os.WriteFile(path, good, 0o600))
	s.clean()
}

// onlyTrue checks that whatever can be seen is what was recorded.
func (s *stage) onlyTrue(film []*media.Fragment, at int) {
	s.t.Helper()
	got := s.see(noon, noon.Add(6*time.Second))
	failures := len(got.Faults())
	parts := got.Parts()
	for i := range parts {
		f, err := got.Open(s.t.Context(), i)
		if err != nil {
			failures++
			if !strings.Contains(err.Error(), fmt.Sprintf("fragment %d of segment %s", parts[i].Index, parts[i].Segment)) {
				s.t.Errorf("byte %d: the error doesn't say which: %v", at, err)
			}
			continue
		}
		s.sameFragment(f, film[parts[i].Index])
	}
	if len(parts) < 8 && failures == 0 {
		s.t.Errorf("byte %d: the film has %d parts and nothing to say about it", at, len(parts))
	}
}
