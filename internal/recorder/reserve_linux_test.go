package recorder

import (
	"syscall"
	"testing"
	"time"

	"oogmerk/internal/footage"
)

// A disk that fills up to its reserve: recording stops with a cause before
// the file system is full, and goes on by itself when there is room.
func TestReserveIsKept(t *testing.T) { withSmallDisk(t, fillToReserve) }

func fillToReserve(t *testing.T, dir string) {
	const reserve = 5 << 20
	mount(t, dir, "6m", 0)
	s := newSchool(t, dir)
	s.store.KeepFree(reserve)
	swept := make(chan struct{}, 100)
	go s.store.Mind(t.Context(), 20*time.Millisecond, func() { signal(swept) }, func(error) {})
	id := s.place("c1", startBig(t).url(), "", "")
	s.start()
	s.state(id, Recording)
	s.state(id, Unstored)
	s.eventually("a gap", func() bool { return s.causes(id) == "schijf vol…" })
	if len(swept) == 0 {
		t.Error("nobody was told to erase what is due")
	}
	room := s.store.Room()
	if !room.Full || room.Free < reserve/4 {
		t.Errorf("%d MB are free of the %d MB that were to be kept", room.Free>>20, reserve>>20)
	}
	held := s.recorded(id)
	mount(t, dir, "400m", syscall.MS_REMOUNT)
	s.state(id, Recording)
	s.eventually("a gap that ended", func() bool { return s.causes(id) == "schijf vol" })
	s.eventually("more footage", func() bool { return s.recorded(id) > held+time.Second })
	s.end()
	if n := s.store.Health().GapsBegun["schijf vol"]; n != 1 {
		t.Errorf("%d gaps because the disk was full, want the one that lasted", n)
	}
	if v := s.store.Health(); v.Cameras[id].Fragments == 0 || v.Syncs == 0 || v.Errors != 0 {
		t.Errorf("writing went %+v", v)
	}
	if s.store.Room() == (footage.Room{}) {
		t.Error("nothing is known of the room")
	}
}
