package recorder

import (
	"runtime"
	"testing"
)

func TestLeavesNothingBehind(t *testing.T) {
	s := newSchool(t, "")
	s.db.SetMaxIdleConns(0) // or they would count
	raw := startRaw(t)
	// What the scheduler and the libraries keep is there after a first time.
	var goroutines, files int
	for _, name := range []string{"first", "second"} {
		goroutines, files = runtime.NumGoroutine(), descriptors(t)
		id := s.place(name, raw.url(), "", "")
		s.hire()
		s.start()
		s.state(id, Recording)
		raw.cutOff()
		s.eventually("another connection", func() bool { return s.recorder.Status(id).State != Recording })
		s.state(id, Recording)
		s.end()
		s.exec(`UPDATE camera SET removed_at = 1`)
	}
	s.eventually("the goroutines and files of before", func() bool {
		return runtime.NumGoroutine() <= goroutines && descriptors(t) <= files
	})
}
