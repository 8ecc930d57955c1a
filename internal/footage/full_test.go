package footage

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"oogmerk/internal/vault"
)

// A room that fills and empties: when it is low, when full, and for how long.
func TestRoomHasNoFlap(t *testing.T) {
	r := Room{Reserve: 100}
	for i, step := range []struct {
		free      int64
		low, full bool
	}{{500, false, false}, {100, false, false}, {99, true, false}, {50, true, false}, {49, true, true}, {60, true, true}, {99, true, true},
		{100, false, false}, {60, true, false}, {0, true, true}} {
		r.Free = step.free
		r.judge()
		if r.Low != step.low || r.Full != step.full {
			t.Errorf("step %d, %d free: low %v, full %v", i, step.free, r.Low, r.Full)
		}
	}
}

// The reserve is what was asked for, or follows from the disk and the cameras.
func TestReserve(t *testing.T) {
	s := lite(t)
	fail := func(err error) { t.Error(err) }
	if r := s.Room(); r.Free <= 0 || r.Size < r.Free || r.Reserve != 0 || r.Low || s.full() {
		t.Errorf("before the first look: %+v", r)
	}
	s.KeepFree(1)
	if r := s.look(fail); r.Reserve != 1 || r.Low || r.Failure != nil {
		t.Errorf("a byte is kept free: %+v", r)
	}
	s.KeepFree(0)
	r := s.look(fail)
	if want := min(leastReserve, r.Size/10); r.Reserve != want {
		t.Errorf("the reserve is %d, want %d", r.Reserve, want)
	}
	// A camera that writes 3 GB in ten minutes.
	s.usages.set(Usage{Camera: cam, At: noon.Add(time.Hour), Hours: []HourUsage{{Hour: noonH, Bytes: 18e9, Length: time.Hour}}})
	if r := s.look(fail); r.Reserve != min(3e9, r.Size/10) {
		t.Errorf("the reserve is %d with a camera that writes 3 GB in that time", r.Reserve)
	}
}

// Nobody can write while the room is full, and it is said once.
func TestFullIsSaidAloud(t *testing.T) {
	s := lite(t)
	s.KeepFree(1 << 60)
	var said []error
	for range 3 {
		s.look(func(err error) { said = append(said, err) })
	}
	if len(said) != 1 || !errors.Is(said[0], errFullDisk) || !s.full() {
		t.Errorf("full: %v, said: %v", s.full(), said)
	}
	s.KeepFree(1)
	if s.look(func(err error) { t.Error(err) }); s.full() {
		t.Error("there is room, and nobody may write")
	}
}

// While there is little room it is warned of, at once and now and again.
func TestMind(t *testing.T) {
	s := lite(t)
	s.KeepFree(1 << 60)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var warned atomic.Int64
		go s.Mind(ctx, time.Second, func() { warned.Add(1) }, func(error) {})
		synctest.Wait()
		if n := warned.Load(); n != 1 {
			t.Errorf("warned %d times at once", n)
		}
		time.Sleep(25*time.Second + time.Millisecond)
		synctest.Wait()
		if n := warned.Load(); n != 3 {
			t.Errorf("warned %d times in 25 seconds, want 3", n)
		}
		s.KeepFree(1)
		time.Sleep(5 * time.Second)
		s.KeepFree(1 << 60)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := warned.Load(); n != 4 {
			t.Errorf("warned %d times, want once more as soon as there is little room again", n)
		}
		stop()
		synctest.Wait()
	})
}

func TestHealth(t *testing.T) {
	s := lite(t)
	count := s.health.of(cam)
	count.wrote(100)
	count.wrote(20)
	for _, took := range []time.Duration{time.Millisecond, 2 * time.Millisecond, 20 * time.Millisecond, time.Minute} {
		s.synced(took)
	}
	s.queued(7)
	s.queued(3)
	s.failed()
	h := s.Health()
	if h.Cameras[cam] != (Volume{2, 120}) || h.Syncs != 4 || h.Classes != [8]int64{1, 1, 0, 1, 0, 0, 0, 1} ||
		h.Slowest != time.Minute || h.Deepest != 7 || h.Errors != 1 || h.Failures != 1 {
		t.Errorf("%+v", h)
	}
	s.setClock(noon.Add(59 * time.Minute))
	s.synced(time.Second)
	if h := s.Health(); h.Slowest != time.Minute || h.Failures != 1 {
		t.Errorf("59 minutes later: %+v", h)
	}
	s.setClock(noon.Add(60 * time.Minute))
	if h := s.Health(); h.Slowest != time.Second || h.Failures != 0 || h.Errors != 1 || h.Deepest != 0 {
		t.Errorf("an hour later: %+v", h)
	}
	if n := testing.AllocsPerRun(100, func() { count.wrote(1); s.queued(9); s.synced(time.Millisecond) }); n > 0 {
		t.Errorf("counting allocates %v times", n)
	}
}

// What the cameras use is what the index says, holds and gaps included.
func TestUsage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.record(shoot(noon, 400, 4))
		s.record(shoot(noon.Add(time.Hour), 200, 4))
		s.hold("a", Span{noon.Add(30 * time.Second), noon.Add(40 * time.Second)})
		s.hold("b", Span{noon.Add(35 * time.Second), noon.Add(45 * time.Second)})
		ctx := t.Context()
		s.must(s.OpenGap(ctx, cam, noon.Add(-9*24*time.Hour), "onbereikbaar", ""))
		s.must(s.OpenGap(ctx, cam, noon.Add(-8*24*time.Hour), "schijf vol", "")) // lasts into the last seven days
		s.must(s.OpenGap(ctx, cam, noon.Add(-2*time.Hour), "onbereikbaar", ""))
		s.must(s.EndGap(ctx, cam, noon.Add(-time.Hour)))
		s.must(s.OpenGap(ctx, "another", noon, "klok", ""))
		s.setClock(noon.Add(2 * time.Hour))
		s.must(s.measureAll(ctx, 0))

		var bytes, held int64
		for i, g := range s.allRows() {
			bytes += g.Bytes
			if i == 0 {
				held = g.Bytes
			}
		}
		all := s.Usage()
		if len(all) != 2 || all[1].Camera != "another" || len(all[1].Gaps) != 1 || all[1].Daily() != 0 {
			t.Fatalf("%+v", all)
		}
		u := all[0]
		if u.Bytes() != bytes || u.Held != held || u.Oldest != noonH || len(u.Hours) != 2 || u.Hours[1].Hour != noonH+1 ||
			u.Hours[1].Length != 100*time.Second || u.Hours[0].Segments != 4 {
			t.Errorf("%+v", u)
		}
		if len(u.Gaps) != 2 || u.Gaps[0] != (GapUsage{"schijf vol", 1, 7*24*time.Hour - 4*time.Hour}) || u.Gaps[1] != (GapUsage{"onbereikbaar", 1, time.Hour}) {
			t.Errorf("gaps %+v", u.Gaps)
		}
		// Five minutes were recorded: that says what it adds in a day.
		if want := bytes * 24 * 12; u.Daily() != want {
			t.Errorf("%d bytes a day, want %d", u.Daily(), want)
		}
		if h := s.Health(); h.GapsBegun["onbereikbaar"] != 2 || h.GapsBegun["schijf vol"] != 1 {
			t.Errorf("gaps that began: %v", h.GapsBegun)
		}

		// Of an hour that was erased what is held is left, and counts for nothing else.
		s.erase(noonH + 1)
		s.must(s.measureAll(ctx, 0))
		if u := s.Usage()[0]; u.Oldest != noonH+1 || u.Hours[0].Segments != 1 || u.Held != held {
			t.Errorf("after the first hour was erased: %+v", u)
		}
		s.exec(`DELETE FROM gap`)
		s.release("a")
		s.release("b")
		s.erase(noonH + 9)
		s.must(s.measureAll(ctx, 0))
		if all := s.Usage(); len(all) > 0 {
			t.Errorf("nothing is left, but %+v", all)
		}
	})
}

// A camera that records all day is measured over the time it did.
func TestDaily(t *testing.T) {
	u := Usage{At: noon}
	for h := vault.Hour(0); h < 24*20; h++ {
		u.Hours = append(u.Hours, HourUsage{Hour: noonH - 24*20 + h, Bytes: 100, Length: time.Hour})
		if h < 24*10 {
			u.Hours[h].Bytes = 1e6 // long ago
		}
	}
	if d := u.Daily(); d < 2390 || d > 2410 {
		t.Errorf("%d bytes a day, want about 2400", d)
	}
}
