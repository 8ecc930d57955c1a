package main

import (
	"sync/atomic"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/recorder"
)

// How long the machine has been on only grows, by as much as passes.
func TestSinceBoot(t *testing.T) {
	began, first := time.Now(), sinceBoot()
	if first <= 0 {
		t.Fatalf("the machine has been on for %v", first)
	}
	<-time.After(20 * time.Millisecond)
	passed, by := sinceBoot()-first, time.Since(began)
	if passed < 20*time.Millisecond || passed > by+time.Millisecond {
		t.Errorf("%v passed since it was on, want between 20 ms and %v", passed, by)
	}
}

// A program that starts on a clock which is a year ahead of its own logbook
// erases by the logbook's, and says so, until somebody confirms it.
func TestProgramDoubtsAClockThatIsAYearAhead(t *testing.T) {
	at := place{dir: t.TempDir()}
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	start := func() *program {
		t.Helper()
		p, err := build(t.Context(), at, now, func(err error) { t.Error(err) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.close() })
		if err := p.lastSeen(t.Context()); err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := start()
	if ok, why := first.guard.Trusted(); !ok {
		t.Fatalf("a new program doubts the clock: %s", why)
	}
	memo := gate.Memo{Act: "proef", Object: `Organisatie::"organisatie"`, Result: "gedaan"}
	if err := first.gate.Note(t.Context(), memo, nil); err != nil {
		t.Fatal(err)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(365 * 24 * time.Hour))
	p := start()
	if ok, _ := p.guard.Trusted(); ok || p.guard.Time().After(time.Now().Add(time.Minute)) {
		t.Errorf("trusted %v, and it erases by %v", ok, p.guard.Time())
	}
	if list := p.recorder.Notices(); len(list) != 1 || list[0].Kind != recorder.NoticeOwnClock {
		t.Errorf("notices %+v, want one about our own clock", list)
	}
	p.guard.Confirm()
	if ok, why := p.guard.Trusted(); !ok || p.guard.Time().Before(now().Add(-time.Minute)) {
		t.Errorf("a clock that was confirmed is doubted: %s; it erases by %v", why, p.guard.Time())
	}
}
